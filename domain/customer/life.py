"""The part of a customer's state that its life is judged by: the latest sign of life of each kind, and how far it sleeps.

Bounded, however long it lasts: projects that run, contracts that are not known to have ended, and one moment of each kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal

from domain.customer.terms import Awake

Start = Literal["registered", "reactivated", "requalified", "ladder_began"]
"""What the time is counted from when nothing has been seen of the customer since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What keeps a customer awake, and how far it has gone to sleep."""

    began_at: datetime | None = None
    """When it became known, woke or was qualified again last; the time is never counted from before."""
    start: Start = "registered"
    running: Mapping[str, datetime] = field(default_factory=dict)
    """The projects that run, and since when."""
    project_ended_at: datetime | None = None
    """When a project ended last."""
    contracts: Mapping[str, date | None] = field(default_factory=dict)
    """The contracts that are not known to have ended: their last valid day; None for one without an end. A service contract
    goes by its project."""
    contract_ended_on: date | None = None
    """The last valid day of the contract that ended last."""
    used_at: datetime | None = None
    contact_at: datetime | None = None
    """When there was an effective contact last; what a dormant customer has not answered is none."""
    answered_at: datetime | None = None
    """When the customer answered last."""
    lost_at: datetime | None = None
    """When a deal was lost last."""
    cooling: bool = False
    cooled_at: datetime | None = None
    """When it cooled, or went dormant, last; None while it is awake."""
    asleep_since: date | None = None
    """The day that the cooling or dormancy which lasts was counted from."""
    slept_from: Awake = "potential"
    """What it was before it went dormant."""
    dormant: bool = False
    coolings: int = 0
    dormancies: int = 0
    as_of: datetime | None = None
    """The latest business moment of any fact but a step of the ladder."""
    judged_from: datetime | None = None
    """No step lies before it: the same moment, for every fact since the clocks run; None for a past that was brought along,
    whose steps have their true dates."""

    def signed(self, contract: str, ends_on: date | None) -> Life:
        """With a contract that is valid up to its last day, or without an end."""
        return replace(self, contracts={**self.contracts, contract: ends_on})

    def without(self, contract: str, ended_on: date | None = None) -> Life:
        """With a contract that has ended: on that day, or without anything to be counted from."""
        left = {one: ends_on for one, ends_on in self.contracts.items() if one != contract}
        last = max(filter(None, (self.contract_ended_on, ended_on)), default=None)
        return replace(self, contracts=left, contract_ended_on=last)

    def begun(self, project: str, at: datetime) -> Life:
        """With a project that runs."""
        return self if project in self.running else replace(self, running={**self.running, project: at})

    def finished(self, project: str, at: datetime) -> Life:
        """With a project that runs no more."""
        left = {one: since for one, since in self.running.items() if one != project}
        return replace(self, running=left, project_ended_at=later(self.project_ended_at, at))

    def awake_from(self, at: datetime, start: Start) -> Life:
        """Awake: whatever was before does not count any more."""
        return replace(self, began_at=at, start=start, cooling=False, dormant=False, cooled_at=None, asleep_since=None)


def later(one: datetime | None, other: datetime) -> datetime:
    """The later of two moments, the first of which may not be known."""
    return max(one, other) if one is not None else other
