"""How the implementation answers its commands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from domain import streams
from domain.decider import Context
from domain.implementation.commands import (
    Commands,
    CompleteHandover,
    PlanUnits,
    Signature,
    SignOffMilestone,
    StartImplementation,
    SubmitDeliverables,
)
from domain.implementation.events import (
    DeliverableSubmitted,
    ImplementationStarted,
    MilestoneSignedOff,
    PlanBaselined,
    ProjectAccepted,
    WentLive,
)
from domain.implementation.gates import milestone_of, still_lacking
from domain.implementation.graph import PlannedMilestone, expand, graph, in_unit, planned_deliverables
from domain.implementation.planning import plan
from domain.implementation.refusals import (
    DeliverableUnknownError,
    HandoffNotAcceptedError,
    MilestoneNotReadyError,
    MilestoneSignedAlreadyError,
    SignedByHandoffError,
    SignerUnknownError,
)
from domain.implementation.state import State
from domain.implementation.units import plan_units
from domain.messages import Event
from domain.origin import known, listed
from domain.playbook import Milestone
from domain.refusals import AlreadyExistsError


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
        case PlanUnits():
            return plan_units(command, state, context)
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
    playbook = context.playbooks.of(project)
    milestones = expand(playbook.implementation)
    return [
        ImplementationStarted(
            occurred_at=context.at,
            origin=project.root.model_copy(update={"held": project.held}),
            promises=handoff.promises,
        ),
        PlanBaselined(
            occurred_at=context.at,
            plan_version=1,
            planned=plan(context.at, milestones, playbook.calendar),
            milestones=milestones,
            cause="start",
        ),
    ]


def _submit(command: SubmitDeliverables, state: State, context: Context) -> Sequence[Event]:
    rules = context.rules(state).implementation
    owner = planned_deliverables(graph(state, rules), rules)
    pieces = {in_unit(one.deliverable, command.unit): one.reference for one in command.deliverables}
    if unknown := [code for code in pieces if code not in owner]:
        raise DeliverableUnknownError(
            f"No milestone has the deliverable {listed(unknown)}; still to come: "
            f"{listed(code for code in owner if code not in state.submitted)}."
        )
    if signed := [code for code in pieces if owner[code].code in state.signed]:
        raise MilestoneSignedAlreadyError(f"{listed(signed)} belongs to a milestone that is signed off; it is not replaced.")
    return [
        DeliverableSubmitted(occurred_at=context.at, milestone=owner[code].code, deliverable=code, reference=reference)
        for code, reference in pieces.items()
    ]


def _sign_off(command: SignOffMilestone, state: State, context: Context) -> Sequence[Event]:
    rules = context.rules(state).implementation
    planned = milestone_of(command.milestone, command.unit, state, rules)
    code, milestone = planned.code, rules.milestone(planned.of)
    if code in state.signed:
        raise MilestoneSignedAlreadyError(f"{code} is signed off already.")
    if milestone.effect == "handed_over":
        raise SignedByHandoffError(f"{code} is signed off by the accepted handoff to support, by nothing else.")
    signers = {item.code for item in milestone.signers}
    if strangers := [signature.role for signature in command.signatures if signature.role not in signers]:
        raise SignerUnknownError(f"{listed(strangers)} does not sign {code}; its signers are {listed(sorted(signers))}.")
    present = {signature.role for signature in command.signatures}
    lacking = [*still_lacking(planned, state, rules), *(s.unmet() for s in milestone.signers if s.code not in present)]
    if lacking:
        raise MilestoneNotReadyError(f"{code} lacks {listed(item.code for item in lacking)}.", lacking)
    at = state.not_before(context.at)
    signed = MilestoneSignedOff(occurred_at=at, milestone=code, signatures=command.signatures, completion=command.completion)
    return [signed, *_effect(planned, milestone, at)]


def _effect(planned: PlannedMilestone, milestone: Milestone, at: datetime) -> Sequence[Event]:
    match milestone.effect:
        case "went_live":
            return [WentLive(occurred_at=at, unit=planned.unit)]
        case "accepted":
            return [ProjectAccepted(occurred_at=at)]
        case _:
            return []


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
