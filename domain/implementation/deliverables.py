"""Deliverables: submitted by one, reviewed by another; and the defects that tests have found."""

from __future__ import annotations

from collections.abc import Sequence

from domain.decider import Context
from domain.implementation.commands import RecordDefects, ReviewDeliverables, SubmitDeliverables
from domain.implementation.events import DefectsCounted, DeliverableReviewed, DeliverableSubmitted
from domain.implementation.graph import PlannedMilestone, graph, in_unit, planned_deliverables
from domain.implementation.people import allowed, among, behind
from domain.implementation.refusals import (
    DeliverableNotInError,
    DeliverableUnknownError,
    FindingsMissingError,
    MilestoneSignedAlreadyError,
    ReviewerNotNamedError,
    SelfReviewError,
    UnitUnknownError,
)
from domain.implementation.state import State
from domain.messages import ActorKind, Event
from domain.origin import listed
from domain.playbook import ImplementationRules


def submit(command: SubmitDeliverables, state: State, context: Context) -> Sequence[Event]:
    """Deliverables come in; one that is submitted again takes the place of the last one, and needs a new review."""
    pieces = {in_unit(one.deliverable, command.unit): one.reference for one in command.deliverables}
    owner = _still_open(tuple(pieces), state, context.rules(state).implementation)
    return [
        DeliverableSubmitted(
            occurred_at=context.at,
            milestone=owner[code].code,
            deliverable=code,
            reference=reference,
            submitted_by=behind(command.actor),
        )
        for code, reference in pieces.items()
    ]


def review(command: ReviewDeliverables, state: State, context: Context) -> Sequence[Event]:
    """Somebody who did not submit them says what they are worth."""
    rules = context.rules(state).implementation
    allowed(command.actor, rules.reviewed_by, "The review of a deliverable")
    if command.actor.kind is not ActorKind.PERSON and not command.actor.on_behalf_of:
        raise ReviewerNotNamedError("A deliverable is reviewed by a person: name who did it (`actor.on_behalf_of`).")
    verdicts = {in_unit(one.deliverable, command.unit): one for one in command.reviews}
    owner = _still_open(tuple(verdicts), state, rules)
    if absent := [code for code in verdicts if code not in state.submitted]:
        raise DeliverableNotInError(f"{listed(absent)} is not there to be reviewed: submit it first (SubmitDeliverables).")
    if own := [code for code in verdicts if _submitted_by_them(command, state, code)]:
        raise SelfReviewError(f"{listed(own)} was submitted by the one who would review it: somebody else does that.")
    if bare := [code for code, one in verdicts.items() if one.verdict == "rejected" and not one.findings.strip()]:
        raise FindingsMissingError(f"Say what is wrong with {listed(bare)} (`findings`), or nobody can mend it.")
    return [
        DeliverableReviewed(
            occurred_at=context.at,
            milestone=owner[code].code,
            deliverable=code,
            verdict=one.verdict,
            findings=one.findings,
            reviewed_by=command.actor.on_behalf_of or command.actor.id,
        )
        for code, one in verdicts.items()
    ]


def count_defects(command: RecordDefects, state: State, context: Context) -> Sequence[Event]:
    """How many defects are open, in a unit or in all of it. Silence closes none: a severity that is left out stays as open as
    it was counted last."""
    allowed(command.actor, context.rules(state).implementation.counted_by, "The count of open defects")
    unit = command.unit or ""
    if unit and unit not in (known := [one.unit for one in state.units]):
        raise UnitUnknownError(f"There is no unit {unit!r}; there are {listed(known) or 'none in this project'}.")
    before = state.defects.get(unit)
    left_open = {severity: number for severity, number in (before.counts if before else {}).items() if number}
    counts = {**left_open, **{str(severity): number for severity, number in command.counts.items()}}
    return [DefectsCounted(occurred_at=context.at, unit=unit, counts=dict(sorted(counts.items())), reference=command.reference)]


def _still_open(codes: Sequence[str], state: State, rules: ImplementationRules) -> dict[str, PlannedMilestone]:
    """The milestone of each deliverable; refused for one that no milestone has, or whose milestone is signed off."""
    owner = planned_deliverables(graph(state, rules), rules)
    if unknown := [code for code in codes if code not in owner]:
        raise DeliverableUnknownError(
            f"No milestone has the deliverable {listed(unknown)}; still to come: "
            f"{listed(code for code in owner if code not in state.submitted) or 'none'}."
        )
    if signed := [code for code in codes if owner[code].code in state.signed]:
        raise MilestoneSignedAlreadyError(f"{listed(signed)} belongs to a milestone that is signed off; it is not replaced.")
    return {code: owner[code] for code in codes}


def _submitted_by_them(command: ReviewDeliverables, state: State, code: str) -> bool:
    return any(among(one, state.deliveries[code].submitted_by) for one in behind(command.actor))
