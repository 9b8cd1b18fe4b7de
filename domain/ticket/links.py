"""Tickets that have to do with each other: links, parents and their children, duplicates.

A family has two levels: a parent is no child, and a child has no children, so that nothing goes in a circle. Customers are kept
apart: a ticket has to do with another customer's only through a problem or a change, which are the vendor's own affairs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain import streams
from domain.decider import Context
from domain.messages import Event
from domain.origin import known
from domain.ticket.commands import (
    Commands,
    LeaveParent,
    LinkTickets,
    MarkDuplicate,
    NoteChild,
    NoteLink,
    OpenTicket,
    SetParent,
)
from domain.ticket.events import ChildJoined, ChildLeft, ParentSet, TicketDuplicated, TicketLinked
from domain.ticket.refusals import (
    DuplicateImpossibleError,
    LinkImpossibleError,
    LinkKnownError,
    ParentImpossibleError,
)
from domain.ticket.state import State
from domain.ticket.targets import service_calendar, spent_at

SHARED = ("problem", "change")
"""The kinds of tickets that may concern several customers."""


def other_tickets(command: Commands) -> tuple[str, ...]:
    """The streams of the other tickets that a decision on this command looks at."""
    match command:
        case OpenTicket() | SetParent():
            return (streams.ticket(command.parent),) if command.parent else ()
        case LinkTickets():
            return (streams.ticket(command.other),)
        case MarkDuplicate():
            return (streams.ticket(command.original),)
        case _:
            return ()


def link(command: LinkTickets, state: State, context: Context) -> Sequence[Event]:
    """Link two tickets; the other one is told."""
    if command.other == command.ticket:
        raise LinkImpossibleError("A ticket has nothing to do with itself: name another one.")
    other = _ticket(command.other, context)
    if not _of_one_customer(state, other):
        raise LinkImpossibleError(
            f"{command.other} is another customer's: tickets of two customers are linked through a problem or a change."
        )
    if any((one.other, one.relation) == (command.other, command.relation) for one in state.links):
        raise LinkKnownError(f"{command.other} is linked so already ({command.relation}); there is nothing to do.")
    at = state.not_before(context.at)
    return [TicketLinked(occurred_at=at, ticket=command.ticket, other=command.other, relation=command.relation)]


def note_link(command: NoteLink, state: State, context: Context) -> Sequence[Event]:
    """Note what another ticket has said of this one."""
    if any((one.other, one.relation) == (command.other, command.relation) for one in state.links):
        return []
    at = state.not_before(context.at)
    return [TicketLinked(occurred_at=at, ticket=command.ticket, other=command.other, relation=command.relation, noted=True)]


def set_parent(command: SetParent, state: State, context: Context) -> Sequence[Event]:
    """Make it a part of another ticket, or let it go."""
    before, parent = state.parent, command.parent or ""
    if parent == before:
        raise ParentImpossibleError(
            f"The ticket is a part of {before} already." if before else "The ticket is on its own already: name a parent."
        )
    if command.parent:
        check_parent(command.ticket, command.parent, state, context)
    at = state.not_before(context.at)
    return [ParentSet(occurred_at=at, ticket=command.ticket, parent=parent, before=before, reason=command.reason)]


def check_parent(ticket: str, parent: str, state: State, context: Context, customer: str = "") -> None:
    """Raises a refusal for a ticket that cannot be the parent."""
    if parent == ticket:
        raise ParentImpossibleError("A ticket is no part of itself: name another one.")
    other = _ticket(parent, context)
    if state.children:
        raise ParentImpossibleError(f"The ticket has children of its own: give them {parent} as their parent, then this one.")
    if other.parent:
        raise ParentImpossibleError(f"{parent} is a part of {other.parent} itself: name {other.parent} as the parent.")
    if other.ended:
        raise ParentImpossibleError(f"{parent} is {other.status}: reopen it first, or leave the parent out.")
    if other.resolved_at is not None:
        raise ParentImpossibleError(f"{parent} is resolved: reopen it first, or leave the parent out.")
    if other.kind not in SHARED and other.root.customer != (customer or state.root.customer):
        raise ParentImpossibleError(
            f"{parent} is another customer's: only a problem or a change has tickets of several customers as its parts."
        )


def note_child(command: NoteChild, state: State, context: Context) -> Sequence[Event]:
    """Note that another ticket has become a part of this one, or has left it."""
    at = state.not_before(context.at)
    if command.joined == (command.child in state.children):
        return []
    if command.joined:
        return [ChildJoined(occurred_at=at, ticket=command.ticket, child=command.child)]
    return [ChildLeft(occurred_at=at, child=command.child)]


def leave_parent(command: LeaveParent, state: State, context: Context) -> Sequence[Event]:
    """The parent is cancelled or a duplicate: go on alone."""
    if state.parent != command.parent or state.ended:
        return []
    at = state.not_before(context.at)
    return [ParentSet(occurred_at=at, ticket=command.ticket, parent="", before=command.parent, reason="", told=True)]


def mark_duplicate(command: MarkDuplicate, state: State, context: Context) -> Sequence[Event]:
    """End the ticket as a duplicate of another one, of the same customer and not ended itself."""
    if command.original == command.ticket:
        raise DuplicateImpossibleError("A ticket is no duplicate of itself: name the other one.")
    other = _ticket(command.original, context)
    if other.root.customer != state.root.customer:
        raise DuplicateImpossibleError(f"{command.original} is another customer's: link both to one problem instead.")
    if other.original:
        raise DuplicateImpossibleError(f"{command.original} is a duplicate itself: name {other.original}.")
    if other.ended:
        raise DuplicateImpossibleError(f"{command.original} is {other.status}: reopen it first, or resolve this one by itself.")
    at = state.not_before(context.at)
    spent = spent_at(state, at, service_calendar(state, context.rules(state)))
    ended = TicketDuplicated(
        occurred_at=at, ticket=command.ticket, original=command.original, reason=command.reason, spent=spent
    )
    return [
        ended,
        TicketLinked(occurred_at=at, ticket=command.ticket, other=command.original, relation="duplicate_of"),
    ]


def _ticket(name: str, context: Context) -> Any:
    return known(context.seen.get(streams.ticket(name)), f"ticket {name}", "check the id, or open it first (OpenTicket)")


def _of_one_customer(state: State, other: Any) -> bool:
    shared = state.kind in SHARED or other.kind in SHARED
    return shared or bool(other.root.customer == state.root.customer)
