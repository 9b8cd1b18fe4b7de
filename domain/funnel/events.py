"""What happened: the events of the deal."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from domain.clocks import ClocksReleased
from domain.messages import Event, Money
from domain.origin import Origin
from domain.promises import LedgerEvents


class FunnelOpened(Event):
    """The deal stands at the first stage."""

    type: ClassVar[str] = "FunnelOpened"
    origin: Origin
    stage: str
    name: str
    product_line: str
    amount: Money | None


class EvidenceRecorded(Event):
    """An exit criterion has its proof."""

    type: ClassVar[str] = "EvidenceRecorded"
    criterion: str
    reference: str
    note: str
    given_by: str


class NextStepPlanned(Event):
    """The next step has a date."""

    type: ClassVar[str] = "NextStepPlanned"
    on: date
    step: str


class StageAdvanced(Event):
    """A gate was passed: every required piece of evidence is in, or an override says why not."""

    type: ClassVar[str] = "StageAdvanced"
    left: str
    entered: str
    overridden: bool = False


class GateOverridden(Event):
    """A gate was passed without its evidence."""

    type: ClassVar[str] = "GateOverridden"
    stage: str
    missing: tuple[str, ...]
    reason: str
    approver: str
    expires_on: date


class StageOverdue(Event):
    """The stage's time box has run out; `occurred_at` is the due time."""

    type: ClassVar[str] = "StageOverdue"
    stage: str
    entry: int
    who: str
    """The role that must act."""


class DealStalled(Event):
    """The deal has not moved for too long."""

    type: ClassVar[str] = "DealStalled"
    stage: str
    entry: int
    reason: Literal["dwell", "no_next_step"]
    who: str
    """The role that must act."""


class DealWon(Event):
    """Signed: 成交."""

    type: ClassVar[str] = "DealWon"
    amount: Money | None


class DealLost(Event):
    """Lost 丢单, with the reason."""

    type: ClassVar[str] = "DealLost"
    stage: str
    reason: str
    competitor: str
    keep_contact_on: date | None


class DealShelved(Event):
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


class DealResumed(Event):
    """The deal is off the shelf."""

    type: ClassVar[str] = "DealResumed"
    reason: str
    stage: str


Events = (
    FunnelOpened
    | EvidenceRecorded
    | NextStepPlanned
    | StageAdvanced
    | GateOverridden
    | StageOverdue
    | DealStalled
    | DealWon
    | DealLost
    | DealShelved
    | RevisitDue
    | DealResumed
    | ClocksReleased
    | LedgerEvents
)
