"""The ticket 工单: its priority, its two clocks, and a life that ends when the customer is content or silent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Literal, assert_never, get_args

from pydantic import Field

from domain import streams
from domain.calendars import CalendarRule
from domain.clocks import ClocksReleased
from domain.decider import Context, Decider
from domain.messages import Command, Event, Frozen, Id, Name, Text
from domain.origin import Origin, Rooted
from domain.playbook import Playbook
from domain.refusals import AlreadyExistsError, NotFoundError, RefusalError
from domain.standing import Begin, Clock, Tell, Unmet, View

NAME = Name(en="ticket", zh="工单")

Grade = Literal["high", "medium", "low"]
Priority = Literal["P1", "P2", "P3", "P4"]
Awaited = Literal["customer", "vendor", "problem"]
TargetName = Literal["respond", "resolve"]
Status = Literal["new", "acknowledged", "waiting", "resolved", "closed", "cancelled"]

STATUS_NAMES: dict[Status, Name] = {
    "new": Name(en="new", zh="新建"),
    "acknowledged": Name(en="in progress", zh="处理中"),
    "waiting": Name(en="waiting", zh="等待中"),
    "resolved": Name(en="resolved", zh="已解决"),
    "closed": Name(en="closed", zh="已关闭"),
    "cancelled": Name(en="cancelled", zh="已取消"),
}
TARGET_NAMES: dict[TargetName, Name] = {
    "respond": Name(en="response", zh="响应"),
    "resolve": Name(en="resolution", zh="解决"),
}


# What is asked


class TicketCommand(Command):
    """A command to a ticket."""

    ticket: Id

    @property
    def stream(self) -> str:
        """The ticket's stream."""
        return streams.ticket(self.ticket)


class OpenTicket(TicketCommand):
    """A customer asks for help: both clocks start."""

    command: Literal["OpenTicket"] = "OpenTicket"
    customer: Id
    project: Id | None = None
    """The supported project that it is about, if it is about one."""
    kind: Literal["incident", "service_request", "question"] = "incident"
    title: Text
    impact: Grade
    urgency: Grade
    hold_clocks: bool = False
    """True to bring a past along: no clock is judged until `ReleaseClocks`."""
    opens: ClassVar[bool] = True


class AcknowledgeTicket(TicketCommand):
    """Somebody has taken the ticket up: the response clock stops."""

    command: Literal["AcknowledgeTicket"] = "AcknowledgeTicket"


class AssignTicket(TicketCommand):
    """Give the ticket to somebody."""

    command: Literal["AssignTicket"] = "AssignTicket"
    to: Id
    """Staff id."""
    line: Literal["first", "second", "headquarters", "product"] = "first"


class EscalateTicket(TicketCommand):
    """Hand the ticket up to a line that can do more."""

    command: Literal["EscalateTicket"] = "EscalateTicket"
    line: Literal["second", "headquarters", "product"]
    reason: Text


class PauseTicket(TicketCommand):
    """Wait for somebody. Only waiting for the customer stops the clocks."""

    command: Literal["PauseTicket"] = "PauseTicket"
    waiting_for: Awaited
    reason: Text


class ResumeTicket(TicketCommand):
    """What the ticket waited for has come."""

    command: Literal["ResumeTicket"] = "ResumeTicket"


class ResolveTicket(TicketCommand):
    """The ticket is solved; the customer may confirm or object."""

    command: Literal["ResolveTicket"] = "ResolveTicket"
    solution: Text


class CloseTicket(TicketCommand):
    """The customer confirms the solution."""

    command: Literal["CloseTicket"] = "CloseTicket"
    confirmed_by: Text
    satisfaction: Annotated[int, Field(ge=1, le=5)] | None = None


class ReopenTicket(TicketCommand):
    """It is not solved after all: the ticket keeps its id, its clocks and its count."""

    command: Literal["ReopenTicket"] = "ReopenTicket"
    reason: Text


class CancelTicket(TicketCommand):
    """The ticket was a mistake or a duplicate."""

    command: Literal["CancelTicket"] = "CancelTicket"
    reason: Text


Commands = (
    OpenTicket
    | AcknowledgeTicket
    | AssignTicket
    | EscalateTicket
    | PauseTicket
    | ResumeTicket
    | ResolveTicket
    | CloseTicket
    | ReopenTicket
    | CancelTicket
)


# What happened


class Spent(Frozen):
    """Working seconds of each target that are used up at a moment when the clocks stop."""

    respond: float
    resolve: float


class TicketOpened(Event):
    """The ticket is in, with the priority and the calendar of its clocks."""

    type: ClassVar[str] = "TicketOpened"
    origin: Origin
    kind: str
    title: str
    impact: Grade
    urgency: Grade
    priority: Priority
    respond_minutes: int
    resolve_minutes: int
    calendar: str
    in_service: bool
    """False when no valid service contract covers it: taken all the same, and marked."""


class TicketAcknowledged(Event):
    """Somebody has taken it up."""

    type: ClassVar[str] = "TicketAcknowledged"


