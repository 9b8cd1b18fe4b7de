"""Targets of a plan 目标: set in versions, rolled down to the plans below, taken from the plan above."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, assert_never

from domain import streams
from domain.customer.refusals import ServiceLineUnknownError
from domain.decider import Context
from domain.messages import Event, Money
from domain.origin import known, listed
from domain.plan.commands import AllocateTarget, OfTarget, SetTarget, Share, TakeTarget
from domain.plan.events import TargetAllocated, TargetSet, TargetTaken
from domain.plan.refusals import (
    CurrencyOfPlanError,
    NotAChildError,
    NotAllocatedError,
    NothingRevisedError,
    OverAllocatedError,
    PeriodOutsideError,
    ReasonMissingError,
    TargetUnknownError,
)
from domain.plan.state import State, Target
from domain.plan.terms import ALL_LINES, key_of, period_of


def decide(command: SetTarget | AllocateTarget | TakeTarget, state: State, context: Context) -> Sequence[Event]:
    """Answer a command about a target."""
    match command:
        case SetTarget():
            return _set(command, state, context)
        case AllocateTarget():
            return _allocate(command, state, context)
        case TakeTarget():
            return _take(command, state, context)
        case _:
            assert_never(command)


def _named(command: OfTarget, state: State, context: Context) -> dict[str, Any]:
    """What an event says of which target it is about."""
    first, last = period_of(command.period)
    return {
        "occurred_at": state.not_before(context.at),
        "period": command.period,
        "first": first,
        "last": last,
        "service_line": command.service_line,
        "measure": command.measure,
    }


def _of(command: OfTarget, state: State) -> Target | None:
    return state.targets.get(key_of(command.period, command.service_line, command.measure))


def _set(command: SetTarget, state: State, context: Context) -> Sequence[Event]:
    first, last = period_of(command.period)
    content = state.content
    if first < content.starts_on or last > content.ends_on:
        raise PeriodOutsideError(f"{command.period} lies outside of the plan ({content.starts_on} to {content.ends_on}).")
    _in_currency(command.amount, state)
    _line_known(command.service_line, state, context)
    known_one = _of(command, state)
    if known_one is not None and known_one.amount == command.amount and not known_one.taken_from:
        raise NothingRevisedError(f"That target is {command.amount} already.")
    if known_one is not None and not command.reason:
        raise ReasonMissingError("The target is set already: say why it is changed (`reason`).")
    if known_one is not None and known_one.allocated > command.amount.amount:
        raise OverAllocatedError(
            f"The plans below have {known_one.allocated:,.2f} of it; allocate less first (AllocateTarget), or set that much."
        )
    return [
        TargetSet(
            **_named(command, state, context),
            version=len(known_one.versions) + 1 if known_one else 1,
            amount=command.amount,
            before=known_one.amount if known_one else None,
            reason=command.reason,
            by=command.actor.id,
        )
    ]


def _in_currency(amount: Money, state: State) -> None:
    if amount.currency != state.currency:
        raise CurrencyOfPlanError(f"The plan is in {state.currency}; give the amount in it, not in {amount.currency}.")


def _line_known(line: str, state: State, context: Context) -> None:
    lines = [one.code for one in context.rules(state).customers.service_lines]
    if line not in (ALL_LINES, *lines):
        raise ServiceLineUnknownError(f"There is no service line {line!r}; there are: {listed((ALL_LINES, *lines))}.")


def _allocate(command: AllocateTarget, state: State, context: Context) -> Sequence[Event]:
    target = _of(command, state)
    if target is None:
        there = listed(state.targets) or "none"
        raise TargetUnknownError(f"The plan has no target of {command.period} like that (SetTarget); it has: {there}.")
    for share in command.shares:
        _in_currency(share.amount, state)
        _below(share.plan, state, context)
    given = sum((share.amount.amount for share in command.shares), Decimal(0))
    whole = target.amount.amount
    if given > whole:
        raise OverAllocatedError(
            f"The shares come to {given:,.2f}, the target is {whole:,.2f}: give {given - whole:,.2f} less."
        )
    named = {share.plan for share in command.shares}
    nothing = Money(amount=Decimal(0), currency=state.currency)
    back = [Share(plan=part.plan, amount=nothing) for part in target.parts if part.plan not in named]
    shares = (*command.shares, *back)
    if {one.plan: one.amount for one in shares} == {part.plan: part.amount for part in target.parts}:
        raise NothingRevisedError("The target is allocated like that already.")
    return [
        TargetAllocated(
            **_named(command, state, context),
            number=target.allocations + 1,
            of=target.amount,
            shares=shares,
            unallocated=Money(amount=whole - given, currency=state.currency),
            reason=command.reason,
        )
    ]


def _below(plan: str, state: State, context: Context) -> None:
    child: State = known(context.seen.get(streams.plan(plan)), f"plan {plan}", f"set it first, with the parent {state.id}")
    if child.parent != state.id:
        raise NotAChildError(f"The plan {plan} does not hang under {state.id}: a target rolls down to the plans below only.")
    if child.closed_at is not None:
        raise NotAChildError(f"The plan {plan} is closed: it takes no target any more.")


def _take(command: TakeTarget, state: State, context: Context) -> Sequence[Event]:
    parent: State = known(context.seen.get(streams.plan(command.parent)), f"plan {command.parent}", "check the id")
    above = _of(command, parent)
    part = next((one for one in above.parts if one.plan == state.id), None) if above is not None else None
    if part is None or state.parent != parent.id or part.number < command.number:
        raise NotAllocatedError(f"The plan {command.parent} has given no such share to {state.id}.")
    mine = _of(command, state)
    latest = max((one.number for one in mine.versions if one.parent == parent.id), default=0) if mine else 0
    if part.number > command.number or latest >= command.number:
        return []  # A later word has overtaken this one.
    if part.amount != command.amount:
        raise NotAllocatedError(f"The plan {command.parent} has given {state.id} another share.")
    return [
        TargetTaken(
            **_named(command, state, context),
            version=len(mine.versions) + 1 if mine else 1,
            amount=command.amount,
            before=mine.amount if mine else None,
            parent=parent.id,
            number=command.number,
        )
    ]
