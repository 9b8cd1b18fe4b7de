"""What is asked of a deal: its commands."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain import streams
from domain.enabling import NoteEnablement
from domain.escalating import NoteProductAnswer
from domain.funnel.spans import Category
from domain.messages import Command, Day, Frozen, Id, Money, Text
from domain.promises import LedgerCommands


class FunnelCommand(Command):
    """A command to a project's funnel."""

    project: Id

    @property
    def stream(self) -> str:
        """The funnel's stream."""
        return streams.funnel(self.project)


class OpenFunnel(FunnelCommand):
    """Start selling: the deal of an open project stands at the first stage."""

    command: Literal["OpenFunnel"] = "OpenFunnel"
    opens: ClassVar[bool] = True
    internal: ClassVar[bool] = True


class Evidence(Frozen):
    """Proof that one exit criterion is met."""

    criterion: Text
    """The code of an exit criterion of any stage in the playbook."""
    reference: Text
    """Where the proof is: a document id, a link, minutes."""
    note: str = ""
    given_by: str = ""
    """Who gave it: a role or a staff id; the actor's id when left out."""


class RecordEvidence(FunnelCommand):
    """Record evidence for exit criteria. The stage advances by itself when its last required piece is in."""

    command: Literal["RecordEvidence"] = "RecordEvidence"
    evidence: Annotated[tuple[Evidence, ...], Field(min_length=1, max_length=50)]


class WithdrawEvidence(FunnelCommand):
    """Withdraw evidence that does not hold. The gate of the current stage is judged without it; evidence of a stage that was
    passed is withdrawn by a step back (ReturnStage) only."""

    command: Literal["WithdrawEvidence"] = "WithdrawEvidence"
    evidence: Annotated[tuple[Text, ...], Field(min_length=1, max_length=50)]
    """Ids of evidence: `E3`."""
    reason: Text


class RequestApproval(FunnelCommand):
    """Request the approval of the current gate anew, after a refusal and when something has changed since. The first request
    is made by itself when the last required piece of evidence is in."""

    command: Literal["RequestApproval"] = "RequestApproval"


class GiveApproval(FunnelCommand):
    """Approve what was asked for: a gate, or a price outside its limits. By the named role, its deputy once the time is over,
    or the role that it was escalated to; never by the one who asked or the deal's owner."""

    command: Literal["GiveApproval"] = "GiveApproval"
    approval: Text | None = None
    """`A1`, `A2` …; the open one when there is only one."""
    note: str = ""


class RefuseApproval(FunnelCommand):
    """Do not approve what was asked for. The gate stays shut until something has changed and it is asked for anew."""

    command: Literal["RefuseApproval"] = "RefuseApproval"
    approval: Text | None = None
    """`A1`, `A2` …; the open one when there is only one."""
    reason: Text


class QuotePrice(FunnelCommand):
    """Quote a price. Inside the discount limit and above the margin floor of the value class it meets the criterion that asks
    for a quote; otherwise its approval is asked for, by the size of the deal. A newer quote takes the place of an older one."""

    command: Literal["QuotePrice"] = "QuotePrice"
    list_price: Money
    price: Money
    """What the customer is to pay, in the currency of the list price."""
    cost: Money | None = None
    """What it costs us; give either this or `margin_percent`."""
    margin_percent: Annotated[Decimal, Field(ge=-1000, le=100, decimal_places=2)] | None = None
    """Percent of the price."""


class RequestProductAnswer(FunnelCommand):
    """Ask the product division about a product gap. An escalation begins at its step of the playbook; the answer is recorded as
    the evidence of the criterion, and the stage advances by itself if nothing else is missing."""

    command: Literal["RequestProductAnswer"] = "RequestProductAnswer"
    criterion: Text | None = None
    """The code of an exit criterion that the playbook lets the product division answer; the first one when left out."""
    gap: Text
    """What the product cannot do, and what the customer needs."""


