"""What a ticket is: the state that its events add up to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from domain.clocks import ClocksReleased
from domain.origin import Rooted
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
from domain.ticket.terms import Awaited, Priority, Status, TargetName


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Rooted):
    """A ticket as its events tell it."""

    kind: str = ""
    title: str = ""
    priority: Priority = "P4"
    calendar: str = ""
    respond_seconds: int = 0
    resolve_seconds: int = 0
    in_service: bool = True
    product: str = ""
    category: str = ""
    service_code: str = ""
    parent: str = ""
    status: Status = "new"
    waiting_for: Awaited | None = None
    line: str = "first"
    group: str = ""
    assigned_to: str = ""
    resolution: str = ""
    acknowledged: bool = False
    running_since: datetime | None = None
    """When the clocks started to run (again); None while they stand still."""
    spent: Spent = Spent(respond=0, resolve=0)  # noqa: RUF009  (frozen, so it can be shared)
    warned: tuple[str, ...] = ()
    breached: tuple[TargetName, ...] = ()
    opened_at: datetime | None = None
    acknowledged_at: datetime | None = None
    """When somebody first took it up."""
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    """When it was closed or cancelled."""
    reopened: int = 0
    hops: int = 0
    """How many times it has gone to another line or group."""

    @property
    def ended(self) -> bool:
        """True for a ticket that is closed or cancelled."""
        return self.status in ("closed", "cancelled")

    def targets(self) -> Iterable[tuple[TargetName, int, float]]:
        """The targets that are still to be met: name, budget and spent, in working seconds."""
        if not self.acknowledged:
            yield "respond", self.respond_seconds, self.spent.respond
        yield "resolve", self.resolve_seconds, self.spent.resolve


def evolve(state: State, event: Events) -> State:
    """The ticket after one more fact."""
    at = event.occurred_at
    match event:
        case TicketOpened():
            return replace(
                state,
                origin=event.origin,
                held=event.origin.held,
                kind=event.kind,
                title=event.title,
                priority=event.priority,
                calendar=event.calendar,
                respond_seconds=event.respond_minutes * 60,
                resolve_seconds=event.resolve_minutes * 60,
                in_service=event.in_service,
                product=event.product,
                category=event.category,
                service_code=event.service_code,
                parent=event.parent,
                line=event.line,
                group=event.group,
                running_since=at,
                opened_at=at,
                as_of=at,
            )
        case TicketAcknowledged():
            status: Status = state.status if state.status == "waiting" else "acknowledged"
            return replace(state, acknowledged=True, acknowledged_at=at, status=status, as_of=at)
        case TicketAssigned():
            hops = max(state.hops, event.hop)
            return replace(state, assigned_to=event.to, line=event.line, group=event.group, hops=hops, as_of=at)
        case TicketEscalated():
            hops = max(state.hops, event.hop)
            return replace(state, line=event.line, group=event.group, assigned_to="", hops=hops, as_of=at)
        case ClockPaused():
            stops = event.waiting_for == "customer"
            paused = replace(state, status="waiting", waiting_for=event.waiting_for, as_of=at)
            return replace(paused, running_since=None, spent=event.spent) if stops else paused
        case ClockResumed():
            status = "acknowledged" if state.acknowledged else "new"
            return replace(state, status=status, waiting_for=None, running_since=state.running_since or at, as_of=at)
        case TargetWarned():
            return replace(state, warned=(*state.warned, f"{event.target}-{event.percent}"), as_of=state.not_before(at))
        case TargetBreached():
            return replace(state, breached=(*state.breached, event.target), as_of=state.not_before(at))
        case TicketResolved():
            stopped = replace(state, running_since=None, spent=event.spent, waiting_for=None)
            told = replace(stopped, resolution=event.resolution, product=event.product or state.product)
            return replace(told, status="resolved", resolved_at=at, as_of=at)
        case TicketReopened():
            reopened = replace(state, status="acknowledged", resolved_at=None, closed_at=None, reopened=event.count)
            return replace(reopened, running_since=at, as_of=at)
        case TicketClosed():
            return replace(state, status="closed", closed_at=at, as_of=at)
        case TicketCancelled():
            return replace(state, status="cancelled", running_since=None, closed_at=at, as_of=at)
        case ClocksReleased():
            return replace(state, held=False)
        case _:
            assert_never(event)
