"""What a ticket is: the state that its events add up to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, assert_never

from domain.clocks import ClocksReleased
from domain.escalating import Escalations
from domain.origin import Rooted
from domain.satisfaction import SatisfactionAsked
from domain.ticket import aftermath, escalations
from domain.ticket.aftermath import Aftermath
from domain.ticket.events import (
    ChildJoined,
    ChildLeft,
    ClockPaused,
    ClockResumed,
    Events,
    LowScoreGiven,
    ParentSet,
    PatternNoticed,
    PingPongNoticed,
    PriorityChanged,
    PriorityOverridden,
    ServiceSettled,
    Spent,
    TargetBreached,
    TargetEscalated,
    TargetsRedated,
    TargetWarned,
    TicketAcknowledged,
    TicketAnswered,
    TicketAssigned,
    TicketCancelled,
    TicketClosed,
    TicketDuplicated,
    TicketEscalated,
    TicketLinked,
    TicketOpened,
    TicketOwnerSet,
    TicketReopened,
    TicketResolved,
    TicketWorkStarted,
)
from domain.ticket.terms import Awaited, Grade, Mark, Priority, Settlement, Status, TargetName


@dataclass(frozen=True, slots=True)
class Round:
    """A time that the ticket was resolved, and the children that were told so."""

    number: int
    at: datetime
    resolution: str
    children: tuple[str, ...]
    reopened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Released:
    """The moment at which the past of a ticket was all in, and how far its clocks were then."""

    at: datetime
    spent: Spent
    running_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Rooted):
    """A ticket as its events tell it."""

    id: str = ""
    """Empty for a ticket from before tickets knew each other, until it has to do with another one."""
    kind: str = ""
    title: str = ""
    impact: Grade = "low"
    urgency: Grade = "low"
    priority: Priority = "P4"
    overridden: bool = False
    """True while its priority is not the matrix's."""
    base_priority: Priority = "P4"
    """Its priority without any window."""
    window: str = ""
    """The window in force that has raised it, with its first day."""
    kept_priority: Priority | None = None
    """The priority that a window has left it with."""
    set_aside: tuple[str, ...] = ()
    """Windows that raise it no more: somebody has decided on its priority while they were in force."""
    redated: int = 0
    """How many times its targets were counted anew."""
    level: str = ""
    """The service level that its targets are chosen by."""
    calendar: str = ""
    respond_seconds: int = 0
    resolve_seconds: int = 0
    in_service: bool = True
    product: str = ""
    category: str = ""
    service_code: str = ""
    mark: Mark | Literal[""] = ""
    """Why it was not in service when it was opened."""
    settled_by: str = ""
    """The role that must settle its service."""
    settler: str = ""
    """Staff id of the person in that role."""
    settled: Settlement | None = None
    """How that was settled."""
    links: tuple[TicketLinked, ...] = ()
    """What other tickets are to this one."""
    parents: tuple[ParentSet, ...] = ()
    """Every time that it became a part of another ticket or was let go, the oldest first."""
    children: tuple[str, ...] = ()
    """The tickets that are parts of this one."""
    rounds: tuple[Round, ...] = ()
    """Every time that it was resolved, the oldest first."""
    original: str = ""
    """The ticket that it is a duplicate of."""
    status: Status = "new"
    waiting_for: Awaited | None = None
    waiting_since: datetime | None = None
    line: str = "first"
    group: str = ""
    assigned_to: str = ""
    owner: str = ""
    """Staff id of the one who answers for it: the first one who had it, until another is named."""
    path: tuple[str, ...] = ()
    """The lines and groups that it has been with, the oldest first, each time that it changed."""
    reassigned: int = 0
    """How many times somebody else got it."""
    ping_pong: Literal["", "noticed", "settled"] = ""
    resolution: str = ""
    resolved_with: str = ""
    """The ticket that it was resolved with."""
    acknowledged: bool = False
    begun: bool = False
    """True once somebody works on it."""
    running_since: datetime | None = None
    """When the clocks started to run (again); None while they stand still."""
    spent: Spent = Spent(respond=0, resolve=0)  # noqa: RUF009  (frozen, so it can be shared)
    released: Released | None = None
    """When its clocks were released; None for a ticket that brought no past along."""
    warned: tuple[str, ...] = ()
    breached: tuple[TargetName, ...] = ()
    breached_at: tuple[datetime, ...] = ()
    """When each of them was missed, in the same order."""
    escalated: tuple[TargetName, ...] = ()
    """The missed targets for which the next above was called."""
    respond_known: bool = False
    """True when the response was on record with what it took."""
    opened_at: datetime | None = None
    acknowledged_at: datetime | None = None
    """When somebody first took it up."""
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    """When it was closed or cancelled."""
    reopened_at: datetime | None = None
    reopened: int = 0
    hops: int = 0
    """How many times it has gone to another line or group."""
    escalations: Escalations = ()
    """Every time that it went up the ladder of the playbook, the oldest first."""
    aftermath: Aftermath = Aftermath()  # noqa: RUF009  (frozen, so it can be shared)
    """What it has led to beyond itself."""

    @property
    def ended(self) -> bool:
        """True for a ticket that is closed, cancelled or a duplicate."""
        return self.status in ("closed", "cancelled", "duplicate")

    @property
    def parent(self) -> str:
        """The ticket that it is a part of; empty for one on its own."""
        return self.parents[-1].parent if self.parents else ""

    @property
    def unsettled(self) -> bool:
        """True while somebody must settle how a ticket without a valid service code is served."""
        marked = bool(self.mark) and not self.in_service
        return marked and self.settled is None and self.status not in ("cancelled", "duplicate")

    @property
    def active(self) -> Status:
        """The status of a ticket that does not wait and is not resolved."""
        return "in_progress" if self.acknowledged and self.begun else "acknowledged" if self.acknowledged else "new"

    def budget(self, target: TargetName) -> tuple[int, float]:
        """Budget and spent of a target, in working seconds."""
        of_response = target == "respond"
        return (self.respond_seconds, self.spent.respond) if of_response else (self.resolve_seconds, self.spent.resolve)

    def targets(self) -> Iterable[tuple[TargetName, int, float]]:
        """The targets that are still to be met: name, budget and spent, in working seconds."""
        if not self.acknowledged:
            yield "respond", self.respond_seconds, self.spent.respond
        yield "resolve", self.resolve_seconds, self.spent.resolve


