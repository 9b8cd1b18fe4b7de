"""The chapter of a playbook on industry, customer and project plans 行业规划、客户规划、项目规划: when they are reviewed, and
what counts as a gap."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from domain.playbook.parts import Percent, Place, Positive, Role, Rule, wrong

PlanKind = Literal["industry", "customer", "project"]
"""Of what a plan is; each kind hangs under the one before it."""

FURTHEST = 400
"""Days within which every cadence comes round."""


class Cadence(Rule):
    """On which dates the plans of a kind are reviewed."""

    kind: PlanKind
    every: Literal["week", "month", "quarter"]
    weekday: Annotated[int, Field(ge=1, le=7)] = 1
    """Of a weekly review: 1 is Monday."""
    day: Annotated[int, Field(ge=1, le=28)] = 1
    """Of a monthly or quarterly review: the day of the month."""
    month: Annotated[int, Field(ge=1, le=3)] = 1
    """Of a quarterly review: which month of the quarter."""
    at: Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "07:00"
    """The time of day, in the time zone of the playbook's working calendar."""

    @property
    def code(self) -> str:
        """There is one cadence for each kind."""
        return self.kind

    @property
    def hour_and_minute(self) -> tuple[int, int]:
        """The time of day as two numbers."""
        hour, _, minute = self.at.partition(":")
        return int(hour), int(minute)

    def falls_on(self, day: date) -> bool:
        """True for a date on which plans are reviewed."""
        if self.every == "week":
            return day.isoweekday() == self.weekday
        return day.day == self.day and (self.every == "month" or (day.month - 1) % 3 == self.month - 1)

    def first_after(self, day: date) -> date:
        """The first date of review after a date."""
        return next(one for one in (day + timedelta(days=n) for n in range(1, FURTHEST)) if self.falls_on(one))


class PlanRules(Rule):
    """Reviews, gaps and actions of plans. In an older playbook nothing is reviewed by itself, and no gap found."""

    owner: Role | None = None
    """The role that answers for a plan; that of the customers when left out."""
    reviews: tuple[Cadence, ...] = ()
    """When the plans of each kind are reviewed; a kind that is not here is never reviewed by itself."""
    grace_days: Positive = 3
    """Calendar days after its date when a review that has not come is overdue."""
    catch_up_days: Positive = 90
    """How long ago a date of review may lie and still be caught up with after an outage."""
    gap_below: Percent = 0
    """Coverage of a target in percent under which there is a gap; 0 finds none."""
    gap_action_days: Positive = 14
    """Calendar days that the owner has for the action that a gap raises."""
    escalate_after_days: Positive | None = None
    """Calendar days after which an overdue action is escalated; never when left out."""
    escalates_to: Role | None = None

    @model_validator(mode="after")
    def _consistent(self) -> PlanRules:
        kinds = [one.kind for one in self.reviews]
        for index, kind in enumerate(kinds):
            if kind in kinds[:index]:
                raise wrong(f"the review of {kind} plans is described twice", "reviews", index, "kind")
        if (self.escalate_after_days is None) != (self.escalates_to is None):
            raise wrong("give both `escalate_after_days` and `escalates_to`, or neither", "escalates_to")
        return self

    def cadence(self, kind: str) -> Cadence | None:
        """The cadence of a kind of plan."""
        return next((one for one in self.reviews if one.kind == kind), None)

    def roles_used(self, *place: int | str) -> Iterator[tuple[str, Place]]:
        """Every role that this chapter names, with its place."""
        if self.owner is not None:
            yield self.owner, (*place, "owner")
        if self.escalates_to is not None:
            yield self.escalates_to, (*place, "escalates_to")
