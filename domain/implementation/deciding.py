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
from domain.implementation.refusals import (
    DeliverableUnknownError,
    HandoffNotAcceptedError,
    MilestoneNotReadyError,
    MilestoneSignedAlreadyError,
    MilestoneUnknownError,
    SignedByHandoffError,
    SignerUnknownError,
)
from domain.implementation.state import State
from domain.messages import Event
from domain.origin import known, listed
from domain.playbook import ImplementationRules, Milestone, Playbook
from domain.refusals import AlreadyExistsError
from domain.standing import Unmet


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
    playbook = context.playbooks.of(project)
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
    lacking = [*still_lacking(milestone, state, rules), *(s.unmet() for s in milestone.signers if s.code not in present)]
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


def still_lacking(milestone: Milestone, state: State, rules: ImplementationRules) -> list[Unmet]:
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
