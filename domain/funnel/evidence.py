"""Evidence 证据: recorded for a criterion by whoever may bring it, and withdrawn when it does not hold."""

from __future__ import annotations

from collections.abc import Sequence

from domain.decider import Context
from domain.funnel import approvals, gates
from domain.funnel.commands import Evidence, RecordEvidence, WithdrawEvidence
from domain.funnel.gate_events import EvidenceRecorded, EvidenceWithdrawn
from domain.funnel.records import Piece
from domain.funnel.refusals import (
    CriterionUnknownError,
    EvidencePassedError,
    EvidenceRoleError,
    EvidenceUnknownError,
    QuoteNeededError,
)
from domain.funnel.state import State, fold
from domain.messages import Event
from domain.origin import listed
from domain.playbook import Playbook


def record(command: RecordEvidence, state: State, context: Context) -> Sequence[Event]:
    """Answer evidence that is brought."""
    _acceptable(command, state, context.rules(state))
    events = [
        recorded(state, context, piece, number, piece.given_by or command.actor.id)
        for number, piece in enumerate(command.evidence, start=1)
    ]
    return gates.follow(events, state, command, context)


def recorded(state: State, context: Context, piece: Evidence, number: int, given_by: str) -> EvidenceRecorded:
    """The fact that a piece of evidence is in, the `number`-th that one decision records."""
    return EvidenceRecorded(
        occurred_at=context.at,
        criterion=piece.criterion,
        reference=piece.reference,
        note=piece.note,
        given_by=given_by,
        evidence_id=f"E{len(state.pieces) + number}",
    )


def _acceptable(command: RecordEvidence, state: State, playbook: Playbook) -> None:
    rules = playbook.funnel
    asked = [piece.criterion for piece in command.evidence]
    if unknown := [code for code in asked if code not in rules.criteria]:
        raise CriterionUnknownError(
            f"No stage asks for {listed(unknown)}. Stage {state.stage} still asks for:"
            f" {listed(item.code for item in gates.missing(state, playbook)) or 'nothing'}.",
            [item.unmet() for item in gates.missing(state, playbook)],
        )
    items = [rules.criteria[code][1] for code in asked]
    if quoted := [item for item in items if item.proof == "quote"]:
        raise QuoteNeededError(
            f"{listed(item.code for item in quoted)} is met by a price inside the limits, or by its approval:"
            " quote it (QuotePrice).",
            [item.unmet() for item in quoted],
        )
    if others := [item for item in items if item.strict and item.who != command.actor.role]:
        raise EvidenceRoleError(
            f"Only {listed(dict.fromkeys(item.who for item in others))} brings {listed(item.code for item in others)}:"
            " let that role record it.",
            [item.unmet() for item in others],
        )


def withdraw(command: WithdrawEvidence, state: State, context: Context) -> Sequence[Event]:
    """Answer that evidence does not hold; what the deal has passed stays passed."""
    rules = context.rules(state).funnel
    pieces = holding(state, command.evidence)
    for piece in pieces:
        stage = gates.gate_of(piece.criterion, rules)
        if stage in state.passed:
            raise EvidencePassedError(
                f"The evidence {piece.id} opened the gate of {stage}, which is passed: take the deal a step back"
                f" (ReturnStage to {stage}, withdrawing {piece.id})."
            )
    return withdrawn(pieces, command.reason, state, context)


def holding(state: State, ids: Sequence[str]) -> list[Piece]:
    """The pieces of evidence with those ids; raises `EvidenceUnknownError` for one that does not hold."""
    by_id = {piece.id: piece for piece in state.pieces if not piece.withdrawn}
    if unknown := [name for name in ids if name not in by_id]:
        raise EvidenceUnknownError(f"There is no evidence {listed(unknown)} that holds; there is: {listed(by_id) or 'none'}.")
    return [by_id[name] for name in dict.fromkeys(ids)]


def withdrawn(pieces: Sequence[Piece], reason: str, state: State, context: Context) -> list[Event]:
    """The facts that evidence does not hold, and that an approval which was asked for on it lapses."""
    at = state.not_before(context.at)
    gone = EvidenceWithdrawn(occurred_at=at, evidence=tuple(piece.id for piece in pieces), reason=reason)
    after = fold([gone], state)
    shut = bool(gates.missing(after, context.rules(state)))
    return [gone, *(approvals.lapse(after, at, "evidence_withdrawn", "gate") if shut else [])]
