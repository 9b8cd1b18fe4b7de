"""Dated conditions of an acceptance: who may meet them, who may move them, and the gate that their lapse reopens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from domain.decider import Context
from domain.handoff.commands import AcceptHandoff, Condition, MeetCondition, RescheduleCondition
from domain.handoff.events import ConditionLapsed, ConditionMet, ConditionRescheduled, HandoffEscalated
from domain.handoff.refusals import (
    ConditionDateSameError,
    ConditionTwiceError,
    ConditionUnknownError,
    NotTheReceiverError,
    NotYourConditionError,
    RoleUnknownError,
)
from domain.handoff.state import State
from domain.messages import Event, Name
from domain.origin import listed, morning_of, not_past
from domain.playbook import HandoffRules, Playbook
from domain.standing import Clock, Unmet


def gate_open(state: State) -> list[Unmet]:
    """The lapsed conditions for which the gate of an accepted handoff stands open again, each as something that is missing.

    As long as there is one, the project's next gate stays shut: whoever guards that asks here."""
    if state.unwound is not None:
        return []
    return [unmet(state.conditions[name], "") for name in state.lapsed if name in state.conditions]


def lapsed_by(state: State, moment: datetime, playbook: Playbook) -> list[Unmet]:
    """The conditions that have lapsed by a moment, whether the handoff's own clock has been judged since or not; the giver must
    act where a condition names nobody."""
    if state.unwound is not None:
        return []
    giver = playbook.handoffs[state.kind].giver
    return [
        unmet(one, giver)
        for name, one in state.conditions.items()
        if name in state.lapsed or (not state.held and morning_after(one.due_on, playbook) <= moment)
    ]


def unmet(condition: Condition, giver: str) -> Unmet:
    """An open condition as something that is missing."""
    name = Name(
        en=f"condition {condition.condition} of the handoff, due on {condition.due_on}",
        zh=f"交接条件 {condition.condition}，期限 {condition.due_on}",
    )
    return Unmet(code=condition.condition, name=name, who=condition.who or giver)


def check(command: AcceptHandoff, at: datetime, playbook: Playbook) -> None:
    """Each condition has an id of its own, a date to come, and a role that there is."""
    names = [condition.condition for condition in command.conditions]
    if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
        raise ConditionTwiceError(f"Each condition has an id of its own; {listed(twice)} stands there more than once.")
    for condition in command.conditions:
        not_past(condition.due_on, at, playbook.calendar, f"date of the condition {condition.condition}")
        if condition.who and condition.who not in playbook.roles:
            raise RoleUnknownError(f"There is no role {condition.who!r}; there are {listed(sorted(playbook.roles))}.")


def meet(command: MeetCondition, state: State, context: Context) -> Sequence[Event]:
    """The giver has brought what was still to come, or the role that the condition names has."""
    condition = _open_one(command.condition, state)
    giver = context.rules(state).handoffs[state.kind].giver
    if command.actor.role not in (allowed := {giver, condition.who or giver}):
        raise NotYourConditionError(
            f"The condition {condition.condition} is met by {' or '.join(sorted(allowed))}, not by"
            f" {command.actor.role or 'nobody'}."
        )
    return [ConditionMet(occurred_at=context.at, condition=command.condition, reference=command.reference)]


def reschedule(command: RescheduleCondition, state: State, context: Context) -> Sequence[Event]:
    """The receiver agrees to another date."""
    condition = _open_one(command.condition, state)
    playbook = context.rules(state)
    receiver = playbook.handoffs[state.kind].receiver
    if command.actor.role != receiver:
        raise NotTheReceiverError(
            f"A new date of a condition is agreed to by {receiver}, who accepted it, not by {command.actor.role or 'nobody'}."
        )
    if command.due_on == condition.due_on:
        raise ConditionDateSameError(f"The condition {condition.condition} is due on {condition.due_on} already.")
    at = state.not_before(context.at)
    not_past(command.due_on, at, playbook.calendar, f"date of the condition {condition.condition}")
    return [
        ConditionRescheduled(
            occurred_at=at,
            condition=command.condition,
            due_before=condition.due_on,
            due_on=command.due_on,
            reason=command.reason,
        )
    ]


def _open_one(name: str, state: State) -> Condition:
    if name not in state.conditions:
        raise ConditionUnknownError(f"There is no open condition {name!r}; open: {listed(state.conditions) or 'none'}.")
    return state.conditions[name]


def morning_after(day: date, playbook: Playbook) -> datetime:
    """When a date is over: what is due on it may be done all day."""
    return morning_of(day + timedelta(days=1), playbook.calendar)


def clocks(state: State, rules: HandoffRules, playbook: Playbook) -> Iterable[Clock]:
    """The date of each condition, and the escalation of one that has lapsed."""
    for name, condition in state.conditions.items():
        due, who = morning_after(condition.due_on, playbook), condition.who or rules.giver
        turn = f"-{state.dates[name]}" if state.dates.get(name, 1) > 1 else ""
        if name not in state.lapsed:
            fact = ConditionLapsed(occurred_at=due, condition=name, who=who)
            yield Clock(f"condition-{name}-lapsed{turn}", due, "condition of the acceptance 附条件到期", fact, dated=True)
        elif rules.escalate_to and rules.escalate_after and name not in state.called:
            late = playbook.calendar.add_working_time(due, timedelta(hours=rules.escalate_after))
            called = HandoffEscalated(occurred_at=late, to=rules.escalate_to, who=who, round=state.round, condition=name)
            yield Clock(f"condition-{name}-escalated{turn}", late, "escalation of a lapsed condition 条件逾期升级", called)
