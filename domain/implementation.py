"""The implementation 实施: PMP milestones as a graph, each signed off by named people when its deliverables are in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, ClassVar, Literal, assert_never, get_args

from pydantic import AwareDatetime, Field

from domain import streams
from domain.clocks import ClocksReleased
from domain.decider import Context, Decider
from domain.funnel import Promise
from domain.messages import Command, Event, Frozen, Id, Name, Text
from domain.origin import Origin, Rooted, known, listed
from domain.phases import phase_completed
from domain.playbook import ImplementationRules, Milestone, Playbook
from domain.refusals import AlreadyExistsError, RefusalError
from domain.standing import Begin, Clock, Tell, Unmet, View

NAME = Name(en="implementation", zh="实施")


# What is asked


class ImplementationCommand(Command):
    """A command to a project's implementation."""

    project: Id

    @property
    def stream(self) -> str:
        """The implementation's stream."""
        return streams.implementation(self.project)


class StartImplementation(ImplementationCommand):
    """Start: the first plan is baselined from the playbook, in working days from the start."""

    command: Literal["StartImplementation"] = "StartImplementation"
    opens: ClassVar[bool] = True
    internal: ClassVar[bool] = True


class Deliverable(Frozen):
    """A deliverable with the place where it is."""

    deliverable: Text
    """The code of a deliverable of the playbook."""
    reference: Text


class SubmitDeliverables(ImplementationCommand):
    """Submit deliverables of one or more milestones."""

    command: Literal["SubmitDeliverables"] = "SubmitDeliverables"
    deliverables: Annotated[tuple[Deliverable, ...], Field(min_length=1, max_length=50)]


class Signature(Frozen):
    """Who signed, in which role."""

    role: Text
    """The code of a signer of the milestone."""
    signed_by: Text
    """Staff or contact id of the one who signed."""


class SignOffMilestone(ImplementationCommand):
    """Sign a milestone off: all its deliverables are in, the milestones before it are signed, and its signers sign."""

    command: Literal["SignOffMilestone"] = "SignOffMilestone"
    milestone: Text
    signatures: Annotated[tuple[Signature, ...], Field(min_length=1)]
    completion: Text
    """The proof that the completion mark is reached: minutes, a signed paper."""


class CompleteHandover(ImplementationCommand):
    """Support has accepted: the last milestone is signed by that."""

    command: Literal["CompleteHandover"] = "CompleteHandover"
    internal: ClassVar[bool] = True


Commands = StartImplementation | SubmitDeliverables | SignOffMilestone | CompleteHandover


# What happened


class ImplementationStarted(Event):
    """Delivery has the duty; every promise of the sale came along."""

    type: ClassVar[str] = "ImplementationStarted"
    origin: Origin
    promises: tuple[Promise, ...]


class PlanBaselined(Event):
    """A version of the plan: the planned date of each milestone. Never edited."""

    type: ClassVar[str] = "PlanBaselined"
    plan_version: int
    planned: dict[str, AwareDatetime]


class DeliverableSubmitted(Event):
    """A deliverable is in."""

    type: ClassVar[str] = "DeliverableSubmitted"
    milestone: str
    deliverable: str
    reference: str


class MilestoneSignedOff(Event):
    """A milestone is reached."""

    type: ClassVar[str] = "MilestoneSignedOff"
    milestone: str
    signatures: tuple[Signature, ...]
    completion: str


class MilestoneOverdue(Event):
    """The planned date of a milestone has passed; `occurred_at` is that date."""

    type: ClassVar[str] = "MilestoneOverdue"
    milestone: str
    plan_version: int
    who: str


class WentLive(Event):
    """The customer works with it 上线."""

    type: ClassVar[str] = "WentLive"


class ProjectAccepted(Event):
    """The customer has accepted the project 验收."""

    type: ClassVar[str] = "ProjectAccepted"


Events = (
    ImplementationStarted
    | PlanBaselined
    | DeliverableSubmitted
    | MilestoneSignedOff
    | MilestoneOverdue
    | WentLive
    | ProjectAccepted
    | ClocksReleased
)


# What is


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Rooted):
    """An implementation as its events tell it."""

    promises: tuple[Promise, ...] = ()
    plan_version: int = 0
    planned: Mapping[str, datetime] = field(default_factory=dict)
    submitted: Mapping[str, str] = field(default_factory=dict)
    signed: Mapping[str, datetime] = field(default_factory=dict)
    overdue: tuple[str, ...] = ()
    went_live_at: datetime | None = None
    accepted_at: datetime | None = None

    @property
    def completed(self) -> bool:
        """True when the customer has accepted: the handoff to support may begin."""
        return self.accepted_at is not None

    def left(self, rules: ImplementationRules) -> list[Milestone]:
        """The milestones that are not signed off."""
        return [milestone for milestone in rules.milestones if milestone.code not in self.signed]


