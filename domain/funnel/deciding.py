"""How the deal answers its commands: who is asked what, and when nothing is answered any more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, assert_never

from domain import promises, streams
from domain.decider import Context
from domain.enabling import NoteEnablement
from domain.escalating import NoteProductAnswer
from domain.funnel import (
    approvals,
    enabled,
    evidence,
    forecasting,
    gates,
    overrides,
    pricing,
    product_gaps,
    product_line,
    steps,
)
from domain.funnel.commands import (
    Commands,
    ForecastDeal,
    GiveApproval,
    LoseDeal,
    NameProductLine,
    OpenFunnel,
    OverrideGate,
    PlanNextStep,
    QuotePrice,
    RecordEvidence,
    RefuseApproval,
    ReopenDeal,
    RequestApproval,
    RequestProductAnswer,
    ResumeDeal,
    ReturnStage,
    ShelveDeal,
    SkipStage,
    WithdrawEvidence,
)
from domain.funnel.events import FunnelOpened, NextStepPlanned
from domain.funnel.gate_events import EvidenceRecorded
from domain.funnel.refusals import DealClosedError, DealShelvedError
from domain.funnel.state import State
from domain.messages import Event
from domain.moving import PlaybookMoved
from domain.origin import known, not_past
from domain.owning import DealOwnerChanged
from domain.playbook import PRODUCT_LINE, Phase, Playbook
from domain.promises import LedgerCommand, RecordPromise
from domain.refusals import AlreadyExistsError


def looks_at(command: Commands) -> tuple[str, ...]:
    """Opening takes owner, amount and playbook from the project; an answer is read where it was given."""
    if isinstance(command, NoteProductAnswer):
        return product_gaps.looks_at(command)
    return (streams.project(command.project),) if isinstance(command, OpenFunnel) else ()


def decide(command: Commands, state: State, context: Context) -> Sequence[Event]:
    """Answer a command to a deal."""
    if isinstance(command, OpenFunnel):
        return _open(command, state, context)
    if isinstance(command, LedgerCommand) and (state.outcome == "won" or not isinstance(command, RecordPromise)):
        moved_to: Phase | None = "handoff-delivery" if state.outcome == "won" else None
        return promises.answer(command, state.promises, context, context.rules(state).calendar, moved_to)
    if isinstance(command, NoteProductAnswer):
        return product_gaps.note(command, state, context)
    if isinstance(command, NoteEnablement):
        return _look_anew(state, context) if state.outcome in ("", "won") else []
    if isinstance(command, ReopenDeal):
        return steps.reopen(command, state, context)
    if state.outcome and not _settles(command, state, context):
        ways = {"lost": "reopen it with an approver (ReopenDeal), or ", "won": "cancel the project (CancelProject), or "}
        raise DealClosedError(
            f"The deal of {command.project} is {state.outcome}: {ways.get(state.outcome, '')}open a new one for what is next."
        )
    if state.revisit_on and not isinstance(command, ResumeDeal | LoseDeal):
        raise DealShelvedError(f"The deal is on the shelf until {state.revisit_on}: resume it first (ResumeDeal).")
    match command:
        case RecordEvidence():
            return evidence.record(command, state, context)
        case WithdrawEvidence():
            events = evidence.withdraw(command, state, context)
            return gates.follow(events, state, command, context)
        case QuotePrice():
            return pricing.quote(command, state, context)
        case RequestApproval() | GiveApproval() | RefuseApproval():
            return _approve(command, state, context)
        case RequestProductAnswer():
            return product_gaps.request(command, state, context)
        case PlanNextStep():
            not_past(command.on, context.at, context.rules(state).calendar, "next step")
            return [NextStepPlanned(occurred_at=context.at, on=command.on, step=command.step)]
        case ForecastDeal():
            return forecasting.forecast(command, state, context)
        case NameProductLine():
            return product_line.name(command, state, context)
        case OverrideGate() | ReturnStage() | SkipStage() | LoseDeal() | ShelveDeal() | ResumeDeal():
            return _move(command, state, context)
        case RecordPromise():
            return promises.answer(command, state.promises, context, context.rules(state).calendar)
        case _:
            assert_never(command)


def _settles(command: Commands, state: State, context: Context) -> bool:
    """Whether a command brings what a won deal still owes, because an override had let it through without."""
    if state.outcome != "won":
        return False
    owed = {code for one in gates.unsettled(state) for code in gates.owed(state, one)}
    rules = context.rules(state).funnel
    match command:
        case RecordEvidence():
            return bool(owed) and {piece.criterion for piece in command.evidence} <= owed
        case RequestProductAnswer():
            return bool(owed)
        case NameProductLine():
            return PRODUCT_LINE in owed
        case QuotePrice():
            return any(gates.is_met_by_quote(code, rules) for code in owed)
        case GiveApproval() | RefuseApproval():
            return bool(owed) and bool(approvals.open_ones(state))
        case _:
            return False


def _open(command: OpenFunnel, state: State, context: Context) -> Sequence[Event]:
    if state.exists:
        raise AlreadyExistsError(f"The funnel of {command.project} is open already.")
    project = known(context.seen.get(streams.project(command.project)), f"project {command.project}", "open it first")
    rules = context.playbooks.of(project)
    first = rules.funnel.stages[0].code
    opened = FunnelOpened(
        occurred_at=context.at,
        origin=project.root.model_copy(update={"held": project.held}),
        stage=first,
        name=project.name,
        product_line=project.product_line,
        amount=project.amount,
        expected_on=project.expected_on,
        service_line=project.service_line,
        mode=project.mode,
        usual=gates.usual_of(first, project.root.value_class, rules, context),
    )
    return [opened, *_need(project, rules, context)]


def _need(project: Any, rules: Playbook, context: Context) -> list[Event]:
    """The need in the customer's words that the project has begun with, as evidence."""
    pattern = rules.support.service.pattern
    criterion = pattern.need_criterion if pattern else None
    if not project.need or criterion is None or criterion not in rules.funnel.criteria:
        return []
    return [
        EvidenceRecorded(
            occurred_at=context.at,
            criterion=criterion,
            reference=project.came_from or "OpenProject",
            note=project.need,
            given_by=project.root.owner,
            evidence_id="E1",
        )
    ]


