"""Tickets as tests ask them: commands with everything that does not matter left to a default."""

from __future__ import annotations

from typing import Any

from domain.messages import Actor, ActorKind, Command
from domain.ticket import (
    AcknowledgeTicket,
    AssignTicket,
    CancelTicket,
    ChangePriority,
    CloseTicket,
    EscalateTicket,
    LinkTickets,
    MarkDuplicate,
    OverridePriority,
    PauseTicket,
    ReopenTicket,
    ResolveTicket,
    ResumeTicket,
    SetParent,
    SetTicketOwner,
    SettleService,
    StartWork,
)
from tests.domain.asked import SUPPORT, classify, register

CALLER: list[Command] = [register(revenue="3000000000"), classify("other_large")]
"""A customer with ordinary business hours."""
LEAD = Actor(kind=ActorKind.PERSON, id="s9", role="manager")


def to(ticket: str, command: type[Command], **fields: Any) -> Command:
    """Ask something of a ticket, as support does."""
    return command.model_validate({"ticket": ticket, "actor": SUPPORT, **fields})


def take(ticket: str = "T1", **fields: Any) -> Command:
    return to(ticket, AcknowledgeTicket, **fields)


def start(ticket: str = "T1", **fields: Any) -> Command:
    return to(ticket, StartWork, **fields)


def assign(who: str = "s2", line: str = "first", group: str = "", ticket: str = "T1", **fields: Any) -> Command:
    return to(ticket, AssignTicket, to=who, line=line, group=group, **fields)


def escalate(line: str = "product", ticket: str = "T1", **fields: Any) -> Command:
    return to(ticket, EscalateTicket, line=line, **({"reason": "defect"} | fields))


def own(who: str = "s5", ticket: str = "T1", **fields: Any) -> Command:
    return to(ticket, SetTicketOwner, owner=who, reason="keeps it", **fields)


def grade(ticket: str = "T1", **fields: Any) -> Command:
    return to(ticket, ChangePriority, **({"reason": "one plant only"} | fields))


def overrule(priority: str = "P1", ticket: str = "T1", **fields: Any) -> Command:
    given = {"reason": "the board is there", "approver": "m1", "approver_role": "manager"}
    return to(ticket, OverridePriority, priority=priority, **(given | fields))


def pause(who: str = "customer", ticket: str = "T1", **fields: Any) -> Command:
    return to(ticket, PauseTicket, waiting_for=who, reason="needs a log", **fields)


def go_on(ticket: str = "T1", **fields: Any) -> Command:
    return to(ticket, ResumeTicket, **fields)


def resolve(ticket: str = "T1", **fields: Any) -> Command:
    return to(ticket, ResolveTicket, **({"solution": "restarted"} | fields))


def close(ticket: str = "T1", **fields: Any) -> Command:
    return to(ticket, CloseTicket, **({"confirmed_by": "王"} | fields))


def reopen(ticket: str = "T1", **fields: Any) -> Command:
    return to(ticket, ReopenTicket, **({"reason": "again"} | fields))


def cancel(ticket: str = "T1", **fields: Any) -> Command:
    return to(ticket, CancelTicket, **({"reason": "a slip"} | fields))


def duplicate(original: str = "T2", ticket: str = "T1", **fields: Any) -> Command:
    return to(ticket, MarkDuplicate, original=original, reason="the same", **fields)


def link(other: str = "T2", relation: str = "related", ticket: str = "T1", **fields: Any) -> Command:
    return to(ticket, LinkTickets, other=other, relation=relation, **fields)


def part_of(parent: str | None = "T2", ticket: str = "T1", **fields: Any) -> Command:
    return to(ticket, SetParent, parent=parent, **fields)


def settle_service(how: str = "goodwill", ticket: str = "T1", **fields: Any) -> Command:
    return to(ticket, SettleService, how=how, **({"reason": "a good customer"} | fields))
