"""What happens in a customer's life: what keeps it awake, how it falls asleep and wakes, whether it is a customer at all."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from domain.clocks import ClocksReleased
from domain.customer.terms import Awake
from domain.messages import Event, Frozen, Name


class Reason(Frozen):
    """Why a customer has gone on to another state: one line of it."""

    code: str
    """`no_running_project`, `no_valid_contract`, `no_product_use`, `no_effective_contact`, and `since_…` for what the time is
    counted from when it is none of these; of one that wakes: `project`, `contract`, `use`, `contact`, `answer`, `policy`."""
    since: date | None = None
    """From which day on, where the customer's people are; None for what never was."""
    text: Name


class UseRecorded(Event):
    """The customer was seen to use a product of ours."""

    type: ClassVar[str] = "UseRecorded"
    product: str
    reference: str = ""


class ProjectBegun(Event):
    """A project of the customer runs: it was opened, or its lost deal was reopened."""

    type: ClassVar[str] = "ProjectBegun"
    project: str
    times: int = 1
    """How often it has begun by now."""


class ServiceBegun(Event):
    """A project is delivered, and its service contract runs."""

    type: ClassVar[str] = "ServiceBegun"
    project: str
    period: int
    ends_on: date
    """The last day on which it is valid."""


class LadderBegan(Event):
    """The customer has come under rules with a dormancy ladder, and was under none before: time is counted from here."""

    type: ClassVar[str] = "LadderBegan"


class CustomerCooled(Event):
    """Nothing has been seen of the customer for so long that it cools 冷却; it stays potential or active."""

    type: ClassVar[str] = "CustomerCooled"
    status: Awake
    reasons: tuple[Reason, ...]
    since: date
    """The day from which the time is counted: the latest sign of life."""
    dormant_on: date
    """When it will be dormant, if nothing comes and the rules stay as they are."""
    times: int
    """How often it has cooled by now."""


class CustomerWarmed(Event):
    """A customer that was cooling is so no more: the reasons name what woke it."""

    type: ClassVar[str] = "CustomerWarmed"
    status: Awake
    reasons: tuple[Reason, ...]
    times: int
    """Which cooling has ended."""


class CustomerWentDormant(Event):
    """Dormant 休眠: no running project, no valid contract, no product use and no effective contact for too long."""

    type: ClassVar[str] = "CustomerWentDormant"
    was: Awake
    reasons: tuple[Reason, ...]
    since: date
    """The day from which the time was counted."""
    times: int
    """How often it has gone dormant by now."""


class CustomerReactivated(Event):
    """A dormant customer is awake again: the reasons name what woke it."""

    type: ClassVar[str] = "CustomerReactivated"
    to: Awake
    reasons: tuple[Reason, ...]
    times: int
    """Which dormancy has ended."""
    late: bool = False
    """True when what woke it had been there before it was dormant, and was only recorded later."""


class CustomerInvalidated(Event):
    """No customer any more: invalid 无效, for a reason that somebody else has approved."""

    type: ClassVar[str] = "CustomerInvalidated"
    was: Literal["potential", "active", "dormant"]
    reason: str
    """The code of the reason."""
    reasons: tuple[Reason, ...]
    evidence: str
    evidence_on: date | None = None
    because_of: str = ""
    """The project that brought it to light."""
    approver: str
    approver_role: str = ""


class CustomerRequalified(Event):
    """The invalid customer is one again, on new evidence."""

    type: ClassVar[str] = "CustomerRequalified"
    to: Awake
    reasons: tuple[Reason, ...]
    evidence: str
    approver: str
    approver_role: str = ""


LadderEvents = (
    CustomerCooled
    | CustomerWarmed
    | CustomerWentDormant
    | CustomerReactivated
    | CustomerInvalidated
    | CustomerRequalified
    | LadderBegan
)
"""Those that the state machine is made of."""

LifeEvents = UseRecorded | ProjectBegun | ServiceBegun | LadderEvents | ClocksReleased
