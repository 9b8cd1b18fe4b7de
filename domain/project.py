"""The project 项目: a customer's undertaking from first lead to support, as a row of phases that follow each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Literal, assert_never, get_args

from domain import funnel, handoff, implementation, streams, support
from domain.clocks import ClocksReleased, ReleaseClocks
from domain.customer import NoteContract, NoteLostDeal
from domain.decider import Context, Decider
from domain.messages import SYSTEM, Event, Id, Money, Name, Text, own_id
from domain.origin import Origin, Rooted, known
from domain.phases import NEXT, PHASES, CompletePhase, ProjectCommand, phase_stream
from domain.playbook import Phase, Playbook
from domain.refusals import AlreadyExistsError, NotFoundError, RefusalError
from domain.standing import Begin, Clock, Tell, View

NAME = Name(en="project", zh="项目")


# What is asked


class OpenProject(ProjectCommand):
    """Open a project of a registered customer: its funnel starts at the first stage."""

    command: Literal["OpenProject"] = "OpenProject"
    customer: Id
    name: Text
    product_line: str = ""
    amount: Money | None = None
    """The expected value of the deal."""
    owner: Id
    """Staff id of the deal's owner."""
    owner_unit: Id
    playbook: Id | None = None
    """The name of a playbook; the standard one when left out."""
    hold_clocks: bool = False
    """True to bring a past along: no clock is judged until `ReleaseClocks`."""
    delivery: Literal["here", "elsewhere"] = "here"
    """`elsewhere` when somebody else delivers it, or it was delivered long ago: the project closes with its deal."""
    opens: ClassVar[bool] = True


Commands = OpenProject | CompletePhase


# What happened


class ProjectOpened(Event):
    """The project is open, under the playbook version named in its origin."""

    type: ClassVar[str] = "ProjectOpened"
    origin: Origin
    name: str
    product_line: str
    amount: Money | None
    delivery: Literal["here", "elsewhere"]
    playbook_reason: str


class PhaseEntered(Event):
    """The project has gone on to its next phase."""

    type: ClassVar[str] = "PhaseEntered"
    phase: Phase


class ProjectClosed(Event):
    """Nothing is left to run: the deal was lost, delivered elsewhere, or everything is handed over to support."""

    type: ClassVar[str] = "ProjectClosed"
    outcome: Literal["lost", "won", "delivered"]


Events = ProjectOpened | PhaseEntered | ProjectClosed | ClocksReleased


# What is


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Rooted):
    """A project as its events tell it."""

    name: str = ""
    product_line: str = ""
    amount: Money | None = None
    delivery: Literal["here", "elsewhere"] = "here"
    phase: str = "funnel"
    outcome: str = ""
    won_at: datetime | None = None
    """When the project went on from its won deal."""
    released_in: str = ""
    """The phase in which the held clocks were released; empty if they never were, or nothing ran any more."""


# What is refused


class PhaseNotCompleteError(RefusalError):
    """The phase has not ended, so the next cannot begin."""


class CustomerUnknownError(NotFoundError):
    """The project's customer is not registered."""


class PlaybookUnknownError(NotFoundError):
    """There is no playbook of that name."""


def looks_at(command: Commands) -> tuple[str, ...]:
    """Opening looks at the customer; completing a phase looks at what the phase recorded."""
    if isinstance(command, OpenProject):
        return (streams.customer(command.customer),)
    return (phase_stream(command.project, command.phase),)


def decide(command: Commands, state: State, context: Context) -> Sequence[Event]:
    """Answer a command to a project."""
    match command:
        case OpenProject():
            return _open(command, state, context)
        case CompletePhase():
            return _complete(command, state, context)
        case _:
            assert_never(command)


def _open(command: OpenProject, state: State, context: Context) -> Sequence[Event]:
    if state.exists:
        raise AlreadyExistsError(f"The project {command.project} is open already.")
    customer = context.seen.get(streams.customer(command.customer))
    if customer is None or not customer.exists:
        raise CustomerUnknownError(f"There is no customer {command.customer}: register it with RegisterCustomer first.")
    name = command.playbook or "standard"
    if name not in context.playbooks.names():
        raise PlaybookUnknownError(f"There is no playbook {name!r}; there are: {', '.join(context.playbooks.names())}.")
    origin = Origin(
        customer=command.customer,
        project=command.project,
        value_class=customer.value_class,
        owner=command.owner,
        owner_unit=command.owner_unit,
        playbook=context.playbooks.latest(name).ref,
        held=command.hold_clocks,
    )
    return [
        ProjectOpened(
            occurred_at=context.at,
            origin=origin,
            name=command.name,
            product_line=command.product_line,
            amount=command.amount,
            delivery=command.delivery,
            playbook_reason="named in the command" if command.playbook else "the newest standard playbook",
        )
    ]


