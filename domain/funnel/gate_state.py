"""What stands on record about the gates of a deal: the part of its state about evidence, approvals, prices and overrides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar, assert_never

from domain.funnel.gate_events import (
    ApprovalEscalated,
    ApprovalGiven,
    ApprovalLapsed,
    ApprovalOverdue,
    ApprovalRefused,
    ApprovalRequested,
    EnablementNoted,
    EvidenceRecorded,
    EvidenceWithdrawn,
    GateEvents,
    GateOverridden,
    OverrideExpired,
    OverrideSettled,
    PriceQuoted,
    ProductAnswered,
    ProductAnswerRequested,
)
from domain.funnel.records import Approving, Piece, Quote
from domain.origin import Rooted
from domain.standing import Override


@dataclass(frozen=True, slots=True, kw_only=True)
class GateState(Rooted):
    """Evidence, approvals, quotes and overrides, as the events tell them."""

    pieces: tuple[Piece, ...] = ()
    """All evidence that was ever recorded."""
    evidence: Mapping[str, str] = field(default_factory=dict)
    """The reference of the newest proof that holds, by criterion."""
    approvals: tuple[Approving, ...] = ()
    quotes: tuple[Quote, ...] = ()
    overrides: tuple[Override, ...] = ()
    overridden: tuple[str, ...] = ()
    """Stages left without their evidence."""
    enabled: str = ""
    """The unit that, as far as the deal knows, is enabled for its product line; empty for none."""


G = TypeVar("G", bound=GateState)


def after(state: G, event: GateEvents) -> G:
    """The deal after one more fact about its gates."""
    match event:
        case EvidenceRecorded():
            return _recorded(state, event)
        case EvidenceWithdrawn():
            return _withdrawn(state, event)
        case EnablementNoted():
            unit = event.unit if event.enabled else ""
            return askable_again(replace(state, enabled=unit, as_of=state.not_before(event.occurred_at)))
        case ProductAnswerRequested() | ProductAnswered():
            return replace(state, as_of=state.not_before(event.occurred_at))
        case PriceQuoted():
            quote = Quote(
                id=event.quote,
                price=event.price,
                discount=event.discount_percent,
                margin=event.margin_percent,
                inside=event.inside,
                at=event.occurred_at,
            )
            return replace(state, quotes=(*state.quotes, quote), as_of=state.not_before(event.occurred_at))
        case GateOverridden():
            return _overridden(state, event)
        case OverrideSettled() | OverrideExpired():
            outcome = "settled" if isinstance(event, OverrideSettled) else "expired"
            changed = (
                one.model_copy(update={"outcome": outcome}) if one.number == event.number else one for one in state.overrides
            )
            return replace(state, overrides=tuple(changed))
        case _:
            return _approving(state, event)


def _recorded(state: G, event: EvidenceRecorded) -> G:
    piece = Piece(
        id=event.evidence_id or f"E{len(state.pieces) + 1}",
        criterion=event.criterion,
        reference=event.reference,
        note=event.note,
        given_by=event.given_by,
        at=event.occurred_at,
    )
    recorded = replace(
        state,
        pieces=(*state.pieces, piece),
        evidence={**state.evidence, event.criterion: event.reference},
        as_of=state.not_before(event.occurred_at),
    )
    told_before = state.evidence.get(event.criterion) == event.reference
    return recorded if told_before else askable_again(recorded)


def _withdrawn(state: G, event: EvidenceWithdrawn) -> G:
    pieces = tuple(replace(piece, withdrawn=event.reason) if piece.id in event.evidence else piece for piece in state.pieces)
    holding = {piece.criterion: piece.reference for piece in pieces if not piece.withdrawn}
    return askable_again(replace(state, pieces=pieces, evidence=holding, as_of=state.not_before(event.occurred_at)))


def askable_again(state: G) -> G:
    """Something about the gates has changed since whatever was refused."""
    return replace(state, approvals=tuple(replace(one, changed=one.outcome == "refused") for one in state.approvals))


def _overridden(state: G, event: GateOverridden) -> G:
    override = Override(
        number=event.number or len(state.overrides) + 1,
        gate=event.stage,
        missing=event.missing,
        reason=event.reason,
        asked_by=event.asked_by,
        approver=event.approver,
        given_at=event.occurred_at,
        expires_on=event.expires_on,
    )
    return replace(state, overrides=(*state.overrides, override), overridden=(*state.overridden, event.stage))


def _approving(
    state: G,
    event: ApprovalRequested | ApprovalOverdue | ApprovalEscalated | ApprovalGiven | ApprovalRefused | ApprovalLapsed,
) -> G:
    match event:
        case ApprovalRequested():
            asked = Approving(
                id=event.approval,
                subject=event.subject,
                stage=event.stage,
                entry=event.entry,
                quote=event.quote,
                role=event.role,
                within=event.within,
                deputy=event.deputy,
                deputy_within=event.deputy_within,
                escalate_to=event.escalate_to,
                asked_by=event.asked_by,
                requested_at=event.occurred_at,
            )
            return replace(state, approvals=(*state.approvals, asked), as_of=state.not_before(event.occurred_at))
        case ApprovalOverdue():
            return _with_approval(state, event.approval, overdue_at=event.occurred_at)
        case ApprovalEscalated():
            return _with_approval(state, event.approval, escalated_at=event.occurred_at)
        case ApprovalGiven():
            given = _with_approval(state, event.approval, outcome="given")
            return replace(given, as_of=state.not_before(event.occurred_at))
        case ApprovalRefused():
            refused = _with_approval(state, event.approval, outcome="refused")
            return replace(refused, as_of=state.not_before(event.occurred_at))
        case ApprovalLapsed():
            return _with_approval(state, event.approval, outcome="lapsed")
        case _:
            assert_never(event)


def _with_approval(state: G, approval: str, **fields: object) -> G:
    changed = (replace(one, **fields) if one.id == approval else one for one in state.approvals)  # type: ignore[arg-type]
    return replace(state, approvals=tuple(changed))
