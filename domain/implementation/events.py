"""What happened: the events of the implementation."""

from __future__ import annotations

from typing import ClassVar

from pydantic import AwareDatetime

from domain.clocks import ClocksReleased
from domain.implementation.commands import Signature
from domain.implementation.graph import PlannedMilestone, Unit
from domain.messages import Event
from domain.origin import Origin
from domain.promises import Promise


class ImplementationStarted(Event):
    """Delivery has the duty; every promise of the sale came along."""

    type: ClassVar[str] = "ImplementationStarted"
    origin: Origin
    promises: tuple[Promise, ...]


class PlanBaselined(Event):
    """A version of the plan: the planned date of each milestone. Never edited."""

    type: ClassVar[str] = "PlanBaselined"
    plan_version: int
    planned: dict[str, AwareDatetime]
    milestones: tuple[PlannedMilestone, ...] = ()
    """The milestones as a graph. Empty in baselines of an earlier time: those of the playbook then."""
    cause: str = ""
    """What made this baseline, by its name: `start`, `units`, the id of a change order."""


class UnitsPlanned(Event):
    """The units that build, preparation and cutover are repeated for; a new baseline follows."""

    type: ClassVar[str] = "UnitsPlanned"
    units: tuple[Unit, ...]


class DeliverableSubmitted(Event):
    """A deliverable is in."""

    type: ClassVar[str] = "DeliverableSubmitted"
    milestone: str
    deliverable: str
    reference: str


class MilestoneSignedOff(Event):
    """A milestone is reached."""

    type: ClassVar[str] = "MilestoneSignedOff"
    milestone: str
    signatures: tuple[Signature, ...]
    completion: str


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


Events = (
    ImplementationStarted
    | UnitsPlanned
    | PlanBaselined
    | DeliverableSubmitted
    | MilestoneSignedOff
    | MilestoneOverdue
    | WentLive
    | ProjectAccepted
    | ClocksReleased
)
