"""The part of a playbook on how a customer falls asleep 休眠阶梯, what keeps it awake, and when it is no customer any more."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

from pydantic import model_validator

from domain.messages import Name
from domain.playbook.parts import Code, Place, Positive, Role, Rule, codes, no_twins, wrong

Channel = Literal["visit", "call", "meeting", "message", "event"]
"""How people get in touch."""
Direction = Literal["out", "in"]
"""`out`: we turned to the customer; `in`: the customer turned to us."""

CHANNELS: tuple[Channel, ...] = ("visit", "call", "meeting", "message", "event")


class Span(Rule):
    """A length of time: either calendar months or calendar days."""

    months: Positive | None = None
    days: Positive | None = None

    @model_validator(mode="after")
    def _one(self) -> Span:
        if (self.months is None) == (self.days is None):
            raise wrong("give either months or days")
        return self

    def after(self, day: date) -> date:
        """The day that lies so long after another: the same day of the month, or the month's last if it has no such day."""
        if self.days is not None:
            return day + timedelta(days=self.days)
        assert self.months is not None
        year, month = divmod(day.year * 12 + day.month - 1 + self.months, 12)
        return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))

    def surely_before(self, other: Span) -> bool:
        """True when this is the shorter one from whatever day on: a month may have 28 days or 31."""
        if self.months is not None and other.months is not None:
            return self.months < other.months
        return self._days_at_most < other._days_at_least

    @property
    def _days_at_most(self) -> int:
        return self.days if self.days is not None else 31 * (self.months or 0)

    @property
    def _days_at_least(self) -> int:
        return self.days if self.days is not None else 28 * (self.months or 0)

    def __str__(self) -> str:
        return f"{self.days} days" if self.days is not None else f"{self.months} months"


class Rung(Rule):
    """How long after the last sign of life a customer cools, and how long after it the customer is dormant."""

    cooling: Span
    dormant: Span

    @model_validator(mode="after")
    def _in_order(self) -> Rung:
        if not self.cooling.surely_before(self.dormant):
            raise wrong(f"cooling ({self.cooling}) must come before dormancy ({self.dormant}), whatever the month", "cooling")
        return self


class Steps(Rule):
    """The ladder of some value classes; without any, of all that no other row names: those not yet classified among them."""

    value_classes: tuple[Code, ...] = ()
    active: Rung
    potential: Rung

    @model_validator(mode="after")
    def _potential_first(self) -> Steps:
        if not self.potential.dormant.surely_before(self.active.dormant):
            told = (
                f"a potential customer ({self.potential.dormant}) must be dormant before an active one ({self.active.dormant})"
            )
            raise wrong(told, "potential", "dormant")
        return self


class EffectiveContact(Rule):
    """Which contacts count as effective 有效接触."""

    channels: tuple[Channel, ...] = CHANNELS
    directions: tuple[Direction, ...] = ("out", "in")
    answered: tuple[Channel, ...] = ()
    """The channels that count only when the customer has answered."""
    spoken: tuple[Channel, ...] = ("visit", "call", "meeting")
    """The channels in which the customer answers by being there, unless it is recorded that nobody did."""

    def answers(self, channel: Channel, direction: Direction, answered: bool | None) -> bool:
        """Whether the customer has answered: as recorded; else when it has turned to us, or was spoken to."""
        return answered if answered is not None else direction == "in" or channel in self.spoken

    def counts(self, channel: Channel, direction: Direction, answered: bool | None) -> bool:
        """Whether such a contact is effective."""
        if channel not in self.channels or direction not in self.directions:
            return False
        return channel not in self.answered or self.answers(channel, direction, answered)


class LadderRules(Rule):
    """The ladder per value class, and what counts as a sign of life. Without steps nobody falls asleep."""

    steps: tuple[Steps, ...] = ()
    contact: EffectiveContact = EffectiveContact()
    product_use: bool = True
    """Whether product use keeps a customer awake."""
    use_wakes: bool = False
    """Whether product use wakes a customer that is dormant already."""

    @model_validator(mode="after")
    def _one_row_each(self) -> LadderRules:
        named = (
            (code, ("steps", i, "value_classes", j))
            for i, row in enumerate(self.steps)
            for j, code in enumerate(row.value_classes)
        )
        no_twins("ladder of the value class", named)
        if self.steps and sum(not row.value_classes for row in self.steps) != 1:
            raise wrong("one row without value_classes must hold for all others and for those not yet classified", "steps")
        return self

    def rung(self, value_class: str, status: Literal["active", "potential"]) -> Rung | None:
        """How a customer of that class and state falls asleep; None where it does not."""
        found: Steps | None = None
        for row in self.steps:
            if value_class in row.value_classes:
                found = row
                break
            if not row.value_classes:
                found = row
        return None if found is None else found.active if status == "active" else found.potential

    def value_classes_used(self) -> Iterator[tuple[str, Place]]:
        """Each value class that is named, with its place."""
        for index, row in enumerate(self.steps):
            for at, code in enumerate(row.value_classes):
                yield code, ("steps", index, "value_classes", at)


class InvalidReason(Rule):
    """A reason for which a customer is none any more."""

    code: Code
    name: Name
    days_after_loss: Positive | None = None
    """Within so many calendar days after a lost deal the evidence must be newer than the loss; no such rule when left out."""


NO_REASONS = ("lost", "lost_deal", "deal_lost", "lost_project", "project_lost")
"""Never a reason: lose the project, not the customer 丢单不丢客户 [S]."""


KNOWN_REASONS = (
    InvalidReason(code="wound_up", name=Name(en="wound up", zh="已注销")),
    InvalidReason(code="duplicate", name=Name(en="duplicate", zh="重复客户")),
    InvalidReason(code="out_of_market", name=Name(en="out of our market", zh="不在目标市场")),
    InvalidReason(code="disqualified", name=Name(en="disqualified", zh="不符合客户资格")),
)
"""Those of a playbook that names none."""


class InvalidRules(Rule):
    """For which reasons a customer becomes invalid 无效, and who approves it, and its return."""

    reasons: tuple[InvalidReason, ...] = KNOWN_REASONS
    approved_by: tuple[Role, ...] = ()
    """Any role when empty; never the one who asks."""

    @model_validator(mode="after")
    def _sound(self) -> InvalidRules:
        no_twins("reason to be invalid", codes(self.reasons, "reasons"))
        for index, reason in enumerate(self.reasons):
            if reason.code in NO_REASONS:
                raise wrong("a lost deal never makes a customer invalid: lose the project, not the customer", "reasons", index)
        return self

    def reason(self, code: str) -> InvalidReason | None:
        """The reason of that code."""
        return next((one for one in self.reasons if one.code == code), None)

    def roles_used(self, *place: int | str) -> Iterator[tuple[str, Place]]:
        """Each role, with its place."""
        return ((role, (*place, "approved_by", index)) for index, role in enumerate(self.approved_by))
