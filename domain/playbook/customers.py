"""The chapter of a playbook on customers 客户."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from pydantic import Field, model_validator

from domain.messages import Name
from domain.playbook.ladder import InvalidRules, LadderRules
from domain.playbook.parts import Code, Place, Positive, Role, Rule, codes, no_twins, wrong


class Market(Rule):
    """A market by yearly revenue; `from_revenue` (CNY) is included."""

    code: Code
    name: Name
    from_revenue: Annotated[Decimal, Field(ge=0)]


class ValueClass(Rule):
    """A value class 价值分类 inside a market, decided by a person with evidence."""

    code: Code
    market: Code
    name: Name
    serves: Name
    """What the class means for us."""


class ServiceLine(Rule):
    """A service line 服务线 that contracts are about."""

    code: Code
    name: Name


def _line(code: str, en: str, zh: str) -> ServiceLine:
    return ServiceLine(code=code, name=Name(en=en, zh=zh))


SERVICE_LINES = (
    _line("implementation", "consulting and implementation", "咨询实施"),
    _line("integration", "integration", "系统集成"),
    _line("development", "custom development", "客户化开发"),
    _line("support", "support", "支持服务"),
    _line("optimisation", "continuous optimisation", "持续优化"),
    _line("training", "training", "培训"),
    _line("outsourcing", "outsourcing", "运维外包"),
)
"""The seven that are known; a playbook may name others."""


class CustomerRules(Rule):
    """Markets, value classes and how long a customer may stay without contact."""

    markets: Annotated[tuple[Market, ...], Field(min_length=1)]
    value_classes: Annotated[tuple[ValueClass, ...], Field(min_length=1)]
    keep_contact_after_loss: Positive
    """Calendar days to the next contact after a lost deal, when the loss names no date."""
    owner: Role
    classified_by: tuple[Role, ...] = ()
    """Who decides a value class, or approves one that others propose; empty: whoever asks decides."""
    class_review_within: Positive | None = None
    """Calendar days to decide the value class again when the revenue has crossed a boundary; None asks for no review."""
    merged_by: tuple[Role, ...] = ()
    """Who approves the merge of a duplicate; anybody but the asker when empty."""
    service_lines: tuple[ServiceLine, ...] = SERVICE_LINES
    """What contracts are about."""
    ladder: LadderRules = LadderRules()
    invalid: InvalidRules = InvalidRules()

    @model_validator(mode="after")
    def _consistent(self) -> CustomerRules:
        no_twins("market", codes(self.markets, "markets"))
        no_twins("value class", codes(self.value_classes, "value_classes"))
        no_twins("service line", codes(self.service_lines, "service_lines"))
        bounds = ((f"{m.from_revenue.normalize():f}", ("markets", i, "from_revenue")) for i, m in enumerate(self.markets))
        no_twins("lower bound of a market", bounds)
        if min(market.from_revenue for market in self.markets) != 0:
            raise wrong("one market must start at a revenue of 0, or some customers would have none", "markets")
        markets = {market.code for market in self.markets}
        for index, value in enumerate(self.value_classes):
            if value.market not in markets:
                reason = f"value class {value.code} names the market {value.market!r}, which is not listed"
                raise wrong(reason, "value_classes", index, "market")
        for code, place in self.ladder.value_classes_used():
            if self.value_class(code) is None:
                raise wrong(f"the value class {code!r} is not listed under value_classes", "ladder", *place)
        return self

    def roles_used(self) -> Iterator[tuple[str, Place]]:
        """Each role that the chapter names, with its place."""
        yield self.owner, ("owner",)
        yield from ((role, ("classified_by", index)) for index, role in enumerate(self.classified_by))
        yield from ((role, ("merged_by", index)) for index, role in enumerate(self.merged_by))
        yield from self.invalid.roles_used("invalid")

    def market_of(self, revenue: Decimal) -> Market:
        """The market of a yearly revenue in CNY (lower bounds included)."""
        return max((m for m in self.markets if m.from_revenue <= revenue), key=lambda m: m.from_revenue)

    def value_class(self, code: str) -> ValueClass | None:
        """The value class with that code, if the playbook has it."""
        return next((value for value in self.value_classes if value.code == code), None)
