"""How a ticket answers a command."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from domain import streams
from domain.decider import Context
from domain.messages import Event
from domain.origin import Origin
from domain.refusals import AlreadyExistsError, NotFoundError
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
)
from domain.ticket.events import (
    ClockPaused,
    ClockResumed,
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
from domain.ticket.state import State
from domain.ticket.targets import service_calendar, spent_at
from domain.ticket.terms import STATUS_NAMES


def looks_at(command: Commands) -> tuple[str, ...]:
    """Opening looks at the customer, and at the project and its support if it names one."""
    if not isinstance(command, OpenTicket):
        return ()
    seen = (streams.customer(command.customer),)
    return (*seen, streams.project(command.project), streams.support(command.project)) if command.project else seen


def decide(command: Commands, state: State, context: Context) -> Sequence[Event]:
    """Answer a command to a ticket."""
    if isinstance(command, OpenTicket):
        return _open(command, state, context)
    if state.ended and not (isinstance(command, ReopenTicket) and state.status == "closed"):
        raise TicketEndedError(f"The ticket is {state.status}; open a new one, or reopen a closed one.")
    match command:
        case AcknowledgeTicket() | AssignTicket() | EscalateTicket() | PauseTicket() | ResumeTicket() | ResolveTicket():
            if state.status == "resolved":
                raise TicketNotOpenError("The ticket is resolved: close it or reopen it first.")
            return _work(command, state, context)
        case CloseTicket():
            _must_be_resolved(state)
            return [
                TicketClosed(
                    occurred_at=state.not_before(context.at),
                    confirmed_by=command.confirmed_by,
                    satisfaction=command.satisfaction,
                )
            ]
        case ReopenTicket():
            if not state.ended:
                _must_be_resolved(state)
            at = state.not_before(context.at)
            return [TicketReopened(occurred_at=at, reason=command.reason, count=state.reopened + 1)]
        case CancelTicket():
            return [TicketCancelled(occurred_at=state.not_before(context.at), reason=command.reason)]
        case _:
            assert_never(command)


def _must_be_resolved(state: State) -> None:
    if state.status != "resolved":
        raise TicketNotResolvedError(f"The ticket is {STATUS_NAMES[state.status].en}; resolve it first (ResolveTicket).")


def _open(command: OpenTicket, state: State, context: Context) -> Sequence[Event]:
    if state.exists:
        raise AlreadyExistsError(f"The ticket {command.ticket} is open already.")
    customer = context.seen.get(streams.customer(command.customer))
    if customer is None or not customer.exists:
        raise NotFoundError(f"There is no customer {command.customer}: register it first (RegisterCustomer).")
    project = context.seen.get(streams.project(command.project)) if command.project else None
    if command.project and (project is None or not project.exists or project.root.customer != command.customer):
        raise NotFoundError(f"Customer {command.customer} has no project {command.project}: check the id, or leave it out.")
    contract = context.seen.get(streams.support(command.project)) if command.project else None
    rules = context.playbooks.of(project or customer)
    priority = rules.support.matrix[command.impact][command.urgency]
    target = rules.support.target(priority)
    origin = Origin(
        customer=command.customer,
        project=command.project or "",
        value_class=customer.value_class,
        owner_unit=customer.root.owner_unit,
        playbook=rules.ref,
        held=command.hold_clocks,
    )
    return [
        TicketOpened(
            occurred_at=context.at,
            origin=origin,
            kind=command.kind,
            title=command.title,
            impact=command.impact,
            urgency=command.urgency,
            priority=priority,
            respond_minutes=target.respond,
            resolve_minutes=target.resolve,
            calendar=rules.support.calendar_of(customer.value_class),
            in_service=bool(contract is not None and contract.in_service),
            product=command.product,
            category=command.category,
            service_code=command.service_code,
            parent=command.parent or "",
            line=command.line,
            group=command.group,
        )
    ]


Work = AcknowledgeTicket | AssignTicket | EscalateTicket | PauseTicket | ResumeTicket | ResolveTicket


def _work(command: Work, state: State, context: Context) -> Sequence[Event]:
    at = state.not_before(context.at)
    match command:
        case AcknowledgeTicket():
            if state.acknowledged:
                raise AlreadyAcknowledgedError("The ticket has been taken up already.")
            return [TicketAcknowledged(occurred_at=at)]
        case AssignTicket():
            return [TicketAssigned(occurred_at=at, to=command.to, line=command.line, group=command.group)]
        case EscalateTicket():
            return [TicketEscalated(occurred_at=at, line=command.line, reason=command.reason, group=command.group)]
        case PauseTicket():
            if state.waiting_for:
                raise TicketWaitingError(f"The ticket waits for the {state.waiting_for} already: resume it first.")
            spent = spent_at(state, at, service_calendar(state, context.rules(state)))
            return [ClockPaused(occurred_at=at, waiting_for=command.waiting_for, reason=command.reason, spent=spent)]
        case ResumeTicket():
            if not state.waiting_for:
                raise TicketNotWaitingError("The ticket does not wait for anything.")
            return [ClockResumed(occurred_at=at)]
        case ResolveTicket():
            spent = spent_at(state, at, service_calendar(state, context.rules(state)))
            taken = [] if state.acknowledged else [TicketAcknowledged(occurred_at=at)]
            solved = TicketResolved(
                occurred_at=at,
                solution=command.solution,
                spent=spent,
                resolution=command.resolution,
                product=command.product,
            )
            return [*taken, solved]
        case _:
            assert_never(command)
