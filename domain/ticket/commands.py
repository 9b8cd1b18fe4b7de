"""What can be asked of a ticket."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from domain import streams
from domain.escalating import NoteEscalationHop, NoteEscalationOutcome
from domain.messages import Command, Id, Text
from domain.ticket.terms import Awaited, Grade, Kind, Line, Priority, Relation, Settlement

Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
"""A few words or a code of somebody else's; may be empty."""


class TicketCommand(Command):
    """A command to a ticket."""

    ticket: Id

    @property
    def stream(self) -> str:
        """The ticket's stream."""
        return streams.ticket(self.ticket)


class OpenTicket(TicketCommand):
    """A customer asks for help: both clocks start."""

    command: Literal["OpenTicket"] = "OpenTicket"
    customer: Id
    project: Id | None = None
    """The supported project that it is about, if it is about one."""
    kind: Kind = "incident"
    title: Text
    impact: Grade
    urgency: Grade
    product: Short = ""
    """The product that it is about."""
    category: Short = ""
    """What sort of thing it is, in the words of the desk: patterns are found by it."""
    service_code: Short = ""
    """The service code that the customer has given. One that is not valid is marked; the ticket is taken all the same."""
    parent: Id | None = None
    """The ticket that this one is a part of: a major incident, a problem."""
    line: Line = "first"
    """The line that takes it."""
    group: Short = ""
    """The group in that line."""
    hold_clocks: bool = False
    """True to bring a past along: its targets run out as far as each command tells; nothing is judged against now until
    `ReleaseClocks`."""
    opens: ClassVar[bool] = True


class AcknowledgeTicket(TicketCommand):
    """Somebody has taken the ticket up: the response clock stops."""

    command: Literal["AcknowledgeTicket"] = "AcknowledgeTicket"


class AssignTicket(TicketCommand):
    """Give the ticket to somebody."""

    command: Literal["AssignTicket"] = "AssignTicket"
    to: Id
    """Staff id."""
    line: Line = "first"
    group: Short = ""
    """The group that has it, where a line has several."""


class StartWork(TicketCommand):
    """Somebody works on the ticket that was taken up. Giving it to somebody says so too."""

    command: Literal["StartWork"] = "StartWork"


class SetTicketOwner(TicketCommand):
    """Name the one who answers for the ticket until it is closed, whoever works on it."""

    command: Literal["SetTicketOwner"] = "SetTicketOwner"
    owner: Id
    """Staff id."""
    reason: Text


class ChangePriority(TicketCommand):
    """Correct the impact or the urgency; the priority follows from the playbook's matrix, unless it is overridden."""

    command: Literal["ChangePriority"] = "ChangePriority"
    impact: Grade | None = None
    urgency: Grade | None = None
    reason: Text


class OverridePriority(TicketCommand):
    """Give the ticket a priority against the matrix; the matrix's own priority ends an override."""

    command: Literal["OverridePriority"] = "OverridePriority"
    priority: Priority
    reason: Text
    approver: Id
    """Staff id of the one who approved it; not the one who asks."""
    approver_role: Text
    """In which role: one of the playbook's `support.priority_by`."""


class EscalateTicket(TicketCommand):
    """Hand the ticket up to a line that can do more."""

    command: Literal["EscalateTicket"] = "EscalateTicket"
    line: Literal["second", "headquarters", "product"]
    reason: Text
    group: Short = ""


class PauseTicket(TicketCommand):
    """Wait for somebody. Only waiting for the customer stops the clocks."""

    command: Literal["PauseTicket"] = "PauseTicket"
    waiting_for: Awaited
    reason: Text


class ResumeTicket(TicketCommand):
    """What the ticket waited for has come."""

    command: Literal["ResumeTicket"] = "ResumeTicket"


class ResolveTicket(TicketCommand):
    """The ticket is solved; the customer may confirm or object."""

    command: Literal["ResolveTicket"] = "ResolveTicket"
    solution: Text
    resolution: Short = ""
    """Its class, one of the playbook's `support.resolutions`: solved, workaround, no_fault_found … Left out, the first one."""
    product: Short = ""
    """The product that it was about, if that is known only now."""


