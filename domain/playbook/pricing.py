"""Profit first 利润优先: how far a price may go by itself, and who approves it beyond."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from domain.messages import Money
from domain.playbook.approval import Approval
from domain.playbook.parts import Code, Place, Rule, wrong

Share = Annotated[Decimal, Field(ge=0, le=100, decimal_places=2)]
"""Percent, to the hundredth."""


class PriceLimits(Rule):
    """How far a price may go without an approval, for some value classes."""

    value_classes: tuple[Code, ...] = ()
    """Empty in the last row: all the others, and customers without a class."""
    margin_floor: Share
    """Percent of the price; a margin of exactly so much is inside."""
    discount_limit: Share
    """Percent of the list price; a discount of exactly so much is inside."""


class PriceApproval(Approval):
    """Who approves a price outside its limits, for deals up to a size."""

    up_to: Annotated[Decimal, Field(gt=0)] | None = None
    """The price of the deal in the currency of the tiers, included; None in the last row: any size."""


class PriceRules(Rule):
    """Limits by value class, and approvals by the size of the deal below them."""

    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "CNY"
    """Of the sizes; a deal in another currency goes to the last tier, because there are no exchange rates here."""
    limits: Annotated[tuple[PriceLimits, ...], Field(min_length=1)]
    approvals: Annotated[tuple[PriceApproval, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _complete(self) -> PriceRules:
        if [not row.value_classes for row in self.limits] != [False] * (len(self.limits) - 1) + [True]:
            raise wrong("the last row, and only that, names no value classes: it holds for all the others", "limits")
        sizes = [row.up_to for row in self.approvals]
        bounds = [size for size in sizes if size is not None]
        if sizes != [*bounds, None] or bounds != sorted(set(bounds)):
            raise wrong("sizes ascend, and the last row has none: it holds for any size", "approvals")
        return self

    def limits_of(self, value_class: str) -> PriceLimits:
        """The limits of a value class."""
        return next((row for row in self.limits if value_class in row.value_classes), self.limits[-1])

    def approval_of(self, price: Money) -> PriceApproval:
        """Who approves a deal of that size."""
        if price.currency != self.currency:
            return self.approvals[-1]
        fits = (row for row in self.approvals if row.up_to is None or price.amount <= row.up_to)
        return next(fits)

    def roles_used(self, *place: int | str) -> Iterator[tuple[str, Place]]:
        """Every role that is named here, with its place."""
        for index, row in enumerate(self.approvals):
            yield from row.roles_used(*place, "approvals", index)