def _look_anew(state: State, context: Context) -> list[Event]:
    """Whether the deal's unit may sell its product line; when it may now, the deal goes on by itself, unless it is shelved."""
    noted = enabled.look(state, context)
    if not noted or state.revisit_on:
        return noted
    return gates.follow(noted, state, enabled.word(state), context)


def follows(events: Sequence[Event], state: State, context: Context) -> Sequence[Event]:
    """A deal that has begun, or that has come to other rules or to another unit, looks whether that unit is enabled."""
    turned = any(isinstance(event, FunnelOpened | PlaybookMoved | DealOwnerChanged) for event in events)
    return _look_anew(state, context) if turned and not state.outcome and state.unwound is None else []


def _approve(command: RequestApproval | GiveApproval | RefuseApproval, state: State, context: Context) -> Sequence[Event]:
    if not isinstance(command, RequestApproval):
        return pricing.answer(command, state, context)
    if lacking := gates.missing(state, context.rules(state)):
        return approvals.too_early(state, [item.unmet() for item in lacking])
    return approvals.ask_again(command, state, context)


def _move(
    command: OverrideGate | ReturnStage | SkipStage | LoseDeal | ShelveDeal | ResumeDeal, state: State, context: Context
) -> Sequence[Event]:
    match command:
        case OverrideGate():
            return overrides.override(command, state, context)
        case ReturnStage():
            return steps.go_back(command, state, context)
        case SkipStage():
            return steps.skip(command, state, context)
        case LoseDeal():
            return steps.lose(command, state, context)
        case ShelveDeal():
            return steps.shelve(command, state, context)
        case ResumeDeal():
            return steps.resume(command, state, context)
        case _:
            assert_never(command)
