"""What can be asked of a customer."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints

from domain.customer.addressed import Contact, CustomerCommand
from domain.customer.life_commands import LifeCommands
from domain.customer.record_commands import RecordCommands
from domain.customer.waking_terms import WakingCommands
from domain.messages import Day, Id, Money, Text
from domain.planned import NoteCustomerPlan
from domain.playbook.ladder import Channel, Direction
from domain.requesting import NoteDelivery


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
    hold_clocks: bool = False
    """True to bring a past along: nothing falls asleep and no contact is due until `ReleaseClocks`."""
    opens: ClassVar[bool] = True


class ClassifyCustomer(CustomerCommand):
    """Decide the value class 价值分类 inside the market that the revenue gives, with the evidence for it. Where the playbook
    says who decides (`customers.classified_by`), it is decided at once by one of these, or with an approver of theirs;
    anybody else's word is a proposal that waits for ApproveClass. Open work keeps the class that it was opened with."""

    command: Literal["ClassifyCustomer"] = "ClassifyCustomer"
    value_class: Id
    evidence: Text
    approver: Id | None = None
    """Staff id of the one who approved it; not the one who asks, nor the customer's owner."""
    approver_role: Annotated[str, StringConstraints(max_length=64)] = ""
    """The approver's role; one that the playbook lets decide."""


class RecordContact(CustomerCommand):
    """Record a contact with the customer, as of `occurred_at`. Whether it counts as an effective one 有效接触, the playbook
    says, by channel, direction and answer; one that does not count leaves the planned contact as it is."""

    command: Literal["RecordContact"] = "RecordContact"
    channel: Channel
    summary: Text
    next_contact_on: Day | None = None
    direction: Direction = "out"
    """`out`: we turned to the customer; `in`: the customer turned to us."""
    answered: bool | None = None
    """Whether the customer answered; when left out, the playbook says it of the channel, and who turns to us has answered."""


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
    | NoteDelivery
    | NoteCustomerPlan
)

Commands = OwnCommands | LifeCommands | RecordCommands | WakingCommands
"""Those of this file, and those of each part of the customer."""