class TicketAssigned(Event):
    """Somebody has it."""

    type: ClassVar[str] = "TicketAssigned"
    to: str
    line: str


class TicketEscalated(Event):
    """A line that can do more has it."""

    type: ClassVar[str] = "TicketEscalated"
    line: str
    reason: str


class ClockPaused(Event):
    """The ticket waits; the clocks stand still only while it waits for the customer."""

    type: ClassVar[str] = "ClockPaused"
    waiting_for: Awaited
    reason: str
    spent: Spent


class ClockResumed(Event):
    """The wait is over."""

    type: ClassVar[str] = "ClockResumed"


class TargetWarned(Event):
    """So many percent of a target are used up."""

    type: ClassVar[str] = "TargetWarned"
    target: TargetName
    percent: int
    who: str
    """The role that must act."""


class TargetBreached(Event):
    """A target is missed; `occurred_at` is the due time."""

    type: ClassVar[str] = "TargetBreached"
    target: TargetName
    who: str
    """The role that must act."""


class TicketResolved(Event):
    """Solved, says the one who solved it."""

    type: ClassVar[str] = "TicketResolved"
    solution: str
    spent: Spent


class TicketReopened(Event):
    """Not solved, says the customer."""

    type: ClassVar[str] = "TicketReopened"
    reason: str
    count: int


class TicketClosed(Event):
    """Confirmed by the customer, or nobody objected in time."""

    type: ClassVar[str] = "TicketClosed"
    confirmed_by: str
    """Empty when it closed by itself."""
    satisfaction: int | None


class TicketCancelled(Event):
    """A mistake or a duplicate."""

    type: ClassVar[str] = "TicketCancelled"
    reason: str


Events = (
    TicketOpened
    | TicketAcknowledged
    | TicketAssigned
    | TicketEscalated
    | ClockPaused
    | ClockResumed
    | TargetWarned
    | TargetBreached
    | TicketResolved
    | TicketReopened
    | TicketClosed
    | TicketCancelled
    | ClocksReleased
)


# What is


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
    status: Status = "new"
    waiting_for: Awaited | None = None
    line: str = "first"
    assigned_to: str = ""
    acknowledged: bool = False
    running_since: datetime | None = None
    """When the clocks started to run (again); None while they stand still."""
    spent: Spent = Spent(respond=0, resolve=0)  # noqa: RUF009  (frozen, so it can be shared)
    warned: tuple[str, ...] = ()
    breached: tuple[TargetName, ...] = ()
    resolved_at: datetime | None = None
    reopened: int = 0

    @property
    def ended(self) -> bool:
        """True for a ticket that is closed or cancelled."""
        return self.status in ("closed", "cancelled")

    def targets(self) -> Iterable[tuple[TargetName, int, float]]:
        """The targets that are still to be met: name, budget and spent, in working seconds."""
        if not self.acknowledged:
            yield "respond", self.respond_seconds, self.spent.respond
        yield "resolve", self.resolve_seconds, self.spent.resolve


# What is refused


class TicketEndedError(RefusalError):
    """The ticket is closed or cancelled."""


class TicketNotOpenError(RefusalError):
    """The ticket is resolved: close it or reopen it."""


class TicketNotResolvedError(RefusalError):
    """Only a resolved ticket can be closed or reopened."""


class TicketWaitingError(RefusalError):
    """The ticket waits already."""


class TicketNotWaitingError(RefusalError):
    """The ticket does not wait for anything."""


class AlreadyAcknowledgedError(RefusalError):
    """The ticket has been taken up already."""


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
            return [TicketAssigned(occurred_at=at, to=command.to, line=command.line)]
        case EscalateTicket():
            return [TicketEscalated(occurred_at=at, line=command.line, reason=command.reason)]
        case PauseTicket():
            if state.waiting_for:
                raise TicketWaitingError(f"The ticket waits for the {state.waiting_for} already: resume it first.")
            spent = _spent(state, at, _calendar(state, context.rules(state)))
            return [ClockPaused(occurred_at=at, waiting_for=command.waiting_for, reason=command.reason, spent=spent)]
        case ResumeTicket():
            if not state.waiting_for:
                raise TicketNotWaitingError("The ticket does not wait for anything.")
            return [ClockResumed(occurred_at=at)]
        case ResolveTicket():
            spent = _spent(state, at, _calendar(state, context.rules(state)))
            taken = [] if state.acknowledged else [TicketAcknowledged(occurred_at=at)]
            return [*taken, TicketResolved(occurred_at=at, solution=command.solution, spent=spent)]
        case _:
            assert_never(command)


def _calendar(state: State, playbook: Playbook) -> CalendarRule:
    return playbook.calendars[state.calendar]


def _counts_on(state: State, playbook: Playbook) -> CalendarRule:
    """Resolved, it waits for working days to pass; open, for its service calendar."""
    return playbook.calendar if state.resolved_at is not None else _calendar(state, playbook)


