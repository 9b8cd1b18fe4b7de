"""How the deal answers its commands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from domain import promises, streams
from domain.decider import Context
from domain.funnel.commands import (
    Commands,
    LoseDeal,
    OpenFunnel,
    OverrideGate,
    PlanNextStep,
    RecordEvidence,
    ResumeDeal,
    ShelveDeal,
)
from domain.funnel.events import (
    DealLost,
    DealResumed,
    DealShelved,
    DealWon,
    EvidenceRecorded,
    FunnelOpened,
    GateOverridden,
    NextStepPlanned,
    StageAdvanced,
)
from domain.funnel.refusals import (
    CriterionUnknownError,
    DealClosedError,
    DealNotShelvedError,
    DealShelvedError,
    SelfApprovalError,
    StageUnknownError,
)
from domain.funnel.state import State, evolve, fold
from domain.messages import Event
from domain.origin import known, listed, not_past
from domain.playbook import FunnelRules, Item, Phase
from domain.promises import LedgerCommand, RecordPromise
from domain.refusals import AlreadyExistsError


def looks_at(command: Commands) -> tuple[str, ...]:
    """Opening takes owner, amount and playbook from the project."""
    return (streams.project(command.project),) if isinstance(command, OpenFunnel) else ()


def decide(command: Commands, state: State, context: Context) -> Sequence[Event]:
    """Answer a command to a deal."""
    if isinstance(command, OpenFunnel):
        return _open(command, state, context)
    if isinstance(command, LedgerCommand) and (state.outcome == "won" or not isinstance(command, RecordPromise)):
        moved_to: Phase | None = "handoff-delivery" if state.outcome == "won" else None
        return promises.answer(command, state.promises, context, context.rules(state).calendar, moved_to)
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
        case OverrideGate():
            return _override(command, state, context)
        case LoseDeal() | ShelveDeal() | ResumeDeal():
            return _end_or_shelve(command, state, context)
        case RecordPromise():
            return promises.answer(command, state.promises, context, context.rules(state).calendar)
        case _:
            assert_never(command)


def _open(command: OpenFunnel, state: State, context: Context) -> Sequence[Event]:
    if state.exists:
        raise AlreadyExistsError(f"The funnel of {command.project} is open already.")
    project = known(context.seen.get(streams.project(command.project)), f"project {command.project}", "open it first")
    stages = context.playbooks.of(project).funnel.stages
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
    return [*events, *_advance(fold(events, state), rules, context)]


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
        state = fold(passed, state)
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
                ),
                *promises.released(state.promises, at, "the deal was lost 丢单"),
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
