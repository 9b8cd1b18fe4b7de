"""The plan: when each milestone is due, when it is expected, and which fact has moved what is expected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from domain import schedule
from domain.calendars import CalendarRule
from domain.implementation.events import MilestoneOverdue, PlanBaselined
from domain.implementation.graph import PlannedMilestone, graph
from domain.implementation.plan_events import DelayReported, ForecastMoved, MilestoneHeld, MilestoneReestimated, Move, MoveCause
from domain.implementation.state import State, evolve
from domain.messages import Event
from domain.moving import PlaybookMoved
from domain.origin import day_of
from domain.playbook import Playbook
from domain.schedule import Estimated, Fact, Facts, Moved, NotBefore, Replanned, Schedule, Signed, Task

NONE: Mapping[str, datetime] = {}

KINDS: Mapping[type[Event], str] = {
    MilestoneReestimated: "estimate",
    MilestoneHeld: "hold",
    DelayReported: "delay",
    MilestoneOverdue: "overdue",
}
"""What the cause of a move is called, by the event that is the fact."""


def plan(
    start: datetime,
    milestones: Iterable[PlannedMilestone],
    calendar: CalendarRule,
    agreed: Mapping[str, datetime] = NONE,
) -> dict[str, datetime]:
    """Planned dates: each milestone its working days after the last of those before it, or after the start; where a date is
    agreed on, that date."""
    planned: dict[str, datetime] = {}
    for milestone in milestones:
        base = max((planned[code] for code in milestone.after), default=start)
        planned[milestone.code] = agreed.get(milestone.code) or calendar.add_working_days(base, milestone.days)
    return planned


def expected(state: State, playbook: Playbook, today: datetime | None = None) -> Schedule:
    """The forecast of a plan, computed from all that is known. `today` asks for what is left at that moment: a milestone
    that is not signed is not reached before the end of that working day."""
    facts = _facts(state, playbook)
    tasks = _tasks(state, playbook)
    if today is not None:
        close = end_of(day_of(today, playbook.calendar), playbook.calendar)
        late = {task.code: {**facts.not_before.get(task.code, {}), "today": close} for task in tasks}
        facts = replace(facts, not_before=late)
    return schedule.forecast(tasks, facts, playbook.calendar)


def end_of(day: date, calendar: CalendarRule) -> datetime:
    """The close of business of a date, or of the first working day after it."""
    before = datetime.fromordinal(day.toordinal() - 1).replace(hour=12, tzinfo=calendar.zone)
    return calendar.add_working_days(before, 1)


def following(events: Sequence[Event], state: State, playbook: Playbook) -> list[ForecastMoved]:
    """What facts that were just decided do to the forecast: one event for each fact that moves any date.

    What was on record is compared with what is known before the first of them: a difference there has another cause, and is
    recorded as such first."""
    if not state.exists or not state.plan.forecast:
        return []
    steps = list(_steps(events, state, playbook))
    if not steps:
        return []
    expectation = expected(state, playbook)
    moves = _recomputed(state, expectation, playbook)
    for event, facts in steps:
        expectation, moved = schedule.reforecast(expectation, *facts)
        if told := _told(moved, playbook):
            moves.append(ForecastMoved(occurred_at=event.occurred_at, moved=told, cause=_cause(event, facts, state)))
    return moves


def moved_by_rules(state: State, playbook: Playbook, since: datetime) -> list[ForecastMoved]:
    """What living under other rules since a moment does to the forecast: another calendar counts other days."""
    if not state.plan.forecast:
        return []
    cause = MoveCause(kind="playbook", reference=PlaybookMoved.type)
    return [
        one.model_copy(update={"occurred_at": since}) for one in _recomputed(state, expected(state, playbook), playbook, cause)
    ]


def overdue_moves(state: State, playbook: Playbook) -> ForecastMoved | None:
    """What a milestone that has just become overdue does to the forecast: it is reached at the close of the next working day
    at the earliest. None when what is on record says so already, or expects it later anyway."""
    due = {one.code: state.due(one) for one in state.left(playbook.implementation) if one.code in state.overdue}
    at = {code: playbook.calendar.add_working_days(state.planned[code], 1) for code in due}  # as `_facts` has it
    untold = [code for code in due if state.plan.forecast.get(code, at[code]) < at[code]]
    told_of = replace(state, overdue=tuple(code for code in state.overdue if code not in untold))
    for code in untold:  # One after the other: units that are late in one moment would hide behind each other.
        _, moved = schedule.reforecast(expected(told_of, playbook), NotBefore(code, at[code], "overdue"))
        if told := _told(moved, playbook):
            cause = MoveCause(kind="overdue", what=code, reference=MilestoneOverdue.type)
            return ForecastMoved(occurred_at=due[code], moved=told, cause=cause)
    return None


def _steps(events: Sequence[Event], state: State, playbook: Playbook) -> Iterator[tuple[Event, tuple[Fact, ...]]]:
    """The events that say something about the plan, each with what it says."""
    for event in events:
        after: State = evolve(state, event)  # type: ignore[arg-type]
        if facts := tuple(_changed(state, after, playbook)):
            yield event, facts
        state = after


def _changed(before: State, after: State, playbook: Playbook) -> Iterator[Fact]:
    """The facts about the plan that an event has changed."""
    if before.signed is after.signed and before.plan is after.plan and before.overdue is after.overdue:
        return
    old, new = _facts(before, playbook), _facts(after, playbook)
    tasks = _tasks(after, playbook)
    if tasks != _tasks(before, playbook):
        yield Replanned(tasks, new.days)
    elif old.days != new.days:
        yield from (Estimated(code, days) for code, days in new.days.items() if old.days.get(code) != days)
    yield from (Signed(code, at) for code, at in new.signed.items() if old.signed.get(code) != at)
    for code in {**old.not_before, **new.not_before}:
        was, now = old.not_before.get(code, {}), new.not_before.get(code, {})
        sources = {**was, **now}
        yield from (NotBefore(code, now.get(one), one) for one in sources if was.get(one) != now.get(one))


def _facts(state: State, playbook: Playbook) -> Facts:
    assert state.started_at is not None
    words: dict[str, dict[str, datetime]] = {code: dict(said) for code, said in state.plan.not_before.items()}
    for code, at in state.plan.fixed.items():
        words.setdefault(code, {})["plan"] = at
    for code in state.overdue:
        words.setdefault(code, {})["overdue"] = playbook.calendar.add_working_days(state.planned[code], 1)
    return Facts(start=state.started_at, signed=state.signed, days=state.plan.estimates, not_before=words)


def _tasks(state: State, playbook: Playbook) -> tuple[Task, ...]:
    return tuple(Task(one.code, one.after, one.days) for one in graph(state, playbook.implementation))


RECOMPUTED = MoveCause(kind="recomputed")


def _recomputed(state: State, known: Schedule, playbook: Playbook, cause: MoveCause = RECOMPUTED) -> list[ForecastMoved]:
    recorded = state.plan.forecast
    dates = {code: date.at for code, date in known.dates.items()}
    moved = [
        Move(milestone=code, before=recorded.get(code), after=dates.get(code), via=(code,))
        for code in {**recorded, **dates}
        if _another_day(recorded.get(code), dates.get(code), playbook)
    ]
    if not moved:
        return []
    at = state.as_of or known.facts.start
    return [ForecastMoved(occurred_at=at, moved=tuple(moved), cause=cause)]


def _told(moved: Iterable[Moved], playbook: Playbook) -> tuple[Move, ...]:
    """The moves as they are recorded. A signature on the expected day moves nothing."""
    return tuple(
        Move(milestone=one.code, before=one.before, after=one.after, via=one.causes[-1].via)
        for one in moved
        if _another_day(one.before, one.after, playbook)
    )


def _another_day(before: datetime | None, after: datetime | None, playbook: Playbook) -> bool:
    if before is None or after is None:
        return before is not after
    return day_of(before, playbook.calendar) != day_of(after, playbook.calendar)


def _cause(event: Event, facts: Sequence[Fact], state: State) -> MoveCause:
    told: Any = event
    if isinstance(event, PlanBaselined):
        change = state.plan.changes.get(event.cause)
        kind = "change" if change else event.cause if event.cause == "units" else "plan"
        return MoveCause(kind=kind, what=event.cause, reference=event.type, reason=change.reason if change else "")
    kind = KINDS.get(type(event), "signed" if any(isinstance(fact, Signed) for fact in facts) else "plan")
    what = getattr(told, "milestone", "")
    return MoveCause(kind=kind, what=what, reference=event.type, reason=getattr(told, "reason", ""))
