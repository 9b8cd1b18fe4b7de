"""What happens to a plan."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from pydantic import AwareDatetime

from domain.clocks import ClocksReleased
from domain.messages import Event, Frozen, Money
from domain.origin import Origin
from domain.plan.commands import Figure, Share
from domain.plan.terms import Measure
from domain.planned import Subject
from domain.playbook.plans import PlanKind


class Content(Frozen):
    """What a version of a plan says."""

    name: str
    starts_on: date
    ends_on: date
    market_analysis: str = ""
    product_strategy: str = ""
    information: str = ""


class PlanSet(Event):
    """The plan is set, in its first version."""

    type: ClassVar[str] = "PlanSet"
    origin: Origin
    plan: str
    kind: PlanKind
    industry: str = ""
    region: str = ""
    unit: str = ""
    parent: str = ""
    """The plan that it hangs under; empty for none."""
    content: Content
    currency: str


class PlanRevised(Event):
    """The plan has a new version; `before` is what the last one said."""

    type: ClassVar[str] = "PlanRevised"
    version: int
    before: Content
    content: Content
    reason: str
    by: str


class PlanClosed(Event):
    """The plan is closed."""

    type: ClassVar[str] = "PlanClosed"
    reason: str


class PlanOwnerChanged(Event):
    """Somebody else answers for the plan."""

    type: ClassVar[str] = "PlanOwnerChanged"
    before: str
    owner: str
    before_unit: str
    owner_unit: str
    reason: str


class PlanSubjectChanged(Event):
    """What the plan is about is no more, or is there again: its customer was merged into another, the deal of its project was
    lost or reopened, its project was cancelled."""

    type: ClassVar[str] = "PlanSubjectChanged"
    subject: Subject
    to: str = ""
    """The customer that stands for a merged one now."""
    who: str
    """The role that must revise or close the plan."""


class PlanPeriodEnded(Event):
    """The period of the plan is over and it is not closed."""

    type: ClassVar[str] = "PlanPeriodEnded"
    ends_on: date
    who: str
    """The role that must act."""


class OneTarget(Frozen):
    """Which target of the plan an event is about."""

    period: str
    first: date
    """The first day of the period."""
    last: date
    service_line: str
    measure: Measure


class TargetSet(OneTarget, Event):
    """A target has a version."""

    type: ClassVar[str] = "TargetSet"
    version: int
    amount: Money
    before: Money | None = None
    reason: str = ""
    by: str = ""


class TargetTaken(OneTarget, Event):
    """A target has a version that the parent plan has given; an amount of 0 is a share that was taken back."""

    type: ClassVar[str] = "TargetTaken"
    version: int
    amount: Money
    before: Money | None = None
    parent: str
    number: int
    """The how-manieth allocation of that target at the parent."""


class TargetAllocated(OneTarget, Event):
    """A target is rolled down to the plans below; what nobody has is unallocated."""

    type: ClassVar[str] = "TargetAllocated"
    number: int
    """1, 2, 3 … for this target."""
    of: Money
    """The whole target."""
    shares: tuple[Share, ...]
    """Every plan that has ever had a share: one that has none any more is here with 0."""
    unallocated: Money
    reason: str = ""


class ActionAdded(Event):
    """The plan has one action more."""

    type: ClassVar[str] = "ActionAdded"
    action: str
    """`A1`, `A2` …"""
    what: str
    owner: str
    due_on: date
    gap: str = ""
    """The target whose gap it is to close; empty for any other."""
    by_itself: bool = False
    """True when a review that found the gap has raised it."""


class ActionMoved(Event):
    """An action has another date."""

    type: ClassVar[str] = "ActionMoved"
    action: str
    before: date
    due_on: date
    reason: str
    by: str


class ActionCompleted(Event):
    """An action is done."""

    type: ClassVar[str] = "ActionCompleted"
    action: str
    result: str
    by: str


class ActionDropped(Event):
    """An action is not pursued any more."""

    type: ClassVar[str] = "ActionDropped"
    action: str
    reason: str
    by: str


class ActionOverdue(Event):
    """The date of an action is over and it is neither done nor dropped."""

    type: ClassVar[str] = "ActionOverdue"
    action: str
    due_on: date
    owner: str
    who: str
    """The role that must act."""


class ActionEscalated(Event):
    """An overdue action has waited too long: another role must act."""

    type: ClassVar[str] = "ActionEscalated"
    action: str
    due_on: date
    who: str


class Covered(Figure):
    """A figure beside its target, as a review saw them."""

    target: Money
    percent: int | None
    """Coverage: actual and weighted together, in percent of the target, rounded down; None for a target of 0."""


class PlanReviewed(Event):
    """The plan was reviewed on its date, with the figures as of then."""

    type: ClassVar[str] = "PlanReviewed"
    review_on: date
    figures: tuple[Covered, ...] = ()
    other_currencies: int = 0
    late: bool = False
    """True when the review was overdue."""
    as_of: AwareDatetime | None = None
    """The moment that the figures are of; `occurred_at` is later where the plan had heard of something later by then."""


class GapFound(OneTarget, Event):
    """A review has found that too little of a target is covered."""

    type: ClassVar[str] = "GapFound"
    review_on: date
    amount: Money
    """The target itself. Not named after it: a field of that name is a code, which notices may tell."""
    actual: Money
    weighted: Money
    percent: int
    below: int
    """The coverage that the playbook asks for, in percent."""
    who: str
    """The role that must act."""


class GapClosed(OneTarget, Event):
    """A review has found the target covered again, or done without."""

    type: ClassVar[str] = "GapClosed"
    review_on: date
    percent: int | None


class ReviewOverdue(Event):
    """The date of a review is over by more than the playbook allows, and it has not come."""

    type: ClassVar[str] = "ReviewOverdue"
    review_on: date
    who: str


class ReviewRecorded(Event):
    """What people found in a review, and decided on."""

    type: ClassVar[str] = "ReviewRecorded"
    review_on: date
    findings: str
    decisions: tuple[str, ...]
    by: str


Events = (
    PlanSet
    | PlanRevised
    | PlanClosed
    | PlanOwnerChanged
    | PlanPeriodEnded
    | PlanSubjectChanged
    | TargetSet
    | TargetTaken
    | TargetAllocated
    | ActionAdded
    | ActionMoved
    | ActionCompleted
    | ActionDropped
    | ActionOverdue
    | ActionEscalated
    | PlanReviewed
    | GapFound
    | GapClosed
    | ReviewOverdue
    | ReviewRecorded
    | ClocksReleased
)
