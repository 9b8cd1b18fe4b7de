"""What a deal keeps on record beside its stage: evidence, approvals and quotes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from domain.messages import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One piece of evidence; it proves its criterion until it is withdrawn."""

    id: str
    criterion: str
    reference: str
    note: str
    given_by: str
    at: datetime
    withdrawn: str = ""
    """Why it was withdrawn; empty while it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approving:
    """An approval that was asked for, and how far it has come."""

    id: str
    subject: Literal["gate", "price"]
    stage: str
    entry: int
    """The stay in the stage that it was asked in; the approval of a gate is worth nothing in another stay."""
    quote: str
    """The quote that it is about; empty for a gate."""
    role: str
    within: int
    """Working hours."""
    deputy: str
    deputy_within: int
    """Working hours."""
    escalate_to: str
    asked_by: tuple[str, ...]
    """Staff ids of those who asked and in whose name: they cannot answer."""
    requested_at: datetime
    overdue_at: datetime | None = None
    escalated_at: datetime | None = None
    outcome: Literal["open", "given", "refused", "lapsed"] = "open"
    changed: bool = False
    """True when something about the gate has changed since it was refused."""

    @property
    def answerable_by(self) -> tuple[str, ...]:
        """The roles that may answer by now, the last of them being the one that it waits for."""
        deputy = (self.deputy,) if self.deputy and self.overdue_at else ()
        escalated = (self.escalate_to,) if self.escalated_at else ()
        return (self.role, *deputy, *escalated)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A quoted price."""

    id: str
    price: Money
    discount: Decimal
    """Percent of the list price."""
    margin: Decimal
    """Percent of the price."""
    inside: bool
    """Whether both were inside the limits of the value class."""
    at: datetime
