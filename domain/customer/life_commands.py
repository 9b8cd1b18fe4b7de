"""What can be asked of a customer's life: what keeps it awake, and whether it is a customer at all."""

from __future__ import annotations

from typing import ClassVar, Literal

from domain.customer.addressed import CustomerCommand
from domain.messages import Day, Id, Text
from domain.playbook.parts import Code


class RecordUse(CustomerCommand):
    """Record that the customer uses a product of ours, as of `occurred_at`: a login report, a licence check, an upgrade."""

    command: Literal["RecordUse"] = "RecordUse"
    product: Text
    reference: str = ""
    """Where that is seen: a report, a link; nobody's name."""


class InvalidateCustomer(CustomerCommand):
    """Record that this is no customer any more: invalid 无效, with a reason, evidence, and somebody else's approval.

    Refused while a project runs or a contract is valid, and as a consequence of a lost deal: lose the project, not the
    customer 丢单不丢客户."""

    command: Literal["InvalidateCustomer"] = "InvalidateCustomer"
    reason: Code
    """One of the playbook's: `wound_up`, `duplicate`, `out_of_market`, `disqualified`."""
    evidence: Text
    evidence_on: Day | None = None
    """Of which day the evidence is; needed for some reasons soon after a lost deal."""
    because_of: Id | None = None
    """The project in which it came to light."""
    approver: Id
    """Staff id of the one who approved it; not the one who asks."""
    approver_role: str = ""
    """The approver's role; the playbook says which ones it may be."""


class RequalifyCustomer(CustomerCommand):
    """Take an invalid customer on again: it is potential, or active with a valid contract."""

    command: Literal["RequalifyCustomer"] = "RequalifyCustomer"
    evidence: Text
    """What is new since it became invalid."""
    approver: Id
    """Staff id of the one who approved it; not the one who asks."""
    approver_role: str = ""


class NoteProject(CustomerCommand):
    """A project of this customer runs: it was opened, or its lost deal was reopened."""

    command: Literal["NoteProject"] = "NoteProject"
    project: Id
    times: int = 1
    """How often it has begun by now: a lost deal may be reopened."""
    internal: ClassVar[bool] = True


class NoteService(CustomerCommand):
    """A project of this customer is delivered, and its service contract runs."""

    command: Literal["NoteService"] = "NoteService"
    project: Id
    period: int = 1
    """The service period that runs: 1, 2, 3 …"""
    ends_on: Day
    internal: ClassVar[bool] = True


LifeCommands = RecordUse | InvalidateCustomer | RequalifyCustomer | NoteProject | NoteService
