"""What support keeps on record beside its contract: leftovers, questions, recovery tasks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from domain.leftovers import Leftover
from domain.messages import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftoverOpen:
    """A leftover of the acceptance that has not come yet."""

    leftover: Leftover
    due_on: date
    lapsed: bool = False
    dates: int = 1
    """How many dates it has had."""

    @property
    def name(self) -> str:
        """Its id."""
        return self.leftover.leftover


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A question how satisfied the customer is, that is open."""

    survey: str
    occasion: str
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What somebody has to do after a low score."""

    recovery: str
    score: int
    occasion: str
    ticket: str
    who: str
    due_at: datetime
    overdue: bool = False
    settled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """What a service period is sold for, and when that was agreed."""

    period: int
    amount: Money
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A service period has ended, or another was agreed."""

    kind: Literal["lapsed", "renewed"]
    period: int
    on: date
    """The last day of the period."""
    at: datetime
