"""Profit first 利润优先: a quoted price inside its limits meets its criterion; one outside asks for an approval by size."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from domain.decider import Context
from domain.funnel import approvals, evidence, gates
from domain.funnel.commands import Evidence, GiveApproval, QuotePrice, RefuseApproval
from domain.funnel.gate_events import PriceQuoted
from domain.funnel.records import Piece
from domain.funnel.refusals import QuoteInconsistentError, QuotePassedError
from domain.funnel.state import State, fold
from domain.messages import Event
from domain.people import behind
from domain.playbook import FunnelRules, PriceLimits

HUNDREDTH = Decimal("0.01")


def quote(command: QuotePrice, state: State, context: Context) -> Sequence[Event]:
    """Answer a quoted price."""
    rules = context.rules(state).funnel
    _consistent(command)
    limits = rules.price.limits_of(state.root.value_class) if rules.price else None
    quoted = _quoted(command, state, limits, context)
    before = _on_record(state, rules)
    spent = [piece for piece in before if gates.gate_of(piece.criterion, rules) in state.passed]
    if spent and not quoted.inside:
        stage = gates.gate_of(spent[0].criterion, rules)
        raise QuotePassedError(
            f"The gate of {stage} was passed with another price, and this one lies outside the limits: take the deal a"
            f" step back first (ReturnStage to {stage}, withdrawing {spent[-1].id})."
        )
    events: list[Event] = [quoted, *approvals.lapse(state, quoted.occurred_at, "newer_quote", "price")]
    if replaced := [piece for piece in before if piece not in spent]:
        events += evidence.withdrawn(replaced, f"quote {quoted.quote} has taken its place", fold(events, state), context)
    state_then = fold(events, state)
    if rules.price is None:
        return events
    if not quoted.inside:
        asked = approvals.requested(
            state_then, rules.price.approval_of(command.price), "price", quoted.quote, behind(command.actor), context.at
        )
        return gates.follow([*events, asked], state, command, context)
    met = _met(state_then, rules, gates.quote_named(quoted.quote), command.actor.id, context)
    return gates.follow([*events, *met], state, command, context)


def _consistent(command: QuotePrice) -> None:
    currencies = {one.currency for one in (command.list_price, command.price, command.cost) if one is not None}
    if len(currencies) > 1:
        raise QuoteInconsistentError("List price, price and cost are in one currency; convert them first.")
    if not command.list_price.amount or not command.price.amount:
        raise QuoteInconsistentError("List price and price are above zero.")
    if (command.cost is None) == (command.margin_percent is None):
        raise QuoteInconsistentError("Give either `cost` or `margin_percent`, so that the margin can be told.")


def _quoted(command: QuotePrice, state: State, limits: PriceLimits | None, context: Context) -> PriceQuoted:
    price, listed = command.price.amount, command.list_price.amount
    discount = (listed - price) * 100 / listed
    margin = command.margin_percent if command.cost is None else (price - command.cost.amount) * 100 / price
    assert margin is not None
    return PriceQuoted(
        occurred_at=context.at,
        quote=f"Q{len(state.quotes) + 1}",
        list_price=command.list_price,
        price=command.price,
        cost=command.cost,
        discount_percent=discount.quantize(HUNDREDTH, ROUND_HALF_UP),
        margin_percent=margin.quantize(HUNDREDTH, ROUND_HALF_UP),
        discount_limit=limits.discount_limit if limits else None,
        margin_floor=limits.margin_floor if limits else None,
        # Measured exactly, not as rounded for the record.
        inside=limits is None or (discount <= limits.discount_limit and margin >= limits.margin_floor),
    )


def _on_record(state: State, rules: FunnelRules) -> list[Piece]:
    """The evidence that holds for what a quote meets."""
    return [one for one in state.pieces if not one.withdrawn and gates.is_met_by_quote(one.criterion, rules)]


def _met(state: State, rules: FunnelRules, reference: str, given_by: str, context: Context) -> list[Event]:
    codes = [code for code in rules.criteria if gates.is_met_by_quote(code, rules)]
    proofs = [Evidence(criterion=code, reference=reference) for code in codes]
    return [
        evidence.recorded(state, context, proof, number, given_by).model_copy(
            update={"occurred_at": state.not_before(context.at)}
        )
        for number, proof in enumerate(proofs, start=1)
    ]


def answer(command: GiveApproval | RefuseApproval, state: State, context: Context) -> Sequence[Event]:
    """Answer an approval or its refusal. An approved price meets its criterion."""
    approving, answered = approvals.answer(command, state, context)
    events: list[Event] = [answered]
    if approving.subject == "price" and isinstance(command, GiveApproval):
        reference = f"{gates.quote_named(approving.quote)}, approval {approving.id}"
        events += _met(fold(events, state), context.rules(state).funnel, reference, command.actor.id, context)
    return gates.follow(events, state, command, context)
