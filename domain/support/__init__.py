"""Support 支持 of a delivered project: the service contract, its renewal windows, and how satisfied the customer is."""

from __future__ import annotations

from typing import get_args

from domain.decider import Decider
from domain.messages import Name
from domain.support.commands import Commands, RecordSatisfaction, RenewContract, StartSupport, SupportCommand
from domain.support.deciding import decide, looks_at, unwind
from domain.support.events import (
    ContractLapsed,
    ContractRenewed,
    Events,
    RenewalWindowOpened,
    SatisfactionRecorded,
    SupportEnded,
    SupportStarted,
)
from domain.support.refusals import NoticeOutsidePeriodError, PeriodNotLongerError, SupportNotAcceptedError
from domain.support.standing import clocks, owes, view
from domain.support.state import State, evolve
from domain.support.terms import STATUS_NAMES, Status

NAME = Name(en="support", zh="支持")

DECIDER = Decider[State](
    category="support",
    name=NAME,
    commands=get_args(Commands),
    events=get_args(Events),
    initial=State,
    decide=decide,
    evolve=evolve,
    clocks=clocks,
    owes=owes,
    view=view,
    looks_at=looks_at,
    unwind=unwind,
    counts_on=lambda _state, _playbook: None,  # its dates are set by people, or are calendar days
)

__all__ = [
    "DECIDER",
    "NAME",
    "STATUS_NAMES",
    "Commands",
    "ContractLapsed",
    "ContractRenewed",
    "Events",
    "NoticeOutsidePeriodError",
    "PeriodNotLongerError",
    "RecordSatisfaction",
    "RenewContract",
    "RenewalWindowOpened",
    "SatisfactionRecorded",
    "StartSupport",
    "State",
    "Status",
    "SupportCommand",
    "SupportEnded",
    "SupportNotAcceptedError",
    "SupportStarted",
    "clocks",
    "decide",
    "evolve",
    "looks_at",
    "owes",
    "unwind",
    "view",
]
