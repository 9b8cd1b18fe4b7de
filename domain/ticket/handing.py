"""From hand to hand: who has a ticket, who answers for it, and when it has gone round too often."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.decider import Context
from domain.escalating import named, open_one
from domain.messages import Event
from domain.playbook import EscalationRules, SupportRules
from domain.ticket.commands import AssignTicket, EscalateTicket, SetTicketOwner
from domain.ticket.events import PingPongNoticed, TicketAssigned, TicketEscalated, TicketOwnerSet
from domain.ticket.refusals import TicketOwnerSameError
from domain.ticket.state import State, place

UPWARDS = ("first", "second", "headquarters", "product")
"""The lines, from the lowest to the highest."""


def assign(command: AssignTicket, state: State, context: Context) -> Sequence[Event]:
    """Give the ticket to somebody. A group that is not named is the one that has it, as long as the line is the same."""
    at = state.not_before(context.at)
    group = command.group or (state.group if command.line == state.line else "")
    hop = _hop(state, command.line, group)
    given = TicketAssigned(occurred_at=at, to=command.to, line=command.line, group=group, hop=hop)
    return [given, *_noticed(given, state, context.rules(state).support)]


def escalate(command: EscalateTicket, state: State, context: Context) -> Sequence[Event]:
    """Hand the ticket to a line that can do more. The way up is no ping-pong: only a way back or aside is a hop."""
    at, hop = state.not_before(context.at), hop_up(state, command.line, command.group)
    ladder = on_ladder(command, state, context.rules(state).escalation)
    up = TicketEscalated(occurred_at=at, line=command.line, reason=command.reason, group=command.group, hop=hop, **ladder)
    return [up, *_noticed(up, state, context.rules(state).support)]


def hop_up(state: State, line: str, group: str) -> int:
    """How many hops it has made when it goes up to a line; 0 on the way to where it has not been."""
    reached = max((UPWARDS.index(one.partition("/")[0]) for one in state.path), default=0)
    return 0 if UPWARDS.index(line) > reached else _hop(state, line, group)


def on_ladder(command: EscalateTicket, state: State, rules: EscalationRules) -> dict[str, Any]:
    """The escalation that it begins, at the lowest step of the line, or that it asks to go up to it; nothing where the playbook
    has no ladder."""
    step = rules.at_line(command.line) if rules.of("ticket") else None
    if step is None:
        return {}
    now = open_one(state.escalations)
    if now is None:
        return {"escalation": named("ticket", command.ticket, len(state.escalations) + 1), "step": step.code}
    return {"escalation": now.id, "step": step.code if step in rules.ahead_of(now.step) else now.step}


def own(command: SetTicketOwner, state: State, context: Context) -> Sequence[Event]:
    """Name the one who answers for it; that puts an end to a ping-pong."""
    if command.owner == state.owner and state.ping_pong != "noticed":
        raise TicketOwnerSameError(f"{command.owner} answers for the ticket already: name somebody else.")
    at = state.not_before(context.at)
    return [TicketOwnerSet(occurred_at=at, owner=command.owner, before=state.owner, reason=command.reason)]


def _hop(state: State, line: str, group: str) -> int:
    """How many hops it has made with this one; 0 where it stays. To find the first group in its line is no hop."""
    if (line, group) == (state.line, state.group):
        return 0
    found = line == state.line and not state.group and not state.assigned_to
    return 0 if found else state.hops + 1


def _noticed(event: TicketAssigned | TicketEscalated, state: State, rules: SupportRules) -> Sequence[Event]:
    if state.ping_pong or event.hop < rules.ping_pong:
        return []
    path = (*state.path, place(event.line, event.group))
    who = rules.ping_pong_to or rules.owner
    return [PingPongNoticed(occurred_at=event.occurred_at, hops=event.hop, path=path, who=who)]
