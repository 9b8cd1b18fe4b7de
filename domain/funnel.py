"""The sales funnel 销售漏斗 of one project: stages are left by evidence, and by nothing else but a recorded override."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Annotated, ClassVar, Literal, assert_never, get_args

from pydantic import Field

from domain import streams
from domain.clocks import ClocksReleased
from domain.decider import Context, Decider
from domain.messages import Command, Day, Event, Frozen, Id, Money, Name, Text
from domain.origin import Origin, Rooted, known, listed, morning_of, not_past
from domain.phases import phase_completed
from domain.playbook import FunnelRules, Item, Playbook, Stage
from domain.refusals import AlreadyExistsError, RefusalError
from domain.standing import Begin, Clock, Tell, View

NAME = Name(en="sales funnel", zh="销售漏斗")


# What is asked


class FunnelCommand(Command):
    """A command to a project's funnel."""

    project: Id

    @property
    def stream(self) -> str:
        """The funnel's stream."""
        return streams.funnel(self.project)


class OpenFunnel(FunnelCommand):
    """Start selling: the deal of an open project stands at the first stage."""

    command: Literal["OpenFunnel"] = "OpenFunnel"
    opens: ClassVar[bool] = True
    internal: ClassVar[bool] = True


class Evidence(Frozen):
    """Proof that one exit criterion is met."""

    criterion: Text
    """The code of an exit criterion of any stage in the playbook."""
    reference: Text
    """Where the proof is: a document id, a link, minutes."""
    note: str = ""
    given_by: str = ""
    """Who gave it: a role or a staff id."""


class RecordEvidence(FunnelCommand):
    """Record evidence for exit criteria. The stage advances by itself when its last required piece is in."""

    command: Literal["RecordEvidence"] = "RecordEvidence"
    evidence: Annotated[tuple[Evidence, ...], Field(min_length=1, max_length=50)]


class PlanNextStep(FunnelCommand):
    """Plan the next step with the customer, with its date."""

    command: Literal["PlanNextStep"] = "PlanNextStep"
    on: Day
    step: Text


class RecordPromise(FunnelCommand):
    """Record a promise made to the customer in the sale; it travels through both handoffs."""

    command: Literal["RecordPromise"] = "RecordPromise"
    promise: Id
    about: Literal["scope", "price", "date", "person", "risk", "service"]
    text: Text


class OverrideGate(FunnelCommand):
    """Take the deal past the gates up to `to` without their evidence. On record for as long as the deal is known."""

    command: Literal["OverrideGate"] = "OverrideGate"
    to: Text
    """The code of a later stage, or `won`."""
    reason: Text
    approver: Id
    """Staff id of the one who approved it; not the one who asks."""
    expires_on: Day
    """Until when the missing evidence is excused."""


class LoseDeal(FunnelCommand):
    """The deal is lost 丢单 (FX). The customer is not: the contact is kept up."""

    command: Literal["LoseDeal"] = "LoseDeal"
    reason: Text
    competitor: str = ""
    keep_contact_on: Day | None = None


class ShelveDeal(FunnelCommand):
    """No decision 搁置 (FN): put the deal on the shelf until a date."""

    command: Literal["ShelveDeal"] = "ShelveDeal"
    reason: Text
    revisit_on: Day


class ResumeDeal(FunnelCommand):
    """Take a shelved deal up again at the stage where it stood."""

    command: Literal["ResumeDeal"] = "ResumeDeal"
    reason: Text


Commands = OpenFunnel | RecordEvidence | PlanNextStep | RecordPromise | OverrideGate | LoseDeal | ShelveDeal | ResumeDeal


# What happened


class FunnelOpened(Event):
    """The deal stands at the first stage."""

    type: ClassVar[str] = "FunnelOpened"
    origin: Origin
    stage: str
    name: str
    product_line: str
    amount: Money | None


class EvidenceRecorded(Event):
    """An exit criterion has its proof."""

    type: ClassVar[str] = "EvidenceRecorded"
    criterion: str
    reference: str
    note: str
    given_by: str


class NextStepPlanned(Event):
    """The next step has a date."""

    type: ClassVar[str] = "NextStepPlanned"
    on: date
    step: str


