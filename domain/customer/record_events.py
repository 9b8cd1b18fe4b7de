"""What happens to a customer's record."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from pydantic import AwareDatetime, Field

from domain.customer.addressed import Contact
from domain.customer.record_terms import Attitude, BuyingStep, ITItem, ITMode, LineContract, MapRole, TakenCase
from domain.messages import Event, Frozen, Money
from domain.owning import Holder


class Identity(Frozen):
    """Who a customer is: what a correction found, and what it left."""

    name: str
    registration: str = ""
    aliases: tuple[str, ...] = ()
    industry: str
    region: str = ""
    contact: Contact | None = None


class CustomerCorrected(Event):
    """Who the customer is was corrected."""

    type: ClassVar[str] = "CustomerCorrected"
    before: Identity
    after: Identity
    reason: str
    fields: tuple[str, ...]
    """The names of what has changed."""


class CustomerMerged(Event):
    """This customer was a duplicate: from here on the other one stands for both."""

    type: ClassVar[str] = "CustomerMerged"
    into: str
    reason: str
    approver: str
    approver_role: str = ""
    asked_by: tuple[str, ...] = ()
    next_contact_on: date | None = None
    """The contact that was planned with it: the survivor's business from here on."""


class MergeReversed(Event):
    """The merge is taken back: this customer stands for itself again. By a person, because it was a mistake; or by itself,
    where two were merged into each other at the same time, and this one stays."""

    type: ClassVar[str] = "MergeReversed"
    into: str
    """Where it had gone."""
    reason: str = ""
    """Empty where nobody had to decide it."""
    approver: str = ""
    approver_role: str = ""


class Held(Frozen):
    """What a merged customer holds that counts for its survivor: its signs of life, its contracts, its plans."""

    status: str = "potential"
    running: dict[str, AwareDatetime] = Field(default_factory=dict)
    """The projects that run, and since when."""
    contracts: dict[str, date | None] = Field(default_factory=dict)
    """The contracts that are not known to have ended, with their last day: a service contract by its project."""
    signed: tuple[str, ...] = ()
    """The projects whose contract is signed and has not ended with a cancelled project."""
    lines: tuple[LineContract, ...] = ()
    """Every contract of a service line."""
    project_ended_at: AwareDatetime | None = None
    contract_ended_on: date | None = None
    used_at: AwareDatetime | None = None
    contact_at: AwareDatetime | None = None
    answered_at: AwareDatetime | None = None
    lost_at: AwareDatetime | None = None
    next_contact_on: date | None = None
    recoveries: dict[str, AwareDatetime] = Field(default_factory=dict)
    """The open recoveries of lost deals, and since when."""


class CustomerAbsorbed(Event):
    """A duplicate was merged into this customer, with what it holds."""

    type: ClassVar[str] = "CustomerAbsorbed"
    customer: str
    """The duplicate."""
    name: str
    reason: str
    approver: str
    held: Held
    cases: tuple[TakenCase, ...] = ()
    next_contact_on: date | None = None
    """A contact that was planned with the duplicate, where it comes before this customer's own."""


class AbsorbedChanged(Event):
    """Something has happened to a merged customer: what it holds has changed."""

    type: ClassVar[str] = "AbsorbedChanged"
    customer: str
    """The merged customer."""
    held: Held
    finished: tuple[str, ...] = ()
    """The projects that ran there before and run no more."""
    ended: tuple[str, ...] = ()
    """The contracts that were valid there before and are so no more."""
    cases: tuple[TakenCase, ...] = ()
    next_contact_on: date | None = None


class DuplicateReleased(Event):
    """A customer that had been merged into this one stands for itself again: nothing of it counts here any more."""

    type: ClassVar[str] = "DuplicateReleased"
    customer: str
    reason: str
    finished: tuple[str, ...] = ()
    """The projects of it that run."""
    ended: tuple[str, ...] = ()
    """The contracts of it that are valid."""


class ParentChanged(Event):
    """The customer belongs to another one of its group, or to none any more."""

    type: ClassVar[str] = "ParentChanged"
    parent: str
    """Empty when it belongs to none."""
    before: str
    reason: str


class RevenueRecorded(Event):
    """A year's revenue, and the market that follows from the latest year."""

    type: ClassVar[str] = "RevenueRecorded"
    year: int
    amount: Money
    evidence: str
    market: str
    market_before: str


