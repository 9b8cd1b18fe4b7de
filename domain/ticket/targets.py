"""The targets of a ticket: how much of each is used up, when it runs out, and how it ended.

Both are exact. Time is counted in whole microseconds of the service calendar: each `Spent` is the seconds of such a count, and
goes back to that count without loss, so that a hundred pauses add up to what one stretch would have been. The due time of a
target follows from the events and the calendar alone: the latest `spent` on record, the moment from which the clocks have run
since, and the budget on record."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from domain.calendars import CalendarRule
from domain.messages import Frozen
from domain.playbook import Playbook
from domain.ticket.events import Spent
from domain.ticket.state import State
from domain.ticket.terms import TargetName

NOTHING = timedelta(0)


class Verdict(Frozen):
    """How a target of a ticket ended, or stands."""

    target: TargetName
    budget: int
    """Working seconds that there were for it."""
    spent: float | None
    """Working seconds that it took; None where an event from before that was kept does not say."""
    percent: float | None
    """Of the budget, to two places."""
    verdict: Literal["met", "missed", "open"]
    """A target that was missed once stays missed, whatever its budget became later."""


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
    used = calendar.working_time_between(state.running_since, max(at, state.running_since))
    respond = NOTHING if state.acknowledged else used
    return Spent(
        respond=(timedelta(seconds=state.spent.respond) + respond).total_seconds(),
        resolve=(timedelta(seconds=state.spent.resolve) + used).total_seconds(),
    )


def waited_at(state: State, at: datetime, calendar: CalendarRule) -> float:
    """Working seconds that the wait under way has taken by a moment."""
    since = state.waiting_since
    return 0.0 if since is None else calendar.working_time_between(since, max(at, since)).total_seconds()


def share(budget: int, percent: int) -> timedelta:
    """So many percent of a budget in seconds, exactly."""
    return timedelta(microseconds=budget * percent * 10_000)


def moment_of(state: State, playbook: Playbook, seconds: float) -> datetime:
    """When so many more working seconds are used up; a moment that has passed is the one when the clocks started again."""
    assert state.running_since is not None
    left = max(timedelta(seconds=seconds), NOTHING)
    return service_calendar(state, playbook).add_working_time(state.running_since, left)


def moment_at(state: State, playbook: Playbook, target: TargetName, percent: int) -> datetime:
    """When so many percent of a target are used up, if the clocks go on running."""
    budget, spent = state.budget(target)
    return moment_of(state, playbook, (share(budget, percent) - timedelta(seconds=spent)).total_seconds())


def due_at(state: State, playbook: Playbook, target: TargetName) -> datetime | None:
    """When a target is due: of a missed one, when it was; None for one that is met, or whose clock stands still."""
    missed = dict(zip(state.breached, state.breached_at, strict=False)).get(target)
    if missed is not None:
        return missed
    met = target == "respond" and state.acknowledged
    if met or state.ended or state.resolved_at is not None or state.running_since is None:
        return None
    return moment_at(state, playbook, target, 100)


def verdicts(state: State) -> tuple[Verdict, ...]:
    """How each target ended: for a finished ticket met or missed, from its events alone.

    A target is missed from the very moment on at which its budget is used up."""
    found = []
    for target in ("respond", "resolve"):
        budget, spent = state.budget(target)
        ended = state.acknowledged if target == "respond" else state.resolved_at is not None
        known = spent if target == "resolve" or state.respond_known or not state.acknowledged else None
        late = target in state.breached or (known is not None and known >= budget)
        found.append(
            Verdict(
                target=target,
                budget=budget,
                spent=known,
                percent=round(known * 100 / budget, 2) if known is not None and budget else None,
                verdict="missed" if late else "met" if ended else "open",
            )
        )
    return tuple(found)