class PromiseRecorded(Event):
    """A promise was made to the customer."""

    type: ClassVar[str] = "PromiseRecorded"
    promise: str
    about: str
    text: str


class StageAdvanced(Event):
    """A gate was passed: every required piece of evidence is in, or an override says why not."""

    type: ClassVar[str] = "StageAdvanced"
    left: str
    entered: str
    overridden: bool = False


class GateOverridden(Event):
    """A gate was passed without its evidence."""

    type: ClassVar[str] = "GateOverridden"
    stage: str
    missing: tuple[str, ...]
    reason: str
    approver: str
    expires_on: date


class StageOverdue(Event):
    """The stage's time box has run out; `occurred_at` is the due time."""

    type: ClassVar[str] = "StageOverdue"
    stage: str
    entry: int
    who: str
    """The role that must act."""


class DealStalled(Event):
    """The deal has not moved for too long."""

    type: ClassVar[str] = "DealStalled"
    stage: str
    entry: int
    reason: Literal["dwell", "no_next_step"]
    who: str
    """The role that must act."""


class DealWon(Event):
    """Signed: 成交."""

    type: ClassVar[str] = "DealWon"
    amount: Money | None


class DealLost(Event):
    """Lost 丢单, with the reason."""

    type: ClassVar[str] = "DealLost"
    stage: str
    reason: str
    competitor: str
    keep_contact_on: date | None


class DealShelved(Event):
    """No decision 搁置 until the date."""

    type: ClassVar[str] = "DealShelved"
    reason: str
    revisit_on: date


class RevisitDue(Event):
    """The date to take the shelved deal up again has come."""

    type: ClassVar[str] = "RevisitDue"
    revisit_on: date
    who: str
    """The role that must act."""


class DealResumed(Event):
    """The deal is off the shelf."""

    type: ClassVar[str] = "DealResumed"
    reason: str
    stage: str


Events = (
    FunnelOpened
    | EvidenceRecorded
    | NextStepPlanned
    | PromiseRecorded
    | StageAdvanced
    | GateOverridden
    | StageOverdue
    | DealStalled
    | DealWon
    | DealLost
    | DealShelved
    | RevisitDue
    | DealResumed
    | ClocksReleased
)


# What is


class Promise(Frozen):
    """A promise of the sale, as it travels through the handoffs."""

    promise: str
    about: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Rooted):
    """A deal as its events tell it."""

    name: str = ""
    product_line: str = ""
    amount: Money | None = None
    opened_at: datetime | None = None
    stage: str = ""
    entry: int = 1
    """How many stage entries there have been; it makes the names of clocks unique."""
    entered_at: datetime | None = None
    evidence: Mapping[str, str] = field(default_factory=dict)
    """The reference of the newest proof, by criterion."""
    promises: tuple[Promise, ...] = ()
    next_step_on: date | None = None
    overridden: tuple[str, ...] = ()
    """Stages left without their evidence."""
    overdue: bool = False
    stalled: bool = False
    revisit_on: date | None = None
    revisit_due: bool = False
    keep_contact_on: date | None = None
    outcome: Literal["", "won", "lost"] = ""

    @property
    def completed(self) -> bool:
        """True when the deal is decided."""
        return self.outcome != ""


# What is refused


class DealClosedError(RefusalError):
    """The deal is won or lost: nothing more is recorded on it."""


class DealShelvedError(RefusalError):
    """The deal is on the shelf."""


class DealNotShelvedError(RefusalError):
    """There is nothing to resume."""


class CriterionUnknownError(RefusalError):
    """No stage of the playbook asks for that evidence."""


class StageUnknownError(RefusalError):
    """An override must name a later stage of the playbook, or `won`."""


class SelfApprovalError(RefusalError):
    """Nobody approves an override of their own."""


class PromiseKnownError(RefusalError):
    """A promise of that id is on record; what was promised is never rewritten."""


def looks_at(command: Commands) -> tuple[str, ...]:
    """Opening takes owner, amount and playbook from the project."""
    return (streams.project(command.project),) if isinstance(command, OpenFunnel) else ()


