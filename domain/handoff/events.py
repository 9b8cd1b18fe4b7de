"""What happened: the events of the handoff."""

from __future__ import annotations

from typing import ClassVar, Literal

from domain.clocks import ClocksReleased
from domain.handoff.commands import Condition, Gap, ServiceContract
from domain.messages import Event
from domain.origin import Origin
from domain.promises import Promise
from domain.streams import HandoffKind


class HandoffOpened(Event):
    """The giver must prepare the offer; the promises of the sale are in it from the start."""

    type: ClassVar[str] = "HandoffOpened"
    origin: Origin
    kind: HandoffKind
    promises: tuple[Promise, ...]


class HandoffOffered(Event):
    """The receiver must answer."""

    type: ClassVar[str] = "HandoffOffered"
    round: int
    items: dict[str, str]
    service_contract: ServiceContract | None


class HandoffAccepted(Event):
    """The duty has passed to the receiver."""

    type: ClassVar[str] = "HandoffAccepted"
    round: int
    conditions: tuple[Condition, ...]


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


class ConditionMet(Event):
    """A condition of the acceptance is met."""

    type: ClassVar[str] = "ConditionMet"
    condition: str
    reference: str


class ConditionLapsed(Event):
    """A condition was not met by its date."""

    type: ClassVar[str] = "ConditionLapsed"
    condition: str
    who: str
    """The role that must act."""


Events = (
    HandoffOpened
    | HandoffOffered
    | HandoffAccepted
    | HandoffReturned
    | HandoffOverdue
    | ConditionMet
    | ConditionLapsed
    | ClocksReleased
)
