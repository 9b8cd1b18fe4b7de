"""Payments: a part of the price falls due when its milestone is reached everywhere, and is watched until it is in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from domain.decider import Context
from domain.implementation.commands import RecordPayment, SettlePayment
from domain.implementation.events import PaymentFellDue, PaymentReceived, PaymentSettled
from domain.implementation.graph import PlannedMilestone, graph
from domain.implementation.people import allowed
from domain.implementation.records import Payment
from domain.implementation.refusals import (
    CurrencyWrongError,
    NothingToSettleError,
    PaymentKnownError,
    PaymentNotDueError,
)
from domain.implementation.state import State
from domain.messages import Event, Money, Name
from domain.origin import day_of, listed
from domain.playbook import ImplementationRules, Playbook
from domain.standing import Unmet

CENT = Decimal("0.01")


def fallen_due(planned: PlannedMilestone, at: datetime, state: State, playbook: Playbook) -> Sequence[Event]:
    """The payment of a milestone that has just been signed off; where it is repeated, once the last unit has signed."""
    rules = playbook.implementation
    terms = rules.terms().get(planned.of)
    everywhere = all(one.code in state.signed for one in graph(state, rules) if one.of == planned.of)
    if terms is None or not everywhere or planned.of in state.payments:
        return []
    return [
        PaymentFellDue(
            occurred_at=at,
            milestone=planned.of,
            percent=terms.percent,
            amount=share(planned.of, state.amount, rules),
            due_on=day_of(at, playbook.calendar) + timedelta(days=terms.terms),
        )
    ]


def share(milestone: str, whole: Money | None, rules: ImplementationRules) -> Money | None:
    """A milestone's part of an amount, to the cent, so that the parts add up to the whole: each is what is owed with it less
    what was owed before it. None for a milestone on which no payment hangs."""
    if whole is None or milestone not in rules.terms():
        return None
    owed = before = 0
    for code, terms in rules.terms().items():
        before, owed = owed, owed + terms.percent
        if code == milestone:
            break
    part = _percent(whole.amount, owed) - _percent(whole.amount, before)
    return whole.model_copy(update={"amount": part})


def _percent(amount: Decimal, percent: int) -> Decimal:
    return (amount * percent / 100).quantize(CENT, rounding=ROUND_HALF_UP)


def receive(command: RecordPayment, state: State, context: Context) -> Sequence[Event]:
    """Money has come in for a milestone."""
    allowed(command.actor, context.rules(state).implementation.payments_by, "Recording a payment")
    payment = state.payments.get(command.milestone)
    if payment is None:
        raise PaymentNotDueError(
            f"No payment has fallen due for {command.milestone!r}; due so far: {listed(state.payments) or 'none'}."
        )
    if not payment.outstanding:
        raise PaymentKnownError(f"The payment for {command.milestone} is in already; nothing of it is outstanding.")
    if any(one.reference == command.reference for one in payment.receipts):
        raise PaymentKnownError(f"The payment {command.reference!r} is on record for {command.milestone} already.")
    currency = payment.amount.currency if payment.amount else command.amount.currency
    if command.amount.currency != currency:
        raise CurrencyWrongError(f"The payment for {command.milestone} is owed in {currency}; give its amount in that.")
    return [
        PaymentReceived(occurred_at=context.at, milestone=command.milestone, reference=command.reference, amount=command.amount)
    ]


def settle(command: SettlePayment, state: State, context: Context) -> Sequence[Event]:
    """What becomes of a payment of a cancelled project."""
    allowed(command.actor, context.rules(state).implementation.payments_by, "Settling a payment")
    open_ones = to_settle(state)
    if state.unwound is None or command.milestone not in open_ones:
        raise NothingToSettleError(
            f"There is no payment for {command.milestone!r} to settle; to settle: {listed(open_ones) or 'none'}."
            if state.unwound
            else "Payments are settled when the project is cancelled; record what comes in with RecordPayment."
        )
    return [
        PaymentSettled(
            occurred_at=state.not_before(context.at),
            milestone=command.milestone,
            how=command.how,
            reference=command.reference,
        )
    ]


def to_settle(state: State) -> list[str]:
    """The payments of which somebody must say what becomes of them when the project is cancelled."""
    return [code for code, one in state.payments.items() if not one.settled and (one.outstanding or one.receipts)]


def left_over(state: State, playbook: Playbook) -> list[Unmet]:
    """The same for people: each with the role that sees to it. Nothing where the work had ended by itself with all paid."""
    if not asked_to_settle(state):
        return []
    rules = playbook.implementation
    who = next(iter(rules.payments_by), rules.milestones[-1].owner)
    return [Unmet(code=code, name=_settled(rules.milestone(code).name), who=who) for code in to_settle(state)]


def asked_to_settle(state: State) -> bool:
    """True when cancelling has left payments to settle."""
    return state.unwound is not None and "PaymentsToSettle" in state.unwound.what


def _settled(name: Name) -> Name:
    return Name(en=f"Payment of {name.en}: to be settled (SettlePayment)", zh=f"{name.zh}款项：待结清")


def outstanding(state: State) -> list[Payment]:
    """What is owed to us and not all in, the earliest due first."""
    return sorted((one for one in state.payments.values() if one.outstanding), key=lambda one: one.due_on)
