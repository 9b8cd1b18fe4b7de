"""The chapter of a playbook on the sales funnel 销售漏斗."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import chain, pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from domain.messages import Name
from domain.playbook.approval import Approval
from domain.playbook.parts import Code, Item, Percent, Place, Positive, Role, Rule, codes, find, no_twins, who_brings, wrong
from domain.playbook.pricing import PriceRules

CANCELLED = Name(en="Cancelled", zh="已取消")
APPROVAL = "approval"
"""What a gate that waits for its approval lists as missing; no criterion may be called so."""


class Criterion(Item):
    """An exit criterion of a stage; `who` is the role that brings its evidence."""

    strict: bool = False
    """True when only that role may bring it: somebody else's word would prove nothing (delivery's own review)."""
    proof: Literal["document", "quote"] = "document"
    """`quote`: met by a quoted price inside its limits, or by the approval of one outside; never by a document alone."""


class Stage(Rule):
    """A stage of the sales funnel. It is left when each required exit criterion has its evidence."""

    code: Code
    name: Name
    win_rate: Annotated[int, Field(ge=0, le=100)]
    """Percent."""
    time_box: Positive
    """Working days, after which the stage is overdue."""
    owner: Role
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1)]
    approval: Approval | None = None
    """Who must approve once all required evidence is in; None when the evidence alone opens the gate."""
    skippable_by: Role | None = None
    """The role that may skip the stage, with a reason; None when nobody may."""


class Stall(Rule):
    """When a deal counts as stalled (published practice: 1.5 × the usual dwell, or 30 days without a dated next step)."""

    dwell_percent: Percent
    """Of the usual dwell of that stage and value class; of the stage's time box until enough deals have left it."""
    dwell_at_least: Annotated[int, Field(ge=0, le=10_000)] = 0
    """Working days in which no deal stalls by its dwell, however quickly deals leave (many, when recorded in one go)."""
    without_next_step: Positive
    """Calendar days."""
    learned_from: Positive | None = None
    """How many deals make a usual dwell; None to go by the time box always."""
    task_within: Positive | None = None
    """Working days that the owner has to move a stalled deal; None when no task is raised."""
    escalate_after: Positive | None = None
    """Working days after which a deal that is still stalled is escalated; None for never."""
    escalate_to: Role | None = None


class FunnelRules(Rule):
    """The sales funnel 销售漏斗. A deal is won when the exit criteria of the last stage are in; `won` and so on are names."""

    stages: Annotated[tuple[Stage, ...], Field(min_length=1)]
    won: Name
    lost: Name
    shelved: Name
    cancelled: Name = CANCELLED
    stall: Stall
    either_order: tuple[tuple[Code, Code], ...] = ()
    """Pairs of neighbouring stages: the gate that is complete first is passed first, and neither is skipped."""
    override_by: tuple[Role, ...] = ()
    """The roles that may approve an override; any when none is listed."""
    override_within: Positive | None = None
    """Calendar days: for how long an override may excuse what is missing at the most; None for any time."""
    reopen_by: tuple[Role, ...] = ()
    """The roles that may approve that a lost deal is reopened; any when none is listed."""
    return_from_shelf: bool = False
    """True when a shelved deal stands in its stage again on its date; False when its date only calls for a person."""
    price: PriceRules | None = None
    """Profit first: margin floor and discount limit by value class; None when prices have no limits."""

    @model_validator(mode="after")
    def _unique(self) -> FunnelRules:
        no_twins("stage", codes(self.stages, "stages"))
        for_all = (codes(stage.criteria, "stages", index, "criteria") for index, stage in enumerate(self.stages))
        no_twins("criterion", chain.from_iterable(for_all))
        return self

    @model_validator(mode="after")
    def _possible(self) -> FunnelRules:
        order = [stage.code for stage in self.stages]
        for index, pair in enumerate(self.either_order):
            if pair not in list(pairwise(order)):
                raise wrong(f"{' and '.join(pair)} are not two stages that follow each other", "either_order", index)
        no_twins("stage", ((code, ("either_order",)) for code in chain.from_iterable(self.either_order)))
        if self.stages[-1].skippable_by:
            reason = "the last stage cannot be skipped: a deal is not won without it"
            raise wrong(reason, "stages", len(order) - 1, "skippable_by")
        if (self.stall.escalate_after is None) != (self.stall.escalate_to is None):
            raise wrong("escalate_after and escalate_to belong together", "stall", "escalate_to")
        return self

    @model_validator(mode="after")
    def _provable(self) -> FunnelRules:
        for index, stage in enumerate(self.stages):
            for number, item in enumerate(stage.criteria):
                place = ("stages", index, "criteria", number)
                if item.code == APPROVAL:
                    raise wrong(f"{APPROVAL!r} is how a gate lists its own approval; take another code", *place, "code")
                if item.proof == "quote" and self.price is None:
                    raise wrong("a criterion that a quote meets needs limits under funnel.price", *place, "proof")
        return self

    def stage(self, code: str) -> Stage:
        """The stage with that code; raises KeyError for one that is not in this playbook."""
        return find(self.stages, code)

    def after(self, code: str) -> Stage | None:
        """The stage that follows, or None after the last one."""
        index = self.stages.index(self.stage(code)) + 1
        return self.stages[index] if index < len(self.stages) else None

    def partner(self, code: str) -> str | None:
        """The stage whose gate may be passed before or after this one's, or None."""
        return next((b if a == code else a for a, b in self.either_order if code in (a, b)), None)

    @cached_property
    def criteria(self) -> dict[str, tuple[Stage, Criterion]]:
        """Every exit criterion by its code, with its stage."""
        return {item.code: (stage, item) for stage in self.stages for item in stage.criteria}

    def roles_used(self) -> Iterator[tuple[str, Place]]:
        """Every role that the funnel names, with its place inside this chapter."""
        for index, stage in enumerate(self.stages):
            place = ("stages", index)
            yield stage.owner, (*place, "owner")
            yield from who_brings(stage.criteria, *place, "criteria")
            if stage.approval:
                yield from stage.approval.roles_used(*place, "approval")
            if stage.skippable_by:
                yield stage.skippable_by, (*place, "skippable_by")
        if self.stall.escalate_to:
            yield self.stall.escalate_to, ("stall", "escalate_to")
        yield from ((role, ("override_by", index)) for index, role in enumerate(self.override_by))
        yield from ((role, ("reopen_by", index)) for index, role in enumerate(self.reopen_by))
        if self.price:
            yield from self.price.roles_used("price")

    def value_classes_used(self) -> Iterator[tuple[str, Place]]:
        """Every value class that the funnel names, with its place inside this chapter."""
        for index, row in enumerate(self.price.limits if self.price else ()):
            yield from ((code, ("price", "limits", index, "value_classes")) for code in row.value_classes)
