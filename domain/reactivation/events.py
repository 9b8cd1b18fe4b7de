"""What happens to a reactivation."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from pydantic import AwareDatetime

from domain.messages import Event, Money
from domain.origin import Origin
from domain.reactivating import HoldOutBroken, Outcome
from domain.reactivation.terms import Answer


class ReactivationBegun(Event):
    """A sleeping customer is to be woken: the steps count from here, unless it is left alone (`HeldOut`)."""

    type: ClassVar[str] = "ReactivationBegun"
    origin: Origin
    reactivation: str
    number: int
    by_itself: bool
    begun_from: str
    owner: str
    budget: Money | None = None
    reason: str = ""
    horizon: AwareDatetime
    """Until when a return of the customer counts."""


class HeldOut(Event):
    """The draw leaves this customer alone, to compare with: no steps and no task for anybody until then."""

    type: ClassVar[str] = "HeldOut"
    until: AwareDatetime


class ReactivationStepCompleted(Event):
    """A step is done."""

    type: ClassVar[str] = "ReactivationStepCompleted"
    step: str
    result: str
    cost: Money | None = None
    reference: str = ""
    by: str


class ReactivationStepSkipped(Event):
    """A step is left out."""

    type: ClassVar[str] = "ReactivationStepSkipped"
    step: str
    reason: str
    by: str


class ReactivationStepOverdue(Event):
    """A step was neither done nor left out in its time; `occurred_at` is the due time."""

    type: ClassVar[str] = "ReactivationStepOverdue"
    step: str
    who: str
    """The role that must act."""


class BudgetRaised(Event):
    """A greater budget is approved."""

    type: ClassVar[str] = "BudgetRaised"
    before: Money
    budget: Money
    approver: str
    role: str
    reason: str


class ReactivationAnswered(Event):
    """The customer has answered."""

    type: ClassVar[str] = "ReactivationAnswered"
    answer: Answer
    reference: str
    by: str


class ReactivationEnded(Event):
    """Nothing more is done to wake the customer; whether it comes back is watched until the horizon."""

    type: ClassVar[str] = "ReactivationEnded"
    outcome: Outcome
    reason: str = ""
    try_again_on: date | None = None
    """The day from which it may be tried again; None where that is not the question."""


class CustomerCameBack(Event):
    """The customer woke within the horizon, whatever has woken it."""

    type: ClassVar[str] = "CustomerCameBack"
    how: str


class BusinessFollowed(Event):
    """The customer has a new project or contract within the horizon."""

    type: ClassVar[str] = "BusinessFollowed"
    how: str


class HorizonPassed(Event):
    """The time is over in which a return counts."""

    type: ClassVar[str] = "HorizonPassed"
    came_back: bool
    business: bool


Events = (
    ReactivationBegun
    | HeldOut
    | HoldOutBroken
    | ReactivationStepCompleted
    | ReactivationStepSkipped
    | ReactivationStepOverdue
    | BudgetRaised
    | ReactivationAnswered
    | ReactivationEnded
    | CustomerCameBack
    | BusinessFollowed
    | HorizonPassed
)