def decide(command: Commands, state: State, context: Context) -> Sequence[Event]:
    """Answer a command to a deal."""
    if isinstance(command, OpenFunnel):
        return _open(command, state, context)
    if state.outcome:
        raise DealClosedError(f"The deal of {command.project} is {state.outcome}; open a new project for what comes next.")
    if state.revisit_on and not isinstance(command, ResumeDeal | LoseDeal):
        raise DealShelvedError(f"The deal is on the shelf until {state.revisit_on}: resume it first (ResumeDeal).")
    match command:
        case RecordEvidence():
            return _record(command, state, context)
        case PlanNextStep():
            not_past(command.on, context.at, context.rules(state).calendar, "next step")
            return [NextStepPlanned(occurred_at=context.at, on=command.on, step=command.step)]
        case RecordPromise():
            return _promise(command, state, context)
        case OverrideGate():
            return _override(command, state, context)
        case LoseDeal() | ShelveDeal() | ResumeDeal():
            return _end_or_shelve(command, state, context)
        case _:
            assert_never(command)


def _open(command: OpenFunnel, state: State, context: Context) -> Sequence[Event]:
    if state.exists:
        raise AlreadyExistsError(f"The funnel of {command.project} is open already.")
    project = known(context.seen.get(streams.project(command.project)), f"project {command.project}", "open it first")
    stages = context.playbooks.get(project.playbook).funnel.stages
    return [
        FunnelOpened(
            occurred_at=context.at,
            origin=project.root.model_copy(update={"held": project.held}),
            stage=stages[0].code,
            name=project.name,
            product_line=project.product_line,
            amount=project.amount,
        )
    ]


def _record(command: RecordEvidence, state: State, context: Context) -> Sequence[Event]:
    rules = context.rules(state).funnel
    unknown = [piece.criterion for piece in command.evidence if piece.criterion not in rules.criteria]
    if unknown:
        raise CriterionUnknownError(
            f"No stage asks for {listed(unknown)}. Stage {state.stage} still asks for:"
            f" {listed(item.code for item in missing(state, rules)) or 'nothing'}.",
            [item.unmet() for item in missing(state, rules)],
        )
    events: list[Event] = [
        EvidenceRecorded(
            occurred_at=context.at,
            criterion=piece.criterion,
            reference=piece.reference,
            note=piece.note,
            given_by=piece.given_by or command.actor.role,
        )
        for piece in command.evidence
    ]
    return [*events, *_advance(DECIDER.fold(events, state), rules, context)]


def _advance(state: State, rules: FunnelRules, context: Context) -> list[Event]:
    """Every gate that now stands open is passed, one after the other."""
    events: list[Event] = []
    while not state.outcome and not missing(state, rules):
        passed = _pass_gate(state, rules, context, overridden=False)
        events.append(passed)
        state = evolve(state, passed)
    return events


def _pass_gate(state: State, rules: FunnelRules, context: Context, *, overridden: bool) -> StageAdvanced | DealWon:
    at = state.not_before(context.at)
    following = rules.after(state.stage)
    if following is None:
        return DealWon(occurred_at=at, amount=state.amount)
    return StageAdvanced(occurred_at=at, left=state.stage, entered=following.code, overridden=overridden)


def _promise(command: RecordPromise, state: State, context: Context) -> Sequence[Event]:
    if any(promise.promise == command.promise for promise in state.promises):
        raise PromiseKnownError(f"The promise {command.promise} is on record already; give the new one its own id.")
    return [PromiseRecorded(occurred_at=context.at, promise=command.promise, about=command.about, text=command.text)]


