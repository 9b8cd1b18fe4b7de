"""What is asked of a plan: new estimates, holds and delays, change orders, risks and issues."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from domain.implementation.command import ImplementationCommand
from domain.implementation.graph import Unit
from domain.messages import Day, Frozen, Id, Money, Text

MOST_DAYS = 2000
"""Working days, some eight years: what is longer is a slip of the pen, and plans of such would end beyond all calendars."""
WorkingDays = Annotated[int, Field(ge=1, le=MOST_DAYS)]
MoreDays = Annotated[int, Field(ge=-MOST_DAYS, le=MOST_DAYS)]
Party = Literal["customer", "vendor", "third_party"]
Level = Literal["low", "medium", "high"]


class ReestimateMilestone(ImplementationCommand):
    """Say anew how many working days a milestone takes from the last of those before it. The plan stays; the forecast moves."""

    command: Literal["ReestimateMilestone"] = "ReestimateMilestone"
    milestone: Text
    days: WorkingDays
    reason: Text


class HoldUntil(ImplementationCommand):
    """A milestone will not be reached before the end of a date. Another date takes the place of the last one."""

    command: Literal["HoldUntil"] = "HoldUntil"
    milestone: Text
    until: Day
    reason: Text


class ReportDelay(ImplementationCommand):
    """Somebody keeps a milestone waiting: it is not reached before the end of a date. Of each party the last word counts."""

    command: Literal["ReportDelay"] = "ReportDelay"
    milestone: Text
    until: Day
    cause: Party
    reason: Text


class Impact(Frozen):
    """What a change order does to scope, dates and cost."""

    scope: Text
    """What is in or out by it."""
    days: Annotated[dict[str, MoreDays], Field(max_length=500)] = Field(default_factory=dict)
    """Working days more (or fewer) by milestone."""
    dates: Annotated[dict[str, Day], Field(max_length=500)] = Field(default_factory=dict)
    """Agreed dates by milestone, whatever its days come to."""
    units: Annotated[tuple[Unit, ...], Field(max_length=50)] = ()
    """Pilot and roll-out units that come in."""
    units_out: Annotated[tuple[Id, ...], Field(max_length=50)] = ()
    """Units that go out again; of none of them anything is signed off or live."""
    cost: Money | None = None
    """What it costs beside the price of the contract. It decides who approves; the plan shows it beside the payments."""

    @model_validator(mode="after")
    def _something(self) -> Impact:
        if any(days == 0 for days in self.days.values()):
            raise ValueError("a milestone that takes as long as before is not changed; leave it out")
        return self


class RequestChange(ImplementationCommand):
    """Ask for a change of the agreed plan, with its impact. It holds when it is approved, and the customer has signed it."""

    command: Literal["RequestChange"] = "RequestChange"
    change: Id
    what: Text
    reason: Text
    impact: Impact


class ChangeCommand(ImplementationCommand):
    """A command about a change order."""

    change: Id


class ApproveChange(ChangeCommand):
    """Approve a change order, in the role that its size asks for; never one's own."""

    command: Literal["ApproveChange"] = "ApproveChange"


class RefuseChange(ChangeCommand):
    """Refuse a change order, in the role that its size asks for."""

    command: Literal["RefuseChange"] = "RefuseChange"
    reason: Text


class SignChange(ChangeCommand):
    """The customer has signed an approved change order: its plan becomes the new baseline."""

    command: Literal["SignChange"] = "SignChange"
    signed_by: Text
    """The customer's person."""
    reference: Text
    """Where the signed paper is."""


class DeclineChange(ChangeCommand):
    """The customer does not sign an approved change order: the plan stays as it was."""

    command: Literal["DeclineChange"] = "DeclineChange"
    declined_by: Text
    """The customer's person."""
    reason: Text


class WithdrawChange(ChangeCommand):
    """Take a change order back that is not signed yet."""

    command: Literal["WithdrawChange"] = "WithdrawChange"
    reason: Text


class RaiseRisk(ImplementationCommand):
    """Something may go wrong: who watches it, and by when it is looked at again."""

    command: Literal["RaiseRisk"] = "RaiseRisk"
    risk: Id
    text: Text
    owner: Id
    """Staff id of the one who watches it."""
    due_on: Day
    probability: Level
    impact: Level


class CloseRisk(ImplementationCommand):
    """A risk is over: it did not come, or it came and is dealt with."""

    command: Literal["CloseRisk"] = "CloseRisk"
    risk: Id
    how: Text


class RaiseIssue(ImplementationCommand):
    """Something is open that must be settled: by whom, and by when."""

    command: Literal["RaiseIssue"] = "RaiseIssue"
    issue: Id
    text: Text
    owner: Id
    """Staff or contact id of the one who settles it."""
    due_on: Day
    severity: Level


class ResolveIssue(ImplementationCommand):
    """An open issue is settled."""

    command: Literal["ResolveIssue"] = "ResolveIssue"
    issue: Id
    how: Text


EstimateCommands = ReestimateMilestone | HoldUntil | ReportDelay
ChangeCommands = RequestChange | ApproveChange | RefuseChange | SignChange | DeclineChange | WithdrawChange
RiskCommands = RaiseRisk | CloseRisk | RaiseIssue | ResolveIssue
PlanCommands = EstimateCommands | ChangeCommands | RiskCommands
