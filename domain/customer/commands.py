"""What can be asked of a customer."""

from __future__ import annotations

from typing import ClassVar, Literal

from domain import streams
from domain.messages import Command, Day, Frozen, Id, Money, Text


class Contact(Frozen):
    """A person at the customer."""

    name: Text
    role: Text


class CustomerCommand(Command):
    """A command to a customer."""

    customer: Id

    @property
    def stream(self) -> str:
        """The customer's stream."""
        return streams.customer(self.customer)


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


Commands = RegisterCustomer | ClassifyCustomer | RecordContact | NoteContract | NoteLostDeal | NoteCancellation
