"""The end of a ticket: resolved with a class, confirmed by the customer or closed by silence, reopened, cancelled."""

from __future__ import annotations

from collections.abc import Sequence

from domain.decider import Context
from domain.messages import Event
from domain.origin import listed
from domain.ticket.commands import (
    CancelTicket,
    CloseTicket,
    ReopenTicket,
    ReopenWithParent,
    ResolveTicket,
    ResolveWithParent,
)
from domain.ticket.events import TicketAcknowledged, TicketCancelled, TicketClosed, TicketReopened, TicketResolved
from domain.ticket.refusals import ResolutionUnknownError, TicketNotResolvedError
from domain.ticket.state import State
from domain.ticket.targets import service_calendar, spent_at
from domain.ticket.terms import STATUS_NAMES


def resolve(command: ResolveTicket, state: State, context: Context) -> Sequence[Event]:
    """Resolve it, and with it each child that is open: they are told."""
    classes = [one.code for one in context.rules(state).support.resolutions]
    if command.resolution and classes and command.resolution not in classes:
        raise ResolutionUnknownError(f"The playbook has no resolution {command.resolution}: give one of {listed(classes)}.")
    resolution = command.resolution or (classes[0] if classes else "")
    return _resolved(state, context, command.solution, resolution, command.product)


def resolve_with_parent(command: ResolveWithParent, state: State, context: Context) -> Sequence[Event]:
    """Its parent is resolved, and so is it; its clocks and its verdict are its own.

    Nothing for one that has ended, is resolved, has another parent by now, or was reopened after that."""
    late = state.reopened_at is not None and context.at < state.reopened_at
    if state.ended or state.resolved_at is not None or state.parent != command.parent or late:
        return []
    return _resolved(state, context, f"resolved with {command.parent}", command.resolution, "", command.parent)


def _resolved(
    state: State, context: Context, solution: str, resolution: str, product: str, parent: str = ""
) -> Sequence[Event]:
    at = state.not_before(context.at)
    spent = spent_at(state, at, service_calendar(state, context.rules(state)))
    taken = [] if state.acknowledged else [TicketAcknowledged(occurred_at=at, spent=spent)]
    solved = TicketResolved(
        occurred_at=at, solution=solution, spent=spent, resolution=resolution, product=product, with_parent=parent
    )
    return [*taken, solved]


def close(command: CloseTicket, state: State, context: Context) -> Sequence[Event]:
    """The customer confirms."""
    _must_be_resolved(state)
    at = state.not_before(context.at)
    return [TicketClosed(occurred_at=at, confirmed_by=command.confirmed_by, satisfaction=command.satisfaction)]


def reopen(command: ReopenTicket, state: State, context: Context) -> Sequence[Event]:
    """It is not solved after all. The children that were resolved with it are told, unless they are closed by now."""
    if not state.ended:
        _must_be_resolved(state)
    return [TicketReopened(occurred_at=state.not_before(context.at), reason=command.reason, count=state.reopened + 1)]


def reopen_with_parent(command: ReopenWithParent, state: State, context: Context) -> Sequence[Event]:
    """Its parent is not solved after all, nor is this one, if it was resolved with it and nobody has closed it since."""
    if state.status != "resolved" or state.resolved_with != command.parent:
        return []
    at = state.not_before(context.at)
    reason = f"reopened with {command.parent}"
    return [TicketReopened(occurred_at=at, reason=reason, count=state.reopened + 1, with_parent=command.parent)]


def cancel(command: CancelTicket, state: State, context: Context) -> Sequence[Event]:
    """It was a mistake. Its children go on alone."""
    return [TicketCancelled(occurred_at=state.not_before(context.at), reason=command.reason)]


def _must_be_resolved(state: State) -> None:
    if state.status != "resolved":
        raise TicketNotResolvedError(f"The ticket is {STATUS_NAMES[state.status].en}; resolve it first (ResolveTicket).")
