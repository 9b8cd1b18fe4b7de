"""How a ticket answers a command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, assert_never, get_args

from domain import streams
from domain.decider import Context
from domain.escalating import NoteEscalationHop, NoteEscalationOutcome
from domain.messages import Command, Event
from domain.playbook.tickets import TicketAct
from domain.ticket import ending, escalating, handing, links, opening, priority, service
from domain.ticket.commands import (
    AcknowledgeTicket,
    AssignTicket,
    CancelTicket,
    ChangePriority,
    CloseTicket,
    Commands,
    EscalateTicket,
    LeaveParent,
    LinkTickets,
    MarkDuplicate,
    NoteChild,
    NoteLink,
    OpenTicket,
    OverridePriority,
    PauseTicket,
    RedateTargets,
    ReopenTicket,
    ReopenWithParent,
    ResolveTicket,
    ResolveWithParent,
    ResumeTicket,
    SetParent,
    SetTicketOwner,
    SettleService,
    StartWork,
    Word,
    Work,
)
from domain.ticket.events import ClockPaused, ClockResumed, TicketAcknowledged, TicketWorkStarted
from domain.ticket.past import run_out
from domain.ticket.people import allowed
from domain.ticket.redating import redate
from domain.ticket.refusals import (
    AlreadyAcknowledgedError,
    TicketEndedError,
    TicketNotOpenError,
    TicketNotWaitingError,
    TicketWaitingError,
    WorkStartedError,
)
from domain.ticket.state import State
from domain.ticket.targets import service_calendar, spent_at, waited_at

ACTS: Mapping[type[Command], TicketAct] = {
    AcknowledgeTicket: "take",
    StartWork: "take",
    AssignTicket: "assign",
    EscalateTicket: "assign",
    SetTicketOwner: "own",
    ChangePriority: "prioritise",
    OverridePriority: "prioritise",
    PauseTicket: "wait",
    ResumeTicket: "wait",
    ResolveTicket: "resolve",
    CloseTicket: "confirm",
    ReopenTicket: "reopen",
    CancelTicket: "cancel",
    MarkDuplicate: "cancel",
    LinkTickets: "link",
    SetParent: "link",
    SettleService: "settle",
}
"""What each command is in the words of the playbook."""


def looks_at(command: Commands) -> tuple[str, ...]:
    """Opening looks at the customer, and at the project and its support if it names one; whatever names another ticket looks at
    that one."""
    match command:
        case OpenTicket():
            return (*opening.regards(command), *links.other_tickets(command))
        case SettleService():
            return (streams.support(command.project),) if command.project else ()
        case NoteEscalationHop() | NoteEscalationOutcome():
            return escalating.looks_at(command)
        case _:
            return links.other_tickets(command)


def looks_further(command: Commands, seen: Mapping[str, Any]) -> tuple[str, ...]:
    """A service code without its project is looked for in the contracts of the customer."""
    if isinstance(command, SettleService):
        return service.regards_further(seen)
    return opening.contracts(command, seen) if isinstance(command, OpenTicket) else ()


def decide(command: Commands, state: State, context: Context) -> Sequence[Event]:
    """Answer a command to a ticket; of one whose past is brought along, first what had come true by then."""
    if not state.held or type(command) not in (*ACTS, ResolveWithParent):
        return _answer(command, state, context)
    facts, then = run_out(state, context.at, context.rules(state))
    answered = _answer(command, then, context)
    return [*facts, *answered] if answered else []


def _answer(command: Commands, state: State, context: Context) -> Sequence[Event]:
    if isinstance(command, OpenTicket):
        return opening.open_it(command, state, context)
    if isinstance(command, RedateTargets):
        return redate(command, state, context)
    if isinstance(command, NoteEscalationHop | NoteEscalationOutcome):
        return escalating.note(command, state, context)
    if isinstance(command, Word):
        return _hear(command, state, context)
    allowed(ACTS[type(command)], command.actor, context.rules(state).support)
    if isinstance(command, LinkTickets):
        return links.link(command, state, context)
    if isinstance(command, SettleService):
        return service.settle(command, state, context)
    if state.ended and not (isinstance(command, ReopenTicket) and state.status == "closed"):
        raise TicketEndedError(_why_ended(state))
    if state.status == "resolved" and isinstance(command, (*get_args(Work), SetParent)):
        raise TicketNotOpenError("The ticket is resolved: close it or reopen it first.")
    match command:
        case SetTicketOwner():
            return handing.own(command, state, context)
        case SetParent():
            return links.set_parent(command, state, context)
        case MarkDuplicate():
            return links.mark_duplicate(command, state, context)
        case CloseTicket():
            return ending.close(command, state, context)
        case ReopenTicket():
            return ending.reopen(command, state, context)
        case CancelTicket():
            return ending.cancel(command, state, context)
        case _:
            return _work(command, state, context)


def _why_ended(state: State) -> str:
    if state.original:
        return f"The ticket is a duplicate of {state.original}: go on there, or open a new one."
    return f"The ticket is {state.status}; open a new one, or reopen a closed one."


def _hear(command: Word, state: State, context: Context) -> Sequence[Event]:
    """What other tickets say. Word that comes too late changes nothing."""
    links.believe(command, context)
    match command:
        case NoteLink():
            return links.note_link(command, state, context)
        case NoteChild():
            return links.note_child(command, state, context)
        case LeaveParent():
            return links.leave_parent(command, state, context)
        case ResolveWithParent():
            return ending.resolve_with_parent(command, state, context)
        case ReopenWithParent():
            return ending.reopen_with_parent(command, state, context)
        case _:
            assert_never(command)


def _work(command: Work, state: State, context: Context) -> Sequence[Event]:
    match command:
        case AcknowledgeTicket() | StartWork():
            return _take(command, state, context)
        case AssignTicket():
            return handing.assign(command, state, context)
        case EscalateTicket():
            return handing.escalate(command, state, context)
        case ChangePriority():
            return priority.change(command, state, context)
        case OverridePriority():
            return priority.override(command, state, context)
        case PauseTicket() | ResumeTicket():
            return _wait(command, state, context)
        case ResolveTicket():
            return ending.resolve(command, state, context)
        case _:
            assert_never(command)


def _take(command: AcknowledgeTicket | StartWork, state: State, context: Context) -> Sequence[Event]:
    """Take it up. Who starts to work on a ticket that nobody has taken up takes it up."""
    at = state.not_before(context.at)
    starts = isinstance(command, StartWork)
    if state.acknowledged and not starts:
        raise AlreadyAcknowledgedError("The ticket has been taken up already.")
    if starts and state.waiting_for:
        raise TicketWaitingError(f"The ticket waits for the {state.waiting_for}: resume it first (ResumeTicket).")
    if starts and state.begun:
        raise WorkStartedError("Somebody works on the ticket already; there is nothing to start.")
    spent = spent_at(state, at, service_calendar(state, context.rules(state)))
    taken = [] if state.acknowledged else [TicketAcknowledged(occurred_at=at, spent=spent)]
    return [*taken, TicketWorkStarted(occurred_at=at)] if starts else taken


def _wait(command: PauseTicket | ResumeTicket, state: State, context: Context) -> Sequence[Event]:
    at, calendar = state.not_before(context.at), service_calendar(state, context.rules(state))
    if isinstance(command, ResumeTicket):
        if not state.waiting_for:
            raise TicketNotWaitingError("The ticket does not wait for anything.")
        return [ClockResumed(occurred_at=at, waited_for=state.waiting_for, waited=waited_at(state, at, calendar))]
    if state.waiting_for:
        raise TicketWaitingError(f"The ticket waits for the {state.waiting_for} already: resume it first.")
    spent = spent_at(state, at, calendar)
    return [ClockPaused(occurred_at=at, waiting_for=command.waiting_for, reason=command.reason, spent=spent)]
