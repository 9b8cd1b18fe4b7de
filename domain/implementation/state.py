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
    UnitsPlanned,
    WentLive,
)
from domain.implementation.graph import PlannedMilestone, Unit, graph
from domain.origin import Rooted
from domain.playbook import ImplementationRules
from domain.promises import Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Rooted):
    """An implementation as its events tell it."""

    started_at: datetime | None = None
    promises: tuple[Promise, ...] = ()
    units: tuple[Unit, ...] = ()
    milestones: tuple[PlannedMilestone, ...] = ()
    """Those of the last baseline; empty when that is of an earlier time. Ask `graph(state, rules)`."""
    plan_version: int = 0
    planned: Mapping[str, datetime] = field(default_factory=dict)
    submitted: Mapping[str, str] = field(default_factory=dict)
    signed: Mapping[str, datetime] = field(default_factory=dict)
    overdue: tuple[str, ...] = ()
    live: Mapping[str, datetime] = field(default_factory=dict)
    """When each unit went live, by its id; under "" where there are no units."""
    went_live_at: datetime | None = None
    """When the last unit went live: all of the customer works with it."""
    accepted_at: datetime | None = None

    @property
    def completed(self) -> bool:
        """True when the customer has accepted: the handoff to support may begin."""
        return self.accepted_at is not None

    def left(self, rules: ImplementationRules) -> list[PlannedMilestone]:
        """The milestones that are not signed off, in the order of the graph."""
        return [milestone for milestone in graph(self, rules) if milestone.code not in self.signed]


def evolve(state: State, event: Events) -> State:
    """The implementation after one more fact."""
    at = event.occurred_at
    match event:
        case ImplementationStarted():
            begun = replace(state, origin=event.origin, held=event.origin.held, promises=event.promises)
            return replace(begun, started_at=at, as_of=at)
        case UnitsPlanned():
            return replace(state, units=event.units, as_of=state.not_before(at))
        case PlanBaselined():
            return _baselined(state, event)
        case DeliverableSubmitted():
            submitted = {**state.submitted, event.deliverable: event.reference}
            return replace(state, submitted=submitted, as_of=state.not_before(at))
        case MilestoneSignedOff():
            overdue = tuple(code for code in state.overdue if code != event.milestone)
            return replace(state, signed={**state.signed, event.milestone: at}, overdue=overdue, as_of=at)
        case MilestoneOverdue():
            return replace(state, overdue=(*state.overdue, event.milestone))
        case WentLive():
            return _live(state, event)
        case ProjectAccepted():
            return replace(state, accepted_at=at)
        case ClocksReleased():
            return replace(state, held=False)
        case _:
            assert_never(event)


def _baselined(state: State, event: PlanBaselined) -> State:
    """A milestone stays late when the new plan leaves its date as it was; with a new date it has a new chance."""
    late = tuple(code for code in state.overdue if state.planned.get(code) == event.planned.get(code))
    replanned = replace(state, plan_version=event.plan_version, planned=event.planned, milestones=event.milestones)
    return replace(replanned, overdue=late)


def _live(state: State, event: WentLive) -> State:
    live = {**state.live, event.unit: event.occurred_at}
    everywhere = all(unit.unit in live for unit in state.units) or "" in live
    return replace(state, live=live, went_live_at=max(live.values()) if everywhere else None)


def fold(events: Iterable[Any], state: State) -> State:
    """The state after events that were just decided."""
    return reduce(evolve, events, state)
