"""The desk's tickets 工单: which are due next, where each stands, and how much of each target is used up at a moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import AwareDatetime

from domain import escalating, streams, ticket
from domain.messages import Frozen, Health, Name
from domain.playbook import Playbook, Playbooks
from domain.ticket import State, TargetName
from eventstore.codec import Codec
from eventstore.port import EventStore

TABLE = "tickets"
ALL = 1_000_000_000
MARKS: Mapping[str, Name] = {
    "breached": Name(en="target missed", zh="已超时"),
    "out_of_service": Name(en="out of service", zh="服务外"),
    "reopened": Name(en="reopened", zh="重开"),
    "ping_pong": Name(en="handed to and fro", zh="反复转派"),
    "escalated": Name(en="escalated", zh="已升级"),
    "raised": Name(en="class raised by a window", zh="时间窗口升级"),
    "overridden": Name(en="priority set by a person", zh="人工定级"),
    "major": Name(en="has children", zh="含子工单"),
    "child": Name(en="part of another", zh="子工单"),
}
"""What a list says beside a ticket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which tickets are wanted; None asks nothing."""

    open: bool | None = True
    """Those that are neither closed nor cancelled; None for all."""
    due_within: float | None = None
    """Hours from now within which the next target runs out; what is late already counts too."""
    breached: bool = False
    unit: str | None = None
    customer: str | None = None
    project: str | None = None
    line: str | None = None
    status: str | None = None


class TicketListed(Frozen):
    """A ticket in a list."""

    ticket: str
    customer: str
    project: str
    title: str
    kind: str
    kind_name: Name
    priority: str
    status: str
    status_name: Name
    waiting_for: str
    """What it waits for: `customer` (its clocks stand still), `vendor`, `problem`, `evidence`; else empty."""
    line: str
    line_name: Name
    assigned_group: str
    assigned_to: str
    """Staff id; empty while nobody has it."""
    owner: str
    """Staff id of the one who answers for it, whoever works on it."""
    who: str
    """The role that must act next; empty when nobody has to."""
    who_name: Name | None
    due_at: AwareDatetime | None
    """When the next target runs out, or ran out; None while the clocks stand still and once the ticket is resolved."""
    due_target: str
    """`respond` or `resolve`: the target that `due_at` is about."""
    percent: int
    """Of that target, used up at `as_of`; of the one that is nearest to its end where the clocks stand still."""
    respond_percent: int | None
    """Of the response target, used up at `as_of`; None once it is met."""
    resolve_percent: int | None
    """Of the resolution target; None once the ticket is resolved."""
    respond_due: AwareDatetime | None
    resolve_due: AwareDatetime | None
    health: Health
    marks: tuple[str, ...]
    """`breached`, `escalated`, `out_of_service`, `reopened`, `ping_pong`, `raised`, `overridden`, `major`, `child`."""
    parent: str
    reopened: int
    hops: int
    opened_at: AwareDatetime
    acknowledged_at: AwareDatetime | None
    resolved_at: AwareDatetime | None
    closed_at: AwareDatetime | None
    value_class: str
    owner_unit: str
    reason: str


class TicketList(Frozen):
    """Open tickets first, in order of their next due time; those without one behind them, the oldest first."""

    tickets: tuple[TicketListed, ...]
    """At most as many as were asked for."""
    count: int
    """How many fit in all."""
    as_of: AwareDatetime
    """The moment at which percentages were counted."""


async def tickets(store: EventStore, codec: Codec, playbooks: Playbooks, asked: Asked, limit: int, now: datetime) -> TicketList:
    """The tickets that fit, the next due first. Costs one query, and one for each ticket that is shown."""
    wanted = {"open": asked.open, "customer": asked.customer, "project": asked.project}
    where = {name: value for name, value in wanted.items() if value is not None}
    rows = await store.rows(TABLE, where, order_by=("-open", "due_at", "opened_at"), limit=ALL)
    parents = {str(row["parent"]) for row in rows if row["parent"]}
    fit = [row for row in rows if _fits(row, asked, now)]
    shown = [await _listed(store, codec, playbooks, row, parents, now) for row in fit[:limit]]
    return TicketList(tickets=tuple(shown), count=len(fit), as_of=now)


def _fits(row: Mapping[str, Any], asked: Asked, now: datetime) -> bool:
    equal = {"owner_unit": asked.unit, "line": asked.line, "status": asked.status}
    if any(row[name] != value for name, value in equal.items() if value is not None):
        return False
    if asked.breached and not (row["respond_breached"] or row["resolve_breached"]):
        return False
    if asked.due_within is None:
        return True
    return row["due_at"] is not None and row["due_at"] <= now + timedelta(hours=asked.due_within)


async def _listed(
    store: EventStore, codec: Codec, playbooks: Playbooks, row: Mapping[str, Any], parents: Iterable[str], now: datetime
) -> TicketListed:
    stored = await store.read(streams.ticket(row["ticket"]))
    state = ticket.DECIDER.fold(codec.decode(one) for one in stored)
    return listed(row, state, playbooks.of(state), parents, now)


def listed(row: Mapping[str, Any], state: State, rules: Playbook, parents: Iterable[str], now: datetime) -> TicketListed:
    """A ticket's row beside what its state says of this moment."""
    view = ticket.DECIDER.view(state, rules)
    used = percents(state, rules, now)
    due = {target: row[f"{target}_due"] for target in used if row[f"{target}_due"] is not None}
    nearest = _nearest(due, used)
    told = {name: row[name] for name in TicketListed.model_fields if name in row}
    return TicketListed(
        **told,
        kind_name=ticket.KIND_NAMES.get(row["kind"], _as_it_is(row["kind"])),
        status_name=ticket.STATUS_NAMES.get(row["status"], _as_it_is(row["status"])),
        line_name=ticket.LINE_NAMES.get(row["line"], _as_it_is(row["line"])),
        who=view.waiting_for,
        who_name=rules.roles.get(view.waiting_for),
        due_target=nearest or "",
        percent=used[nearest] if nearest else 0,
        respond_percent=used.get("respond"),
        resolve_percent=used.get("resolve"),
        health=view.health,
        marks=tuple(_marks(row, state, parents)),
        owner=state.owner,
        reason=view.reason,
    )


