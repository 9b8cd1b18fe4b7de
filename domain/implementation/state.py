"""What the implementation is: the state that its events add up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce
from typing import Any, assert_never

from domain.clocks import ClocksReleased
from domain.implementation.events import (
    DeliverableSubmitted,
    Events,
    ImplementationStarted,
    MilestoneOverdue,
    MilestoneSignedOff,
    PlanBaselined,
    ProjectAccepted,
    WentLive,
)
from domain.origin import Rooted
from domain.playbook import ImplementationRules, Milestone
from domain.promises import Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Rooted):
    """An implementation as its events tell it."""

    promises: tuple[Promise, ...] = ()
    plan_version: int = 0
    planned: Mapping[str, datetime] = field(default_factory=dict)
    submitted: Mapping[str, str] = field(default_factory=dict)
    signed: Mapping[str, datetime] = field(default_factory=dict)
    overdue: tuple[str, ...] = ()
    went_live_at: datetime | None = None
    accepted_at: datetime | None = None

    @property
    def completed(self) -> bool:
        """True when the customer has accepted: the handoff to support may begin."""
        return self.accepted_at is not None

    def left(self, rules: ImplementationRules) -> list[Milestone]:
        """The milestones that are not signed off."""
        return [milestone for milestone in rules.milestones if milestone.code not in self.signed]


def evolve(state: State, event: Events) -> State:
    """The implementation after one more fact."""
    at = event.occurred_at
    match event:
        case ImplementationStarted():
            return replace(state, origin=event.origin, held=event.origin.held, promises=event.promises, as_of=at)
        case PlanBaselined():
            return replace(state, plan_version=event.plan_version, planned=event.planned)
        case DeliverableSubmitted():
            submitted = {**state.submitted, event.deliverable: event.reference}
            return replace(state, submitted=submitted, as_of=state.not_before(at))
        case MilestoneSignedOff():
            overdue = tuple(code for code in state.overdue if code != event.milestone)
            return replace(state, signed={**state.signed, event.milestone: at}, overdue=overdue, as_of=at)
        case MilestoneOverdue():
            return replace(state, overdue=(*state.overdue, event.milestone))
        case WentLive():
            return replace(state, went_live_at=at)
        case ProjectAccepted():
            return replace(state, accepted_at=at)
        case ClocksReleased():
            return replace(state, held=False)
        case _:
            assert_never(event)


def fold(events: Iterable[Any], state: State) -> State:
    """The state after events that were just decided."""
    return reduce(evolve, events, state)
