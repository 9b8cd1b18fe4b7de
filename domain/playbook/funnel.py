"""The chapter of a playbook on the sales funnel 销售漏斗."""

from __future__ import annotations

from functools import cached_property
from itertools import chain
from typing import Annotated

from pydantic import Field, model_validator

from domain.messages import Name
from domain.playbook.parts import Code, Item, Percent, Positive, Role, Rule, codes, find, no_twins


class Stage(Rule):
    """A stage of the sales funnel. It is left when each required exit criterion has its evidence."""

    code: Code
    name: Name
    win_rate: Annotated[int, Field(ge=0, le=100)]
    """Percent."""
    time_box: Positive
    """Working days, after which the stage is overdue."""
    owner: Role
    criteria: Annotated[tuple[Item, ...], Field(min_length=1)]


class Stall(Rule):
    """When a deal counts as stalled (published practice: 1.5 × the usual dwell, or 30 days without a dated next step)."""

    dwell_percent: Percent
    """Of the stage's time box."""
    without_next_step: Positive
    """Calendar days."""


class FunnelRules(Rule):
    """The sales funnel 销售漏斗. A deal is won when the exit criteria of the last stage are in; `won` and so on are names."""

    stages: Annotated[tuple[Stage, ...], Field(min_length=1)]
    won: Name
    lost: Name
    shelved: Name
    stall: Stall

    @model_validator(mode="after")
    def _unique(self) -> FunnelRules:
        no_twins("stage", codes(self.stages, "stages"))
        for_all = (codes(stage.criteria, "stages", index, "criteria") for index, stage in enumerate(self.stages))
        no_twins("criterion", chain.from_iterable(for_all))
        return self

    def stage(self, code: str) -> Stage:
        """The stage with that code; raises KeyError for one that is not in this playbook."""
        return find(self.stages, code)

    def after(self, code: str) -> Stage | None:
        """The stage that follows, or None after the last one."""
        index = self.stages.index(self.stage(code)) + 1
        return self.stages[index] if index < len(self.stages) else None

    @cached_property
    def criteria(self) -> dict[str, tuple[Stage, Item]]:
        """Every exit criterion by its code, with its stage."""
        return {item.code: (stage, item) for stage in self.stages for item in stage.criteria}
