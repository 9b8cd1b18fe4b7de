"""What happens to a ticket."""

from __future__ import annotations

from typing import ClassVar

from domain.clocks import ClocksReleased
from domain.messages import Event, Frozen
from domain.origin import Origin
from domain.ticket.terms import Awaited, Grade, Priority, TargetName


class Spent(Frozen):
    """Working seconds of each target that are used up at a moment when the clocks stop."""

    respond: float
    resolve: float


class TicketOpened(Event):
    """The ticket is in, with the priority and the calendar of its clocks."""

    type: ClassVar[str] = "TicketOpened"
    origin: Origin
    kind: str
    title: str
    impact: Grade
    urgency: Grade
    priority: Priority
    respond_minutes: int
    resolve_minutes: int
    calendar: str
    in_service: bool
    """False when no valid service contract covers it: taken all the same, and marked."""
    product: str = ""
    category: str = ""
    service_code: str = ""
    """As the customer gave it, valid or not."""
    mark: str = ""
    """Why it is not in service, in one word: `no_contract`, `not_begun`, `lapsed`, `ended`, `unknown_code`, `other_customer`;
    empty for one that is in service."""
    settled_by: str = ""
    """The role that must settle it, if it is not in service."""
    parent: str = ""
    """The ticket that this one is a part of."""
    line: str = "first"
    group: str = ""


class TicketAcknowledged(Event):
    """Somebody has taken it up."""

    type: ClassVar[str] = "TicketAcknowledged"


class TicketAssigned(Event):
    """Somebody has it."""

    type: ClassVar[str] = "TicketAssigned"
    to: str
    line: str
    group: str = ""
    hop: int = 0
    """How many times it has gone to another line or group, this time included; 0 where it stays."""


class TicketEscalated(Event):
    """A line that can do more has it."""

    type: ClassVar[str] = "TicketEscalated"
    line: str
    reason: str
    group: str = ""
    hop: int = 0


class ClockPaused(Event):
    """The ticket waits; the clocks stand still only while it waits for the customer."""

    type: ClassVar[str] = "ClockPaused"
    waiting_for: Awaited
    reason: str
    spent: Spent


class ClockResumed(Event):
    """The wait is over."""

    type: ClassVar[str] = "ClockResumed"


class TargetWarned(Event):
    """So many percent of a target are used up."""

    type: ClassVar[str] = "TargetWarned"
    target: TargetName
    percent: int
    who: str
    """The role that must act."""


class TargetBreached(Event):
    """A target is missed; `occurred_at` is the due time."""

    type: ClassVar[str] = "TargetBreached"
    target: TargetName
    who: str
    """The role that must act."""


class TicketResolved(Event):
    """Solved, says the one who solved it."""

    type: ClassVar[str] = "TicketResolved"
    solution: str
    spent: Spent
    resolution: str = ""
    """The class of the resolution; empty in events from before there were classes."""
    product: str = ""
    """The product that it was about, if that came out only then."""


class TicketReopened(Event):
    """Not solved, says the customer."""

    type: ClassVar[str] = "TicketReopened"
    reason: str
    count: int


class TicketClosed(Event):
    """Confirmed by the customer, or nobody objected in time."""

    type: ClassVar[str] = "TicketClosed"
    confirmed_by: str
    """Empty when it closed by itself."""
    satisfaction: int | None


class TicketCancelled(Event):
    """A mistake or a duplicate."""

    type: ClassVar[str] = "TicketCancelled"
    reason: str


Events = (
    TicketOpened
    | TicketAcknowledged
    | TicketAssigned
    | TicketEscalated
    | ClockPaused
    | ClockResumed
    | TargetWarned
    | TargetBreached
    | TicketResolved
    | TicketReopened
    | TicketClosed
    | TicketCancelled
    | ClocksReleased
)
