"""The chapter of a playbook on the handoffs 交接."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from domain.messages import Money, Name
from domain.playbook.parts import Code, Item, Place, Positive, Role, Rule, codes, no_twins, who_brings, wrong


class EarlyStart(Rule):
    """How far work may go before the receiver has signed for it, and who may allow that 提前启动."""

    max_days: Positive
    """Working days, all allowances of a project together."""
    max_cost: Money
    """All allowances of a project together."""
    approver: Role


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
    escalate_after: Positive | None = None
    """Working hours that the side that is late has left before `escalate_to` is called; nobody is when left out."""
    escalate_to: Role | None = None
    ledger_item: Code | None = None
    """The item of the checklist that the promise ledger itself fulfils: it is attached to each offer."""
    refuse_severe: bool = False
    """True when nothing is handed over to support while a defect of severity 1 (a known problem of class A) is open."""
    open_promises: Literal["any", "dated", "none"] = "any"
    """Which promises that still bind us the receiver takes over; `dated`: those with a date that is still to come."""
    early_start: EarlyStart | None = None
    """When left out, work begins with the acceptance and not before."""

    @model_validator(mode="after")
    def _whole(self) -> HandoffRules:
        no_twins("checklist item", codes(self.checklist, "checklist"))
        if self.giver == self.receiver:
            raise wrong(f"giver and receiver are both {self.giver!r}; nobody hands over to themselves", "receiver")
        if (self.escalate_after is None) != (self.escalate_to is None):
            raise wrong("an escalation needs both `escalate_after` and `escalate_to`", "escalate_to")
        if self.ledger_item is not None and self.ledger_item not in {item.code for item in self.checklist}:
            raise wrong(f"the checklist has no item {self.ledger_item!r} for the promises to fulfil", "ledger_item")
        return self

    def roles_used(self, *place: int | str) -> Iterator[tuple[str, Place]]:
        """Every role that this handoff names, with its place."""
        yield self.giver, (*place, "giver")
        yield self.receiver, (*place, "receiver")
        yield from who_brings(self.checklist, *place, "checklist")
        if self.escalate_to is not None:
            yield self.escalate_to, (*place, "escalate_to")
        if self.early_start is not None:
            yield self.early_start.approver, (*place, "early_start", "approver")
