"""What happened: the events of the handoff."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar, Literal

from pydantic import AwareDatetime

from domain.clocks import ClocksReleased
from domain.handoff.commands import Condition, Gap, ServiceContract
from domain.messages import Event, Money
from domain.origin import Origin
from domain.promises import Ledger, LedgerEvents
from domain.stability import Stability
from domain.streams import HandoffKind


class HandoffOpened(Event):
    """The giver must prepare the offer; the whole promise ledger is here from the start."""

    type: ClassVar[str] = "HandoffOpened"
    origin: Origin
    kind: HandoffKind
    promises: Ledger


class HandoffOffered(Event):
    """The receiver must answer."""

    type: ClassVar[str] = "HandoffOffered"
    round: int
    items: dict[str, str]
    service_contract: ServiceContract | None
    promises: Ledger = ()
    """The ledger as it was offered."""
    offered_by: str = ""
    """Staff id of the giver."""
    offered_for: str = ""
    """In whose name the offer was made, if not in the giver's own; they do not answer it either."""
    stability: Stability | None = None
    """To support: how stable the system has run since its go-live, as it was measured with the offer."""


class HandoffAccepted(Event):
    """The duty has passed to the receiver."""

    type: ClassVar[str] = "HandoffAccepted"
    round: int
    conditions: tuple[Condition, ...]
    promises: tuple[str, ...] = ()
    """The ids of the promises that still bind us: the receiver takes over every one."""


class HandoffReturned(Event):
    """The duty stays with the giver, who must close the named gaps."""

    type: ClassVar[str] = "HandoffReturned"
    round: int
    gaps: tuple[Gap, ...]


class HandoffOverdue(Event):
    """The side that must act has not done so in time; `occurred_at` is the due time."""

    type: ClassVar[str] = "HandoffOverdue"
    side: Literal["giver", "receiver"]
    who: str
    round: int


class HandoffEscalated(Event):
    """A turn or a lapsed condition was left so long after its time that `to` is called."""

    type: ClassVar[str] = "HandoffEscalated"
    to: str
    """The role that is called."""
    who: str
    """The role that has not acted."""
    round: int
    condition: str = ""
    """The lapsed condition, if it is one."""


class ConditionMet(Event):
    """A condition of the acceptance is met."""

    type: ClassVar[str] = "ConditionMet"
    condition: str
    reference: str


class ConditionLapsed(Event):
    """A condition was not met by its date: the gate stands open again until it is."""

    type: ClassVar[str] = "ConditionLapsed"
    condition: str
    who: str
    """The role that must act."""


class ConditionRescheduled(Event):
    """The receiver agreed to another date of a condition."""

    type: ClassVar[str] = "ConditionRescheduled"
    condition: str
    due_before: date
    due_on: date
    reason: str


class EarlyStartAllowed(Event):
    """Work may begin before the receiver has signed, up to these limits."""

    type: ClassVar[str] = "EarlyStartAllowed"
    number: int
    reason: str
    requested_by: str
    approver: str
    days: int
    """Working days."""
    cost: Money
    ends_at: AwareDatetime


class EarlyWorkRecorded(Event):
    """Work was done under an early start."""

    type: ClassVar[str] = "EarlyWorkRecorded"
    number: int
    what: str
    days: Decimal
    """Working days."""
    cost: Money


class EarlyStartEnded(Event):
    """The days of an early start are over and the receiver has not signed: the work must stop."""

    type: ClassVar[str] = "EarlyStartEnded"
    number: int
    who: str
    """The role that must act."""


class HandoffCancelled(Event):
    """The project was cancelled: this handoff ends, with what was still open in it."""

    type: ClassVar[str] = "HandoffCancelled"
    reason: str
    approver: str
    status: str
    """How it stood."""
    conditions: tuple[str, ...] = ()
    """The conditions that nobody has to meet any more."""
    early_days: Decimal = Decimal(0)
    """Working days of an early start that were used."""
    early_cost: Money | None = None
    """What they cost."""


Events = (
    HandoffOpened
    | HandoffOffered
    | HandoffAccepted
    | HandoffReturned
    | HandoffOverdue
    | HandoffEscalated
    | ConditionMet
    | ConditionLapsed
    | ConditionRescheduled
    | EarlyStartAllowed
    | EarlyWorkRecorded
    | EarlyStartEnded
    | HandoffCancelled
    | ClocksReleased
    | LedgerEvents
)
