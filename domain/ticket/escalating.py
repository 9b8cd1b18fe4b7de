"""The escalation of a ticket 工单升级 as it goes up by itself: the minutes of the first line, and the words that come back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from domain import streams
from domain.decider import Context
from domain.escalating import NoteEscalationOutcome, named, owed_to
from domain.messages import Event
from domain.origin import known
from domain.playbook import Playbook
from domain.standing import Begin, Clock, Tell
from domain.ticket.commands import EscalationWord
from domain.ticket.events import TicketAnswered, TicketEscalated
from domain.ticket.handing import hop_up
from domain.ticket.state import State
from domain.ticket.targets import moment_of, service_calendar

TIME_IS_UP = "not solved in the first line within its minutes 一线未在时限内解决"


def looks_at(command: EscalationWord) -> tuple[str, ...]:
    """The word of an escalation is checked against what is recorded there."""
    return (streams.escalation(command.escalation),)


def owed(state: State) -> Sequence[Begin | Tell]:
    """What the ticket owes its escalations."""
    return owed_to(state.escalations, state.root.project, state.held) if state.escalations else ()


def note(command: EscalationWord, state: State, context: Context) -> Sequence[Event]:
    """Take the word of an escalation: of a hop, unless the ticket knows of it or is done with; of the outcome, once."""
    mine = next((one for one in state.escalations if one.id == command.escalation), None)
    told = known(context.seen.get(streams.escalation(command.escalation)), f"escalation {command.escalation}", "check the id")
    at = state.not_before(context.at)
    if mine is None:
        return []
    if isinstance(command, NoteEscalationOutcome):
        if told.outcome is None or mine.outcome is not None:
            return []
        return [TicketAnswered(occurred_at=at, escalation=mine.id, outcome=told.outcome)]
    steps = [hop.step for hop in told.hops]
    if not mine.open or command.step not in steps or (mine.step in steps[steps.index(command.step) :]):
        return []
    hop = told.hops[steps.index(command.step)]
    return [_up(state, at, hop.line, hop.reason, mine.id, hop.step, noted=True)]


def _up(state: State, at: datetime, line: str, reason: str, escalation: str, step: str, **how: Any) -> TicketEscalated:
    hop = hop_up(state, line, "")
    return TicketEscalated(occurred_at=at, line=line, reason=reason, hop=hop, escalation=escalation, step=step, **how)


def first_line_clock(state: State, playbook: Playbook) -> Iterable[Clock]:
    """The minutes of the first line, for a ticket that the playbook lets begin its escalation by itself; once in its life."""
    rules = playbook.escalation
    minutes, step = rules.first_line, rules.begins_at("ticket")
    if not state.id or state.ended or state.resolved_at is not None or state.running_since is None or state.escalations:
        return
    if minutes is None or step is None or state.line != "first" or not rules.begins_by_itself(state.kind, state.priority):
        return
    left = timedelta(minutes=minutes) - timedelta(seconds=state.spent.resolve - _of_the_past(state, playbook))
    due = state.not_before(moment_of(state, playbook, left.total_seconds()))
    if state.moved is not None:  # Minutes that a move has brought were never the first line's before it.
        due = max(due, state.moved.occurred_at)
    fact = _up(state, due, step.line, TIME_IS_UP, named("ticket", state.id, 1), step.code, by_itself=True)
    yield Clock("first-line-limit", due, "limit of the first line 一线处理时限", fact)


def _of_the_past(state: State, playbook: Playbook) -> float:
    """Working seconds that had passed before its clocks were released: another desk's minutes are not the first line's here,
    and a ladder that began years ago would be climbed to its top at once."""
    then = state.released
    if then is None:
        return 0.0
    if then.running_since is None:
        return then.spent.resolve
    calendar = service_calendar(state, playbook)
    used = (
        then.spent.resolve + calendar.working_time_between(then.running_since, max(then.at, then.running_since)).total_seconds()
    )
    # Once the clocks have stood still since, all of that is in what is spent, in whichever calendar it was counted.
    return used if state.running_since == then.running_since else min(used, state.spent.resolve)
