"""The clocks of an escalation: how long it may stand at a step, and by when what was promised must be there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from domain.calendars import CalendarRule
from domain.escalation.events import AnswerOverdue, EscalationOverdue, EscalationRaised
from domain.escalation.state import State
from domain.origin import morning_of
from domain.playbook import EscalationStep, Playbook
from domain.standing import Clock


def calendar_of(state: State, playbook: Playbook) -> CalendarRule:
    """Its limits are counted in this calendar: of a ticket its service calendar, else the owning unit's working calendar."""
    return playbook.calendars.get(state.calendar, playbook.calendar)


def spent_at(state: State, at: datetime, playbook: Playbook) -> float:
    """Working seconds of the step's limit that are used up at a moment."""
    if state.running_since is None:
        return state.spent
    return state.spent + calendar_of(state, playbook).working_time_between(state.running_since, at).total_seconds()


def runs_out_at(state: State, playbook: Playbook) -> datetime | None:
    """When the limit of the step where it stands runs out; None without a limit, and while it stands still. A limit that was
    used up already when a move brought it ran out at the move."""
    step = here(state, playbook)
    if not state.open or state.running_since is None or step is None or step.minutes is None:
        return None
    left = timedelta(seconds=max(step.minutes * 60 - state.spent, 0))
    at = calendar_of(state, playbook).add_working_time(state.running_since, left)
    return max(at, state.moved.occurred_at) if state.moved is not None else at


def here(state: State, playbook: Playbook) -> EscalationStep | None:
    """The step where it stands; None in a playbook that does not have it."""
    return next((step for step in playbook.escalation.steps if step.code == state.step), None)


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """The limit of the step where it stands; once answered, the day of what was promised."""
    if state.expected_on is not None and not state.late:
        due = morning_of(state.expected_on + timedelta(days=1), playbook.calendar)
        late = AnswerOverdue(occurred_at=due, expected_on=state.expected_on, who=state.who)
        yield Clock(
            f"answer-overdue-{state.redated + 1}", due, "promised by the product division 产品答复到期", late, dated=True
        )
    due_at = runs_out_at(state, playbook)
    if due_at is None or state.overdue:
        return
    above = playbook.escalation.ahead_of(state.step)
    if not above:
        fact = EscalationOverdue(occurred_at=due_at, step=state.step, who=state.who)
        yield Clock(f"step-{state.step}-overdue", due_at, "answer of the product division 产品事业部答复时限", fact)
        return
    raised = raise_to(state, playbook, above[0].code, due_at, TIME_IS_UP, by_itself=True)
    yield Clock(f"step-{state.step}-limit", due_at, f"limit of {state.step} 升级层级时限", raised)


TIME_IS_UP = "the limit of the step has run out 本层级时限已到"


def raise_to(
    state: State, playbook: Playbook, to: str, at: datetime, reason: str, *, by_itself: bool = False
) -> EscalationRaised:
    """The fact that it goes up to a step that is above the one where it stands."""
    above = playbook.escalation.ahead_of(state.step)
    codes = [step.code for step in above]
    step = above[codes.index(to)]
    return EscalationRaised(
        occurred_at=at,
        left=state.step,
        entered=step.code,
        line=step.line,
        who=step.who,
        skipped=tuple(codes[: codes.index(to)]),
        reason=reason,
        by_itself=by_itself,
    )
