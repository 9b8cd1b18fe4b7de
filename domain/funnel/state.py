"""What the deal is: the state that its events add up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import reduce
from typing import Any, Literal

from domain import promises
from domain.clocks import ClocksReleased
from domain.funnel.events import (
    DealLost,
    DealResumed,
    DealShelved,
    DealStalled,
    DealWon,
    Events,
    EvidenceRecorded,
    FunnelOpened,
    GateOverridden,
    NextStepPlanned,
    RevisitDue,
    StageAdvanced,
    StageOverdue,
)
from domain.messages import Money
from domain.origin import Rooted
from domain.promises import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Rooted):
    """A deal as its events tell it."""

    name: str = ""
    product_line: str = ""
    amount: Money | None = None
    opened_at: datetime | None = None
    stage: str = ""
    entry: int = 1
    """How many stage entries there have been; it makes the names of clocks unique."""
    entered_at: datetime | None = None
    evidence: Mapping[str, str] = field(default_factory=dict)
    """The reference of the newest proof, by criterion."""
    promises: Ledger = ()
    next_step_on: date | None = None
    overridden: tuple[str, ...] = ()
    """Stages left without their evidence."""
    overdue: bool = False
    stalled: bool = False
    revisit_on: date | None = None
    revisit_due: bool = False
    keep_contact_on: date | None = None
    outcome: Literal["", "won", "lost"] = ""

    @property
    def completed(self) -> bool:
        """True when the deal is decided."""
        return self.outcome != ""


def evolve(state: State, event: Events) -> State:
    """The deal after one more fact."""
    match event:
        case FunnelOpened():
            return replace(
                state,
                origin=event.origin,
                held=event.origin.held,
                name=event.name,
                product_line=event.product_line,
                amount=event.amount,
                stage=event.stage,
                opened_at=event.occurred_at,
                entered_at=event.occurred_at,
                as_of=event.occurred_at,
            )
        case EvidenceRecorded():
            evidence = {**state.evidence, event.criterion: event.reference}
            return replace(state, evidence=evidence, as_of=state.not_before(event.occurred_at))
        case NextStepPlanned():
            return replace(state, next_step_on=event.on)
        case StageAdvanced():
            return _entered(state, event.entered, event.occurred_at)
        case GateOverridden():
            return replace(state, overridden=(*state.overridden, event.stage))
        case StageOverdue():
            return replace(state, overdue=True)
        case DealStalled():
            return replace(state, stalled=True)
        case DealWon():
            return replace(state, outcome="won", amount=event.amount or state.amount, as_of=event.occurred_at)
        case DealLost():
            kept = event.keep_contact_on
            return replace(state, outcome="lost", keep_contact_on=kept, revisit_on=None, as_of=event.occurred_at)
        case DealShelved():
            return replace(state, revisit_on=event.revisit_on, revisit_due=False, as_of=event.occurred_at)
        case RevisitDue():
            return replace(state, revisit_due=True)
        case DealResumed():
            resumed = replace(state, revisit_on=None, revisit_due=False)
            return _entered(resumed, state.stage, event.occurred_at)
        case ClocksReleased():
            return replace(state, held=False)
        case _:
            return replace(state, promises=promises.after(state.promises, event))


def _entered(state: State, stage: str, at: datetime) -> State:
    """A stage entry starts its clocks anew."""
    return replace(state, stage=stage, entry=state.entry + 1, entered_at=at, as_of=at, overdue=False, stalled=False)


def fold(events: Iterable[Any], state: State) -> State:
    """The state after events that were just decided."""
    return reduce(evolve, events, state)