# What is refused


class HandoffNotAcceptedError(RefusalError):
    """The handoff that must come first is not accepted."""


class DeliverableUnknownError(RefusalError):
    """No milestone of the playbook has that deliverable."""


class MilestoneUnknownError(RefusalError):
    """The playbook has no such milestone."""


class MilestoneSignedAlreadyError(RefusalError):
    """The milestone is signed off; what is signed is not changed."""


class MilestoneNotReadyError(RefusalError):
    """A milestone lacks deliverables, signatures, or the milestones before it."""


class SignerUnknownError(RefusalError):
    """Somebody signed in a role that does not sign this milestone."""


class SignedByHandoffError(RefusalError):
    """The last milestone is signed by the accepted handoff to support, by nothing else."""


def looks_at(command: Commands) -> tuple[str, ...]:
    """Starting needs the accepted handoff to delivery; ending, the one to support."""
    if isinstance(command, StartImplementation):
        return (streams.project(command.project), streams.handoff(command.project, "delivery"))
    return (streams.handoff(command.project, "support"),) if isinstance(command, CompleteHandover) else ()


def decide(command: Commands, state: State, context: Context) -> Sequence[Event]:
    """Answer a command to an implementation."""
    match command:
        case StartImplementation():
            return _start(command, state, context)
        case SubmitDeliverables():
            return _submit(command, state, context)
        case SignOffMilestone():
            return _sign_off(command, state, context)
        case CompleteHandover():
            return _complete(command, state, context)
        case _:
            assert_never(command)


def _start(command: StartImplementation, state: State, context: Context) -> Sequence[Event]:
    if state.exists:
        raise AlreadyExistsError(f"The implementation of {command.project} has started already.")
    handoff = known(
        context.seen.get(streams.handoff(command.project, "delivery")), f"handoff of {command.project}", "win the deal first"
    )
    if not handoff.completed:
        raise HandoffNotAcceptedError("Delivery has not accepted the handoff; the implementation starts with that.")
    project = context.seen[streams.project(command.project)]
    playbook = context.playbooks.get(project.playbook)
    return [
        ImplementationStarted(
            occurred_at=context.at,
            origin=project.root.model_copy(update={"held": project.held}),
            promises=handoff.promises,
        ),
        PlanBaselined(occurred_at=context.at, plan_version=1, planned=plan(context.at, playbook)),
    ]


def plan(start: datetime, playbook: Playbook) -> dict[str, datetime]:
    """Planned dates: each milestone its working days after the last of those before it, or after the start."""
    planned: dict[str, datetime] = {}
    for milestone in playbook.implementation.milestones:
        base = max((planned[code] for code in milestone.after), default=start)
        planned[milestone.code] = playbook.calendar.add_working_days(base, milestone.days)
    return planned


def _submit(command: SubmitDeliverables, state: State, context: Context) -> Sequence[Event]:
    rules = context.rules(state).implementation
    owner = {item.code: milestone for milestone in rules.milestones for item in milestone.deliverables}
    if unknown := [one.deliverable for one in command.deliverables if one.deliverable not in owner]:
        raise DeliverableUnknownError(
            f"No milestone has the deliverable {listed(unknown)}; still to come: "
            f"{listed(code for code in owner if code not in state.submitted)}."
        )
    if signed := [one.deliverable for one in command.deliverables if owner[one.deliverable].code in state.signed]:
        raise MilestoneSignedAlreadyError(f"{listed(signed)} belongs to a milestone that is signed off; it is not replaced.")
    return [
        DeliverableSubmitted(
            occurred_at=context.at,
            milestone=owner[one.deliverable].code,
            deliverable=one.deliverable,
            reference=one.reference,
        )
        for one in command.deliverables
    ]


def _sign_off(command: SignOffMilestone, state: State, context: Context) -> Sequence[Event]:
    rules = context.rules(state).implementation
    codes = [milestone.code for milestone in rules.milestones]
    if command.milestone not in codes:
        raise MilestoneUnknownError(f"There is no milestone {command.milestone!r}; there are {listed(codes)}.")
    milestone = rules.milestone(command.milestone)
    if milestone.code in state.signed:
        raise MilestoneSignedAlreadyError(f"{milestone.code} is signed off already.")
    if milestone.effect == "handed_over":
        raise SignedByHandoffError(f"{milestone.code} is signed off by the accepted handoff to support, by nothing else.")
    signers = {item.code for item in milestone.signers}
    if strangers := [signature.role for signature in command.signatures if signature.role not in signers]:
        raise SignerUnknownError(
            f"{listed(strangers)} does not sign {milestone.code}; its signers are {listed(sorted(signers))}."
        )
    present = {signature.role for signature in command.signatures}
    lacking = [*_lacking(milestone, state, rules), *(s.unmet() for s in milestone.signers if s.code not in present)]
    if lacking:
        raise MilestoneNotReadyError(f"{milestone.code} lacks {listed(item.code for item in lacking)}.", lacking)
    at = state.not_before(context.at)
    signed = MilestoneSignedOff(
        occurred_at=at, milestone=milestone.code, signatures=command.signatures, completion=command.completion
    )
    return [signed, *_effect(milestone, at)]


