"""The words between a customer and the recoveries 丢单挽回 of its lost deals.

The customer begins one when it hears of the loss, tells it when the deal is reopened or the customer is none any more, and is
told how it ended and every contact that it kept. When the customer is merged into another it goes on as it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal

from pydantic import AwareDatetime

from domain import streams
from domain.messages import Command, Event, Id, LongId

RecoveryId = LongId
"""`P42.1`: the project's id and which of its losses it follows."""

RecoveryOutcome = Literal["next_attempt", "reopened", "given_up", "invalid", "merged"]
"""How one ended: a new project is the next attempt; the deal was reopened; it was given up (the customer stays); the customer
became invalid. `merged` stands in histories from when a merge ended it; now it goes on."""


def named(project: str, number: int) -> str:
    """The id of the `number`-th recovery (from 1 on) of a project: `P42.1`."""
    return f"{project}.{number}"


def project_of(recovery: str) -> str:
    """The project whose deal was lost, told by the recovery's id."""
    return recovery.rpartition(".")[0]


class RecoveryCommand(Command):
    """A command to a recovery."""

    recovery: RecoveryId

    @property
    def stream(self) -> str:
        """The recovery's stream."""
        return streams.recovery(self.recovery)


class BeginRecovery(RecoveryCommand):
    """A deal of the customer was lost, or its project cancelled: find the cause, review it, keep the contact, try again."""

    command: Literal["BeginRecovery"] = "BeginRecovery"
    customer: Id
    opens: ClassVar[bool] = True
    internal: ClassVar[bool] = True


class EndRecovery(RecoveryCommand):
    """The deal was reopened, or the customer became invalid (of a duplicate, the one that stands for it): nothing is left to
    recover."""

    command: Literal["EndRecovery"] = "EndRecovery"
    customer: Id
    internal: ClassVar[bool] = True


class NoteRecovery(Command):
    """The recovery of a lost deal of this customer has ended; with one that was given up the next contact has a date."""

    command: Literal["NoteRecovery"] = "NoteRecovery"
    customer: Id
    recovery: RecoveryId
    internal: ClassVar[bool] = True

    @property
    def stream(self) -> str:
        """The customer's stream."""
        return streams.customer(self.customer)


class NoteKeptContact(Command):
    """A contact with this customer was kept in the recovery of a lost deal: it counts like any other."""

    command: Literal["NoteKeptContact"] = "NoteKeptContact"
    customer: Id
    recovery: RecoveryId
    number: int
    """1, 2, 3 … in the recovery."""
    internal: ClassVar[bool] = True

    @property
    def stream(self) -> str:
        """The customer's stream."""
        return streams.customer(self.customer)


# What happens in the customer's own stream.


class RecoveryStarted(Event):
    """What follows the loss of a deal has begun."""

    type: ClassVar[str] = "RecoveryStarted"
    recovery: str
    project: str
    after: Literal["lost", "cancelled"]
    known_at: AwareDatetime | None = None
    """When the loss was brought here, if that was long after it: before, nobody could have taken a step."""


class RecoveryReported(Event):
    """The recovery has ended; one that was given up names the next contact with the customer."""

    type: ClassVar[str] = "RecoveryReported"
    recovery: str
    outcome: RecoveryOutcome
    next_contact_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovering:
    """What a customer remembers of a recovery that has not told its end."""

    id: str
    project: str
    after: str
    begun_at: datetime
    known_at: datetime | None = None
    """When a loss of the past was brought here."""
    cut_at: datetime | None = None
    """When there was nothing left to recover, and it is told to end."""
    cut_how: Literal["", "reopened", "invalid", "merged"] = ""