class MarkDuplicate(TicketCommand):
    """The same thing was reported in another ticket: this one ends, and both name each other."""

    command: Literal["MarkDuplicate"] = "MarkDuplicate"
    original: Id
    """The ticket that goes on."""
    reason: Text


class LinkTickets(TicketCommand):
    """Say what another ticket is to this one; the other one says it of this one too."""

    command: Literal["LinkTickets"] = "LinkTickets"
    other: Id
    relation: Literal["related", "caused_by", "causes"] = "related"


class SetParent(TicketCommand):
    """Make the ticket a part of another one, which resolves it with itself; without a parent it is on its own again."""

    command: Literal["SetParent"] = "SetParent"
    parent: Id | None = None
    reason: Short = ""


class SettleService(TicketCommand):
    """Settle how a ticket without a valid service code is served."""

    command: Literal["SettleService"] = "SettleService"
    how: Settlement
    """`covered` by the contract of `project`, `goodwill` (free of charge) or `billed`."""
    project: Id | None = None
    reason: Text


class NoteLink(TicketCommand):
    """Another ticket has named this one."""

    command: Literal["NoteLink"] = "NoteLink"
    other: Id
    relation: Relation
    """What the other one is to this one."""
    internal: ClassVar[bool] = True


class NoteChild(TicketCommand):
    """Another ticket has become a part of this one, or has left it."""

    command: Literal["NoteChild"] = "NoteChild"
    child: Id
    joined: bool
    internal: ClassVar[bool] = True


class ResolveWithParent(TicketCommand):
    """The ticket that this one is a part of is resolved."""

    command: Literal["ResolveWithParent"] = "ResolveWithParent"
    parent: Id
    resolution: str = ""
    internal: ClassVar[bool] = True


class ReopenWithParent(TicketCommand):
    """The ticket that this one was resolved with is not solved after all."""

    command: Literal["ReopenWithParent"] = "ReopenWithParent"
    parent: Id
    internal: ClassVar[bool] = True


class LeaveParent(TicketCommand):
    """The ticket that this one was a part of is cancelled or a duplicate: this one goes on alone."""

    command: Literal["LeaveParent"] = "LeaveParent"
    parent: Id
    internal: ClassVar[bool] = True


class CloseTicket(TicketCommand):
    """The customer confirms the solution."""

    command: Literal["CloseTicket"] = "CloseTicket"
    confirmed_by: Text
    satisfaction: Annotated[int, Field(ge=1, le=5)] | None = None


class ReopenTicket(TicketCommand):
    """It is not solved after all: the ticket keeps its id, its clocks and its count."""

    command: Literal["ReopenTicket"] = "ReopenTicket"
    reason: Text


class CancelTicket(TicketCommand):
    """The ticket was a mistake."""

    command: Literal["CancelTicket"] = "CancelTicket"
    reason: Text


class RedateTargets(TicketCommand):
    """The contract that covers the ticket, or the unit that serves it, is another now: count its targets by that."""

    command: Literal["RedateTargets"] = "RedateTargets"
    service_code: Short = ""
    level: Short = ""
    """The service level of the contract; empty for none."""
    in_service: bool
    cause: Text
    """Why, in words: renewed, lapsed, another level …"""
    owner_unit: Short = ""
    """The unit that serves the customer from here on; empty to leave it."""
    support: Literal["", "early_life", "full"] = ""
    """How far the project's support is by now; empty to leave it."""
    internal: ClassVar[bool] = True


Work = (
    AcknowledgeTicket
    | StartWork
    | AssignTicket
    | EscalateTicket
    | ChangePriority
    | OverridePriority
    | PauseTicket
    | ResumeTicket
    | ResolveTicket
)
"""What is done to a ticket that is open: none of it to one that is resolved."""
Word = NoteLink | NoteChild | ResolveWithParent | ReopenWithParent | LeaveParent
"""What other tickets tell a ticket."""
EscalationWord = NoteEscalationHop | NoteEscalationOutcome
"""What its escalation tells a ticket."""
Commands = (
    OpenTicket
    | Work
    | SetTicketOwner
    | MarkDuplicate
    | LinkTickets
    | SetParent
    | SettleService
    | CloseTicket
    | ReopenTicket
    | CancelTicket
    | RedateTargets
    | Word
    | EscalationWord
)
