"""The part of a playbook on change orders 变更单: who approves which size, and how long each answer may take."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from domain.messages import Money
from domain.playbook.parts import Place, Positive, Role, Rule, wrong


class ChangeTier(Rule):
    """A size of change order. A limit that is left out is none."""

    up_to_days: Annotated[int, Field(ge=0, le=10_000)] | None = None
    """Working days, included."""
    up_to_cost: Annotated[Decimal, Field(ge=0)] | None = None
    """Included."""
    role: Role
    """Who approves it."""

    def takes(self, days: int, cost: Decimal | None) -> bool:
        """Whether an order of that size is not too large. A cost of None is one that cannot be compared."""
        if self.up_to_days is not None and days > self.up_to_days:
            return False
        return self.up_to_cost is None or (cost is not None and cost <= self.up_to_cost)


class ChangeRules(Rule):
    """Change orders: request, approval by size, the customer's signature; a clock on each answer."""

    tiers: Annotated[tuple[ChangeTier, ...], Field(min_length=1)]
    """From the smallest to the largest; the last one takes all that is left."""
    asked_by: tuple[Role, ...] = ()
    """The roles that ask for change orders; all, if there are none."""
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "CNY"
    """Of the limits; a cost in another currency goes to the last tier."""
    answer_within: Positive
    """Working hours for the approval."""
    sign_within: Positive
    """Working days for the customer's signature."""
    escalate_to: Role
    """Who is told of an answer that does not come, and may approve then."""

    @model_validator(mode="after")
    def _ascending(self) -> ChangeRules:
        *limited, last = self.tiers
        if last.up_to_days is not None or last.up_to_cost is not None:
            raise wrong("the last tier must have no limits, or large change orders would have no approver", "tiers")
        for index, tier in enumerate(limited):
            if tier.up_to_days is None and tier.up_to_cost is None:
                raise wrong("only the last tier may be without limits", "tiers", index)
        return self

    def tier(self, days: int, cost: Money | None) -> int:
        """The place of the tier that an order of that size belongs to."""
        amount = Decimal(0) if cost is None else cost.amount if cost.currency == self.currency else None
        return next(index for index, tier in enumerate(self.tiers) if tier.takes(days, amount))

    def roles_used(self) -> Iterator[tuple[str, Place]]:
        """Every role that is named here, with its place."""
        yield self.escalate_to, ("escalate_to",)
        for index, role in enumerate(self.asked_by):
            yield role, ("asked_by", index)
        for index, tier in enumerate(self.tiers):
            yield tier.role, ("tiers", index, "role")
