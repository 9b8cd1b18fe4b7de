"""What happens to a recovery."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import AwareDatetime

from domain.messages import Event, Money
from domain.origin import Origin
from domain.recovering import RecoveryOutcome


class RecoveryBegun(Event):
    """A deal was lost, or its project cancelled: its steps count from here."""

    type: ClassVar[str] = "RecoveryBegun"
    origin: Origin
    recovery: str
    project: str
    after: Literal["lost", "cancelled"]
    counted_from: AwareDatetime | None = None
    """From when its steps count, for a loss of the past that was brought here later; None where they count from the loss."""


class CauseRecorded(Event):
    """Why the deal was lost."""

    type: ClassVar[str] = "CauseRecorded"
    cause: str
    text: str
    competitor: str = ""
    price: Money | None = None
    by: str


class ReviewHeld(Event):
    """The loss was reviewed."""

    type: ClassVar[str] = "ReviewHeld"
    on: date
    participants: tuple[str, ...]
    findings: str
    reference: str = ""
    by: str


class RecoveryStepOverdue(Event):
    """A step was not done in its time; `occurred_at` is the due time."""

    type: ClassVar[str] = "RecoveryStepOverdue"
    step: str
    who: str
    """The role that must act."""


class RecoveryEscalated(Event):
    """A step is overdue for so long that a higher role is called."""

    type: ClassVar[str] = "RecoveryEscalated"
    step: str
    who: str
    to: str
    """The role that is called."""


class RecoveryContactsPlanned(Event):
    """The days on which the customer is to be contacted, from the first number on."""

    type: ClassVar[str] = "RecoveryContactsPlanned"
    dates: tuple[date, ...]
    first: int
    """The number of the first of them in this recovery."""
    by: str


class RecoveryContactDue(Event):
    """The day of a planned contact has come."""

    type: ClassVar[str] = "RecoveryContactDue"
    number: int
    on: date
    who: str


class RecoveryContactOverdue(Event):
    """A planned contact has not taken place in its time; `occurred_at` is the due time."""

    type: ClassVar[str] = "RecoveryContactOverdue"
    number: int
    on: date
    who: str


class RecoveryContactKept(Event):
    """A contact was kept."""

    type: ClassVar[str] = "RecoveryContactKept"
    number: int
    """1, 2, 3 … of those that were kept."""
    planned: int = 0
    """The number of the planned contact that it is; 0 for one that nobody had planned."""
    channel: str
    summary: str
    reference: str = ""
    by: str


class NextAttemptPlanned(Event):
    """The next attempt has its day and its idea."""

    type: ClassVar[str] = "NextAttemptPlanned"
    number: int
    """How often it has been planned by now."""
    on: date
    idea: str
    by: str


class NextAttemptDue(Event):
    """The day of the next attempt has come."""

    type: ClassVar[str] = "NextAttemptDue"
    number: int
    on: date
    who: str


class NextAttemptOverdue(Event):
    """The next attempt was not made in its time; `occurred_at` is the due time."""

    type: ClassVar[str] = "NextAttemptOverdue"
    number: int
    on: date
    who: str


class RecoveryTurnedIntoProject(Event):
    """The next attempt is a new project: the recovery has ended."""

    type: ClassVar[str] = "RecoveryTurnedIntoProject"
    project: str
    name: str
    need: str = ""
    product_line: str = ""
    amount: Money | None = None
    owner: str
    owner_unit: str


class NextAttemptLinked(Event):
    """The next attempt is a project that was open already: the recovery has ended."""

    type: ClassVar[str] = "NextAttemptLinked"
    project: str


class RecoveryGivenUp(Event):
    """The lost deal is given up, the customer is not."""

    type: ClassVar[str] = "RecoveryGivenUp"
    reason: str
    approver: str
    role: str
    next_contact_on: date


class RecoveryEnded(Event):
    """Nothing is left to recover: the deal was reopened, or the customer is none any more."""

    type: ClassVar[str] = "RecoveryEnded"
    outcome: RecoveryOutcome


Events = (
    RecoveryBegun
    | CauseRecorded
    | ReviewHeld
    | RecoveryStepOverdue
    | RecoveryEscalated
    | RecoveryContactsPlanned
    | RecoveryContactDue
    | RecoveryContactOverdue
    | RecoveryContactKept
    | NextAttemptPlanned
    | NextAttemptDue
    | NextAttemptOverdue
    | RecoveryTurnedIntoProject
    | NextAttemptLinked
    | RecoveryGivenUp
    | RecoveryEnded
)
