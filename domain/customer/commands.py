"""What can be asked of a customer."""

from __future__ import annotations

from typing import ClassVar, Literal

from domain.customer.addressed import Contact, CustomerCommand
from domain.customer.life_commands import LifeCommands
from domain.messages import Day, Id, Money, Text


class RegisterCustomer(CustomerCommand):
    """Register a potential customer with its industry, yearly revenue and one contact."""

    command: Literal["RegisterCustomer"] = "RegisterCustomer"
    name: Text
    industry: Text
    region: str = ""
    revenue: Money
    """Of the last year; in CNY, because markets are bounded in CNY."""
    contact: Contact
    owner: Id
    """Staff id of the account owner."""
    owner_unit: Id
    opens: ClassVar[bool] = True


class ClassifyCustomer(CustomerCommand):
    """Decide the value class 价值分类 inside the market that the revenue gives, with the evidence for it."""

    command: Literal["ClassifyCustomer"] = "ClassifyCustomer"
    value_class: Id
    evidence: Text


class RecordContact(CustomerCommand):
    """Record an effective contact with the customer."""

    command: Literal["RecordContact"] = "RecordContact"
    channel: Literal["visit", "call", "meeting", "message", "event"]
    summary: Text
    next_contact_on: Day | None = None


class NoteContract(CustomerCommand):
    """A project of this customer was won: its contract is signed."""

    command: Literal["NoteContract"] = "NoteContract"
    project: Id
    internal: ClassVar[bool] = True


class NoteLostDeal(CustomerCommand):
    """A project of this customer was lost: keep the contact."""

    command: Literal["NoteLostDeal"] = "NoteLostDeal"
    project: Id
    times: int = 1
    """How often that deal has been lost by now: a reopened one may be lost again."""
    internal: ClassVar[bool] = True


class NoteCancellation(CustomerCommand):
    """A project of this customer was cancelled: its contract, if one was signed, has ended; the customer has not."""

    command: Literal["NoteCancellation"] = "NoteCancellation"
    project: Id
    internal: ClassVar[bool] = True


class NoteLapse(CustomerCommand):
    """The service contract of a project of this customer has run out without a renewal."""

    command: Literal["NoteLapse"] = "NoteLapse"
    project: Id
    period: int
    """The service period that has ended: 1, 2, 3 …"""
    ended_on: Day
    internal: ClassVar[bool] = True


class NoteRenewal(CustomerCommand):
    """The service contract of a project of this customer is renewed."""

    command: Literal["NoteRenewal"] = "NoteRenewal"
    project: Id
    period: int
    """The new service period."""
    ends_on: Day
    internal: ClassVar[bool] = True


class NotePattern(CustomerCommand):
    """Tickets of this customer about one product and of one category are a pattern."""

    command: Literal["NotePattern"] = "NotePattern"
    product: Text
    category: Text
    tickets: tuple[Id, ...]
    internal: ClassVar[bool] = True


class TurnIntoLead(CustomerCommand):
    """Make a lead of an improvement case 改进事项: a new project begins, whose funnel carries the need."""

    command: Literal["TurnIntoLead"] = "TurnIntoLead"
    case: Text
    """`I1`, `I2` …"""
    project: Id
    """The id of the new project."""
    name: Text
    need: Text
    """In the customer's words."""
    product_line: str = ""
    amount: Money | None = None
    owner: Id | None = None
    """Staff id of the deal's owner; the account owner when left out."""
    owner_unit: Id | None = None


class DismissCase(CustomerCommand):
    """Nothing comes of an improvement case; its tickets do not make another."""

    command: Literal["DismissCase"] = "DismissCase"
    case: Text
    reason: Text


OwnCommands = (
    RegisterCustomer
    | ClassifyCustomer
    | RecordContact
    | NoteContract
    | NoteLostDeal
    | NoteCancellation
    | NoteLapse
    | NoteRenewal
    | NotePattern
    | TurnIntoLead
    | DismissCase
)

Commands = OwnCommands | LifeCommands
"""Those of this file, and those of each part of the customer."""
