"""What can be asked of a project's support."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from domain import streams
from domain.messages import Command, Day, Id, Money, Text
from domain.promises import LedgerCommands
from domain.support.terms import Occasion

Level = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]
"""A service level 服务等级, as the playbook calls it; empty for the usual one."""


class SupportCommand(Command):
    """A command to a project's support."""

    project: Id

    @property
    def stream(self) -> str:
        """The support's stream."""
        return streams.support(self.project)


class StartSupport(SupportCommand):
    """Support has accepted the handoff: its contract begins."""

    command: Literal["StartSupport"] = "StartSupport"
    opens: ClassVar[bool] = True
    internal: ClassVar[bool] = True


class NoteMissedTarget(SupportCommand):
    """A ticket that was opened in early life has missed a target: the days of stability begin anew."""

    command: Literal["NoteMissedTarget"] = "NoteMissedTarget"
    ticket: Id
    target: str
    internal: ClassVar[bool] = True


class RenewContract(SupportCommand):
    """Renew the service contract for another period, at the same level and under the same code unless others are given."""

    command: Literal["RenewContract"] = "RenewContract"
    ends_on: Day
    notice_on: Day | None = None
    fee: Money | None = None
    """Of the new period."""
    level: Level | None = None
    service_code: Id | None = None


class ChangeContract(SupportCommand):
    """Change the service level or the service code within the period; the open tickets of the project are dated anew."""

    command: Literal["ChangeContract"] = "ChangeContract"
    level: Level | None = None
    service_code: Id | None = None
    reason: Text


class RecordRenewalStep(SupportCommand):
    """A step of the renewal is done."""

    command: Literal["RecordRenewalStep"] = "RecordRenewalStep"
    step: Text
    """Its code in the playbook."""
    reference: Text
    """Where the proof is: an offer, minutes, a message."""


class GrowContract(SupportCommand):
    """The customer wants more than a renewal: begin a new project that carries the need, and refers to this support."""

    command: Literal["GrowContract"] = "GrowContract"
    new_project: Id
    name: Text
    need: Text
    """In the customer's words."""
    product_line: str = ""
    amount: Money | None = None
    owner: Id | None = None
    """Staff id of the new deal's owner; the owner of this project when left out."""
    owner_unit: Id | None = None


class RecordSatisfaction(SupportCommand):
    """Record how satisfied the customer is, from 1 (not at all) to 5 (very). Answers the question of that occasion, if one
    is open; a low score opens a recovery task."""

    command: Literal["RecordSatisfaction"] = "RecordSatisfaction"
    score: Annotated[int, Field(ge=1, le=5)]
    occasion: Occasion
    comment: str = ""
    ticket: Id | None = None
    """The ticket that it is about, at a closing."""


class NoteLowScore(SupportCommand):
    """A ticket was closed with a low score: a recovery task is needed."""

    command: Literal["NoteLowScore"] = "NoteLowScore"
    ticket: Id
    score: Annotated[int, Field(ge=1, le=5)]
    times: int = 1
    """1, 2, 3 …: a ticket that was reopened may be closed with a low score again."""
    internal: ClassVar[bool] = True


class SettleRecovery(SupportCommand):
    """A recovery task is done: the customer's trouble is dealt with, and they have been told."""

    command: Literal["SettleRecovery"] = "SettleRecovery"
    recovery: Text
    """`R1`, `R2` …"""
    outcome: Text
    after_cancelling: ClassVar[bool] = True


class SettleLeftover(SupportCommand):
    """A leftover of the acceptance has come, as the role that brings it says, or support."""

    command: Literal["SettleLeftover"] = "SettleLeftover"
    leftover: Id
    reference: Text
    after_cancelling: ClassVar[bool] = True


class RescheduleLeftover(SupportCommand):
    """Give a leftover of the acceptance a new date, as support has agreed with the customer."""

    command: Literal["RescheduleLeftover"] = "RescheduleLeftover"
    leftover: Id
    due_on: Day
    reason: Text


Commands = (
    StartSupport
    | NoteMissedTarget
    | RenewContract
    | ChangeContract
    | RecordRenewalStep
    | GrowContract
    | RecordSatisfaction
    | NoteLowScore
    | SettleRecovery
    | SettleLeftover
    | RescheduleLeftover
    | LedgerCommands
)
