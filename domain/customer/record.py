"""The part of a customer's state that tells who they are, whose they are and what we know of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pydantic import AwareDatetime

from domain.customer.record_events import (
    BuyingProcessRecorded,
    ClassProposed,
    ClassReviewRaised,
    CustomerMerged,
    Held,
    ITPlanRecorded,
    PersonMapped,
)
from domain.customer.record_terms import LineContract, TakenCase
from domain.messages import Frozen, Money


class Classed(Frozen):
    """A decision on the value class."""

    value_class: str
    since: AwareDatetime
    evidence: str
    approver: str = ""
    proposed_by: tuple[str, ...] = ()


class Revenue(Frozen):
    """A year's revenue."""

    amount: Money
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Absorbed:
    """A duplicate that this customer stands for."""

    customer: str
    name: str
    since: AwareDatetime
    held: Held
    cases: tuple[TakenCase, ...] = ()
    """Its improvement cases that were taken over."""

    @property
    def taken(self) -> tuple[str, ...]:
        """Its improvement cases that were taken over, as it called them."""
        return tuple(one.case for one in self.cases)


class Left(Frozen):
    """A merge that was taken back."""

    into: str
    number: int
    """Which merge of this customer it was: 1, 2, 3 …"""
    at: AwareDatetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Who a customer is, whose it is, and what we know of it."""

    registration: str = ""
    aliases: tuple[str, ...] = ()
    revenues: Mapping[int, Revenue] = field(default_factory=dict)
    """By year."""
    classed: tuple[Classed, ...] = ()
    """Every decision on the value class, the oldest first."""
    proposal: ClassProposed | None = None
    """The value class that waits for an answer."""
    proposals: int = 0
    review: ClassReviewRaised | None = None
    """The review of the value class that is due."""
    review_overdue: bool = False
    reviews: int = 0
    parent: str = ""
    """The customer of its group that it belongs to."""
    merged: CustomerMerged | None = None
    """Where it went, if it was a duplicate."""
    merges: int = 0
    """How often it was merged; more than once where that was taken back."""
    left: tuple[Left, ...] = ()
    """Every merge that was taken back."""
    words: int = 0
    """How much has happened to it since it was merged."""
    absorbed: Mapping[str, Absorbed] = field(default_factory=dict)
    people: Mapping[str, PersonMapped] = field(default_factory=dict)
    """The power map as it is."""
    map_version: int = 0
    buying: BuyingProcessRecorded | None = None
    it_plan: ITPlanRecorded | None = None
    contracts: Mapping[str, LineContract] = field(default_factory=dict)
    """Every recorded contract of a service line, by its id."""

    @property
    def merged_into(self) -> str:
        """The customer that stands for this one; empty for one that stands for itself."""
        return self.merged.into if self.merged else ""

    @property
    def stands_for(self) -> tuple[str, ...]:
        """The duplicates that were merged into this one, however long ago."""
        return tuple(self.absorbed)

    def line_contracts(self) -> tuple[LineContract, ...]:
        """Every contract of a service line, those of duplicates with them."""
        return (*self.contracts.values(), *(one for each in self.absorbed.values() for one in each.held.lines))

    def valid_contracts(self, day: date) -> tuple[LineContract, ...]:
        """The contracts of service lines that are valid on a day."""
        return tuple(one for one in self.line_contracts() if one.valid_on(day))
