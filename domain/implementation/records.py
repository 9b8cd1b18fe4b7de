"""What is on record about one deliverable and one payment."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import AwareDatetime

from domain.messages import Frozen, Money


class Delivery(Frozen):
    """A deliverable as it was submitted last."""

    milestone: str
    reference: str
    submitted_by: tuple[str, ...] = ()
    """Who did it, and on whose behalf."""
    number: int = 1
    """How often it has been submitted."""
    verdict: Literal["", "accepted", "rejected"] = ""
    """What its review said; empty until there is one."""
    reviewed_by: str = ""


class DefectCount(Frozen):
    """How many defects are open, as they were counted last."""

    counts: dict[str, int]
    """By severity; "1" is the worst."""
    reference: str
    number: int = 1
    """How often they have been counted."""


class Receipt(Frozen):
    """Money that came in."""

    reference: str
    amount: Money
    at: AwareDatetime | None = None
    """When."""


class Payment(Frozen):
    """A payment of the contract that has fallen due."""

    milestone: str
    percent: int
    amount: Money | None
    due_on: date
    receipts: tuple[Receipt, ...] = ()
    overdue: bool = False
    settled: str = ""
    """What became of it when the project was cancelled."""
    fell_due_at: AwareDatetime | None = None
    """When its milestone was reached."""
    settled_at: AwareDatetime | None = None

    @property
    def outstanding(self) -> bool:
        """True while not all of it is in. Where no amount is known, the first receipt is taken for all of it."""
        if self.settled:
            return False
        if self.amount is None:
            return not self.receipts
        return sum((one.amount.amount for one in self.receipts), Decimal(0)) < self.amount.amount
