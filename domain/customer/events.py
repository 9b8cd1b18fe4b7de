"""What happens to a customer."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from domain.customer.commands import Contact
from domain.messages import Event, Money
from domain.origin import Origin


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
    """A person decided the value class."""

    type: ClassVar[str] = "CustomerClassified"
    value_class: str
    evidence: str


class ContactRecorded(Event):
    """There was an effective contact."""

    type: ClassVar[str] = "ContactRecorded"
    channel: str
    summary: str
    next_contact_on: date | None


class ContractSigned(Event):
    """A contract of a project is signed."""

    type: ClassVar[str] = "ContractSigned"
    project: str


class CustomerActivated(Event):
    """The first contract is signed: active 有效."""

    type: ClassVar[str] = "CustomerActivated"
    project: str


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


Events = (
    CustomerRegistered
    | CustomerClassified
    | ContactRecorded
    | ContractSigned
    | CustomerActivated
    | ContractEnded
    | KeepContactPlanned
    | ContactDue
)
