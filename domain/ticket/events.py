"""What happens to a ticket."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import AwareDatetime

from domain.clocks import ClocksReleased
from domain.messages import Event, Frozen
from domain.origin import Origin
from domain.ticket.terms import Awaited, Grade, Priority, TargetName


class Spent(Frozen):
    """Working seconds of each target that are used up at a moment; each number stands for a whole count of microseconds."""

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
    level: str = ""
    """The service level of the contract that its targets were chosen by; empty where none was."""
    base_priority: Priority | None = None
    """The priority by impact and urgency, where a window raised it at once; `priority` is the raised one then."""
    window: str = ""
    """The window that raised it, with its first day: `month_end 2026-03-30`."""
    window_stays: bool = False
    """True where the playbook lets a ticket stay raised when the window ends."""


class TicketAcknowledged(Event):
    """Somebody has taken it up."""

    type: ClassVar[str] = "TicketAcknowledged"
    spent: Spent | None = None
    """What was used up then; None in events from before it was kept."""


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


class TargetEscalated(Event):
    """A missed target has run on to the percentage where the next above is called; `occurred_at` is that very moment."""

    type: ClassVar[str] = "TargetEscalated"
    target: TargetName
    percent: int
    who: str
    """The role that must act."""


class RedatedTarget(Frozen):
    """One target before and after a change. A due time is None while the clock stands still, and for a target that is met."""

    target: TargetName
    minutes_before: int
    minutes_after: int
    """Working minutes of the target as a whole."""
    due_before: AwareDatetime | None = None
    due_after: AwareDatetime | None = None


class TargetsRedated(Event):
    """From here on the clocks count by other targets or another calendar; what was used up under the old stays used up."""

    type: ClassVar[str] = "TargetsRedated"
    cause: Literal["policy", "priority", "contract", "calendar", "unit", "window_begins", "window_ends"]
    reason: str = ""
    targets: tuple[RedatedTarget, ...] = ()
    """Those that are still to be met."""
    spent: Spent
    """Used up until now, counted in the old calendar."""
    respond_minutes: int
    resolve_minutes: int
    calendar: str
    priority_before: Priority
    priority: Priority
    base_priority: Priority
    """The priority without any window."""
    window: str = ""
    """The window in force that has raised the priority, with its first day: `month_end 2026-03-30`."""
    window_stays: bool = False
    level: str = ""
    service_code: str = ""
    in_service: bool = True
    owner_unit: str = ""
    """The unit that owns it from here on; empty where that is not changed."""


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
    | TargetEscalated
    | TargetsRedated
    | TicketResolved
    | TicketReopened
    | TicketClosed
    | TicketCancelled
    | ClocksReleased
)
