"""What happened to a plan: estimates, holds, delays, moved forecasts, change orders, risks and issues."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import AwareDatetime

from domain.implementation.plan_commands import Impact, Level, Party
from domain.messages import Event, Frozen


class Move(Frozen):
    """A forecast date that is another now; None for a milestone that was not there before, or is there no more."""

    milestone: str
    before: AwareDatetime | None = None
    after: AwareDatetime | None = None
    via: tuple[str, ...] = ()
    """The milestones through which the cause has come to this one, which stands last."""


class MoveCause(Frozen):
    """The fact that moved dates."""

    kind: str
    """`signed`, `estimate`, `hold`, `delay`, `overdue`, `units`, `change`, `plan`, `playbook`, or `recomputed`: the calendar is
    another, or the facts are of a time before forecasts were kept."""
    what: str = ""
    """The milestone that it struck, or the id of the change order."""
    reference: str = ""
    """The type of the event that is the fact."""
    reason: str = ""
    """In the words of the one who recorded it."""


class ForecastMoved(Event):
    """The forecast is another, by one fact. Recorded with it; of many facts each has its own."""

    type: ClassVar[str] = "ForecastMoved"
    moved: tuple[Move, ...]
    cause: MoveCause


class MilestoneReestimated(Event):
    """A milestone takes so many working days, as is thought now."""

    type: ClassVar[str] = "MilestoneReestimated"
    milestone: str
    days: int
    before: int
    """As it was thought before."""
    reason: str
    by: str


class MilestoneHeld(Event):
    """A milestone is not reached before a date."""

    type: ClassVar[str] = "MilestoneHeld"
    milestone: str
    until: date
    at: AwareDatetime
    """The close of business of that date, or of the first working day after it."""
    reason: str
    by: str


class DelayReported(Event):
    """A milestone is kept waiting until a date, and by whom."""

    type: ClassVar[str] = "DelayReported"
    milestone: str
    until: date
    at: AwareDatetime
    """The close of business of that date, or of the first working day after it."""
    cause: Party
    reason: str
    by: str


class ChangeRequested(Event):
    """A change of the agreed plan is asked for; `proposed` are the dates that it would have made of the plan of then."""

    type: ClassVar[str] = "ChangeRequested"
    change: str
    what: str
    reason: str
    impact: Impact
    by: str
    on_behalf_of: str = ""
    size_days: int
    """Working days: all that it adds, or the farthest that it moves any date, whichever is more."""
    approver: str
    """The role that its size asks for."""
    proposed: dict[str, AwareDatetime]


class ChangeApproved(Event):
    """The change order is approved on our side; the customer's signature is waited for."""

    type: ClassVar[str] = "ChangeApproved"
    change: str
    by: str
    role: str


class ChangeRefused(Event):
    """The change order is refused on our side."""

    type: ClassVar[str] = "ChangeRefused"
    change: str
    by: str
    reason: str


class ChangeSigned(Event):
    """The customer has signed the change order; the new baseline follows."""

    type: ClassVar[str] = "ChangeSigned"
    change: str
    signed_by: str
    reference: str


class ChangeDeclined(Event):
    """The customer has not signed the change order."""

    type: ClassVar[str] = "ChangeDeclined"
    change: str
    declined_by: str
    reason: str


class ChangeWithdrawn(Event):
    """The change order is taken back."""

    type: ClassVar[str] = "ChangeWithdrawn"
    change: str
    by: str
    reason: str


class ChangeOverdue(Event):
    """An answer to a change order has not come in its time; `occurred_at` is that time."""

    type: ClassVar[str] = "ChangeOverdue"
    change: str
    answer: Literal["approval", "signature"]
    who: str
    """The role whose answer is missing."""
    escalated_to: str
    """The role that is told; it may approve instead."""


class RiskRaised(Event):
    """A risk is on the list."""

    type: ClassVar[str] = "RiskRaised"
    risk: str
    text: str
    owner: str
    due_on: date
    probability: Level
    impact: Level
    by: str


class RiskDue(Event):
    """The date of a risk has passed, and it is still open."""

    type: ClassVar[str] = "RiskDue"
    risk: str
    owner: str


class RiskClosed(Event):
    """A risk is over."""

    type: ClassVar[str] = "RiskClosed"
    risk: str
    how: str
    by: str


class IssueRaised(Event):
    """An issue is open."""

    type: ClassVar[str] = "IssueRaised"
    issue: str
    text: str
    owner: str
    due_on: date
    severity: Level
    by: str


class IssueOverdue(Event):
    """The date of an open issue has passed."""

    type: ClassVar[str] = "IssueOverdue"
    issue: str
    owner: str


class IssueResolved(Event):
    """An open issue is settled."""

    type: ClassVar[str] = "IssueResolved"
    issue: str
    how: str
    by: str


ClockFacts = ForecastMoved | ChangeOverdue | RiskDue | IssueOverdue
"""What comes true by itself, or follows from another fact of the same moment."""
AskedFacts = (
    MilestoneReestimated
    | MilestoneHeld
    | DelayReported
    | ChangeRequested
    | ChangeApproved
    | ChangeRefused
    | ChangeSigned
    | ChangeDeclined
    | ChangeWithdrawn
    | RiskRaised
    | RiskClosed
    | IssueRaised
    | IssueResolved
)
PlanEvents = ClockFacts | AskedFacts