def _nearest(due: Mapping[TargetName, datetime], used: Mapping[TargetName, int]) -> TargetName | None:
    """The target that runs out first; where the clocks stand still, the one of which the most is used up."""
    if due:
        return min(due, key=lambda one: due[one])
    return max(used, key=lambda one: used[one], default=None)


def percents(state: State, rules: Playbook, now: datetime) -> Mapping[TargetName, int]:
    """How much of each target that is still to be met is used up at a moment, in whole percent, rounded down."""
    if state.ended or state.resolved_at is not None:
        return {}
    at = max(now, state.running_since) if state.running_since else now
    spent = ticket.spent_at(state, at, ticket.service_calendar(state, rules))
    return {target: int(getattr(spent, target) * 100 / budget) for target, budget, _ in state.targets() if budget}


def _marks(row: Mapping[str, Any], state: State, parents: Iterable[str]) -> Iterable[str]:
    found = {
        "breached": bool(state.breached),
        "escalated": escalating.open_one(state.escalations) is not None,
        "out_of_service": not state.in_service,
        "reopened": state.reopened > 0,
        "ping_pong": bool(state.ping_pong),
        "raised": bool(state.window),
        "overridden": state.overridden,
        "major": bool(state.children) or row["ticket"] in parents,
        "child": bool(state.parent),
    }
    return (mark for mark, holds in found.items() if holds)


def _as_it_is(code: str) -> Name:
    return Name(en=code, zh=code)


def marks_in_words(marks: Sequence[str]) -> str:
    """Marks as people read them, in both languages."""
    return ", ".join(str(MARKS[mark]) for mark in marks)
