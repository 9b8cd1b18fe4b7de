"""The words between a customer and its reactivations 唤醒, and what a customer remembers of the latest of them.

The customer begins one when it sleeps and tells it when it wakes, by whatever; the reactivation tells the customer how it
ended. Only the latest one is remembered: another begins when that has ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal

from pydantic import AwareDatetime

from domain import streams
from domain.messages import Command, Event, Id, LongId, Money, Text

ReactivationId = LongId
"""`C7.1`: the customer's id and which of its reactivations it is."""

Outcome = Literal[
    "answered", "woke", "no", "not_now", "budget_spent", "steps_done", "latest", "stopped", "invalid", "merged", "held_out"
]
"""How one ended: the customer answered that it is interested; woke by something else; refused; put it off; the budget was
spent; all steps were done without an answer; its latest end came; a person stopped it; the customer became invalid or was
merged; it was left alone until its horizon."""


def named(customer: str, number: int) -> str:
    """The id of the `number`-th reactivation (from 1 on) of a customer: `C7.1`."""
    return f"{customer}.{number}"


def customer_of(reactivation: str) -> str:
    """Whose reactivation it is, told by its id."""
    return reactivation.rpartition(".")[0]


class ReactivationCommand(Command):
    """A command to a reactivation."""

    reactivation: ReactivationId

    @property
    def stream(self) -> str:
        """The reactivation's stream."""
        return streams.reactivation(self.reactivation)


class BeginReactivation(ReactivationCommand):
    """The customer sleeps, and it or a person has begun its reactivation: the first step is to be done, or it is left alone."""

    command: Literal["BeginReactivation"] = "BeginReactivation"
    opens: ClassVar[bool] = True
    internal: ClassVar[bool] = True


class NoteAwake(ReactivationCommand):
    """The customer is awake again: a reactivation that still runs has ended."""

    command: Literal["NoteAwake"] = "NoteAwake"
    internal: ClassVar[bool] = True


class NoteBusiness(ReactivationCommand):
    """The customer has a new project or contract within the horizon."""

    command: Literal["NoteBusiness"] = "NoteBusiness"
    internal: ClassVar[bool] = True


class NoteHoldOutBroken(ReactivationCommand):
    """An approver has broken the hold-out: the customer is worked on from now."""

    command: Literal["NoteHoldOutBroken"] = "NoteHoldOutBroken"
    internal: ClassVar[bool] = True


class EndReactivation(ReactivationCommand):
    """The customer has become invalid or was merged into another: nothing is left to wake."""

    command: Literal["EndReactivation"] = "EndReactivation"
    internal: ClassVar[bool] = True


class StartReactivation(Command):
    """Begin the reactivation of a customer that sleeps. The draw of the hold-out is made as for any other: who is drawn is left
    alone, unless an approver breaks the hold-out."""

    command: Literal["StartReactivation"] = "StartReactivation"
    customer: Id
    owner: Id | None = None
    """Staff id of who runs it; the account owner when left out."""
    budget: Money | None = None
    """What its steps may cost together; the playbook's sum for the value class when left out. A greater sum than that needs the
    approver."""
    reason: Text
    approver: Id | None = None
    """Staff id of the one who breaks the hold-out, or approves a greater budget than the playbook's; not the one who asks."""
    approver_role: str = ""

    @property
    def stream(self) -> str:
        """The customer's stream."""
        return streams.customer(self.customer)


class NoteReactivation(Command):
    """A reactivation of this customer has ended: with an interested answer it is awake again; else it may be tried again
    later."""

    command: Literal["NoteReactivation"] = "NoteReactivation"
    customer: Id
    reactivation: ReactivationId
    internal: ClassVar[bool] = True

    @property
    def stream(self) -> str:
        """The customer's stream."""
        return streams.customer(self.customer)


# What happens in the customer's own stream.


class ReactivationStarted(Event):
    """A reactivation of the sleeping customer has begun, by itself or by a person; `held_out` when the draw leaves it alone."""

    type: ClassVar[str] = "ReactivationStarted"
    reactivation: str
    number: int
    by_itself: bool
    attempt: int = 0
    """How many have begun by themselves since it fell asleep, this one included."""
    begun_from: str
    """`cooling` or `dormant`: where the customer stood."""
    owner: str
    budget: Money | None = None
    reason: str = ""
    held_out: bool = False
    horizon: AwareDatetime
    """Until when a return counts."""
    approver: str = ""
    """Who has approved a greater budget than the playbook's; empty otherwise."""


class HoldOutBroken(Event):
    """An approver has broken the hold-out: the customer is worked on. It stays on record as one that was to be left alone."""

    type: ClassVar[str] = "HoldOutBroken"
    reactivation: str
    approver: str
    role: str
    reason: str


class ReactivationReported(Event):
    """The reactivation has ended; without its answer it may be tried again from a day on."""

    type: ClassVar[str] = "ReactivationReported"
    reactivation: str
    outcome: Outcome
    try_again_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waking:
    """What a customer remembers of its latest reactivation."""

    id: str
    number: int
    by_itself: bool
    attempt: int
    begun_at: datetime
    begun_from: str
    owner: str
    budget: Money | None
    reason: str
    held_out: bool
    horizon: datetime
    broken: HoldOutBroken | None = None
    awake_at: datetime | None = None
    """When the customer woke within the horizon."""
    awake_how: str = ""
    """By what: `answered`, which the reactivation knows itself, or the code of what woke it."""
    business_at: datetime | None = None
    """When a project was opened or a contract signed within the horizon."""
    business_how: str = ""
    cut_at: datetime | None = None
    """When the customer became invalid or was merged."""
    cut_how: Literal["", "invalid", "merged"] = ""
    outcome: Outcome | None = None
    try_again_on: date | None = None

    @property
    def running(self) -> bool:
        """True until it has told that it ended, or has ended because the customer is awake or none any more."""
        return self.outcome is None and self.cut_at is None and self.awake_at is None

    @property
    def left_alone(self) -> bool:
        """True while it runs as a hold-out that nobody has broken."""
        return self.running and self.held_out and self.broken is None
