"""The chapter of a playbook on the handoffs 交接."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from domain.messages import Name
from domain.playbook.parts import Item, Positive, Role, Rule, codes, no_twins, wrong


class HandoffRules(Rule):
    """One handoff 交接: who gives, who receives, what must be in it, and the clocks of both sides."""

    name: Name
    giver: Role
    receiver: Role
    offer_within: Positive
    """Working days that the giver has to make the offer (again)."""
    answer_within: Positive
    """Working hours that the receiver has to answer."""
    checklist: Annotated[tuple[Item, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _unique(self) -> HandoffRules:
        no_twins("checklist item", codes(self.checklist, "checklist"))
        if self.giver == self.receiver:
            raise wrong(f"giver and receiver are both {self.giver!r}; nobody hands over to themselves", "receiver")
        return self
