"""Signing a milestone off: nothing is lacking, and named people of both sides sign; and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain import streams
from domain.decider import Context
from domain.implementation.commands import CompleteHandover, Signature, SignOffMilestone
from domain.implementation.events import MilestoneSignedOff, ProjectAccepted, WentLive
from domain.implementation.gates import lapsed_conditions, milestone_of, still_lacking
from domain.implementation.graph import PlannedMilestone
from domain.implementation.payments import fallen_due
from domain.implementation.people import allowed, behind, person
from domain.implementation.refusals import (
    HandoffNotAcceptedError,
    LeftoversWrongError,
    MilestoneNotReadyError,
    MilestoneSignedAlreadyError,
    SignatureTwiceError,
    SignedByHandoffError,
    SignerNotTheirsError,
    SignerUnknownError,
)
from domain.implementation.state import State, evolve
from domain.leftovers import Leftover
from domain.messages import Event
from domain.origin import known, listed, not_past
from domain.playbook import ImplementationRules, Milestone, Playbook
from domain.standing import Unmet


def sign_off(command: SignOffMilestone, state: State, context: Context) -> Sequence[Event]:
    """Sign a milestone off, also one that was passed by an override before."""
    playbook = context.rules(state)
    rules = playbook.implementation
    planned = milestone_of(command.milestone, command.unit, state, rules)
    milestone = rules.milestone(planned.of)
    allowed(command.actor, rules.signed_off_by, "The sign-off of a milestone")
    not_signed(planned, milestone, state)
    _check_signers(command, planned, state, rules)
    lacking = all_lacking(planned, command.signatures, state, playbook, context)
    if lacking:
        raise MilestoneNotReadyError(
            f"{planned.code} lacks {listed(item.code for item in lacking)}: have each brought by its role (`unmet`), or the"
            " milestone excused for a time (OverrideMilestone).",
            lacking,
        )
    at = state.not_before(context.at)
    _check_leftovers(command, milestone, state, at, playbook)
    signed = MilestoneSignedOff(
        occurred_at=at, milestone=planned.code, signatures=command.signatures, completion=command.completion
    )
    after = evolve(state, signed)
    effects = effect(planned, milestone, at, state, command.leftovers)
    return [signed, *effects, *fallen_due(planned, at, after, playbook)]


def _check_leftovers(command: SignOffMilestone, milestone: Milestone, state: State, at: datetime, playbook: Playbook) -> None:
    if not command.leftovers:
        return
    if milestone.effect != "accepted" or state.accepted_at is not None:
        raise LeftoversWrongError(
            "Leftovers come with the acceptance itself; afterwards, let support name them as conditions (AcceptHandoff)."
        )
    _no_twins([one.leftover for one in command.leftovers])
    for one in command.leftovers:
        not_past(one.due_on, at, playbook.calendar, f"date of the leftover {one.leftover}")
        if one.who and one.who not in playbook.roles:
            raise LeftoversWrongError(f"There is no role {one.who!r}; there are {listed(sorted(playbook.roles))}.")


def _no_twins(names: Sequence[str]) -> None:
    if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
        raise LeftoversWrongError(f"Each leftover has an id of its own; {listed(twice)} stands there more than once.")


def not_signed(planned: PlannedMilestone, milestone: Milestone, state: State) -> None:
    """Refused for a milestone that is signed off, or that no person signs."""
    if planned.code in state.signed:
        raise MilestoneSignedAlreadyError(f"{planned.code} is signed off already.")
    if milestone.effect == "handed_over":
        raise SignedByHandoffError(f"{planned.code} is signed off by the accepted handoff to support, by nothing else.")


def all_lacking(
    planned: PlannedMilestone, signatures: Sequence[Signature], state: State, playbook: Playbook, context: Context
) -> list[Unmet]:
    """Everything that stands between a milestone and its sign-off, the missing signatures last."""
    rules = playbook.implementation
    present = {signature.role for signature in signatures}
    unsigned = [item.unmet() for item in rules.milestone(planned.of).signers if item.code not in present]
    conditions = lapsed_conditions(state.root.project, playbook, context)
    return [*still_lacking(planned, state, rules), *conditions, *unsigned]


def _check_signers(command: SignOffMilestone, planned: PlannedMilestone, state: State, rules: ImplementationRules) -> None:
    sides = {item.code: item.who for item in rules.milestone(planned.of).signers}
    if strangers := [signature.role for signature in command.signatures if signature.role not in sides]:
        raise SignerUnknownError(f"{listed(strangers)} does not sign {planned.code}; its signers are {listed(sorted(sides))}.")
    if not rules.distinct_signers:
        return
    roles = [signature.role for signature in command.signatures]
    people = [person(signature.signed_by) for signature in command.signatures]
    if len(set(roles)) < len(roles) or len(set(people)) < len(people):
        raise SignatureTwiceError(f"Each role of {planned.code} is signed once, by a person of its own.")
    before = _sides_taken(state, rules)
    ours = {person(one) for one in (*behind(command.actor), *our_people(state, rules))}
    for signature in command.signatures:
        side, name = sides[signature.role], person(signature.signed_by)
        if before.get(name, side) != side or (side == "customer" and name in ours):
            raise SignerNotTheirsError(
                f"{signature.signed_by} belongs to the other side of the contract and cannot sign as {signature.role}."
            )


def our_people(state: State, rules: ImplementationRules) -> tuple[str, ...]:
    """Everybody who is known to be of our side: the deal's owner, who signed for us, who asked for or approved something."""
    signers = (name for name, side in _sides_taken(state, rules).items() if side == "vendor")
    orders = (name for one in state.plan.changes.values() for name in (*one.asked_by, one.approved_by))
    overrides = (name for one in state.overrides for name in (one.asked_by, one.approver))
    return tuple(name for name in (*state.every_owner, *signers, *orders, *overrides) if name)


def _sides_taken(state: State, rules: ImplementationRules) -> dict[str, str]:
    """The side for which each person has signed so far."""
    return {
        person(signature.signed_by): item.who
        for code, signatures in state.signatures.items()
        for item in rules.milestone(code).signers
        for signature in signatures
        if signature.role == item.code
    }


def effect(
    planned: PlannedMilestone, milestone: Milestone, at: datetime, state: State, leftovers: tuple[Leftover, ...] = ()
) -> Sequence[Event]:
    """What reaching a milestone means beyond it; once, even if it is signed off after an override."""
    match milestone.effect:
        case "went_live" if planned.unit not in state.live:
            return [WentLive(occurred_at=at, unit=planned.unit)]
        case "accepted" if state.accepted_at is None:
            return [ProjectAccepted(occurred_at=at, leftovers=leftovers)]
        case _:
            return []


def complete(command: CompleteHandover, state: State, context: Context) -> Sequence[Event]:
    """Support has accepted the handoff: that signs the last milestone."""
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