def evolve(state: State, event: Events) -> State:
    """The ticket after one more fact."""
    now = _evolved(state, event)
    stands = (state.running_since is None, now.running_since is None)
    known = escalations.after(state.escalations, event, held=state.held, stood_still=stands[0], stands_still=stands[1])
    now = now if known is state.escalations else replace(now, escalations=known)
    led_to = aftermath.after(state.aftermath, event)
    return now if led_to is state.aftermath else replace(now, aftermath=led_to)


def _evolved(state: State, event: Events) -> State:
    at = event.occurred_at
    match event:
        case TicketOpened():
            return _opened(state, event)
        case TicketAcknowledged() | TicketWorkStarted() | ClockPaused() | ClockResumed():
            return _worked_on(state, event)
        case TicketAssigned() | TicketEscalated() | TicketOwnerSet() | PingPongNoticed():
            return _handed_on(state, event)
        case PriorityChanged():
            return replace(state, impact=event.impact, urgency=event.urgency, as_of=at)
        case PriorityOverridden():
            return replace(state, overridden=event.after != event.matrix, as_of=at)
        case TargetWarned():
            return replace(state, warned=(*state.warned, f"{event.target}-{event.percent}"), as_of=state.not_before(at))
        case TargetBreached():
            missed = replace(state, breached=(*state.breached, event.target), breached_at=(*state.breached_at, at))
            return replace(missed, as_of=state.not_before(at))
        case TargetEscalated():
            return replace(state, escalated=(*state.escalated, event.target), as_of=state.not_before(at))
        case TargetsRedated():
            return _counted_anew(state, event)
        case TicketResolved() | TicketReopened() | TicketClosed() | TicketCancelled() | TicketDuplicated():
            return _ended(state, event)
        case TicketLinked() | ParentSet() | ChildJoined() | ChildLeft():
            return _related(state, event)
        case TicketAnswered() | SatisfactionAsked() | PatternNoticed() | LowScoreGiven():
            return replace(state, as_of=state.not_before(at))
        case ServiceSettled():
            return replace(state, settled=event.how, in_service=state.in_service or event.how == "covered", as_of=at)
        case ClocksReleased():
            return replace(state, held=False, released=Released(at, state.spent, state.running_since))
        case _:
            assert_never(event)


def _opened(state: State, event: TicketOpened) -> State:
    at = event.occurred_at
    part_of = ParentSet(occurred_at=at, ticket=event.ticket, parent=event.parent, before="", reason="")
    return replace(
        state,
        id=event.ticket,
        origin=event.origin,
        held=event.origin.held,
        kind=event.kind,
        title=event.title,
        impact=event.impact,
        urgency=event.urgency,
        priority=event.priority,
        base_priority=event.base_priority or event.priority,
        window=event.window,
        kept_priority=event.kept_priority,
        level=event.level,
        calendar=event.calendar,
        respond_seconds=event.respond_minutes * 60,
        resolve_seconds=event.resolve_minutes * 60,
        in_service=event.in_service,
        mark=event.mark,
        settled_by=event.settled_by,
        settler=event.settler,
        product=event.product,
        category=event.category,
        service_code=event.service_code,
        parents=(part_of,) if event.parent else (),
        line=event.line,
        group=event.group,
        path=(place(event.line, event.group),),
        running_since=at,
        opened_at=at,
        as_of=at,
    )


def _counted_anew(state: State, event: TargetsRedated) -> State:
    at = event.occurred_at
    origin = state.root.model_copy(update={"owner_unit": event.owner_unit}) if event.owner_unit else state.origin
    return replace(
        state,
        origin=origin,
        spent=event.spent,
        running_since=at if state.running_since else None,
        respond_seconds=event.respond_minutes * 60,
        resolve_seconds=event.resolve_minutes * 60,
        calendar=event.calendar,
        priority=event.priority,
        base_priority=event.base_priority,
        window=event.window,
        kept_priority=event.kept_priority,
        set_aside=event.set_aside,
        level=event.level,
        service_code=event.service_code,
        in_service=event.in_service,
        redated=state.redated + 1,
        as_of=state.not_before(at),
    )