class MarketChanged(Event):
    """The customer has come under rules whose markets have other boundaries: the same revenue gives another market."""

    type: ClassVar[str] = "MarketChanged"
    market: str
    before: str


class ClassReviewRaised(Event):
    """The revenue has crossed the boundary of a market: the value class is to be decided again."""

    type: ClassVar[str] = "ClassReviewRaised"
    review: int
    """1, 2, 3 …"""
    value_class: str
    market: str
    market_before: str
    fits: bool
    """Whether the class on record belongs to the new market."""
    who: str
    """The role that must act."""
    due_on: date


class ClassReviewOverdue(Event):
    """The value class was not decided again in time; `occurred_at` is the end of the last day."""

    type: ClassVar[str] = "ClassReviewOverdue"
    review: int
    who: str


class ClassReviewDropped(Event):
    """The market is again the one that the value class was decided for: nothing is left to review."""

    type: ClassVar[str] = "ClassReviewDropped"
    review: int
    market: str


class ClassProposed(Event):
    """A value class is proposed; somebody who may decide it must answer."""

    type: ClassVar[str] = "ClassProposed"
    proposal: int
    """1, 2, 3 …; a newer one takes the place of one that is open."""
    value_class: str
    evidence: str
    proposed_by: tuple[str, ...]
    """Staff ids of the one who proposed it and on whose behalf."""
    who: str
    """The role that must answer."""


class ClassRefused(Event):
    """A proposed value class was not approved; the class on record stays."""

    type: ClassVar[str] = "ClassRefused"
    proposal: int
    value_class: str
    by: str
    """Staff id."""
    role: str
    reason: str


class OwnerChanged(Event):
    """The customer has another owner."""

    type: ClassVar[str] = "OwnerChanged"
    owner: str
    owner_unit: str
    owner_before: str
    unit_before: str
    reason: str
    deals: tuple[str, ...] = ()
    """The running projects that are handed over with it."""
    with_deals: bool = False
    """True where everything goes along, whoever owned it: a reactivation or recovery that had an owner of its own too."""

    @property
    def holder(self) -> Holder:
        """The new owner, as the state keeps them."""
        told = self.model_dump(include={"owner", "owner_unit", "reason", "deals", "with_deals"})
        return Holder(since=self.occurred_at, **told)


class PersonMapped(Event):
    """A person stands on the power map, or is described anew there."""

    type: ClassVar[str] = "PersonMapped"
    version: int
    """Of the whole map: 1, 2, 3 …"""
    person: str
    name: str
    title: str = ""
    roles: tuple[MapRole, ...]
    influence: int
    attitude: Attitude
    reports_to: str = ""
    evidence: str


class PersonUnmapped(Event):
    """A person is no longer on the power map."""

    type: ClassVar[str] = "PersonUnmapped"
    version: int
    person: str
    reason: str


class BuyingProcessRecorded(Event):
    """How the customer buys."""

    type: ClassVar[str] = "BuyingProcessRecorded"
    version: int
    steps: tuple[BuyingStep, ...]
    evidence: str


class ITPlanRecorded(Event):
    """The customer's IT plan, and how it was made."""

    type: ClassVar[str] = "ITPlanRecorded"
    version: int
    mode: ITMode
    items: tuple[ITItem, ...]
    evidence: str


class ContractRecorded(Event):
    """The customer has a contract of a service line."""

    type: ClassVar[str] = "ContractRecorded"
    contract: LineContract


class ContractTerminated(Event):
    """A contract of a service line has ended before its last day."""

    type: ClassVar[str] = "ContractTerminated"
    contract: str
    service_line: str
    ended_on: date
    reason: str


RecordEvents = (
    CustomerCorrected
    | CustomerMerged
    | MergeReversed
    | CustomerAbsorbed
    | AbsorbedChanged
    | DuplicateReleased
    | ParentChanged
    | RevenueRecorded
    | MarketChanged
    | ClassReviewRaised
    | ClassReviewOverdue
    | ClassReviewDropped
    | ClassProposed
    | ClassRefused
    | OwnerChanged
    | PersonMapped
    | PersonUnmapped
    | BuyingProcessRecorded
    | ITPlanRecorded
    | ContractRecorded
    | ContractTerminated
)
