"""The clocks of a reactivation: when each step must be done, when it ends without an answer, and until when a return counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from domain.origin import day_of, morning_of
from domain.playbook import Playbook
from domain.playbook.reactivation import Exit, ReactivationStep, ReactivationTrack
from domain.reactivating import Outcome
from domain.reactivation.events import HorizonPassed, ReactivationEnded, ReactivationStepOverdue
from domain.reactivation.state import State
from domain.standing import Clock

NEVER_AGAIN: tuple[Outcome, ...] = ("answered", "woke", "invalid", "merged")
"""Outcomes after which there is no question of trying again."""


def track_of(state: State, playbook: Playbook) -> ReactivationTrack | None:
    """How customers of its value class are reactivated; None in a playbook that does not reactivate them."""
    return playbook.reactivation.track_of(state.root.value_class) if playbook.reactivation else None


def steps_of(state: State, playbook: Playbook) -> Sequence[ReactivationStep]:
    """Its steps, in their order."""
    return playbook.reactivation.steps_of(state.root.value_class) if playbook.reactivation else ()


def open_steps(state: State, playbook: Playbook) -> Sequence[ReactivationStep]:
    """The steps that are neither done nor left out, in their order."""
    return [step for step in steps_of(state, playbook) if not state.is_settled(step.code)]


def ends_by(exit_: Exit, playbook: Playbook) -> bool:
    """Whether the playbook ends a reactivation for that."""
    return playbook.reactivation is not None and exit_ in playbook.reactivation.exits


def due_at(step: ReactivationStep, state: State, playbook: Playbook) -> datetime | None:
    """By when a step must be done; None while the customer is left alone."""
    if state.worked_from is None:
        return None
    return _not_before_the_move(playbook.calendar.add_working_days(state.worked_from, step.after + step.within), state)


def ends_at(state: State, playbook: Playbook) -> tuple[Outcome, datetime] | None:
    """How and when it ends by itself: after the last step without an answer, or at its latest end; the earlier of the two."""
    track = track_of(state, playbook)
    if not state.running or state.worked_from is None or track is None:
        return None
    found: list[tuple[datetime, Outcome]] = []
    calendar = playbook.calendar
    if ends_by("latest", playbook):
        found.append((morning_of(day_of(state.worked_from, calendar) + timedelta(days=track.latest), calendar), "latest"))
    if ends_by("steps_done", playbook) and state.settled and not open_steps(state, playbook):
        last = max(one.at for one in state.settled)
        found.append((morning_of(day_of(last, calendar) + timedelta(days=track.answer_within), calendar), "steps_done"))
    if not found:
        return None
    at, outcome = min(found)
    return outcome, _not_before_the_move(at, state)


def _not_before_the_move(at: datetime, state: State) -> datetime:
    return max(at, state.moved.occurred_at) if state.moved is not None else at


def try_again_on(outcome: Outcome, at: datetime, state: State, playbook: Playbook) -> date | None:
    """The day from which the customer may be tried again: after the cool-down, and not while its return still counts."""
    if outcome in NEVER_AGAIN:
        return None
    track, calendar = track_of(state, playbook), playbook.calendar
    watched_until = day_of(state.horizon or at, calendar)
    if track is None or outcome == "held_out":
        return watched_until
    return max(day_of(at, calendar) + timedelta(days=track.cool_down), watched_until)


def ended(outcome: Outcome, at: datetime, state: State, playbook: Playbook, reason: str = "") -> ReactivationEnded:
    """The fact that it has ended."""
    return ReactivationEnded(
        occurred_at=at, outcome=outcome, reason=reason, try_again_on=try_again_on(outcome, at, state, playbook)
    )


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """The steps that are to be done, the end without an answer, and the horizon."""
    if state.running:
        for step in open_steps(state, playbook):
            due = due_at(step, state, playbook)
            if due is not None and step.code not in state.overdue:
                late = ReactivationStepOverdue(occurred_at=due, step=step.code, who=step.who)
                yield Clock(f"step-{step.code}-overdue", due, f"reactivation step {step.code} 唤醒步骤时限", late)
        end = ends_at(state, playbook)
        if end is not None:
            outcome, at = end
            text = f"ends without an answer 无答复结束 ({outcome})"
            # Another step done or another playbook gives it another moment, and so another name.
            name = f"ends-{outcome}-{len(state.settled)}-{state.moves}"
            yield Clock(name, at, text, ended(outcome, at, state, playbook), dated=True)
    if state.horizon is None:
        return
    if state.left_alone:
        alone = ended("held_out", state.horizon, state, playbook)
        yield Clock("held-out-over", state.horizon, "hold-out ends 对照期满", alone, dated=True)
    elif state.watched:
        passed = HorizonPassed(
            occurred_at=state.horizon, came_back=state.back_at is not None, business=state.business_at is not None
        )
        yield Clock("horizon", state.horizon, "horizon of its effect 效果观察期满", passed, dated=True)
