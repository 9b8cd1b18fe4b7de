"""What a project is: the sum of its events."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, assert_never

from domain.clocks import ClocksReleased
from domain.messages import Money
from domain.origin import Rooted
from domain.planned import ProjectPlanNoted
from domain.project.events import (
    CancellationCompleted,
    CompensationRecorded,
    Events,
    PhaseEntered,
    ProjectCancelled,
    ProjectClosed,
    ProjectOpened,
    ProjectReopened,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Rooted):
    """A project as its events tell it."""

    name: str = ""
    product_line: str = ""
    mode: str = ""
    mode_reason: str = ""
    """Why it has this mode, or none, where nobody named one."""
    need: str = ""
    came_from: str = ""
    expected_on: date | None = None
    service_line: str = ""
    amount: Money | None = None
    delivery: Literal["here", "elsewhere"] = "here"
    phase: str = "funnel"
    outcome: str = ""
    opened_at: datetime | None = None
    """When it was opened, or reopened last."""
    won_at: datetime | None = None
    """When the project went on from its won deal."""
    lost_times: int = 0
    reopened: int = 0
    """How often its lost deal was reopened."""
    released_in: str = ""
    """The phase in which the held clocks were released; empty if they never were, or nothing ran any more."""
    cancelled: ProjectCancelled | None = None
    unwinding: tuple[str, ...] = ()
    """The parts that have not said yet that they are unwound."""
    plans: tuple[str, ...] = ()
    """The plans about it."""

    @property
    def running(self) -> bool:
        """True as long as its phases lead on to each other."""
        return self.outcome == "" and self.cancelled is None


def evolve(state: State, event: Events) -> State:
    """The project after one more fact."""
    at = event.occurred_at
    match event:
        case ProjectOpened():
            return _opened(state, event)
        case PhaseEntered():
            return replace(state, phase=event.phase, as_of=at, won_at=state.won_at or at)
        case ProjectClosed():
            won_at = at if event.outcome == "won" else state.won_at
            lost_times = state.lost_times + (event.outcome == "lost")
            return replace(state, outcome=event.outcome, as_of=at, won_at=won_at, lost_times=lost_times)
        case ProjectReopened():
            return replace(state, outcome="", as_of=at, reopened=event.times, opened_at=at)
        case ProjectCancelled():
            return replace(state, cancelled=event, unwinding=event.parts, as_of=at)
        case CompensationRecorded():
            left = tuple(part for part in state.unwinding if part != event.part)
            return replace(state, unwinding=left, as_of=at)
        case CancellationCompleted():
            return replace(state, outcome="cancelled", as_of=at)
        case ProjectPlanNoted():
            return replace(state, plans=(*state.plans, event.plan))
        case ClocksReleased():
            return replace(state, held=False, released_in="" if state.outcome in ("lost", "won") else state.phase)
        case _:
            assert_never(event)


def _opened(state: State, event: ProjectOpened) -> State:
    return replace(
        state,
        origin=event.origin,
        held=event.origin.held,
        as_of=event.occurred_at,
        opened_at=event.occurred_at,
        name=event.name,
        product_line=event.product_line,
        mode=event.mode,
        mode_reason=event.mode_reason,
        need=event.need,
        came_from=event.came_from,
        expected_on=event.expected_on,
        service_line=event.service_line,
        amount=event.amount,
        delivery=event.delivery,
    )
