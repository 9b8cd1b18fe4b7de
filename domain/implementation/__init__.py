"""The implementation 实施: PMP milestones as a graph, each signed off by named people when its deliverables are in."""

from __future__ import annotations

from typing import get_args

from domain.decider import Decider
from domain.implementation.commands import (
    Commands,
    CompleteHandover,
    Deliverable,
    ImplementationCommand,
    PlanUnits,
    Signature,
    SignOffMilestone,
    StartImplementation,
    SubmitDeliverables,
)
from domain.implementation.deciding import decide, looks_at
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
from domain.implementation.planning import plan
from domain.implementation.refusals import (
    DeliverableUnknownError,
    HandoffNotAcceptedError,
    MilestoneNotReadyError,
    MilestoneSignedAlreadyError,
    MilestoneUnknownError,
    PlanUnderWayError,
    SignedByHandoffError,
    SignerUnknownError,
    UnitTwiceError,
)
from domain.implementation.standing import clocks, owes, view
from domain.implementation.state import State, evolve
from domain.messages import Name

NAME = Name(en="implementation", zh="实施")

DECIDER = Decider[State](
    category="implementation",
    name=NAME,
    commands=get_args(Commands),
    events=get_args(Events),
    initial=State,
    decide=decide,
    evolve=evolve,
    clocks=clocks,
    owes=owes,
    view=view,
    looks_at=looks_at,
)

__all__ = [
    "DECIDER",
    "NAME",
    "Commands",
    "CompleteHandover",
    "Deliverable",
    "DeliverableSubmitted",
    "DeliverableUnknownError",
    "Events",
    "HandoffNotAcceptedError",
    "ImplementationCommand",
    "ImplementationStarted",
    "MilestoneNotReadyError",
    "MilestoneOverdue",
    "MilestoneSignedAlreadyError",
    "MilestoneSignedOff",
    "MilestoneUnknownError",
    "PlanBaselined",
    "PlanUnderWayError",
    "PlanUnits",
    "PlannedMilestone",
    "ProjectAccepted",
    "SignOffMilestone",
    "Signature",
    "SignedByHandoffError",
    "SignerUnknownError",
    "StartImplementation",
    "State",
    "SubmitDeliverables",
    "Unit",
    "UnitTwiceError",
    "UnitsPlanned",
    "WentLive",
    "clocks",
    "decide",
    "evolve",
    "graph",
    "looks_at",
    "owes",
    "plan",
    "view",
]
