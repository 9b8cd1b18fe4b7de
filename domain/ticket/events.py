"""What happens to a ticket."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import AwareDatetime

from domain.clocks import ClocksReleased
from domain.escalating import Outcome
from domain.messages import Event, Frozen
from domain.origin import Origin
from domain.satisfaction import SatisfactionAsked
from domain.ticket.terms import Awaited, Grade, Mark, Priority, Relation, Settlement, TargetName

Cause = Literal["policy", "priority", "contract", "calendar", "unit", "window_begins", "window_ends"]
"""Why targets are counted anew."""


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
    mark: Mark | Literal[""] = ""
    """Why it is not in service; empty for one that is, and in events from before there were marks."""
    settled_by: str = ""
    """The role that must settle it, if it is not in service."""
    settler: str = ""
    """Staff id of the person in that role: the customer's owner, where sales settles it."""
    ticket: str = ""
    """The ticket's id; empty in events from before tickets knew each other."""
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
    kept_priority: Priority | None = None
    """The priority that the window leaves it with when it ends, where the playbook lets a ticket stay raised."""
    support: Literal["", "early_life", "full"] = ""
    """How far the support of its project was; empty where there was none, and in events from before it was kept."""


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


class TicketWorkStarted(Event):
    """Somebody works on it."""

    type: ClassVar[str] = "TicketWorkStarted"


class TicketOwnerSet(Event):
    """Somebody else answers for it."""

    type: ClassVar[str] = "TicketOwnerSet"
    owner: str
    before: str
    reason: str


class PriorityChanged(Event):
    """Impact or urgency was corrected; `after` is `before` where the matrix says the same, or an override is in force."""

    type: ClassVar[str] = "PriorityChanged"
    impact: Grade
    urgency: Grade
    before: Priority
    after: Priority
    reason: str
    by: str
    """Staff id of the one who corrected it."""


class PriorityOverridden(Event):
    """It has a priority against the matrix, or the matrix's own again."""

    type: ClassVar[str] = "PriorityOverridden"
    before: Priority
    after: Priority
    matrix: Priority
    """What impact and urgency make."""
    reason: str
    asked_by: str
    approver: str
    approver_role: str


class PingPongNoticed(Event):
    """It has gone from hand to hand too often; recorded once."""

    type: ClassVar[str] = "PingPongNoticed"
    hops: int
    path: tuple[str, ...]
    """The lines and groups that it went through, the oldest first."""
    who: str
    """The role that must act."""


class TicketEscalated(Event):
    """A line that can do more has it."""

    type: ClassVar[str] = "TicketEscalated"
    line: str
    reason: str
    group: str = ""
    hop: int = 0
    escalation: str = ""
    """The escalation that begins with this or goes on by it; empty where the playbook has no ladder."""
    step: str = ""
    """The step of the ladder that it comes to."""
    by_itself: bool = False
    """True when the minutes of the first line had run out; `occurred_at` is that moment."""
    noted: bool = False
    """True when the escalation has told that it stands there; False when it was asked for here."""


class TicketAnswered(Event):
    """Its escalation has ended: solved at a step, or answered by the product division. The resolution is a person's."""

    type: ClassVar[str] = "TicketAnswered"
    escalation: str
    outcome: Outcome


class ClockPaused(Event):
    """The ticket waits; the clocks stand still only while it waits for the customer."""

    type: ClassVar[str] = "ClockPaused"
    waiting_for: Awaited
    reason: str
    spent: Spent


