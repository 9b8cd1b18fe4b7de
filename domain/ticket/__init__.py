"""The ticket 工单: its priority, its two clocks, and a life that ends when the customer is content or silent."""

from __future__ import annotations

from typing import get_args

from domain.decider import Decider
from domain.messages import Name
from domain.ticket.commands import (
    AcknowledgeTicket,
    AssignTicket,
    CancelTicket,
    CloseTicket,
    Commands,
    EscalateTicket,
    OpenTicket,
    PauseTicket,
    ReopenTicket,
    ResolveTicket,
    ResumeTicket,
    TicketCommand,
)
from domain.ticket.deciding import Work, decide, looks_at
from domain.ticket.events import (
    ClockPaused,
    ClockResumed,
    Events,
    Spent,
    TargetBreached,
    TargetWarned,
    TicketAcknowledged,
    TicketAssigned,
    TicketCancelled,
    TicketClosed,
    TicketEscalated,
    TicketOpened,
    TicketReopened,
    TicketResolved,
)
from domain.ticket.refusals import (
    AlreadyAcknowledgedError,
    TicketEndedError,
    TicketNotOpenError,
    TicketNotResolvedError,
    TicketNotWaitingError,
    TicketWaitingError,
)
from domain.ticket.standing import owes, view
from domain.ticket.state import State, evolve
from domain.ticket.targets import clocks, counts_on, moment_of, service_calendar, spent_at
from domain.ticket.terms import (
    AWAITED_NAMES,
    KIND_NAMES,
    LINE_NAMES,
    STATUS_NAMES,
    TARGET_NAMES,
    Awaited,
    Grade,
    Kind,
    Line,
    Priority,
    Status,
    TargetName,
)

NAME = Name(en="ticket", zh="工单")

DECIDER = Decider[State](
    category="ticket",
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
    counts_on=counts_on,
)

__all__ = [
    "AWAITED_NAMES",
    "DECIDER",
    "KIND_NAMES",
    "LINE_NAMES",
    "NAME",
    "STATUS_NAMES",
    "TARGET_NAMES",
    "AcknowledgeTicket",
    "AlreadyAcknowledgedError",
    "AssignTicket",
    "Awaited",
    "CancelTicket",
    "ClockPaused",
    "ClockResumed",
    "CloseTicket",
    "Commands",
    "EscalateTicket",
    "Events",
    "Grade",
    "Kind",
    "Line",
    "OpenTicket",
    "PauseTicket",
    "Priority",
    "ReopenTicket",
    "ResolveTicket",
    "ResumeTicket",
    "Spent",
    "State",
    "Status",
    "TargetBreached",
    "TargetName",
    "TargetWarned",
    "TicketAcknowledged",
    "TicketAssigned",
    "TicketCancelled",
    "TicketClosed",
    "TicketCommand",
    "TicketEndedError",
    "TicketEscalated",
    "TicketNotOpenError",
    "TicketNotResolvedError",
    "TicketNotWaitingError",
    "TicketOpened",
    "TicketReopened",
    "TicketResolved",
    "TicketWaitingError",
    "Work",
    "clocks",
    "counts_on",
    "decide",
    "evolve",
    "looks_at",
    "moment_of",
    "owes",
    "service_calendar",
    "spent_at",
    "view",
]
