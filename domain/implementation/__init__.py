"""The implementation 实施: PMP milestones as a graph, each signed off by named people when its deliverables are in."""

from __future__ import annotations

from typing import get_args

from domain.decider import Decider
from domain.implementation.commands import (
    Commands,
    CompleteHandover,
    Deliverable,
    ImplementationCommand,
    Signature,
    SignOffMilestone,
    StartImplementation,
    SubmitDeliverables,
)
from domain.implementation.deciding import decide, looks_at, plan
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
from domain.implementation.refusals import (
    DeliverableUnknownError,
    HandoffNotAcceptedError,
    MilestoneNotReadyError,
    MilestoneSignedAlreadyError,
    MilestoneUnknownError,
    SignedByHandoffError,
    SignerUnknownError,
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
    "ProjectAccepted",
    "SignOffMilestone",
    "Signature",
    "SignedByHandoffError",
    "SignerUnknownError",
    "StartImplementation",
    "State",
    "SubmitDeliverables",
    "WentLive",
    "clocks",
    "decide",
    "evolve",
    "looks_at",
    "owes",
    "plan",
    "view",
]
