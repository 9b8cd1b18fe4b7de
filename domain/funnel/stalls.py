"""Stalled deals 商机停滞: 1.5 × the usual dwell, or thirty days without a dated next step; then a task, then an escalation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from domain.funnel.events import DealStalled, StallEscalated, TaskRaised
from domain.funnel.state import State
from domain.origin import morning_of
from domain.playbook import Playbook
from domain.standing import Clock


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """What comes true by itself about a deal that does not move, each once in a stay."""
    if not state.stalled:
        yield _stalling(state, playbook)
    yield from _tasks(state, playbook)
    yield from _escalation(state, playbook)


def _stalling(state: State, playbook: Playbook) -> Clock:
    reason, at = stalls_at(state, playbook)
    owner = playbook.funnel.stage(state.stage).owner
    fact = DealStalled(occurred_at=at, stage=state.stage, entry=state.entry, reason=reason, who=owner)
    name, in_calendar_days = f"deal-stalled-{state.stage}-{state.entry}", reason == "no_next_step"
    return Clock(name, at, "deal stalls 商机停滞", fact, dated=in_calendar_days)


def stalls_at(state: State, playbook: Playbook) -> tuple[Literal["dwell", "no_next_step"], datetime]:
    """When the deal stalls, and why: whichever comes first."""
    assert state.entered_at is not None
    dwell = _dwells_until(state, state.entered_at, playbook)
    base = state.entered_at
    if state.next_step_on:
        base = max(base, morning_of(state.next_step_on, playbook.calendar))
    silent = base + timedelta(days=playbook.funnel.stall.without_next_step)
    return ("dwell", dwell) if dwell <= silent else ("no_next_step", silent)


def _dwells_until(state: State, since: datetime, playbook: Playbook) -> datetime:
    rules = playbook.funnel.stall
    if state.usual is not None:
        minutes = state.usual.working_minutes * rules.dwell_percent / 100
        learned = playbook.calendar.add_working_time(since, timedelta(minutes=minutes))
        least = playbook.calendar.add_working_days(since, rules.dwell_at_least) if rules.dwell_at_least else since
        return max(learned, least)
    box = playbook.funnel.stage(state.stage).time_box
    return playbook.calendar.add_working_days(since, -(-box * rules.dwell_percent // 100))


def _tasks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """The owner's tasks, each at the moment of what calls for it."""
    within = playbook.funnel.stall.task_within
    calls: tuple[tuple[Literal["stalled", "revisit"], datetime | None], ...] = (
        ("revisit", state.back_at),
        ("stalled", state.stalled_at),
    )
    for what, since in calls:
        if within is None or since is None or what in state.tasks:
            continue
        task = TaskRaised(
            occurred_at=since,
            what=what,
            stage=state.stage,
            entry=state.entry,
            owner=state.owner_now,
            who=playbook.funnel.stage(state.stage).owner,
            due=playbook.calendar.add_working_days(since, within),
        )
        yield Clock(f"task-{what}-{state.stage}-{state.entry}", since, "task for the owner 负责人待办", task)


def _escalation(state: State, playbook: Playbook) -> Iterable[Clock]:
    """A dated next step that was planned since the deal stalled gives it until then."""
    rules = playbook.funnel.stall
    if state.stalled_at is None or state.escalated_to or rules.escalate_after is None or rules.escalate_to is None:
        return
    base = state.stalled_at
    if state.stirred and state.next_step_on:
        base = max(base, morning_of(state.next_step_on, playbook.calendar))
    at = playbook.calendar.add_working_days(base, rules.escalate_after)
    fact = StallEscalated(occurred_at=at, stage=state.stage, entry=state.entry, to=rules.escalate_to)
    yield Clock(f"stall-{state.stage}-{state.entry}-escalated", at, "stalled deal is escalated 停滞升级", fact)
