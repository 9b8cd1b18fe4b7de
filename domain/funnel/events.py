"""What happened to the deal: where it stands, and how it got there. Evidence, approvals and prices: see `gate_events`."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import AwareDatetime

from domain.clocks import ClocksReleased
from domain.dwell import UsualDwell
from domain.funnel.gate_events import GateEvents
from domain.funnel.spans import Category
from domain.messages import Event, Frozen, Money
from domain.origin import Origin
from domain.promises import LedgerEvents


class StageEntered(Frozen):
    """What every event says that puts a deal into a stage."""

    occurred_at: AwareDatetime
    usual: UsualDwell | None = None
    """How long deals of that class usually stay there, as it was known then, and of how many deals it was learned; None for
    the default: the stage's time box."""


class StageLeft(Frozen):
    """What every event says that takes a deal out of a stage."""

    occurred_at: AwareDatetime
    dwell: int | None = None
    """Working minutes that the deal stood there; None in events from before it was counted."""


class FunnelOpened(StageEntered, Event):
    """The deal stands at the first stage."""

    type: ClassVar[str] = "FunnelOpened"
    origin: Origin
    stage: str
    name: str
    product_line: str
    amount: Money | None
    expected_on: date | None = None
    """The day on which the signature is expected; None when nobody has said."""
    service_line: str = ""
    mode: str = ""


class DealForecast(Event):
    """The owner has said when the deal is expected, for how much, and how sure that is."""

    type: ClassVar[str] = "DealForecast"
    expected_on: date
    amount: Money | None
    """The expected value from now on."""
    category: Category
    reason: str
    by: str
    """Staff id."""
    stage: str
    win_rate: int
    """Percent: the win rate of the deal as it stood then."""
    expected_before: date | None
    amount_before: Money | None
    category_before: Category


class ProductLineNamed(Event):
    """The deal sells this product line from now on."""

    type: ClassVar[str] = "ProductLineNamed"
    product_line: str
    before: str
    """Empty when none was named until then."""
    reason: str
    by: str
    """Staff id."""


class NextStepPlanned(Event):
    """The next step has a date."""

    type: ClassVar[str] = "NextStepPlanned"
    on: date
    step: str


class StageAdvanced(StageEntered, StageLeft, Event):
    """A gate was passed: every required piece of evidence is in, or an override says why not."""

    type: ClassVar[str] = "StageAdvanced"
    left: str
    entered: str
    overridden: bool = False


class StagesSwapped(StageEntered, StageLeft, Event):
    """The next gate is complete before this one: the deal stands there first, and comes back here after it."""

    type: ClassVar[str] = "StagesSwapped"
    left: str
    entered: str


class StageReturned(StageEntered, StageLeft, Event):
    """A step back: the deal stands in an earlier stage again, because evidence of it does not hold."""

    type: ClassVar[str] = "StageReturned"
    left: str
    entered: str
    reason: str
    again: tuple[str, ...]
    """The stages whose gates must be passed again."""
    withdrawn: tuple[str, ...]
    """The ids of the evidence that was withdrawn with it."""


class StageSkipped(StageEntered, StageLeft, Event):
    """A stage was skipped, where the playbook lets a role do so."""

    type: ClassVar[str] = "StageSkipped"
    left: str
    entered: str
    reason: str


class StageOverdue(Event):
    """The stage's time box has run out; `occurred_at` is the due time."""

    type: ClassVar[str] = "StageOverdue"
    stage: str
    entry: int
    who: str
    """The role that must act."""


class DealStalled(Event):
    """The deal has not moved for too long; `occurred_at` is when that came true."""

    type: ClassVar[str] = "DealStalled"
    stage: str
    entry: int
    reason: Literal["dwell", "no_next_step"]
    who: str
    """The role that must act."""


class TaskRaised(Event):
    """The deal's owner has a task: move a stalled deal, or take up one that is back from the shelf."""

    type: ClassVar[str] = "TaskRaised"
    what: Literal["stalled", "revisit"]
    stage: str
    entry: int
    owner: str
    """Staff id."""
    who: str
    """The owner's role."""
    due: AwareDatetime


class StallEscalated(Event):
    """The deal is still stalled: a higher role must see to it."""

    type: ClassVar[str] = "StallEscalated"
    stage: str
    entry: int
    to: str


class DealWon(StageLeft, Event):
    """Signed: 成交."""

    type: ClassVar[str] = "DealWon"
    amount: Money | None


class DealLost(StageLeft, Event):
    """Lost 丢单, with the reason."""

    type: ClassVar[str] = "DealLost"
    stage: str
    reason: str
    competitor: str
    keep_contact_on: date | None


class DealReopened(StageEntered, Event):
    """A lost deal was reopened by an approver; it stands where it stood."""

    type: ClassVar[str] = "DealReopened"
    stage: str
    reason: str
    asked_by: str
    approver: str
    approver_role: str


class DealCancelled(StageLeft, Event):
    """The project was cancelled before the deal was decided."""

    type: ClassVar[str] = "DealCancelled"
    stage: str
    reason: str
    approver: str


class DealShelved(StageLeft, Event):
    """No decision 搁置 until the date."""

    type: ClassVar[str] = "DealShelved"
    reason: str
    revisit_on: date


class RevisitDue(Event):
    """The date to take the shelved deal up again has come."""

    type: ClassVar[str] = "RevisitDue"
    revisit_on: date
    who: str
    """The role that must act."""


class DealResumed(StageEntered, Event):
    """The deal is off the shelf."""

    type: ClassVar[str] = "DealResumed"
    reason: str
    stage: str
    by_itself: bool = False
    """True when its revisit date brought it back, not a person."""


Events = (
    FunnelOpened
    | DealForecast
    | ProductLineNamed
    | NextStepPlanned
    | StageAdvanced
    | StagesSwapped
    | StageReturned
    | StageSkipped
    | StageOverdue
    | DealStalled
    | TaskRaised
    | StallEscalated
    | DealWon
    | DealLost
    | DealReopened
    | DealCancelled
    | DealShelved
    | RevisitDue
    | DealResumed
    | ClocksReleased
    | GateEvents
    | LedgerEvents
)
