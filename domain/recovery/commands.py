"""What can be asked of a recovery. What its customer asks of it is in `domain.recovering`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from domain.messages import Day, Id, Money, Text
from domain.playbook import Code
from domain.recovering import BeginRecovery, EndRecovery, RecoveryCommand
from domain.recovery.terms import Channel

Reference = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


class RecordCause(RecoveryCommand):
    """Record why the deal was lost: a cause of the playbook's list, in words, with the competitor and their price where known.
    The latest one holds."""

    command: Literal["RecordCause"] = "RecordCause"
    cause: Code
    text: Text
    competitor: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    price: Money | None = None
    """The price that the deal was lost to."""


class HoldReview(RecoveryCommand):
    """The loss was reviewed 丢单复盘: when, by whom, with what findings."""

    command: Literal["HoldReview"] = "HoldReview"
    on: Day
    """The day of the review; not in the future."""
    participants: Annotated[tuple[Id, ...], Field(min_length=1, max_length=50)]
    """Staff ids."""
    findings: Text
    reference: Reference = ""


class PlanContacts(RecoveryCommand):
    """Plan the contacts by which the customer is kept: their days. A new plan takes the place of what is still open of
    the old."""

    command: Literal["PlanContacts"] = "PlanContacts"
    dates: Annotated[tuple[Day, ...], Field(min_length=1, max_length=24)]


class KeepContact(RecoveryCommand):
    """A contact was kept: the planned one that is due first, or one that nobody had planned."""

    command: Literal["KeepContact"] = "KeepContact"
    channel: Channel
    summary: Text
    reference: Reference = ""


class PlanNextAttempt(RecoveryCommand):
    """Plan the next attempt: on which day, with what idea. A later plan takes the place of an earlier one."""

    command: Literal["PlanNextAttempt"] = "PlanNextAttempt"
    on: Day
    idea: Text


class TurnIntoProject(RecoveryCommand):
    """Make the next attempt: a new project begins, whose funnel carries the need."""

    command: Literal["TurnIntoProject"] = "TurnIntoProject"
    project: Id
    """The id of the new project."""
    name: Text
    need: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = ""
    """In the customer's words."""
    product_line: str = ""
    amount: Money | None = None
    owner: Id | None = None
    """Staff id of the deal's owner; the lost deal's when left out."""
    owner_unit: Id | None = None


class LinkNextAttempt(RecoveryCommand):
    """The next attempt is a project of the customer that is open already."""

    command: Literal["LinkNextAttempt"] = "LinkNextAttempt"
    project: Id


class GiveUpRecovery(RecoveryCommand):
    """Give the lost deal up, not the customer: by a role that the playbook names, never by the deal's owner. The next
    contact with the customer has a date."""

    command: Literal["GiveUpRecovery"] = "GiveUpRecovery"
    reason: Text
    next_contact_on: Day | None = None
    """After the playbook's usual time when left out."""


Commands = (
    BeginRecovery
    | RecordCause
    | HoldReview
    | PlanContacts
    | KeepContact
    | PlanNextAttempt
    | TurnIntoProject
    | LinkNextAttempt
    | GiveUpRecovery
    | EndRecovery
)
