"""The part of the chapter on support 支持 about what follows a go-live: early life, the contract, satisfaction, patterns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, model_validator

from domain.playbook.parts import Code, Item, Place, Positive, Role, Rule, codes, no_twins, who_brings, wrong

Score = Annotated[int, Field(ge=1, le=5)]


class EarlyLife(Rule):
    """Early-life support 早期支持（上线护航）: how long a new system must run inside its targets before support alone has it.

    After ITIL's "early life support", which ends by agreed criteria and not by a date alone; the figures are ours."""

    stable_days: Positive
    """Calendar days from the go-live, or from the last missed target, without a missed target."""
    close_within: Positive = 5
    """Working days after the end of a month by which its close is done; the first month that ends after the go-live counts."""
    duty: Role
    """The role that has the duty beside support meanwhile."""
    gate: bool = False
    """True when nothing is handed over to support before the system is stable."""


class RenewalSteps(Rule):
    """What is to be done in a renewal window 续约窗口."""

    days: Positive
    """The window: calendar days before the notice date, one of `renewal_windows`."""
    steps: Annotated[tuple[Item, ...], Field(min_length=1)]


class Satisfaction(Rule):
    """When the customer is asked how satisfied it is 满意度, and what a low score calls for."""

    after_go_live: Positive | None = None
    """Calendar days after the go-live; not asked then when left out."""
    at_closing: bool = False
    """True to ask with the solution of each ticket."""
    yearly: bool = False
    """True to ask on each anniversary of the support, as long as the contract is valid."""
    answer_within: Positive = 14
    """Calendar days after which a question counts as unanswered."""
    low: Score = 2
    """A score that is not above this opens a recovery task."""
    recover_within: Positive = 5
    """Working days for a recovery task."""
    asks: Role
    recovers: Role
    escalate_to: Role
    """Who is called when a recovery task is overdue."""


class Pattern(Rule):
    """When tickets that are alike are a pattern 重复问题, and what becomes of it."""

    tickets: Annotated[int, Field(ge=2, le=100)]
    """So many of one product and category at one customer …"""
    days: Positive
    """… opened within so many calendar days."""
    owner: Role
    """The role that makes a lead of an improvement case, or dismisses it."""
    need_criterion: Code | None = None
    """The criterion of the funnel that the need in the customer's words is evidence for."""


class ServiceRules(Rule):
    """What follows a go-live. What is left out does not take place."""

    early_life: EarlyLife | None = None
    renewal: tuple[RenewalSteps, ...] = ()
    satisfaction: Satisfaction | None = None
    pattern: Pattern | None = None

    @model_validator(mode="after")
    def _once(self) -> ServiceRules:
        days = [window.days for window in self.renewal]
        if len(set(days)) < len(days):
            raise wrong("describes a window twice", "renewal")
        steps = (place for index, window in enumerate(self.renewal) for place in codes(window.steps, "renewal", index, "steps"))
        no_twins("renewal step", steps)
        return self

    def roles_used(self, *place: int | str) -> Iterator[tuple[str, Place]]:
        """Every role that is named here, with its place."""
        if self.early_life is not None:
            yield self.early_life.duty, (*place, "early_life", "duty")
        for index, window in enumerate(self.renewal):
            yield from who_brings(window.steps, *place, "renewal", index, "steps")
        if self.satisfaction is not None:
            for name in ("asks", "recovers", "escalate_to"):
                yield getattr(self.satisfaction, name), (*place, "satisfaction", name)
        if self.pattern is not None:
            yield self.pattern.owner, (*place, "pattern", "owner")