def _spent(state: State, at: datetime, calendar: CalendarRule) -> Spent:
    """Working seconds used up at a moment."""
    if state.running_since is None:
        return state.spent
    used = calendar.working_time_between(state.running_since, at).total_seconds()
    respond = state.spent.respond + (0 if state.acknowledged else used)
    return Spent(respond=respond, resolve=state.spent.resolve + used)


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
                running_since=at,
                as_of=at,
            )
        case TicketAcknowledged():
            status: Status = state.status if state.status == "waiting" else "acknowledged"
            return replace(state, acknowledged=True, status=status, as_of=at)
        case TicketAssigned():
            return replace(state, assigned_to=event.to, line=event.line, as_of=at)
        case TicketEscalated():
            return replace(state, line=event.line, assigned_to="", as_of=at)
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
            return replace(stopped, status="resolved", resolved_at=at, as_of=at)
        case TicketReopened():
            reopened = replace(state, status="acknowledged", resolved_at=None, reopened=event.count)
            return replace(reopened, running_since=at, as_of=at)
        case TicketClosed():
            return replace(state, status="closed", as_of=at)
        case TicketCancelled():
            return replace(state, status="cancelled", running_since=None, as_of=at)
        case ClocksReleased():
            return replace(state, held=False)
        case _:
            assert_never(event)


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """Warnings and breach of each target while the clocks run; after the resolution, the customer's silence."""
    if state.ended:
        return
    if state.resolved_at is not None:
        due = playbook.calendar.add_working_days(state.resolved_at, playbook.support.close_after)
        fact = TicketClosed(occurred_at=due, confirmed_by="", satisfaction=None)
        yield Clock(f"closes-by-itself-{state.reopened + 1}", due, "closes without objection 无异议自动关闭", fact)
        return
    if state.running_since is None:
        return
    for target, budget, spent in state.targets():
        name = TARGET_NAMES[target]
        for percent in playbook.support.warn_at:
            if f"{target}-{percent}" not in state.warned and target not in state.breached:
                at = _moment(state, playbook, budget * percent // 100 - spent)
                fact_ = TargetWarned(occurred_at=at, target=target, percent=percent, who=playbook.support.owner)
                yield Clock(f"{target}-{percent}-percent", at, f"{percent} % of the {name.en} target {name.zh}时限", fact_)
        if target not in state.breached:
            at = _moment(state, playbook, budget - spent)
            breach = TargetBreached(occurred_at=at, target=target, who=playbook.support.owner)
            yield Clock(f"{target}-breached", at, f"{name.en} target {name.zh}时限", breach)


def _moment(state: State, playbook: Playbook, seconds: float) -> datetime:
    """When so many more working seconds are used up; a moment that has passed is the one when the clocks started again."""
    assert state.running_since is not None
    return _calendar(state, playbook).add_working_time(state.running_since, timedelta(seconds=max(seconds, 0)))


def owes(state: State) -> Sequence[Begin | Tell]:
    """Nobody must be told yet."""
    return ()


def view(state: State, playbook: Playbook) -> View:
    """Who has the ticket, and which clock runs out next."""
    running = state.running_since is not None
    due = (
        min((_moment(state, playbook, budget - spent) for _, budget, spent in state.targets()), default=None)
        if running
        else None
    )
    waiting = {"customer": "customer", "vendor": "vendor", "problem": "product"}.get(state.waiting_for or "", "")
    done = state.ended or state.status == "resolved"
    warned = bool(state.warned) and running
    return View(
        code=state.status,
        name=STATUS_NAMES[state.status],
        phase="ticket",
        closed=state.ended,
        waiting_for="" if state.ended else "customer" if state.status == "resolved" else waiting or playbook.support.owner,
        due_at=due,
        health="ok" if done else "overdue" if state.breached else "at-risk" if warned else "ok",
        needs_human=not done and (not state.acknowledged or bool(state.breached) or warned),
        reason="" if done else _reason(state),
        missing=_missing(state, playbook.support.owner),
        **state.fields_of_origin(),
    )


def _reason(state: State) -> str:
    late = "; ".join(f"{TARGET_NAMES[target].en} target missed {TARGET_NAMES[target].zh}超时" for target in state.breached)
    if late:
        return f"{state.priority}: {late}"
    if state.warned and state.running_since:
        return f"{state.priority}: {state.warned[-1].partition('-')[2]} % of a target used up 时限将至"
    return "" if state.acknowledged else f"{state.priority}: nobody has taken it up 待受理"


def _missing(state: State, owner: str) -> tuple[Unmet, ...]:
    if state.ended or state.status == "resolved":
        return ()
    if not state.acknowledged:
        return (Unmet(code="acknowledgement", name=Name(en="acknowledgement", zh="受理"), who=owner),)
    return (Unmet(code="solution", name=Name(en="solution", zh="解决方案"), who=owner),)


DECIDER = Decider[State](
    category="ticket",
    name=NAME,
    commands=get_args(Commands),
    events=get_args(Events),
    initial=State,
    decide=decide,
    evolve=evolve,
    clocks=clocks,
    owes=owes,
    view=view,
    looks_at=looks_at,
    counts_on=_counts_on,
)
