"""Work before the receiver has signed 提前启动: allowed by a recorded decision, within limits of days and cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from domain.decider import Context
from domain.handoff.commands import AllowEarlyStart, RecordEarlyWork
from domain.handoff.events import EarlyStartAllowed, EarlyStartEnded, EarlyWorkRecorded
from domain.handoff.refusals import (
    EarlyStartBeyondLimitError,
    EarlyStartNotApprovedError,
    EarlyStartNotForeseenError,
    EarlyStartRunningError,
    EarlyWorkBeyondLimitError,
    EarlyWorkNotAllowedError,
    NotTheReceiverError,
)
from domain.handoff.state import EarlyStart, State
from domain.messages import Event
from domain.people import among, behind
from domain.playbook import HandoffRules
from domain.standing import Clock


def allow(command: AllowEarlyStart, state: State, context: Context) -> Sequence[Event]:
    """The approver's decision, if the playbook leaves room for it."""
    rules = context.rules(state).handoffs[state.kind].early_start
    if rules is None:
        raise EarlyStartNotForeseenError("This playbook lets no work begin before the handoff is accepted: have it accepted.")
    if command.actor.role != rules.approver:
        raise EarlyStartNotApprovedError(
            f"An early start is allowed by {rules.approver}, not by {command.actor.role or 'nobody'}: have them ask for it."
        )
    if among(command.requested_by, behind(command.actor)):
        raise EarlyStartNotApprovedError("Nobody allows an early start to themselves: name who asked for it (`requested_by`).")
    at = state.not_before(context.at)
    if (running := running_at(state, at)) is not None:
        raise EarlyStartRunningError(f"An early start is allowed until {running.ends_at.date()} already.")
    days_left = rules.max_days - sum(one.days for one in state.early_starts)
    cost_left = rules.max_cost.amount - sum((one.cost.amount for one in state.early_starts), Decimal(0))
    same = command.cost.currency == rules.max_cost.currency
    if command.days > days_left or not same or command.cost.amount > cost_left:
        raise EarlyStartBeyondLimitError(
            f"The playbook leaves room for {days_left} working days and {cost_left:,.2f} {rules.max_cost.currency}:"
            " ask for no more than that."
        )
    calendar = context.rules(state).calendar
    return [
        EarlyStartAllowed(
            occurred_at=at,
            number=len(state.early_starts) + 1,
            reason=command.reason,
            requested_by=command.requested_by,
            approver=command.actor.id,
            days=command.days,
            cost=command.cost,
            ends_at=calendar.add_working_days(at, command.days),
        )
    ]


def record(command: RecordEarlyWork, state: State, context: Context) -> Sequence[Event]:
    """What the receiver did before signing. A fact of the allowed time may be told later."""
    rules = context.rules(state).handoffs[state.kind]
    if command.actor.role != rules.receiver:
        raise NotTheReceiverError(f"Early work is recorded by {rules.receiver}, not by {command.actor.role or 'nobody'}.")
    early = running_at(state, context.at)
    if early is None:
        raise EarlyWorkNotAllowedError(
            "No early start is allowed for that moment: have the offer accepted, or an early start allowed (AllowEarlyStart)."
        )
    days_left, cost_left = early.days - early.days_used, early.cost.amount - early.cost_used
    same = command.cost.currency == early.cost.currency
    if command.days > days_left or not same or command.cost.amount > cost_left:
        raise EarlyWorkBeyondLimitError(
            f"The early start leaves {days_left} working days and {cost_left:,.2f} {early.cost.currency}:"
            " have the offer accepted before more is done."
        )
    return [
        EarlyWorkRecorded(occurred_at=context.at, number=early.number, what=command.what, days=command.days, cost=command.cost)
    ]


def running_at(state: State, at: datetime) -> EarlyStart | None:
    """The early start that covers a moment."""
    return next((one for one in reversed(state.early_starts) if one.allowed_at <= at < one.ends_at), None)


def clocks(state: State, rules: HandoffRules) -> Iterable[Clock]:
    """The end of an early start for which the receiver has not signed."""
    for one in state.early_starts:
        if not one.ended:
            who = rules.early_start.approver if rules.early_start else rules.giver
            fact = EarlyStartEnded(occurred_at=one.ends_at, number=one.number, who=who)
            name = f"early-start-ended-{one.number}"
            yield Clock(name, one.ends_at, "end of the early start 提前启动期满", fact, dated=True)


def told(state: State) -> str:
    """What people must know of an early start before the receiver has signed: no amounts, they are not for plain text."""
    if not state.early_starts or state.accepted:
        return ""
    last = state.early_starts[-1]
    if last.ended:
        return "the early start is over and the handoff is not accepted: stop the work 提前启动期满仍未接收，须停止工作"
    return f"work has begun early, {last.days_used} of {last.days} days used 已提前启动，已用 {last.days_used}/{last.days} 天"
