"""The chapter of a playbook on market insight 市场洞察 and product requests 产品需求: who answers, and in which time."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import model_validator

from domain.messages import Id, Text
from domain.playbook.enablement import folded
from domain.playbook.parts import Place, Positive, Role, Rule, no_twins, wrong


class Division(Rule):
    """A product division 产品事业部 and the product lines that it answers for."""

    unit: Id
    product_lines: tuple[Text, ...] = ()


class RequestRules(Rule):
    """Product requests 产品需求. A playbook in which nobody answers knows none."""

    answered_by: tuple[Role, ...] = ()
    """The roles of the product divisions: they alone answer, move the planned date and deliver."""
    answer_within: Positive | None = None
    """Working days for the answer; None for no time box."""
    escalate_after: Positive | None = None
    """Working days after that until it is escalated."""
    escalate_to: Role | None = None
    divisions: tuple[Division, ...] = ()
    """Who answers for which product line; a request of any other line names its division itself, or none."""
    tell_within: Positive = 5
    """Calendar days from a delivery in which each customer behind the request is contacted."""

    @model_validator(mode="after")
    def _answerable(self) -> RequestRules:
        if self.escalate_after is not None and (self.escalate_to is None or self.answer_within is None):
            raise wrong("what is escalated needs its time box (answer_within) and a role (escalate_to)", "escalate_after")
        lines = (
            (folded(line), ("divisions", index, "product_lines", at))
            for index, one in enumerate(self.divisions)
            for at, line in enumerate(one.product_lines)
        )
        no_twins("product line", lines)
        return self

    @property
    def who(self) -> str:
        """The role that must answer."""
        return self.answered_by[0] if self.answered_by else ""

    def division_of(self, product_line: str) -> str:
        """The unit that answers for a product line; empty when none is named."""
        fitting = (one for one in self.divisions if folded(product_line) in {folded(line) for line in one.product_lines})
        return next((one.unit for one in fitting), "")

    def roles_used(self) -> Iterator[tuple[str, Place]]:
        """Every role that this chapter names, with its place."""
        yield from ((role, ("answered_by", index)) for index, role in enumerate(self.answered_by))
        if self.escalate_to is not None:
            yield self.escalate_to, ("escalate_to",)
