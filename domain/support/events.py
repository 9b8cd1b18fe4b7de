"""What happens in support."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from domain.clocks import ClocksReleased
from domain.handoff import ServiceContract
from domain.messages import Event, Money
from domain.origin import Origin
from domain.promises import Ledger, LedgerEvents


class SupportStarted(Event):
    """Support has the duty under this contract, and for every promise that still binds us."""

    type: ClassVar[str] = "SupportStarted"
    origin: Origin
    contract: ServiceContract
    promises: Ledger = ()
    """The whole promise ledger, ended ones too."""


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


class ContractLapsed(Event):
    """The service period ended without a renewal."""

    type: ClassVar[str] = "ContractLapsed"
    ended_on: date
    period: int


class SatisfactionRecorded(Event):
    """The customer has told how satisfied it is."""

    type: ClassVar[str] = "SatisfactionRecorded"
    score: int
    occasion: str
    comment: str


class SupportEnded(Event):
    """The project was cancelled: the service contract is terminated before its end."""

    type: ClassVar[str] = "SupportEnded"
    reason: str
    approver: str
    service_code: str
    ends_on: date
    """When it would have ended."""
    period: int


Events = (
    SupportStarted
    | RenewalWindowOpened
    | ContractRenewed
    | ContractLapsed
    | SatisfactionRecorded
    | SupportEnded
    | ClocksReleased
    | LedgerEvents
)
