"""The chapter of a playbook on enablement 赋能: which product lines a unit sells only once it is enabled for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated
from unicodedata import normalize

from pydantic import Field, model_validator

from domain.messages import Text
from domain.playbook.parts import Code, Place, Positive, Role, Rule, wrong

ENABLEMENT = "unit_enablement"
"""How a gate lists that its deal's unit is not enabled for the product line."""
PRODUCT_LINE = "product_line_named"
"""How it lists that the deal names no product line, so that nobody knows what the unit must be enabled for."""


def folded(product_line: str) -> str:
    """A product line as it is told apart: not by capitals, blanks or the width of letters, so that no gate is passed by another
    spelling."""
    return "".join(normalize("NFKC", product_line).casefold().split())


class EnablementRules(Rule):
    """Enablement 赋能: without product lines and `all` (as in playbooks from before it) no gate asks for it."""

    all: bool = False
    """True when every product line asks for it."""
    product_lines: tuple[Text, ...] = ()
    """The product lines that ask for it; capitals, blanks and the width of letters do not matter. Where any does, a deal names
    its line before it leaves those stages."""
    stages: tuple[Code, ...] = ()
    """The stages that a deal does not leave before its unit is enabled; the first of the funnel when left out, so that a lead
    may always be recorded."""
    enabled_by: tuple[Role, ...] = ()
    """The roles that enable a unit and withdraw it again; any role when none is listed."""
    warn_before: Annotated[tuple[Positive, ...], Field(max_length=10)] = ()
    """Calendar days before the end of an enablement at which its end is announced."""

    @model_validator(mode="after")
    def _openable(self) -> EnablementRules:
        if self.asks and not self.enabled_by:
            raise wrong("say who enables a unit, or nobody would know whom to ask at the gate", "enabled_by")
        return self

    @property
    def who(self) -> str:
        """The role that is asked for it first; empty when any role enables."""
        return self.enabled_by[0] if self.enabled_by else ""

    @property
    def asks(self) -> bool:
        """Whether any product line asks for it."""
        return self.all or bool(self.product_lines)

    def concerns(self, product_line: str) -> bool:
        """Whether deals of that product line are asked for it at some gate."""
        return self.all or folded(product_line) in {folded(one) for one in self.product_lines}

    def roles_used(self) -> Iterator[tuple[str, Place]]:
        """Every role that this chapter names, with its place."""
        yield from ((role, ("enabled_by", index)) for index, role in enumerate(self.enabled_by))
