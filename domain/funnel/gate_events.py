"""What happened at the gates of the deal: evidence, approvals, prices, overrides."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar, Literal

from domain.escalating import Outcome
from domain.messages import Event, Money


class EvidenceRecorded(Event):
    """An exit criterion has its proof."""

    type: ClassVar[str] = "EvidenceRecorded"
    criterion: str
    reference: str
    note: str
    given_by: str
    evidence_id: str = ""
    """`E1`, `E2` … in the order of recording; in events from before ids were given, the place in that order is the id."""


class ProductAnswerRequested(Event):
    """The product division is asked about a product gap: an escalation begins."""

    type: ClassVar[str] = "ProductAnswerRequested"
    criterion: str
    """The exit criterion that its answer is the evidence of."""
    gap: str
    escalation: str
    step: str
    line: str
    asked_by: str
    """Staff id."""


class ProductAnswered(Event):
    """The escalation of a product gap has ended; an answer of the product division is recorded as evidence with it."""

    type: ClassVar[str] = "ProductAnswered"
    criterion: str
    escalation: str
    outcome: Outcome


class EvidenceWithdrawn(Event):
    """Evidence does not hold any more; the gates are judged without it."""

    type: ClassVar[str] = "EvidenceWithdrawn"
    evidence: tuple[str, ...]
    """The ids."""
    reason: str


class ApprovalRequested(Event):
    """An approval is asked for: all required evidence of a gate is in, or a price lies outside its limits."""

    type: ClassVar[str] = "ApprovalRequested"
    approval: str
    """`A1`, `A2` …"""
    subject: Literal["gate", "price"]
    stage: str
    entry: int
    quote: str
    """The quote that it is about; empty for a gate."""
    role: str
    within: int
    """Working hours."""
    deputy: str
    deputy_within: int
    """Working hours; 0 without a deputy."""
    escalate_to: str
    asked_by: tuple[str, ...]
    """Staff ids of those who asked and in whose name."""


class ApprovalOverdue(Event):
    """The approver has not answered in time; `occurred_at` is the due time. The deputy may answer from now on."""

    type: ClassVar[str] = "ApprovalOverdue"
    approval: str
    who: str
    """The role that was late."""
    passes_to: str
    """The deputy's role; empty without one."""


class ApprovalEscalated(Event):
    """The deputy has not answered in time either, or there is none: a higher role may answer from now on."""

    type: ClassVar[str] = "ApprovalEscalated"
    approval: str
    to: str


class ApprovalGiven(Event):
    """Approved."""

    type: ClassVar[str] = "ApprovalGiven"
    approval: str
    by: str
    """Staff id."""
    role: str
    note: str


class ApprovalRefused(Event):
    """Not approved: the gate stays shut until something has changed and the approval is requested anew."""

    type: ClassVar[str] = "ApprovalRefused"
    approval: str
    by: str
    """Staff id."""
    role: str
    reason: str


class ApprovalLapsed(Event):
    """An open request came to nothing: what it was asked for is not so any more."""

    type: ClassVar[str] = "ApprovalLapsed"
    approval: str
    reason: Literal["evidence_withdrawn", "newer_quote", "stage_left", "deal_shelved", "deal_ended"]


class PriceQuoted(Event):
    """A price was quoted, with the discount and the margin that follow from it."""

    type: ClassVar[str] = "PriceQuoted"
    quote: str
    """`Q1`, `Q2` …"""
    list_price: Money
    price: Money
    cost: Money | None
    discount_percent: Decimal
    """Of the list price, to the hundredth."""
    margin_percent: Decimal
    """Of the price, to the hundredth."""
    discount_limit: Decimal | None
    """The limit of the value class that it was measured against; None where the playbook has none."""
    margin_floor: Decimal | None
    inside: bool


class GateOverridden(Event):
    """A gate was passed without its evidence."""

    type: ClassVar[str] = "GateOverridden"
    stage: str
    missing: tuple[str, ...]
    reason: str
    approver: str
    expires_on: date
    number: int = 0
    """1, 2, 3 … in its stream; 0 in events from before overrides were counted."""
    asked_by: str = ""
    approver_role: str = ""


class OverrideSettled(Event):
    """Everything that an override had excused has come."""

    type: ClassVar[str] = "OverrideSettled"
    number: int
    gate: str


class OverrideExpired(Event):
    """The excuse is over and the evidence has not come: it is owed again. `occurred_at` is the end of the last day."""

    type: ClassVar[str] = "OverrideExpired"
    number: int
    gate: str
    missing: tuple[str, ...]
    """What had not come."""
    who: str
    """The role that must act."""


class EnablementNoted(Event):
    """What is on record of the enablement of the deal's unit for its product line has changed for the deal."""

    type: ClassVar[str] = "EnablementNoted"
    unit: str
    product_line: str
    enabled: bool


GateEvents = (
    EvidenceRecorded
    | EnablementNoted
    | ProductAnswerRequested
    | ProductAnswered
    | EvidenceWithdrawn
    | ApprovalRequested
    | ApprovalOverdue
    | ApprovalEscalated
    | ApprovalGiven
    | ApprovalRefused
    | ApprovalLapsed
    | PriceQuoted
    | GateOverridden
    | OverrideSettled
    | OverrideExpired
)
