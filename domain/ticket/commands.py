"""What can be asked of a ticket."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from domain import streams
from domain.messages import Command, Id, Text
from domain.ticket.terms import Awaited, Grade, Kind, Line

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
    """True to bring a past along: no clock is judged until `ReleaseClocks`."""
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


class EscalateTicket(TicketCommand):
    """Hand the ticket up to a line that can do more."""

    command: Literal["EscalateTicket"] = "EscalateTicket"
    line: Literal["second", "remote", "on_site", "experts", "headquarters", "product"]
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
    resolution: Short = "solved"
    """Its class, one of the playbook's `support.resolutions`: solved, workaround, no_fault_found …"""
    product: Short = ""
    """The product that it was about, if that is known only now."""


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
    """The ticket was a mistake or a duplicate."""

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
    internal: ClassVar[bool] = True


Commands = (
    OpenTicket
    | AcknowledgeTicket
    | AssignTicket
    | EscalateTicket
    | PauseTicket
    | ResumeTicket
    | ResolveTicket
    | CloseTicket
    | ReopenTicket
    | CancelTicket
    | RedateTargets
)
