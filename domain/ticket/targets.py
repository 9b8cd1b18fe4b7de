"""The clocks of a ticket: how much of each target is used up, and when it runs out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from domain.calendars import CalendarRule
from domain.playbook import Playbook
from domain.standing import Clock
from domain.ticket.events import Spent, TargetBreached, TargetWarned, TicketClosed
from domain.ticket.state import State
from domain.ticket.terms import TARGET_NAMES


def service_calendar(state: State, playbook: Playbook) -> CalendarRule:
    """The calendar that its targets are counted in."""
    return playbook.calendars[state.calendar]


def counts_on(state: State, playbook: Playbook) -> CalendarRule:
    """Resolved, it waits for working days to pass; open, for its service calendar."""
    return playbook.calendar if state.resolved_at is not None else service_calendar(state, playbook)


def spent_at(state: State, at: datetime, calendar: CalendarRule) -> Spent:
    """Working seconds used up at a moment."""
    if state.running_since is None:
        return state.spent
    used = calendar.working_time_between(state.running_since, at).total_seconds()
    respond = state.spent.respond + (0 if state.acknowledged else used)
    return Spent(respond=respond, resolve=state.spent.resolve + used)


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """Warnings and breach of each target while the clocks run; after the resolution, the customer's silence."""
    if state.ended:
        return
    if state.resolved_at is not None:
        due = playbook.calendar.add_working_days(state.resolved_at, playbook.support.close_after)
        fact = TicketClosed(occurred_at=due, confirmed_by="", satisfaction=None)
        yield Clock(f"closes-by-itself-{state.reopened + 1}", due, "closes without objection 无异议自动关闭", fact)
        return
    if state.running_since is None:
        return
    for target, budget, spent in state.targets():
        name = TARGET_NAMES[target]
        for percent in playbook.support.warn_at:
            if f"{target}-{percent}" not in state.warned and target not in state.breached:
                at = moment_of(state, playbook, budget * percent // 100 - spent)
                fact_ = TargetWarned(occurred_at=at, target=target, percent=percent, who=playbook.support.owner)
                yield Clock(f"{target}-{percent}-percent", at, f"{percent} % of the {name.en} target {name.zh}时限", fact_)
        if target not in state.breached:
            at = moment_of(state, playbook, budget - spent)
            breach = TargetBreached(occurred_at=at, target=target, who=playbook.support.owner)
            yield Clock(f"{target}-breached", at, f"{name.en} target {name.zh}时限", breach)


def moment_of(state: State, playbook: Playbook, seconds: float) -> datetime:
    """When so many more working seconds are used up; a moment that has passed is the one when the clocks started again."""
    assert state.running_since is not None
    return service_calendar(state, playbook).add_working_time(state.running_since, timedelta(seconds=max(seconds, 0)))