def place(line: str, group: str) -> str:
    """A line, or a group in it, as the path of a ticket names it."""
    return f"{line}/{group}" if group else line


def _worked_on(state: State, event: TicketAcknowledged | TicketWorkStarted | ClockPaused | ClockResumed) -> State:
    at = event.occurred_at
    match event:
        case TicketAcknowledged():
            taken = replace(state, acknowledged=True, acknowledged_at=at, as_of=at)
            if event.spent is not None:
                running = at if state.running_since else None
                taken = replace(taken, spent=event.spent, respond_known=True, running_since=running)
            return taken if state.waiting_for else replace(taken, status=taken.active)
        case TicketWorkStarted():
            return replace(state, begun=True, status="in_progress", as_of=at)
        case ClockPaused():
            stops = event.waiting_for == "customer"
            paused = replace(
                state, status="waiting", waiting_for=event.waiting_for, waiting_since=at, begun=state.acknowledged, as_of=at
            )
            return replace(paused, running_since=None, spent=event.spent) if stops else paused
        case ClockResumed():
            resumed = replace(state, waiting_for=None, waiting_since=None, running_since=state.running_since or at, as_of=at)
            return replace(resumed, status=resumed.active)
        case _:
            assert_never(event)


def _handed_on(state: State, event: TicketAssigned | TicketEscalated | TicketOwnerSet | PingPongNoticed) -> State:
    at = event.occurred_at
    match event:
        case TicketAssigned() | TicketEscalated():
            to = event.to if isinstance(event, TicketAssigned) else ""
            now = place(event.line, event.group)
            moved = replace(
                state,
                line=event.line,
                group=event.group,
                assigned_to=to,
                owner=state.owner or to,
                path=state.path if state.path[-1:] == (now,) else (*state.path, now),
                hops=max(state.hops, event.hop),
                reassigned=state.reassigned + bool(state.assigned_to and to and to != state.assigned_to),
                begun=state.begun or (state.acknowledged and bool(to)),
                as_of=at,
            )
            return moved if state.waiting_for else replace(moved, status=moved.active)
        case TicketOwnerSet():
            settled = "settled" if state.ping_pong == "noticed" else state.ping_pong
            return replace(state, owner=event.owner, ping_pong=settled, as_of=at)
        case PingPongNoticed():
            return replace(state, ping_pong="noticed", as_of=at)
        case _:
            assert_never(event)


def _ended(state: State, event: TicketResolved | TicketReopened | TicketClosed | TicketCancelled | TicketDuplicated) -> State:
    at = event.occurred_at
    match event:
        case TicketResolved():
            resolved = Round(len(state.rounds) + 1, at, event.resolution, state.children)
            stopped = replace(state, running_since=None, spent=event.spent, waiting_for=None, resolved_with=event.with_parent)
            told = replace(stopped, resolution=event.resolution, product=event.product or state.product)
            return replace(told, status="resolved", resolved_at=at, rounds=(*state.rounds, resolved), as_of=at)
        case TicketReopened():
            rounds = (*state.rounds[:-1], *(replace(last, reopened_at=at) for last in state.rounds[-1:]))
            reopened = replace(state, resolved_at=None, closed_at=None, reopened=event.count, reopened_at=at, rounds=rounds)
            again = replace(reopened, status="in_progress", begun=True, resolved_with="", original="")
            return replace(again, running_since=at, as_of=at)
        case TicketClosed():
            return replace(state, status="closed", closed_at=at, as_of=at)
        case TicketCancelled():
            return replace(state, status="cancelled", running_since=None, closed_at=at, as_of=at)
        case TicketDuplicated():
            ended = replace(state, id=event.ticket, original=event.original, spent=event.spent, waiting_for=None)
            return replace(ended, status="duplicate", running_since=None, closed_at=at, as_of=at)
        case _:
            assert_never(event)


def _related(state: State, event: TicketLinked | ParentSet | ChildJoined | ChildLeft) -> State:
    known = replace(state, as_of=state.not_before(event.occurred_at))
    match event:
        case TicketLinked():
            return replace(known, id=event.ticket, links=(*state.links, event))
        case ParentSet():
            return replace(known, id=event.ticket, parents=(*state.parents, event))
        case ChildJoined():
            joined = replace(known, id=event.ticket, children=(*state.children, event.child))
            if state.resolved_at is None or not state.rounds:
                return joined
            # It joined while this one was being resolved: it is told with the others.
            last = state.rounds[-1]
            late = replace(last, children=(*last.children, event.child))
            return replace(joined, rounds=(*state.rounds[:-1], late))
        case ChildLeft():
            return replace(known, children=tuple(child for child in state.children if child != event.child))
        case _:
            assert_never(event)
