"""What can be asked of a customer's record: who they are, whose they are, what we know of them."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints, model_validator

from domain.customer.addressed import Contact, CustomerCommand
from domain.customer.record_terms import Attitude, BuyingStep, ITItem, ITMode, MapRole
from domain.messages import Day, Id, Money, Text

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,39}$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class CorrectCustomer(CustomerCommand):
    """Correct who the customer is; what is left out stays as it is. Before and after are on record with the reason."""

    command: Literal["CorrectCustomer"] = "CorrectCustomer"
    name: Text | None = None
    registration: Words | None = None
    """The registration number 统一社会信用代码, as the customer's papers write it."""
    aliases: Annotated[tuple[Text, ...], Field(max_length=50)] | None = None
    """Every other name under which the customer is known; takes the place of those on record."""
    industry: Text | None = None
    region: Words | None = None
    contact: Contact | None = None
    reason: Text


class MergeCustomer(CustomerCommand):
    """Merge a duplicate into the customer that it is the same as 合并重复客户. Both histories are kept and told together; the
    duplicate's projects, contracts, tickets and clocks go on, and count for the survivor."""

    command: Literal["MergeCustomer"] = "MergeCustomer"
    into: Id
    """The customer that stays."""
    reason: Text
    approver: Id
    """Staff id of the one who approved it; not the one who asks."""
    approver_role: Words = ""
    """The approver's role, where the playbook says whose it must be (`customers.merged_by`)."""


class UndoMerge(CustomerCommand):
    """Take back a merge that was a mistake: this customer is no duplicate, and stands for itself again with all that it holds.
    What was done meanwhile at the other one, and to whom its deals were handed, stays."""

    command: Literal["UndoMerge"] = "UndoMerge"
    reason: Text
    approver: Id
    """Staff id of the one who approved it; not the one who asks."""
    approver_role: Words = ""
    """The approver's role, where the playbook says whose it must be (`customers.merged_by`)."""


class NoteMerge(CustomerCommand):
    """A duplicate was merged into this customer, something has happened to it since, or the merge was taken back."""

    command: Literal["NoteMerge"] = "NoteMerge"
    of: Id
    """The duplicate."""
    word: int = 0
    """0 for the merge itself, then 1, 2, 3 … for what came after."""
    internal: ClassVar[bool] = True


class SetGroupParent(CustomerCommand):
    """Say to which customer of a group 集团 this one belongs, or (without `parent`) that it belongs to none."""

    command: Literal["SetGroupParent"] = "SetGroupParent"
    parent: Id | None = None
    reason: Text


class RecordRevenue(CustomerCommand):
    """Record a year's revenue 年营业收入. The market is computed anew from the latest year; when it crosses a boundary, the
    value class stays and its review is asked for."""

    command: Literal["RecordRevenue"] = "RecordRevenue"
    year: Annotated[int, Field(ge=1980, le=2200)]
    amount: Money
    """In CNY, because markets are bounded in CNY."""
    evidence: Text


class ApproveClass(CustomerCommand):
    """Approve the value class that was proposed. By a role that the playbook lets decide (`customers.classified_by`), and not
    by who proposed it or owns the customer."""

    command: Literal["ApproveClass"] = "ApproveClass"
    proposal: int | None = None
    """1, 2, 3 …; the open one when left out."""
    note: Words = ""


class RefuseClass(CustomerCommand):
    """Do not approve the value class that was proposed; the class on record stays."""

    command: Literal["RefuseClass"] = "RefuseClass"
    proposal: int | None = None
    """1, 2, 3 …; the open one when left out."""
    reason: Text


class ChangeOwner(CustomerCommand):
    """Hand the customer to another owner 变更客户负责人, with the deals that run or without: no stage, timer or right
    changes."""

    command: Literal["ChangeOwner"] = "ChangeOwner"
    owner: Id
    """Staff id of the new owner."""
    owner_unit: Id | None = None
    """The new owner's unit; the same as before when left out."""
    reason: Text
    with_deals: bool = False
    """True to hand over every running project too, and a reactivation or recovery that somebody else owns."""


class MapPerson(CustomerCommand):
    """Put a person on the power map 客户信息化权力影响图, or describe one anew: the map as of any day stays known."""

    command: Literal["MapPerson"] = "MapPerson"
    person: Id
    """An id of ours for the person; no name."""
    name: Text
    title: Words = ""
    roles: Annotated[tuple[MapRole, ...], Field(min_length=1, max_length=6)]
    influence: Annotated[int, Field(ge=1, le=5)]
    """1 (little) to 5 (decisive)."""
    attitude: Attitude = "neutral"
    reports_to: Id | None = None
    """The id of another person on the map."""
    evidence: Text


class UnmapPerson(CustomerCommand):
    """Take a person off the power map: they have left, or have no part in it any more."""

    command: Literal["UnmapPerson"] = "UnmapPerson"
    person: Id
    reason: Text


class RecordBuyingProcess(CustomerCommand):
    """Record how the customer buys 采购规范流程, step by step; a newer record takes the place of the older."""

    command: Literal["RecordBuyingProcess"] = "RecordBuyingProcess"
    steps: Annotated[tuple[BuyingStep, ...], Field(min_length=1, max_length=30)]
    evidence: Text


class RecordITPlan(CustomerCommand):
    """Record the customer's IT plan 信息化规划 and how it was made; a newer record takes the place of the older."""

    command: Literal["RecordITPlan"] = "RecordITPlan"
    mode: ITMode
    """1 `existing`: the customer's own plan; 2 `consulting`: full consulting; 3 `product_strategy`: from our whole strategy."""
    items: Annotated[tuple[ITItem, ...], Field(max_length=200)] = ()
    evidence: Text


class RecordContract(CustomerCommand):
    """Record a contract of a service line 服务线; while it is valid it keeps the customer awake."""

    command: Literal["RecordContract"] = "RecordContract"
    contract: Id
    service_line: Code
    """The code of a service line of the playbook (`customers.service_lines`)."""
    amount: Money | None = None
    starts_on: Day
    ends_on: Day
    """The last day on which it is valid."""
    reference: Text
    project: Id | None = None

    @model_validator(mode="after")
    def _in_order(self) -> RecordContract:
        if self.ends_on < self.starts_on:
            raise ValueError("the contract ends before it starts")
        return self


class EndContract(CustomerCommand):
    """End a recorded contract before its last day."""

    command: Literal["EndContract"] = "EndContract"
    contract: Id
    ended_on: Day | None = None
    """The last day on which it was valid; the day of the command when left out."""
    reason: Text


RecordCommands = (
    CorrectCustomer
    | MergeCustomer
    | UndoMerge
    | NoteMerge
    | SetGroupParent
    | RecordRevenue
    | ApproveClass
    | RefuseClass
    | ChangeOwner
    | MapPerson
    | UnmapPerson
    | RecordBuyingProcess
    | RecordITPlan
    | RecordContract
    | EndContract
)