class PlanNextStep(FunnelCommand):
    """Plan the next step with the customer, with its date."""

    command: Literal["PlanNextStep"] = "PlanNextStep"
    on: Day
    step: Text


class ForecastDeal(FunnelCommand):
    """Say when an open deal is expected, for how much, and how sure that is: what a forecast 预测 is made of, and what it
    will be measured by."""

    command: Literal["ForecastDeal"] = "ForecastDeal"
    expected_on: Day
    """The day on which the signature is expected; not one that is over."""
    amount: Money | None = None
    """The expected value; as before when left out."""
    category: Category | None = None
    """`commit` 承诺, `best_case` 乐观, `pipeline` 储备, `omitted` 不计; as before when left out, `pipeline` at first."""
    reason: Text


class NameProductLine(FunnelCommand):
    """Say which product line the deal sells, or that it sells another one than was said. Where a gate asks for the enablement
    of the unit it is that for the line named now; a line that asks for it is not named behind that gate without."""

    command: Literal["NameProductLine"] = "NameProductLine"
    product_line: Text
    reason: str = ""


class OverrideGate(FunnelCommand):
    """Take the deal past the gates up to `to` without their evidence. On record for as long as the deal is known."""

    command: Literal["OverrideGate"] = "OverrideGate"
    to: Text
    """The code of a later stage, or `won`."""
    reason: Text
    approver: Id
    """Staff id of the one who approved it; not the one who asks, nor the deal's owner."""
    approver_role: str = ""
    """The approver's role; one that the playbook lets override."""
    expires_on: Day
    """Until when the missing evidence is excused; after that day it is owed again, and no gate opens until it is in."""


class ReturnStage(FunnelCommand):
    """Take the deal a step back, to an earlier stage, because evidence of it does not hold. The path is kept."""

    command: Literal["ReturnStage"] = "ReturnStage"
    to: Text
    """The code of a stage that was passed."""
    reason: Text
    withdraw: Annotated[tuple[Text, ...], Field(max_length=50)] = ()
    """Ids of the evidence that does not hold: `E3`."""


class SkipStage(FunnelCommand):
    """Skip the current stage, where the playbook lets the actor's role do so."""

    command: Literal["SkipStage"] = "SkipStage"
    reason: Text


class LoseDeal(FunnelCommand):
    """The deal is lost 丢单 (FX). The customer is not: the contact is kept up."""

    command: Literal["LoseDeal"] = "LoseDeal"
    reason: Text
    competitor: str = ""
    keep_contact_on: Day | None = None


class ReopenDeal(FunnelCommand):
    """Reopen a lost deal with somebody's approval: it stands again where it stood, and its project runs on."""

    command: Literal["ReopenDeal"] = "ReopenDeal"
    reason: Text
    approver: Id
    """Staff id of the one who approved it; not the one who asks, nor the deal's owner."""
    approver_role: str = ""
    """The approver's role; one that the playbook lets reopen."""


class ShelveDeal(FunnelCommand):
    """No decision 搁置 (FN): put the deal on the shelf until a date."""

    command: Literal["ShelveDeal"] = "ShelveDeal"
    reason: Text
    revisit_on: Day


class ResumeDeal(FunnelCommand):
    """Take a shelved deal up again at the stage where it stood."""

    command: Literal["ResumeDeal"] = "ResumeDeal"
    reason: Text


Commands = (
    OpenFunnel
    | RecordEvidence
    | WithdrawEvidence
    | RequestApproval
    | GiveApproval
    | RefuseApproval
    | QuotePrice
    | RequestProductAnswer
    | NoteProductAnswer
    | NoteEnablement
    | PlanNextStep
    | ForecastDeal
    | NameProductLine
    | OverrideGate
    | ReturnStage
    | SkipStage
    | LoseDeal
    | ReopenDeal
    | ShelveDeal
    | ResumeDeal
    | LedgerCommands
)