def _override(command: OverrideGate, state: State, context: Context) -> Sequence[Event]:
    rules = context.rules(state).funnel
    codes = [stage.code for stage in rules.stages]
    ahead = [*codes[codes.index(state.stage) + 1 :], "won"]
    if command.to not in ahead:
        raise StageUnknownError(
            f"An override from {state.stage} leads to one of {listed(ahead)}; {command.to!r} is none of them."
        )
    if command.approver in (command.actor.id, command.actor.on_behalf_of):
        raise SelfApprovalError("An override is approved by somebody else than the one who asks for it.")
    at = state.not_before(context.at)
    not_past(command.expires_on, at, context.rules(state).calendar, "expiry of the override")
    events: list[Event] = []
    while state.stage != command.to and not state.outcome:
        lacking = tuple(item.code for item in missing(state, rules))
        passed: list[Event] = [_pass_gate(state, rules, context, overridden=bool(lacking))]
        if lacking:
            passed.insert(0, _overridden(command, state, lacking, context))
        events += passed
        state = DECIDER.fold(passed, state)
    return [*events, *_advance(state, rules, context)]


def _overridden(command: OverrideGate, state: State, lacking: tuple[str, ...], context: Context) -> GateOverridden:
    return GateOverridden(
        occurred_at=state.not_before(context.at),
        stage=state.stage,
        missing=lacking,
        reason=command.reason,
        approver=command.approver,
        expires_on=command.expires_on,
    )


def _end_or_shelve(command: LoseDeal | ShelveDeal | ResumeDeal, state: State, context: Context) -> Sequence[Event]:
    at = state.not_before(context.at)
    match command:
        case LoseDeal():
            if command.keep_contact_on:
                not_past(command.keep_contact_on, at, context.rules(state).calendar, "next contact")
            return [
                DealLost(
                    occurred_at=at,
                    stage=state.stage,
                    reason=command.reason,
                    competitor=command.competitor,
                    keep_contact_on=command.keep_contact_on,
                )
            ]
        case ShelveDeal():
            not_past(command.revisit_on, at, context.rules(state).calendar, "revisit date")
            return [DealShelved(occurred_at=at, reason=command.reason, revisit_on=command.revisit_on)]
        case ResumeDeal():
            if not state.revisit_on:
                raise DealNotShelvedError("The deal is not on the shelf; there is nothing to resume.")
            return [DealResumed(occurred_at=at, reason=command.reason, stage=state.stage)]
        case _:
            assert_never(command)


def missing(state: State, rules: FunnelRules) -> list[Item]:
    """The required criteria of the current stage that have no evidence yet."""
    return [item for item in rules.stage(state.stage).criteria if item.required and item.code not in state.evidence]


def evolve(state: State, event: Events) -> State:
    """The deal after one more fact."""
    match event:
        case FunnelOpened():
            return replace(
                state,
                origin=event.origin,
                held=event.origin.held,
                name=event.name,
                product_line=event.product_line,
                amount=event.amount,
                stage=event.stage,
                opened_at=event.occurred_at,
                entered_at=event.occurred_at,
                as_of=event.occurred_at,
            )
        case EvidenceRecorded():
            evidence = {**state.evidence, event.criterion: event.reference}
            return replace(state, evidence=evidence, as_of=state.not_before(event.occurred_at))
        case NextStepPlanned():
            return replace(state, next_step_on=event.on)
        case PromiseRecorded():
            promise = Promise(promise=event.promise, about=event.about, text=event.text)
            return replace(state, promises=(*state.promises, promise))
        case StageAdvanced():
            return _entered(state, event.entered, event.occurred_at)
        case GateOverridden():
            return replace(state, overridden=(*state.overridden, event.stage))
        case StageOverdue():
            return replace(state, overdue=True)
        case DealStalled():
            return replace(state, stalled=True)
        case DealWon():
            return replace(state, outcome="won", amount=event.amount or state.amount, as_of=event.occurred_at)
        case DealLost():
            kept = event.keep_contact_on
            return replace(state, outcome="lost", keep_contact_on=kept, revisit_on=None, as_of=event.occurred_at)
        case DealShelved():
            return replace(state, revisit_on=event.revisit_on, revisit_due=False, as_of=event.occurred_at)
        case RevisitDue():
            return replace(state, revisit_due=True)
        case DealResumed():
            resumed = replace(state, revisit_on=None, revisit_due=False)
            return _entered(resumed, state.stage, event.occurred_at)
        case ClocksReleased():
            return replace(state, held=False)
        case _:
            assert_never(event)


