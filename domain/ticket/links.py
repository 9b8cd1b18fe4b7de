"""Tickets that have to do with each other: links, parents and their children, duplicates.

A family has two levels: a parent is no child, and a child has no children, so that nothing goes in a circle. Customers are kept
apart: a ticket has to do with another customer's only through a problem or a change, which are the vendor's own affairs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, assert_never

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
    ReopenWithParent,
    ResolveWithParent,
    SetParent,
    Word,
)
from domain.ticket.events import ChildJoined, ChildLeft, ParentSet, TicketDuplicated, TicketLinked, TicketReopened
from domain.ticket.refusals import (
    DuplicateImpossibleError,
    LinkImpossibleError,
    LinkKnownError,
    ParentImpossibleError,
    WordNotGivenError,
)
from domain.ticket.state import State
from domain.ticket.targets import service_calendar, spent_at
from domain.ticket.terms import INVERSE

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
        case NoteLink():
            return (streams.ticket(command.other),)
        case NoteChild():
            return (streams.ticket(command.child),)
        case ResolveWithParent() | ReopenWithParent() | LeaveParent():
            return (streams.ticket(command.parent),)
        case _:
            return ()


def believe(command: Word, context: Context) -> None:
    """Raises a refusal for word that the other ticket has not given: what it has said is on record there."""
    (stream,) = other_tickets(command)
    other = context.seen.get(stream)
    if other is None:
        return  # A decision from before words were checked, made once more.
    if not other.exists or not _has_said(command, other):
        raise WordNotGivenError(f"{stream.replace('-', ' ', 1)} has not said so; nothing is done.")


def _has_said(command: Word, other: Any) -> bool:
    match command:
        case NoteLink():
            said = ((one.other, one.relation, one.noted) for one in other.links)
            return (command.ticket, INVERSE[command.relation], False) in said
        case NoteChild():
            return command.ticket in [one.parent if command.joined else one.before for one in other.parents]
        case ResolveWithParent():
            return any(command.ticket in one.children for one in other.rounds)
        case ReopenWithParent():
            return any(command.ticket in one.children for one in other.rounds if one.reopened_at is not None)
        case LeaveParent():
            return other.status in ("cancelled", "duplicate")
        case _:
            assert_never(command)


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
    said = TicketLinked(occurred_at=at, ticket=command.ticket, other=command.other, relation=command.relation, noted=True)
    if command.relation == "duplicated_by" and state.original == command.other and command.ticket < command.other:
        # Each was made a duplicate of the other at the same moment, so neither could see it: one of them goes on.
        reason = f"{command.other} is a duplicate of this one 互为重复工单，保留本单"
        return [said, TicketReopened(occurred_at=at, reason=reason, count=state.reopened + 1)]
    return [said]


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
        joined = ChildJoined(occurred_at=at, ticket=command.ticket, child=command.child)
        in_a_circle = state.parent == command.child
        if not state.parent or state.ended or (in_a_circle and command.ticket < command.child):
            return [joined]
        # Both became parts of others at the same moment, so neither could see it: who has children is no child.
        reason = "it has parts of its own 自身含子工单"
        alone = ParentSet(occurred_at=at, ticket=command.ticket, parent="", before=state.parent, reason=reason)
        return [joined, alone]
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