def _effect(milestone: Milestone, at: datetime) -> Sequence[Event]:
    match milestone.effect:
        case "went_live":
            return [WentLive(occurred_at=at)]
        case "accepted":
            return [ProjectAccepted(occurred_at=at)]
        case _:
            return []


def _lacking(milestone: Milestone, state: State, rules: ImplementationRules) -> list[Unmet]:
    """The earlier milestones and the deliverables that a milestone still lacks."""
    before = [rules.milestone(code) for code in milestone.after if code not in state.signed]
    lacking = [Unmet(code=earlier.code, name=earlier.name, who=earlier.owner) for earlier in before]
    missing = [item for item in milestone.deliverables if item.required and item.code not in state.submitted]
    return lacking + [item.unmet() for item in missing]


def _complete(command: CompleteHandover, state: State, context: Context) -> Sequence[Event]:
    milestone = next(m for m in context.rules(state).implementation.milestones if m.effect == "handed_over")
    if milestone.code in state.signed:
        return []
    handoff = known(
        context.seen.get(streams.handoff(command.project, "support")), f"handoff of {command.project} to support", "offer it"
    )
    if not handoff.completed:
        raise HandoffNotAcceptedError("Support has not accepted the handoff.")
    receiver = context.rules(state).handoffs["support"].receiver
    signatures = tuple(Signature(role=signer.code, signed_by=receiver) for signer in milestone.signers)
    completion = f"handoff to support accepted, round {handoff.round}"
    at = state.not_before(context.at)
    return [MilestoneSignedOff(occurred_at=at, milestone=milestone.code, signatures=signatures, completion=completion)]


def evolve(state: State, event: Events) -> State:
    """The implementation after one more fact."""
    at = event.occurred_at
    match event:
        case ImplementationStarted():
            return replace(state, origin=event.origin, held=event.origin.held, promises=event.promises, as_of=at)
        case PlanBaselined():
            return replace(state, plan_version=event.plan_version, planned=event.planned)
        case DeliverableSubmitted():
            submitted = {**state.submitted, event.deliverable: event.reference}
            return replace(state, submitted=submitted, as_of=state.not_before(at))
        case MilestoneSignedOff():
            overdue = tuple(code for code in state.overdue if code != event.milestone)
            return replace(state, signed={**state.signed, event.milestone: at}, overdue=overdue, as_of=at)
        case MilestoneOverdue():
            return replace(state, overdue=(*state.overdue, event.milestone))
        case WentLive():
            return replace(state, went_live_at=at)
        case ProjectAccepted():
            return replace(state, accepted_at=at)
        case ClocksReleased():
            return replace(state, held=False)
        case _:
            assert_never(event)


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """The planned date of each milestone that is not signed off."""
    for milestone in state.left(playbook.implementation):
        if milestone.code in state.overdue:
            continue
        due = state.planned[milestone.code]
        yield Clock(
            name=f"milestone-{milestone.code}-overdue-{state.plan_version}",
            at=due,
            text=f"planned date of {milestone.code} 里程碑计划日期",
            fact=MilestoneOverdue(
                occurred_at=due, milestone=milestone.code, plan_version=state.plan_version, who=milestone.owner
            ),
        )


def owes(state: State) -> Sequence[Begin | Tell]:
    """An accepted project is handed over to support."""
    if state.accepted_at is None:
        return ()
    return (phase_completed(state.root.project, "implementation", state.accepted_at, "project accepted 项目已验收"),)


def view(state: State, playbook: Playbook) -> View:
    """The milestone that is next, what it lacks, and by when."""
    rules = playbook.implementation
    fields = {"phase": "implementation", **state.fields_of_origin()}
    left = state.left(rules)
    if not left:
        last = rules.milestones[-1]
        return View(code="completed", name=last.name, closed=True, **fields)
    following = left[0]
    lacking = _lacking(following, state, rules)
    signers = [item.unmet() for item in following.signers] if following.effect != "handed_over" else []
    late = listed(state.overdue)
    return View(
        code=following.code,
        name=following.name,
        closed=False,
        waiting_for=following.owner,
        due_at=state.planned[following.code],
        health="overdue" if state.overdue else "ok",
        needs_human=bool(state.overdue),
        reason=f"milestone late 里程碑逾期: {late}" if late else "",
        missing=tuple([*lacking, *signers]),
        **fields,
    )


DECIDER = Decider[State](
    category="implementation",
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
