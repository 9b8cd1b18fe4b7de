"""The recovery 丢单挽回 of a lost deal: cause, review, contacts that are kept, a next attempt. Lose the project, not the
customer."""

from __future__ import annotations

from typing import get_args

from domain.decider import Decider
from domain.messages import Name
from domain.recovering import BeginRecovery, EndRecovery
from domain.recovery.commands import (
    Commands,
    GiveUpRecovery,
    HoldReview,
    KeepContact,
    LinkNextAttempt,
    PlanContacts,
    PlanNextAttempt,
    RecordCause,
    TurnIntoProject,
)
from domain.recovery.deciding import decide, looks_at, looks_further
from domain.recovery.events import (
    CauseRecorded,
    Events,
    NextAttemptDue,
    NextAttemptLinked,
    NextAttemptOverdue,
    NextAttemptPlanned,
    RecoveryBegun,
    RecoveryContactDue,
    RecoveryContactKept,
    RecoveryContactOverdue,
    RecoveryContactsPlanned,
    RecoveryEnded,
    RecoveryEscalated,
    RecoveryGivenUp,
    RecoveryStepOverdue,
    RecoveryTurnedIntoProject,
    ReviewHeld,
)
from domain.recovery.limits import clocks, due_at, open_steps
from domain.recovery.refusals import (
    AttemptKnownError,
    AttemptNotOpenError,
    CauseUnknownError,
    OwnDealError,
    RecoveryOverError,
    RecoveryRoleError,
    RecoveryStepsMissingError,
    ReviewInFutureError,
)
from domain.recovery.standing import owes, view
from domain.recovery.state import State, evolve
from domain.recovery.terms import OUTCOME_NAMES

NAME = Name(en="recovery", zh="丢单挽回")

DECIDER = Decider[State](
    category="recovery",
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
    looks_further=looks_further,
)

__all__ = [
    "DECIDER",
    "NAME",
    "OUTCOME_NAMES",
    "AttemptKnownError",
    "AttemptNotOpenError",
    "BeginRecovery",
    "CauseRecorded",
    "CauseUnknownError",
    "Commands",
    "EndRecovery",
    "Events",
    "GiveUpRecovery",
    "HoldReview",
    "KeepContact",
    "LinkNextAttempt",
    "NextAttemptDue",
    "NextAttemptLinked",
    "NextAttemptOverdue",
    "NextAttemptPlanned",
    "OwnDealError",
    "PlanContacts",
    "PlanNextAttempt",
    "RecordCause",
    "RecoveryBegun",
    "RecoveryContactDue",
    "RecoveryContactKept",
    "RecoveryContactOverdue",
    "RecoveryContactsPlanned",
    "RecoveryEnded",
    "RecoveryEscalated",
    "RecoveryGivenUp",
    "RecoveryOverError",
    "RecoveryRoleError",
    "RecoveryStepOverdue",
    "RecoveryStepsMissingError",
    "RecoveryTurnedIntoProject",
    "ReviewHeld",
    "ReviewInFutureError",
    "State",
    "TurnIntoProject",
    "clocks",
    "decide",
    "due_at",
    "evolve",
    "looks_at",
    "open_steps",
    "owes",
    "view",
]
