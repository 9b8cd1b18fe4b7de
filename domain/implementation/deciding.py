"""How the implementation answers its commands: each subject has a module of its own."""

from __future__ import annotations

from collections.abc import Sequence

from domain import promises, streams
from domain.decider import Context
from domain.escalating import NoteGapAnswer
from domain.implementation import gaps
from domain.implementation.changes import change
from domain.implementation.commands import (
    Commands,
    CompleteHandover,
    OverrideMilestone,
    PlanUnits,
    RaiseGap,
    RecordDefects,
    RecordPayment,
    ReviewDeliverables,
    SettlePayment,
    SignOffMilestone,
    StartImplementation,
    SubmitDeliverables,
)
from domain.implementation.deliverables import count_defects, review, submit
from domain.implementation.estimating import estimate
from domain.implementation.events import ImplementationStarted, PlanBaselined
from domain.implementation.graph import expand
from domain.implementation.overriding import override
from domain.implementation.payments import receive, settle
from domain.implementation.plan_commands import ChangeCommands, EstimateCommands, RiskCommands
from domain.implementation.planning import following, plan
from domain.implementation.refusals import HandoffNotAcceptedError
from domain.implementation.risks import concern
from domain.implementation.signing import complete, sign_off
from domain.implementation.state import State
from domain.implementation.units import START, plan_units
from domain.messages import Event
from domain.origin import known
from domain.playbook import Phase
from domain.refusals import AlreadyExistsError


def looks_at(command: Commands) -> tuple[str, ...]:
    """Starting needs the accepted handoff to delivery, and the price of the deal; passing a milestone, the conditions of that
    handoff; ending, the handoff to support."""
    match command:
        case StartImplementation():
            return (
                streams.project(command.project),
                streams.handoff(command.project, "delivery"),
                streams.funnel(command.project),
            )
        case SignOffMilestone() | OverrideMilestone():
            return (streams.handoff(command.project, "delivery"),)
        case CompleteHandover():
            return (streams.handoff(command.project, "support"),)
        case NoteGapAnswer():
            return gaps.looks_at(command)
        case _:
            return ()


def decide(command: Commands, state: State, context: Context) -> Sequence[Event]:
    """Answer a command to an implementation, and say what the answer does to the forecast."""
    events = _answered(command, state, context)
    return [*events, *following(events, state, context.rules(state))] if state.exists else events


def _answered(command: Commands, state: State, context: Context) -> Sequence[Event]:
    if isinstance(command, EstimateCommands):
        return estimate(command, state, context)
    if isinstance(command, ChangeCommands):
        return change(command, state, context)
    if isinstance(command, RiskCommands):
        return concern(command, state, context)
    match command:
        case StartImplementation():
            return _start(command, state, context)
        case PlanUnits():
            return plan_units(command, state, context)
        case SubmitDeliverables():
            return submit(command, state, context)
        case ReviewDeliverables():
            return review(command, state, context)
        case RecordDefects():
            return count_defects(command, state, context)
        case SignOffMilestone():
            return sign_off(command, state, context)
        case OverrideMilestone():
            return override(command, state, context)
        case RecordPayment():
            return receive(command, state, context)
        case SettlePayment():
            return settle(command, state, context)
        case CompleteHandover():
            return complete(command, state, context)
        case RaiseGap():
            return gaps.raise_gap(command, state, context)
        case NoteGapAnswer():
            return gaps.note(command, state, context)
        case _:
            moved_to: Phase | None = "handoff-support" if state.completed else None
            return promises.answer(command, state.promises, context, context.rules(state).calendar, moved_to)


def _start(command: StartImplementation, state: State, context: Context) -> Sequence[Event]:
    if state.exists:
        raise AlreadyExistsError(f"The implementation of {command.project} has started already.")
    handoff = known(
        context.seen.get(streams.handoff(command.project, "delivery")), f"handoff of {command.project}", "win the deal first"
    )
    if not handoff.completed:
        raise HandoffNotAcceptedError("Delivery has not accepted the handoff; the implementation starts with that.")
    project = context.seen[streams.project(command.project)]
    deal = context.seen.get(streams.funnel(command.project))
    playbook = context.rules(project)
    milestones = expand(playbook.implementation)
    return [
        ImplementationStarted(
            occurred_at=context.at,
            origin=project.root.model_copy(update={"held": project.held}),
            promises=handoff.promises,
            amount=(deal and deal.amount) or project.amount,  # the price that the deal was won at, not the hope it began with
            early_days=handoff.early_days,
            early_cost=handoff.early_cost,
        ),
        PlanBaselined(
            occurred_at=context.at,
            plan_version=1,
            planned=plan(context.at, milestones, playbook.calendar),
            milestones=milestones,
            cause=START,
        ),
    ]
