"""The handoff 交接 between two teams: an offer that the receiver answers; the giver has the duty until then."""

from __future__ import annotations

from typing import get_args

from domain.decider import Decider
from domain.handoff.commands import (
    AcceptHandoff,
    Commands,
    Condition,
    Gap,
    HandoffCommand,
    ItemCode,
    MeetCondition,
    OfferHandoff,
    OpenHandoff,
    ReturnHandoff,
    ServiceContract,
)
from domain.handoff.deciding import decide, looks_at
from domain.handoff.events import (
    ConditionLapsed,
    ConditionMet,
    Events,
    HandoffAccepted,
    HandoffOffered,
    HandoffOpened,
    HandoffOverdue,
    HandoffReturned,
)
from domain.handoff.refusals import (
    ChecklistIncompleteError,
    ConditionTwiceError,
    ConditionUnknownError,
    HandoffAcceptedAlreadyError,
    HandoffAlreadyOfferedError,
    HandoffNotOfferedError,
    ItemUnknownError,
    NotTheReceiverError,
    PhaseNotReachedError,
    ServiceContractMissingError,
    ServicePeriodWrongError,
)
from domain.handoff.standing import clocks, due_at, owes, view
from domain.handoff.state import STATUS_NAMES, State, Status, evolve
from domain.messages import Name

NAME = Name(en="handoff", zh="交接")

DECIDER = Decider[State](
    category="handoff",
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
    "STATUS_NAMES",
    "AcceptHandoff",
    "ChecklistIncompleteError",
    "Commands",
    "Condition",
    "ConditionLapsed",
    "ConditionMet",
    "ConditionTwiceError",
    "ConditionUnknownError",
    "Events",
    "Gap",
    "HandoffAccepted",
    "HandoffAcceptedAlreadyError",
    "HandoffAlreadyOfferedError",
    "HandoffCommand",
    "HandoffNotOfferedError",
    "HandoffOffered",
    "HandoffOpened",
    "HandoffOverdue",
    "HandoffReturned",
    "ItemCode",
    "ItemUnknownError",
    "MeetCondition",
    "NotTheReceiverError",
    "OfferHandoff",
    "OpenHandoff",
    "PhaseNotReachedError",
    "ReturnHandoff",
    "ServiceContract",
    "ServiceContractMissingError",
    "ServicePeriodWrongError",
    "State",
    "Status",
    "clocks",
    "decide",
    "due_at",
    "evolve",
    "looks_at",
    "owes",
    "view",
]
