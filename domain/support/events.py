"""What happens in support."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from pydantic import AwareDatetime

from domain.clocks import ClocksReleased
from domain.handoff import ServiceContract
from domain.leftovers import Leftover
from domain.messages import Event, Money
from domain.origin import Origin
from domain.promises import Ledger, LedgerEvents
from domain.satisfaction import SatisfactionAsked
from domain.stability import Stability


class SupportStarted(Event):
    """Support has the duty under this contract, and for every promise that still binds us."""

    type: ClassVar[str] = "SupportStarted"
    origin: Origin
    contract: ServiceContract
    promises: Ledger = ()
    """The whole promise ledger, ended ones too."""
    stability: Stability | None = None
    """How stable the system has run since its go-live; None where the playbook knows no early life."""
    leftovers: tuple[Leftover, ...] = ()
    """What the customer has accepted without, each with its date."""


class StabilityLost(Event):
    """A target was missed in early life: the days begin anew."""

    type: ClassVar[str] = "StabilityLost"
    ticket: str
    target: str
    missed: int
    """How many tickets have missed one since the go-live."""


class StabilityReached(Event):
    """So many days inside the targets, and the first month-end close passed: full support, and delivery's duty has ended."""

    type: ClassVar[str] = "StabilityReached"
    calm_since: AwareDatetime
    days: int
    missed: int


class RenewalWindowOpened(Event):
    """So many days are left until the notice date."""

    type: ClassVar[str] = "RenewalWindowOpened"
    days: int
    notice_on: date
    period: int
    who: str
    """The role that must act."""


class ContractRenewed(Event):
    """A new service period is agreed."""

    type: ClassVar[str] = "ContractRenewed"
    ends_on: date
    notice_on: date
    fee: Money | None
    period: int
    level: str | None = None
    """The service level from now on; None for the one before."""
    service_code: str | None = None
    """The service code from now on; None for the one before."""


class ContractChanged(Event):
    """Another service level or service code holds from now on."""

    type: ClassVar[str] = "ContractChanged"
    level_before: str
    level: str
    code_before: str
    code: str
    reason: str


class OpenTicketsTold(Event):
    """What the contract now means for the tickets that were open: each is told."""

    type: ClassVar[str] = "OpenTicketsTold"
    number: int
    """1, 2, 3 …: how often what the contract means for tickets has changed."""
    tickets: tuple[str, ...]
    service_code: str
    level: str
    in_service: bool
    cause: str
    early_life: bool = False
    """Whether support is in early life: then it must hear of each target that they miss."""
    again_at: AwareDatetime | None = None
    """When to look once more for tickets that were being opened at this very moment; None after that look."""


class OpenTicketsChecked(Event):
    """It was looked once more for tickets that were being opened when the contract changed."""

    type: ClassVar[str] = "OpenTicketsChecked"
    number: int


class RenewalStepRecorded(Event):
    """A step of the renewal is done."""

    type: ClassVar[str] = "RenewalStepRecorded"
    period: int
    step: str
    reference: str


class ContractGrown(Event):
    """A new project has grown out of this contract."""

    type: ClassVar[str] = "ContractGrown"
    new_project: str
    name: str
    need: str
    product_line: str
    amount: Money | None
    owner: str
    owner_unit: str
    period: int
    promises: tuple[str, ...] = ()
    """The ids of the promises that still bind us here; they stay with this support."""


class LeftoverSettled(Event):
    """A leftover of the acceptance has come."""

    type: ClassVar[str] = "LeftoverSettled"
    leftover: str
    reference: str


class LeftoverLapsed(Event):
    """A leftover of the acceptance had not come by its date."""

    type: ClassVar[str] = "LeftoverLapsed"
    leftover: str
    who: str
    """The role that must act."""


class LeftoverRescheduled(Event):
    """A leftover of the acceptance has a new date."""

    type: ClassVar[str] = "LeftoverRescheduled"
    leftover: str
    due_before: date
    due_on: date
    reason: str


class ContractLapsed(Event):
    """The service period ended without a renewal."""

    type: ClassVar[str] = "ContractLapsed"
    ended_on: date
    period: int


class SatisfactionUnanswered(Event):
    """The customer has not answered in time; nobody is blamed for it, but it is known."""

    type: ClassVar[str] = "SatisfactionUnanswered"
    survey: str
    occasion: str


class SatisfactionRecorded(Event):
    """The customer has told how satisfied it is."""

    type: ClassVar[str] = "SatisfactionRecorded"
    score: int
    occasion: str
    comment: str
    survey: str = ""
    """The question that it answers; empty for an answer that nobody has asked for."""
    ticket: str = ""


class RecoveryOpened(Event):
    """A low score: somebody must find out why, and put it right."""

    type: ClassVar[str] = "RecoveryOpened"
    recovery: str
    """`R1`, `R2` …"""
    score: int
    occasion: str
    ticket: str
    who: str
    """The role that must act."""
    due_at: AwareDatetime


class RecoveryOverdue(Event):
    """A recovery task is not done in time: `to` is called."""

    type: ClassVar[str] = "RecoveryOverdue"
    recovery: str
    who: str
    to: str


class RecoverySettled(Event):
    """A recovery task is done."""

    type: ClassVar[str] = "RecoverySettled"
    recovery: str
    outcome: str


class SupportEnded(Event):
    """The project was cancelled: the service contract is terminated before its end."""

    type: ClassVar[str] = "SupportEnded"
    reason: str
    approver: str
    service_code: str
    ends_on: date
    """When it would have ended."""
    period: int


AfterGoLive = StabilityLost | StabilityReached | LeftoverSettled | LeftoverLapsed | LeftoverRescheduled
ContractEvents = (
    RenewalWindowOpened
    | RenewalStepRecorded
    | ContractRenewed
    | ContractChanged
    | ContractGrown
    | ContractLapsed
    | OpenTicketsTold
    | OpenTicketsChecked
)
SatisfactionEvents = (
    SatisfactionAsked | SatisfactionUnanswered | SatisfactionRecorded | RecoveryOpened | RecoveryOverdue | RecoverySettled
)
Events = SupportStarted | AfterGoLive | ContractEvents | SatisfactionEvents | SupportEnded | ClocksReleased | LedgerEvents
