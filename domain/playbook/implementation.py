"""The chapter of a playbook on the implementation 实施."""

from __future__ import annotations

from itertools import chain
from typing import Annotated, Literal

from pydantic import Field, model_validator

from domain.messages import Name
from domain.playbook.parts import Code, Item, Positive, Role, Rule, codes, find, no_twins, wrong


class Milestone(Rule):
    """A PMP milestone 里程碑 with its four parts: our task, our deliverables, completion mark, customer's responsibility."""

    code: Code
    phase: Code
    phase_name: Name
    name: Name
    task: Name
    deliverables: tuple[Item, ...]
    completion: Name
    customer_duty: Name
    signers: Annotated[tuple[Item, ...], Field(min_length=1)]
    """Each a role that signs; `who` is `vendor` or `customer`."""
    after: tuple[Code, ...] = ()
    """The milestones that must be signed off before."""
    days: Positive
    """Working days from the last of `after` (or the start) to the planned date."""
    owner: Role
    effect: Literal["", "went_live", "accepted", "handed_over"] = ""
    """What signing it means for the project beyond the milestone itself."""
    payment: bool = False
    """True when a payment of the contract hangs on it."""


class ImplementationRules(Rule):
    """The implementation 实施 as a graph of milestones."""

    milestones: Annotated[tuple[Milestone, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _graph(self) -> ImplementationRules:
        no_twins("milestone", codes(self.milestones, "milestones"))
        for_all = (codes(m.deliverables, "milestones", index, "deliverables") for index, m in enumerate(self.milestones))
        no_twins("deliverable", chain.from_iterable(for_all))
        known: set[str] = set()
        for index, milestone in enumerate(self.milestones):
            no_twins(f"signer of {milestone.code}", codes(milestone.signers, "milestones", index, "signers"))
            if missing := [code for code in milestone.after if code not in known]:
                reason = f"milestone {milestone.code} comes after {missing[0]}, which is not listed before it"
                raise wrong(reason, "milestones", index, "after")
            known.add(milestone.code)
        effects = [milestone.effect for milestone in self.milestones if milestone.effect]
        if effects != ["went_live", "accepted", "handed_over"]:
            reason = "the milestones need the effects went_live, accepted and handed_over once each, in this order"
            raise wrong(reason, "milestones")
        return self

    def milestone(self, code: str) -> Milestone:
        """The milestone with that code; raises KeyError for one that is not in this playbook."""
        return find(self.milestones, code)