def _entered(state: State, stage: str, at: datetime) -> State:
    """A stage entry starts its clocks anew."""
    return replace(state, stage=stage, entry=state.entry + 1, entered_at=at, as_of=at, overdue=False, stalled=False)


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """The stage's time box and the stall; on the shelf, only the revisit date."""
    if state.outcome:
        return
    owner = playbook.funnel.stage(state.stage).owner
    if state.revisit_on:
        if not state.revisit_due:
            due = morning_of(state.revisit_on, playbook.calendar)
            fact = RevisitDue(occurred_at=due, revisit_on=state.revisit_on, who=owner)
            yield Clock(f"revisit-{state.revisit_on.isoformat()}-{state.entry}", due, "revisit the deal 重启搁置商机", fact)
        return
    if not state.overdue:
        due = due_at(state, playbook)
        yield Clock(
            name=f"stage-{state.stage}-overdue-{state.entry}",
            at=due,
            text=f"time box of {state.stage} 阶段时限",
            fact=StageOverdue(occurred_at=due, stage=state.stage, entry=state.entry, who=owner),
        )
    if not state.stalled:
        reason, stalls = _stalls(state, playbook)
        yield Clock(
            name=f"deal-stalled-{state.stage}-{state.entry}",
            at=stalls,
            text="deal stalls 商机停滞",
            fact=DealStalled(occurred_at=stalls, stage=state.stage, entry=state.entry, reason=reason, who=owner),
        )


def due_at(state: State, playbook: Playbook) -> datetime:
    """The end of the current stage's time box."""
    assert state.entered_at is not None
    return playbook.calendar.add_working_days(state.entered_at, playbook.funnel.stage(state.stage).time_box)


def _stalls(state: State, playbook: Playbook) -> tuple[Literal["dwell", "no_next_step"], datetime]:
    """Published practice: 1.5 × the usual dwell, or 30 days without a dated next step, whichever comes first."""
    assert state.entered_at is not None
    rules, box = playbook.funnel.stall, playbook.funnel.stage(state.stage).time_box
    dwell = playbook.calendar.add_working_days(state.entered_at, -(-box * rules.dwell_percent // 100))
    base = state.entered_at
    if state.next_step_on:
        base = max(base, morning_of(state.next_step_on, playbook.calendar))
    silent = base + timedelta(days=rules.without_next_step)
    return ("dwell", dwell) if dwell <= silent else ("no_next_step", silent)


def owes(state: State) -> Sequence[Begin | Tell]:
    """A decided deal is the project's business."""
    if not state.outcome:
        return ()
    return (phase_completed(state.root.project, "funnel", state.as_of, f"deal {state.outcome} 商机已决"),)


def view(state: State, playbook: Playbook) -> View:
    """Where the deal stands, what is missing, who must bring it and by when."""
    rules = playbook.funnel
    if state.outcome:
        name = rules.won if state.outcome == "won" else rules.lost
        return View(code=state.outcome, name=name, phase="funnel", closed=True, **state.fields_of_origin())
    stage = rules.stage(state.stage)
    if state.revisit_on:
        return View(
            code="shelved",
            name=rules.shelved,
            phase="funnel",
            closed=False,
            waiting_for=stage.owner,
            due_at=morning_of(state.revisit_on, playbook.calendar),
            health="overdue" if state.revisit_due else "ok",
            needs_human=state.revisit_due,
            reason="the revisit date has come 已到重启日期" if state.revisit_due else "",
            **state.fields_of_origin(),
        )
    return View(
        code=stage.code,
        name=stage.name,
        phase="funnel",
        closed=False,
        waiting_for=stage.owner,
        due_at=due_at(state, playbook),
        health="blocked" if state.stalled else "overdue" if state.overdue else "ok",
        needs_human=state.overdue or state.stalled,
        reason=_reason(state, stage),
        missing=tuple(item.unmet() for item in missing(state, rules)),
        **state.fields_of_origin(),
    )


def _reason(state: State, stage: Stage) -> str:
    if state.stalled:
        return f"stalled in {stage.code} 商机停滞"
    return f"time box of {stage.code} has run out 阶段超时" if state.overdue else ""


DECIDER = Decider[State](
    category="funnel",
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
