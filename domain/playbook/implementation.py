"""The chapter of a playbook on the implementation 实施."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import chain
from typing import Annotated, Literal

from pydantic import Field, model_validator

from domain.messages import Name
from domain.playbook.changes import ChangeRules
from domain.playbook.parts import Code, Item, Place, Positive, Role, Rule, codes, find, no_twins, wrong

Severity = Annotated[int, Field(ge=1, le=4)]
"""Of a defect: 1 is the worst."""


class DeliverableItem(Item):
    """What a milestone must bring 交付物."""

    review: bool = False
    """True when somebody other than the one who submitted it must review and accept it 评审."""


class PaymentTerms(Rule):
    """A payment of the contract that hangs on a milestone 付款里程碑."""

    percent: Annotated[int, Field(ge=1, le=100)]
    """Of the project's amount."""
    terms: Annotated[int, Field(ge=0, le=3650)]
    """Calendar days from the sign-off to the day on which it is due."""


class Milestone(Rule):
    """A PMP milestone 里程碑 with its four parts: our task, our deliverables, completion mark, customer's responsibility."""

    code: Code
    phase: Code
    phase_name: Name
    name: Name
    task: Name
    deliverables: tuple[DeliverableItem, ...]
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
    payment: bool | PaymentTerms = False
    """The payment of the contract that hangs on it; `true` when there is one whose terms are not ours to watch."""
    max_open: dict[Severity, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    """How many defects of a severity may be open at sign-off; without a count on record it is not signed off."""
    per_unit: bool = False
    """True when it is repeated for each pilot and roll-out unit of a project that has any."""


class ImplementationRules(Rule):
    """The implementation 实施 as a graph of milestones, and who does what in it. A list of roles that is empty stops nobody,
    but an override, which nobody may give then."""

    milestones: Annotated[tuple[Milestone, ...], Field(min_length=1)]
    planned_by: tuple[Role, ...] = ()
    """The roles that plan units."""
    reviewed_by: tuple[Role, ...] = ()
    """The roles that review deliverables."""
    counted_by: tuple[Role, ...] = ()
    """The roles that record how many defects are open."""
    signed_off_by: tuple[Role, ...] = ()
    """The roles that record a sign-off, or ask for an override of one."""
    override_by: tuple[Role, ...] = ()
    """The roles that approve an override of a milestone."""
    override_within: Positive | None = None
    """Calendar days: for how long an override may excuse what a milestone lacks at the most; None for any time."""
    payments_by: tuple[Role, ...] = ()
    """The roles that record payments; the first one collects what is overdue 回款责任人."""
    changes: ChangeRules | None = None
    """Change orders; without rules there are none, and the plan stays as it was agreed on."""
    distinct_signers: bool = False
    """True when one person signs in one role only, and nobody for both sides of the contract."""
    stopped_by_conditions: bool = False
    """True when nothing is signed off while a condition of the accepted handoff to delivery has lapsed."""

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
        if sum(terms.percent for terms in self.terms().values()) > 100:
            raise wrong("the payments of the milestones come to more than 100 percent", "milestones")
        return self

    def terms(self) -> dict[str, PaymentTerms]:
        """The payments whose terms are known, by milestone, in their order."""
        return {one.code: one.payment for one in self.milestones if isinstance(one.payment, PaymentTerms)}

    def roles_used(self) -> Iterator[tuple[str, Place]]:
        """Every role that is named here outside of the milestones, with its place."""
        for rule in ("planned_by", "reviewed_by", "counted_by", "signed_off_by", "override_by", "payments_by"):
            for index, role in enumerate(getattr(self, rule)):
                yield role, (rule, index)
        if self.changes is not None:
            yield from ((role, ("changes", *place)) for role, place in self.changes.roles_used())

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