def _complete(command: CompletePhase, state: State, context: Context) -> Sequence[Event]:
    if command.phase != state.phase:
        return []
    seen = known(
        context.seen.get(phase_stream(command.project, command.phase)), f"{command.phase} of {command.project}", "it must begin"
    )
    if not seen.completed:
        raise PhaseNotCompleteError(f"The phase {command.phase} of project {command.project} has not ended.")
    at = state.not_before(context.at)
    if command.phase == "funnel" and (seen.outcome == "lost" or state.delivery == "elsewhere"):
        return [ProjectClosed(occurred_at=at, outcome=seen.outcome)]
    following = PhaseEntered(occurred_at=at, phase=NEXT[command.phase])
    return [following, ProjectClosed(occurred_at=at, outcome="delivered")] if following.phase == "support" else [following]


def evolve(state: State, event: Events) -> State:
    """The project after one more fact."""
    match event:
        case ProjectOpened():
            return replace(
                state,
                origin=event.origin,
                held=event.origin.held,
                as_of=event.occurred_at,
                name=event.name,
                product_line=event.product_line,
                amount=event.amount,
                delivery=event.delivery,
            )
        case PhaseEntered():
            return replace(state, phase=event.phase, as_of=event.occurred_at, won_at=state.won_at or event.occurred_at)
        case ProjectClosed():
            won_at = event.occurred_at if event.outcome == "won" else state.won_at
            return replace(state, outcome=event.outcome, as_of=event.occurred_at, won_at=won_at)
        case ClocksReleased():
            return replace(state, held=False, released_in="" if state.outcome in ("lost", "won") else state.phase)
        case _:
            assert_never(event)


def owes(state: State) -> Sequence[Begin | Tell]:
    """The phase that must be running now, and what customer and phases must hear of it.

    A word that is owed stays owed in later phases: the project may go on before the word is delivered."""
    if state.as_of is None:
        return ()
    root, at = state.root, state.as_of
    project, customer = root.project, root.customer
    link: dict[str, Any] = {"actor": SYSTEM, "occurred_at": at, "correlation_id": project}
    owed: list[Begin | Tell] = []
    match state.phase:
        case "funnel":
            owed.append(Begin(command=funnel.OpenFunnel(project=project, command_id=own_id(f"open-funnel-{project}"), **link)))
        case "handoff-delivery" | "handoff-support":
            kind: streams.HandoffKind = "delivery" if state.phase == "handoff-delivery" else "support"
            named = own_id(f"open-handoff-{project}-{kind}")
            owed.append(Begin(command=handoff.OpenHandoff(project=project, kind=kind, command_id=named, **link)))
        case "implementation":
            named = own_id(f"start-implementation-{project}")
            owed.append(Begin(command=implementation.StartImplementation(project=project, command_id=named, **link)))
        case "support":
            handed = implementation.CompleteHandover(project=project, command_id=own_id(f"handed-over-{project}"), **link)
            owed.append(Tell(command=handed, text="handed over to support 已移交支持"))
            named = own_id(f"start-support-{project}")
            owed.append(Begin(command=support.StartSupport(project=project, command_id=named, **link)))
        case _:
            raise AssertionError(state.phase)
    if state.won_at is not None:
        signed = link | {"occurred_at": state.won_at}
        note = NoteContract(customer=customer, project=project, command_id=own_id(f"contract-{project}"), **signed)
        owed.append(Tell(command=note, text="contract signed 合同已签"))
    if state.outcome == "lost":
        lost = NoteLostDeal(customer=customer, project=project, command_id=own_id(f"lost-{project}"), **link)
        owed.append(Tell(command=lost, text="deal lost, keep the customer 丢单不丢客户"))
    owed.extend(_release(stream, project) for stream in _held_streams(state))
    return owed


def _held_streams(state: State) -> Sequence[str]:
    """What had been begun with held clocks when the project's clocks were released, and may still wait for something: a
    handoff that is accepted, for its conditions; the implementation, for its last milestone."""
    if not state.released_in:
        return ()
    begun = list(PHASES)[: list(PHASES).index(state.released_in) + 1]
    ended = () if state.released_in == "funnel" else ("funnel",)
    return [phase_stream(state.root.project, phase) for phase in begun if phase not in ended]


def _release(stream: str, project: str) -> Tell:
    command = ReleaseClocks(of=stream, command_id=own_id(f"release-{stream}"), actor=SYSTEM, correlation_id=project)
    return Tell(command=command, text="clocks released 时钟恢复运行")


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """A project waits for its phases; the clocks are theirs."""
    return ()


def view(state: State, playbook: Playbook) -> View:
    """Where the project stands."""
    closed = bool(state.outcome)
    code = "closed" if closed and state.phase != "support" else state.phase
    return View(
        code=code,
        name=PHASES[code],
        phase=code,
        closed=closed,
        **state.fields_of_origin(),
    )


DECIDER = Decider[State](
    category="project",
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
)
