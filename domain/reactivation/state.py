"""What a reactivation is: the state that its events add up to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import assert_never

from domain.messages import Frozen, Money
from domain.origin import Rooted
from domain.reactivating import HoldOutBroken, Outcome
from domain.reactivation.events import (
    BudgetRaised,
    BusinessFollowed,
    CustomerCameBack,
    Events,
    HeldOut,
    HorizonPassed,
    ReactivationAnswered,
    ReactivationBegun,
    ReactivationEnded,
    ReactivationStepCompleted,
    ReactivationStepOverdue,
    ReactivationStepSkipped,
)
from domain.reactivation.terms import Answer, Status

CUT: tuple[Outcome, ...] = ("invalid", "merged")
"""Outcomes after which there is nobody left to watch."""
KNOWN: tuple[Outcome, ...] = ("woke", *CUT)
"""Outcomes of which the customer itself has told."""


class Settled(Frozen):
    """A step that is done or left out."""

    step: str
    at: datetime
    done: bool
    cost: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Rooted):
    """A reactivation as its events tell it."""

    id: str = ""
    number: int = 0
    by_itself: bool = False
    begun_from: str = ""
    begun_at: datetime | None = None
    owner: str = ""
    budget: Money | None = None
    horizon: datetime | None = None
    held_out: bool = False
    """True for one that was drawn to be left alone, whatever became of that."""
    broken: HoldOutBroken | None = None
    worked_from: datetime | None = None
    """From when its steps count; None while it is left alone."""
    settled: tuple[Settled, ...] = ()
    overdue: tuple[str, ...] = ()
    """The steps that were not done in time, done later or not."""
    answer: Answer | None = None
    outcome: Outcome | None = None
    ended_at: datetime | None = None
    try_again_on: date | None = None
    back_at: datetime | None = None
    back_how: str = ""
    business_at: datetime | None = None
    business_how: str = ""
    horizon_passed: bool = False

    @property
    def left_alone(self) -> bool:
        """True while it is a hold-out that nobody has broken and whose horizon has not come."""
        return self.held_out and self.broken is None and self.outcome is None

    @property
    def running(self) -> bool:
        """True while somebody is to wake the customer."""
        return self.outcome is None and not self.left_alone

    @property
    def watched(self) -> bool:
        """True while a return of the customer, or business with it, would still count."""
        return not (self.horizon_passed or self.outcome in CUT or (self.back_at is not None and self.business_at is not None))

    @property
    def status(self) -> Status:
        """How it stands."""
        if self.left_alone:
            return "held_out"
        if self.running:
            return "running"
        return "watched" if self.watched else "closed"

    @property
    def spent(self) -> Decimal:
        """What its steps have cost, in their one currency."""
        return sum((one.cost.amount for one in self.settled if one.cost is not None), Decimal(0))

    @property
    def currency(self) -> str:
        """The currency of the budget, else of the first cost; empty while there is neither."""
        if self.budget is not None:
            return self.budget.currency
        return next((one.cost.currency for one in self.settled if one.cost is not None), "")

    def is_settled(self, step: str) -> bool:
        """Whether a step is done or left out."""
        return any(one.step == step for one in self.settled)


def evolve(state: State, event: Events) -> State:
    """The reactivation after one more fact."""
    return replace(_evolved(state, event), as_of=state.not_before(event.occurred_at))


def _evolved(state: State, event: Events) -> State:
    at = event.occurred_at
    match event:
        case ReactivationBegun():
            begun = replace(state, origin=event.origin, id=event.reactivation, number=event.number, by_itself=event.by_itself)
            begun = replace(begun, begun_from=event.begun_from, owner=event.owner, budget=event.budget, horizon=event.horizon)
            return replace(begun, begun_at=at, worked_from=at)
        case HeldOut():
            return replace(state, held_out=True, worked_from=None)
        case HoldOutBroken():
            return replace(state, broken=event, worked_from=at)
        case ReactivationStepCompleted():
            return replace(state, settled=(*state.settled, Settled(step=event.step, at=at, done=True, cost=event.cost)))
        case ReactivationStepSkipped():
            return replace(state, settled=(*state.settled, Settled(step=event.step, at=at, done=False)))
        case ReactivationStepOverdue():
            return replace(state, overdue=(*state.overdue, event.step))
        case BudgetRaised():
            return replace(state, budget=event.budget)
        case ReactivationAnswered():
            return replace(state, answer=event.answer)
        case ReactivationEnded():
            return replace(state, outcome=event.outcome, ended_at=at, try_again_on=event.try_again_on)
        case CustomerCameBack():
            return replace(state, back_at=at, back_how=event.how)
        case BusinessFollowed():
            return replace(state, business_at=at, business_how=event.how)
        case HorizonPassed():
            return replace(state, horizon_passed=True)
        case _:
            assert_never(event)
