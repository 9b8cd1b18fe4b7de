"""Support 支持 of a delivered project: early life, the service contract and its renewal, and how satisfied the customer is."""

from __future__ import annotations

from typing import get_args

from domain.calendars import CalendarRule
from domain.decider import Decider
from domain.messages import Name
from domain.playbook import Playbook
from domain.satisfaction import SatisfactionAsked
from domain.support.commands import (
    ChangeContract,
    Commands,
    GrowContract,
    NoteLowScore,
    NoteMissedTarget,
    RecordRenewalStep,
    RecordSatisfaction,
    RenewContract,
    RescheduleLeftover,
    SettleLeftover,
    SettleRecovery,
    StartSupport,
    SupportCommand,
)
from domain.support.contract import follows
from domain.support.deciding import decide, looks_at, unwind
from domain.support.events import (
    ContractChanged,
    ContractGrown,
    ContractLapsed,
    ContractRenewed,
    Events,
    LeftoverLapsed,
    LeftoverRescheduled,
    LeftoverSettled,
    OpenTicketsChecked,
    OpenTicketsTold,
    RecoveryOpened,
    RecoveryOverdue,
    RecoverySettled,
    RenewalStepRecorded,
    RenewalWindowOpened,
    SatisfactionRecorded,
    SatisfactionUnanswered,
    StabilityLost,
    StabilityReached,
    SupportEnded,
    SupportStarted,
)
from domain.support.refusals import (
    ContractNotValidError,
    ContractUnchangedError,
    GrownAlreadyError,
    LeftoverDateSameError,
    LeftoverUnknownError,
    NoticeOutsidePeriodError,
    NotYourLeftoverError,
    PeriodNotLongerError,
    RecoveryUnknownError,
    RenewalStepDoneError,
    RenewalStepUnknownError,
    ServiceLevelUnknownError,
    SupportNotAcceptedError,
)
from domain.support.standing import clocks, left_over, owes, view
from domain.support.state import State, evolve
from domain.support.terms import OCCASION_NAMES, STATUS_NAMES, Occasion, Status

NAME = Name(en="support", zh="支持")


def counts_on(state: State, playbook: Playbook) -> CalendarRule | None:
    """Early life and recovery tasks are counted in working days; all else is set by people, or in calendar days."""
    return playbook.calendar if state.early_life or state.open_recoveries else None


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
    left_over=left_over,
    counts_on=counts_on,
    follows=follows,
)

__all__ = [
    "DECIDER",
    "NAME",
    "OCCASION_NAMES",
    "STATUS_NAMES",
    "ChangeContract",
    "Commands",
    "ContractChanged",
    "ContractGrown",
    "ContractLapsed",
    "ContractNotValidError",
    "ContractRenewed",
    "ContractUnchangedError",
    "Events",
    "GrowContract",
    "GrownAlreadyError",
    "LeftoverDateSameError",
    "LeftoverLapsed",
    "LeftoverRescheduled",
    "LeftoverSettled",
    "LeftoverUnknownError",
    "NotYourLeftoverError",
    "NoteLowScore",
    "NoteMissedTarget",
    "NoticeOutsidePeriodError",
    "Occasion",
    "OpenTicketsChecked",
    "OpenTicketsTold",
    "PeriodNotLongerError",
    "RecordRenewalStep",
    "RecordSatisfaction",
    "RecoveryOpened",
    "RecoveryOverdue",
    "RecoverySettled",
    "RecoveryUnknownError",
    "RenewContract",
    "RenewalStepDoneError",
    "RenewalStepRecorded",
    "RenewalStepUnknownError",
    "RenewalWindowOpened",
    "RescheduleLeftover",
    "SatisfactionAsked",
    "SatisfactionRecorded",
    "SatisfactionUnanswered",
    "ServiceLevelUnknownError",
    "SettleLeftover",
    "SettleRecovery",
    "StabilityLost",
    "StabilityReached",
    "StartSupport",
    "State",
    "Status",
    "SupportCommand",
    "SupportEnded",
    "SupportNotAcceptedError",
    "SupportStarted",
    "clocks",
    "counts_on",
    "decide",
    "evolve",
    "follows",
    "looks_at",
    "owes",
    "unwind",
    "view",
]
