"""What can be asked of a plan."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints, model_validator

from domain import streams
from domain.messages import Command, Day, Frozen, Id, Money, Text
from domain.plan.terms import ALL_LINES, Measure, Period, ServiceLine
from domain.planned import NoteSubject
from domain.playbook.plans import PlanKind

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=10_000)]
"""Pages of a person; may be empty."""
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class PlanCommand(Command):
    """A command to a plan."""

    plan: Id

    @property
    def stream(self) -> str:
        """The plan's stream."""
        return streams.plan(self.plan)


class SetPlan(PlanCommand):
    """Set an industry plan 行业规划, a customer plan 客户规划 or a project plan 项目规划 for a period. A customer plan may hang
    under an industry plan, a project plan under a customer plan."""

    command: Literal["SetPlan"] = "SetPlan"
    kind: PlanKind
    name: Text
    industry: Short = ""
    """Of an industry plan: the industry, as it is written at its customers."""
    region: Short = ""
    """Of an industry plan: only this region; all when left out."""
    unit: Short = ""
    """Of an industry plan: only what this unit owns; all units when left out."""
    customer: Id | None = None
    """Of a customer plan."""
    project: Id | None = None
    """Of a project plan; it names the customer."""
    parent: Id | None = None
    """The plan that it hangs under."""
    starts_on: Day
    ends_on: Day
    """The last day."""
    owner: Id
    """Staff id of the one who answers for it."""
    owner_unit: Id
    market_analysis: Words = ""
    """市场分析."""
    product_strategy: Words = ""
    """整体产品策略."""
    information: Words = ""
    """客户信息、信息化规划."""
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "CNY"
    """Of all its targets (ISO 4217)."""
    opens: ClassVar[bool] = True

    @model_validator(mode="after")
    def _in_order(self) -> SetPlan:
        if self.ends_on < self.starts_on:
            raise ValueError("the plan ends before it starts (`ends_on`, `starts_on`)")
        return self


class RevisePlan(PlanCommand):
    """Write a new version of the plan; what is left out stays. The versions before are kept."""

    command: Literal["RevisePlan"] = "RevisePlan"
    name: Text | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    market_analysis: Words | None = None
    product_strategy: Words | None = None
    information: Words | None = None
    reason: Text


class ClosePlan(PlanCommand):
    """Close the plan: it is not reviewed any more."""

    command: Literal["ClosePlan"] = "ClosePlan"
    reason: Text


class ChangePlanOwner(PlanCommand):
    """Give the plan to another owner; dates, targets, actions and the calendar that they are counted by stay."""

    command: Literal["ChangePlanOwner"] = "ChangePlanOwner"
    owner: Id
    owner_unit: Id | None = None
    """The same unit when left out."""
    reason: Text


class OfTarget(PlanCommand):
    """A command about one target of a plan."""

    period: Period
    service_line: ServiceLine = ALL_LINES
    measure: Measure = "won"


class SetTarget(OfTarget):
    """Set the target of a period and service line, or set it anew; every version is kept. Inside the plan's period."""

    command: Literal["SetTarget"] = "SetTarget"
    amount: Money
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = ""
    """Needed when the target is changed."""


class Share(Frozen):
    """What of a target another plan gets."""

    plan: Id
    amount: Money


class AllocateTarget(OfTarget):
    """Roll a target down to plans that hang under this one; whoever had a share and is not named any more has none.

    The sum is at most the target; the rest stays unallocated."""

    command: Literal["AllocateTarget"] = "AllocateTarget"
    shares: Annotated[tuple[Share, ...], Field(max_length=500)]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = ""

    @model_validator(mode="after")
    def _once(self) -> AllocateTarget:
        plans = [one.plan for one in self.shares]
        if len(set(plans)) != len(plans):
            raise ValueError("a plan is named twice among the shares")
        return self


class TakeTarget(OfTarget):
    """The parent plan has allocated a share of its target, or taken it back (an amount of 0)."""

    command: Literal["TakeTarget"] = "TakeTarget"
    parent: Id
    amount: Money
    number: int
    """The how-manieth allocation of that target at the parent has given this share."""
    internal: ClassVar[bool] = True


class AddAction(PlanCommand):
    """Add an action 行动 to the plan, with its owner and date."""

    command: Literal["AddAction"] = "AddAction"
    what: Text
    owner: Id | None = None
    """Staff id; the plan's owner when left out."""
    due_on: Day
    gap: Annotated[str, StringConstraints(max_length=100)] = ""
    """The target whose gap it is to close, as `period/service line/measure`; empty for any other action."""


class MoveAction(PlanCommand):
    """Give an open action another date; before and after stay on record."""

    command: Literal["MoveAction"] = "MoveAction"
    action: Text
    """`A1`, `A2` …"""
    due_on: Day
    reason: Text


class CompleteAction(PlanCommand):
    """An action is done."""

    command: Literal["CompleteAction"] = "CompleteAction"
    action: Text
    result: Text


class DropAction(PlanCommand):
    """An action is not pursued any more."""

    command: Literal["DropAction"] = "DropAction"
    action: Text
    reason: Text


class Figure(Frozen):
    """What events say of one target at a moment, in the plan's currency."""

    period: str
    service_line: str
    measure: Measure
    actual: Money
    """Won, delivered or collected in the period by then."""
    weighted: Money
    """The open deals that are expected in the period, each times its win rate."""
    unweighted: Money
    """The same deals with their whole amounts."""


class ReviewPlan(PlanCommand):
    """Review the plan on a date of its cadence, with the figures as of that moment. The schedule of the reviews asks for it."""

    command: Literal["ReviewPlan"] = "ReviewPlan"
    review_on: Day
    figures: tuple[Figure, ...] = ()
    """Of each target that is due then; those of other currencies are left out and counted."""
    other_currencies: int = 0
    """How many deals were left out because they are in another currency."""
    internal: ClassVar[bool] = True


class RecordReview(PlanCommand):
    """Record what people found in a review and decided on."""

    command: Literal["RecordReview"] = "RecordReview"
    review_on: Day | None = None
    """The date of the review; the latest one when left out."""
    findings: Text
    decisions: Annotated[tuple[Text, ...], Field(max_length=50)] = ()


Commands = (
    SetPlan
    | RevisePlan
    | ClosePlan
    | ChangePlanOwner
    | SetTarget
    | AllocateTarget
    | TakeTarget
    | AddAction
    | MoveAction
    | CompleteAction
    | DropAction
    | ReviewPlan
    | RecordReview
    | NoteSubject
)