class ClockResumed(Event):
    """The wait is over."""

    type: ClassVar[str] = "ClockResumed"
    waited_for: str = ""
    """Whom or what it waited for; empty in events from before that was kept."""
    waited: float = 0
    """How long, in working seconds of the service calendar. Only a wait for the customer is not counted in the targets."""


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
    cause: Cause
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
    kept_priority: Priority | None = None
    """The priority that a window leaves it with when it ends, where the playbook lets a ticket stay raised."""
    set_aside: tuple[str, ...] = ()
    """Windows that raise it no more: somebody has decided on its priority while they were in force."""
    level: str = ""
    service_code: str = ""
    in_service: bool = True
    owner_unit: str = ""
    """The unit that owns it from here on; empty where that is not changed."""
    support: Literal["", "early_life", "full"] = ""
    """How far the project's support is by now; empty where that is not told."""


class TicketResolved(Event):
    """Solved, says the one who solved it."""

    type: ClassVar[str] = "TicketResolved"
    solution: str
    spent: Spent
    resolution: str = ""
    """The class of the resolution; empty in events from before there were classes."""
    product: str = ""
    """The product that it was about, if that came out only then."""
    with_parent: str = ""
    """The ticket that it was resolved with."""


class TicketReopened(Event):
    """Not solved, says the customer."""

    type: ClassVar[str] = "TicketReopened"
    reason: str
    count: int
    with_parent: str = ""
    """The ticket that it was reopened with."""


class TicketClosed(Event):
    """Confirmed by the customer, or nobody objected in time."""

    type: ClassVar[str] = "TicketClosed"
    confirmed_by: str
    """Empty when it closed by itself."""
    satisfaction: int | None


class TicketCancelled(Event):
    """A mistake."""

    type: ClassVar[str] = "TicketCancelled"
    reason: str


class TicketDuplicated(Event):
    """The same thing was reported in another ticket, where it goes on."""

    type: ClassVar[str] = "TicketDuplicated"
    ticket: str
    original: str
    reason: str
    spent: Spent


class TicketLinked(Event):
    """Another ticket is something to this one."""

    type: ClassVar[str] = "TicketLinked"
    ticket: str
    other: str
    relation: Relation
    """What the other one is to this one."""
    noted: bool = False
    """True where the other ticket has said so: it knows."""


class ParentSet(Event):
    """It is a part of another ticket, or on its own again."""

    type: ClassVar[str] = "ParentSet"
    ticket: str
    parent: str
    """Empty when it is on its own again."""
    before: str
    reason: str
    told: bool = False
    """True where the parent itself has let it go: it knows."""


class ChildJoined(Event):
    """Another ticket is a part of it."""

    type: ClassVar[str] = "ChildJoined"
    ticket: str
    child: str


class ChildLeft(Event):
    """Another ticket is no longer a part of it."""

    type: ClassVar[str] = "ChildLeft"
    child: str


class ServiceSettled(Event):
    """It is settled how a ticket that was not in service is served."""

    type: ClassVar[str] = "ServiceSettled"
    how: Settlement
    project: str
    service_code: str
    reason: str
    by: str
    """Staff id of the one who settled it."""


class PatternNoticed(Event):
    """This ticket and others of the customer are about the same product and of the same category: a pattern."""

    type: ClassVar[str] = "PatternNoticed"
    ticket: str
    product: str
    category: str
    tickets: tuple[str, ...]
    """All of them, this one included."""
    who: str
    """The role that must act."""


class LowScoreGiven(Event):
    """The customer was not satisfied when the ticket was closed."""

    type: ClassVar[str] = "LowScoreGiven"
    score: int
    times: int
    """1, 2, 3 …: a ticket that was reopened may get a low score again."""
    who: str
    """The role that must act."""


Events = (
    TicketOpened
    | TicketAcknowledged
    | TicketAssigned
    | TicketWorkStarted
    | TicketOwnerSet
    | PriorityChanged
    | PriorityOverridden
    | PingPongNoticed
    | TicketEscalated
    | TicketAnswered
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
    | TicketDuplicated
    | TicketLinked
    | ParentSet
    | ChildJoined
    | ChildLeft
    | ServiceSettled
    | SatisfactionAsked
    | PatternNoticed
    | LowScoreGiven
    | ClocksReleased
)
