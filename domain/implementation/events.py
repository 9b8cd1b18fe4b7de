"""What happened: the events of the implementation."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from domain.clocks import ClocksReleased
from domain.escalating import Outcome
from domain.implementation.commands import Signature
from domain.implementation.graph import PlannedMilestone, Unit
from domain.implementation.plan_events import PlanEvents
from domain.leftovers import Leftover
from domain.messages import Event, Money
from domain.origin import Origin
from domain.promises import LedgerEvents, Promise


class ImplementationStarted(Event):
    """Delivery has the duty; every promise of the sale came along."""

    type: ClassVar[str] = "ImplementationStarted"
    origin: Origin
    promises: tuple[Promise, ...]
    amount: Money | None = None
    """What the project is sold for: the payments are parts of it."""
    early_days: Decimal = Decimal(0)
    """Working days that were used of an early start, before delivery had signed."""
    early_cost: Money | None = None
    """What that work cost."""


class PlanBaselined(Event):
    """A version of the plan: the planned date of each milestone. Never edited."""

    type: ClassVar[str] = "PlanBaselined"
    plan_version: int
    planned: dict[str, AwareDatetime]
    milestones: tuple[PlannedMilestone, ...] = ()
    """The milestones as a graph. Empty in baselines of an earlier time: those of the playbook then."""
    cause: str = ""
    """What made this baseline, by its name: `start`, `units`, the id of a change order."""
    fixed: dict[str, AwareDatetime] = Field(default_factory=dict)
    """The dates that are agreed on as such, by milestone: they hold whatever the working days come to."""


class UnitsPlanned(Event):
    """The units that build, preparation and cutover are repeated for; a new baseline follows."""

    type: ClassVar[str] = "UnitsPlanned"
    units: tuple[Unit, ...]


class DeliverableSubmitted(Event):
    """A deliverable is in."""

    type: ClassVar[str] = "DeliverableSubmitted"
    milestone: str
    deliverable: str
    """Its code, with its unit where the milestone is repeated for each: `test_report@pilot`."""
    reference: str
    submitted_by: tuple[str, ...] = ()
    """Staff ids: who did it, and on whose behalf. None of them reviews it."""


class DeliverableReviewed(Event):
    """Somebody who did not submit it has looked at a deliverable."""

    type: ClassVar[str] = "DeliverableReviewed"
    milestone: str
    deliverable: str
    verdict: Literal["accepted", "rejected"]
    findings: str
    reviewed_by: str


class DefectsCounted(Event):
    """How many defects are open, by severity from 1 (the worst) to 4."""

    type: ClassVar[str] = "DefectsCounted"
    unit: str
    counts: dict[str, int]
    reference: str


class MilestoneSignedOff(Event):
    """A milestone is reached."""

    type: ClassVar[str] = "MilestoneSignedOff"
    milestone: str
    signatures: tuple[Signature, ...]
    completion: str


class MilestoneOverridden(Event):
    """The project goes on past a milestone without what it lacks."""

    type: ClassVar[str] = "MilestoneOverridden"
    number: int
    """1, 2, 3 … in the project."""
    milestone: str
    missing: tuple[str, ...]
    """The codes of everything that was missing: deliverables, reviews, counts, signatures, conditions."""
    reason: str
    asked_by: str
    approver: str
    approver_role: str
    expires_on: date


class MilestoneOverrideExpired(Event):
    """What an override excused had not come by its date: nothing behind the milestone is signed off until it has."""

    type: ClassVar[str] = "MilestoneOverrideExpired"
    number: int
    milestone: str
    who: str
    """The role that must act."""


class PaymentFellDue(Event):
    """A milestone is reached everywhere, and with it a part of the price is owed to us."""

    type: ClassVar[str] = "PaymentFellDue"
    milestone: str
    percent: int
    amount: Money | None
    """None where the project's amount is not known."""
    due_on: date


class PaymentReceived(Event):
    """A payment, or a part of it, has come in."""

    type: ClassVar[str] = "PaymentReceived"
    milestone: str
    reference: str
    amount: Money


class PaymentOverdue(Event):
    """The due date of a payment has passed and not all of it is in."""

    type: ClassVar[str] = "PaymentOverdue"
    milestone: str
    due_on: date
    who: str
    """The role that must act."""


class MilestonesStopped(Event):
    """The project is cancelled: these milestones are not worked on any more."""

    type: ClassVar[str] = "MilestonesStopped"
    milestones: tuple[str, ...]


class DeliverablesArchived(Event):
    """The project is cancelled: what was submitted by then is kept in the archive."""

    type: ClassVar[str] = "DeliverablesArchived"
    deliverables: tuple[str, ...]


class LiveUnitsLeft(Event):
    """The project is cancelled although the customer works with it already: how that goes on is to be agreed."""

    type: ClassVar[str] = "LiveUnitsLeft"
    units: tuple[str, ...]
    """The ids of the units; "" stands for all of the customer where there are no units."""


class PaymentsToSettle(Event):
    """The project is cancelled: for each of these payments somebody says what becomes of it (SettlePayment)."""

    type: ClassVar[str] = "PaymentsToSettle"
    due: tuple[str, ...]
    """The milestones whose payment is owed to us, in whole or in part."""
    received: tuple[str, ...]
    """The milestones for which money has come in."""


class PaymentSettled(Event):
    """What became of a payment of a cancelled project."""

    type: ClassVar[str] = "PaymentSettled"
    milestone: str
    how: Literal["collected", "waived", "refunded", "kept"]
    reference: str


class MilestoneOverdue(Event):
    """The planned date of a milestone has passed; `occurred_at` is that date."""

    type: ClassVar[str] = "MilestoneOverdue"
    milestone: str
    plan_version: int
    who: str


class WentLive(Event):
    """The customer works with it 上线: a unit, or all of it where there are no units."""

    type: ClassVar[str] = "WentLive"
    unit: str = ""


class ProjectAccepted(Event):
    """The customer has accepted the project 验收."""

    type: ClassVar[str] = "ProjectAccepted"
    leftovers: tuple[Leftover, ...] = ()
    """What is still to come, each with its date and the role that brings it."""


class GapRaised(Event):
    """The product does not meet a requirement of the blueprint: an escalation begins."""

    type: ClassVar[str] = "GapRaised"
    gap: str
    requirement: str = ""
    """Its number or name in the blueprint."""
    text: str
    issue: str = ""
    """The open issue that it belongs to; empty for none."""
    escalation: str
    step: str
    line: str
    by: str
    """Staff id."""


class GapAnswered(Event):
    """The escalation of a gap has ended: the product division has answered."""

    type: ClassVar[str] = "GapAnswered"
    gap: str
    escalation: str
    outcome: Outcome


WorkEvents = (
    ImplementationStarted
    | UnitsPlanned
    | PlanBaselined
    | DeliverableSubmitted
    | DeliverableReviewed
    | DefectsCounted
    | MilestoneSignedOff
    | MilestoneOverridden
    | MilestoneOverrideExpired
    | PaymentFellDue
    | PaymentReceived
    | PaymentOverdue
    | MilestonesStopped
    | DeliverablesArchived
    | LiveUnitsLeft
    | PaymentsToSettle
    | PaymentSettled
    | MilestoneOverdue
    | WentLive
    | ProjectAccepted
    | GapRaised
    | GapAnswered
    | LedgerEvents
    | ClocksReleased
)
"""What happened to the work; what happened to its plan is a file of its own."""
Events = WorkEvents | PlanEvents
