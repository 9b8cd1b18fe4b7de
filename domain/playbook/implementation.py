"""The chapter of a playbook on the implementation 实施."""

from __future__ import annotations

from collections.abc import Collection
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
    per_unit: bool = False
    """True when it is repeated for each pilot and roll-out unit of a project that has any."""


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
        self._repeatable()
        return self

    def _repeatable(self) -> None:
        """What is repeated for each unit must be one block, or units would wait for each other in circles."""
        repeated = {milestone.code for milestone in self.milestones if milestone.per_unit}
        waiting = self.following(repeated)
        for index, milestone in enumerate(self.milestones):
            if milestone.per_unit and milestone.effect in ("accepted", "handed_over"):
                raise wrong(f"milestone {milestone.code} ends the project; it is not repeated", "milestones", index, "per_unit")
            between = [code for code in milestone.after if code in waiting - repeated]
            if milestone.per_unit and between:
                reason = f"milestone {milestone.code} is repeated for each unit, but {between[0]} before it waits for all"
                raise wrong(reason, "milestones", index, "per_unit")

    def following(self, codes: Collection[str]) -> set[str]:
        """The milestones that come after any of these, however far."""
        found: set[str] = set()
        for milestone in self.milestones:
            if any(code in codes or code in found for code in milestone.after):
                found.add(milestone.code)
        return found

    def milestone(self, code: str) -> Milestone:
        """The milestone with that code, in whichever unit (`M3@pilot`); raises KeyError for one that is not there."""
        return find(self.milestones, code.partition("@")[0])
