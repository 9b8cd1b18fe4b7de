"""What happens to a customer."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from domain.customer.addressed import Contact
from domain.customer.hearing import NeedDelivered
from domain.customer.life_events import LifeEvents
from domain.customer.record_events import RecordEvents
from domain.customer.waking_terms import WakingEvents
from domain.messages import Event, Money
from domain.origin import Origin
from domain.planned import CustomerPlanNoted


class CustomerRegistered(Event):
    """The customer is known: potential 潜在."""

    type: ClassVar[str] = "CustomerRegistered"
    origin: Origin
    name: str
    industry: str
    region: str
    revenue: Money
    market: str
    contact: Contact


class CustomerClassified(Event):
    """A person decided the value class, which holds from here on; open work keeps its own."""

    type: ClassVar[str] = "CustomerClassified"
    value_class: str
    evidence: str
    approver: str = ""
    """Staff id of the one who decided or approved it; empty where the playbook names nobody."""
    approver_role: str = ""
    before: str = ""
    """The class until then."""
    market: str = ""
    """The market that it was decided for."""
    proposed_by: tuple[str, ...] = ()
    """Staff ids, where it was proposed first."""
    proposal: int = 0


class ContactRecorded(Event):
    """There was a contact; an effective one, unless the playbook does not count it as such."""

    type: ClassVar[str] = "ContactRecorded"
    channel: str
    summary: str
    next_contact_on: date | None
    direction: Literal["out", "in"] = "out"
    answered: bool = False
    """Whether the customer has answered: as it was recorded, or by what the playbook says of the channel."""
    effective: bool = True
    """Whether it counted as effective by the playbook of that day."""


class ContractSigned(Event):
    """A contract of a project is signed."""

    type: ClassVar[str] = "ContractSigned"
    project: str
    closed: bool = False
    """True when the project has closed with it: somebody else delivers it."""


class CustomerActivated(Event):
    """The first contract is signed: active 有效."""

    type: ClassVar[str] = "CustomerActivated"
    project: str = ""
    """The project that it is of; empty for a contract that was recorded by hand."""
    contract: str = ""
    """The contract that was recorded by hand."""


class ContractEnded(Event):
    """A signed contract has ended with its cancelled project."""

    type: ClassVar[str] = "ContractEnded"
    project: str
    reason: str


class KeepContactPlanned(Event):
    """A project was lost or cancelled, the customer was not: the next contact has a date."""

    type: ClassVar[str] = "KeepContactPlanned"
    project: str
    on: date
    after: Literal["lost", "cancelled"] = "lost"


class ContactDue(Event):
    """The planned contact has not taken place by its date."""

    type: ClassVar[str] = "ContactDue"
    on: date
    who: str
    """The role that must act."""


class ServiceLapsed(Event):
    """A service contract has run out: for that project the customer has no valid one."""

    type: ClassVar[str] = "ServiceLapsed"
    project: str
    period: int
    ended_on: date


class ServiceRenewed(Event):
    """A service contract is renewed: for that project the customer has a valid one."""

    type: ClassVar[str] = "ServiceRenewed"
    project: str
    period: int
    ends_on: date


class ImprovementCaseOpened(Event):
    """Tickets that are alike have become an improvement case 改进事项."""

    type: ClassVar[str] = "ImprovementCaseOpened"
    case: str
    """`I1`, `I2` …"""
    product: str
    category: str
    tickets: tuple[str, ...]
    who: str
    """The role that must act."""


class CaseTurnedIntoLead(Event):
    """A new project has begun out of an improvement case."""

    type: ClassVar[str] = "CaseTurnedIntoLead"
    case: str
    project: str
    name: str
    need: str
    product_line: str
    amount: Money | None
    owner: str
    owner_unit: str


class CaseDismissed(Event):
    """Nothing comes of an improvement case."""

    type: ClassVar[str] = "CaseDismissed"
    case: str
    reason: str


OwnEvents = (
    CustomerRegistered
    | CustomerClassified
    | ContactRecorded
    | ContractSigned
    | CustomerActivated
    | ContractEnded
    | KeepContactPlanned
    | ContactDue
    | ServiceLapsed
    | ServiceRenewed
    | ImprovementCaseOpened
    | CaseTurnedIntoLead
    | CaseDismissed
    | NeedDelivered
    | CustomerPlanNoted
)

Events = OwnEvents | LifeEvents | RecordEvents | WakingEvents
"""Those of this file, and those of each part of the customer."""
