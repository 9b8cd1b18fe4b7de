"""What is asked of handoff: its commands."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from domain import streams
from domain.messages import Command, Day, Frozen, Id, Money, Text
from domain.promises import LedgerCommands
from domain.streams import HandoffKind

ItemCode = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


class HandoffCommand(Command):
    """A command to one of a project's handoffs."""

    project: Id
    kind: HandoffKind
    """`delivery` is sales to delivery (G1), `support` is delivery to support (G2)."""

    @property
    def stream(self) -> str:
        """The handoff's stream."""
        return streams.handoff(self.project, self.kind)


class OpenHandoff(HandoffCommand):
    """Begin a handoff: the giver's clock starts."""

    command: Literal["OpenHandoff"] = "OpenHandoff"
    opens: ClassVar[bool] = True
    internal: ClassVar[bool] = True


class ServiceContract(Frozen):
    """The support contract that the receiver takes over."""

    service_code: Id
    starts_on: Day
    ends_on: Day
    notice_on: Day | None = None
    """The last day to give notice; by the playbook's notice days when left out."""
    fee: Money | None = None
    level: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""
    """The service level 服务等级, as the playbook calls it; empty for the usual one."""


class OfferHandoff(HandoffCommand):
    """Offer the handoff with its checklist, as its giver; after a return, offer it again with what was missing. Every promise
    on record is attached by itself."""

    command: Literal["OfferHandoff"] = "OfferHandoff"
    items: dict[ItemCode, Text] = Field(default_factory=dict)
    """The proof of each checklist item, by its code; what was offered before need not be repeated."""
    service_contract: ServiceContract | None = None
    """For the handoff to support: the contract with its service code."""


class Condition(Frozen):
    """Something that the receiver accepts as still to come, with its date."""

    condition: Id
    text: Text
    due_on: Day
    who: Annotated[str, StringConstraints(max_length=40)] = ""
    """The role that must meet it; the giver when left out, who always may."""


class AcceptHandoff(HandoffCommand):
    """Accept the offer, with dated conditions if need be: the duty passes to the receiver, and with it every promise."""

    command: Literal["AcceptHandoff"] = "AcceptHandoff"
    conditions: tuple[Condition, ...] = ()
    promises: tuple[Id, ...] | None = None
    """The open promises that the receiver takes over: all of them, by name. When left out, those that were offered."""


class Gap(Frozen):
    """What is wrong with one item of the checklist."""

    item: ItemCode
    text: Text


class ReturnHandoff(HandoffCommand):
    """Return the offer to its giver with named gaps."""

    command: Literal["ReturnHandoff"] = "ReturnHandoff"
    gaps: Annotated[tuple[Gap, ...], Field(min_length=1)]


class MeetCondition(HandoffCommand):
    """A condition of the acceptance is met, as its giver or the role that it names says. A gate that its lapse had reopened is
    shut again."""

    command: Literal["MeetCondition"] = "MeetCondition"
    condition: Id
    reference: Text


class RescheduleCondition(HandoffCommand):
    """Give a condition of the acceptance a new date: only the receiver, who accepted it, can agree to that."""

    command: Literal["RescheduleCondition"] = "RescheduleCondition"
    condition: Id
    due_on: Day
    reason: Text


class AllowEarlyStart(HandoffCommand):
    """Let work begin before the receiver has signed 提前启动, up to so many working days and so much cost.

    Asked by the role that the playbook names as approver, for somebody else."""

    command: Literal["AllowEarlyStart"] = "AllowEarlyStart"
    kind: Literal["delivery"] = "delivery"
    reason: Text
    requested_by: Id
    """Staff id of the one who wants to begin early."""
    days: Annotated[int, Field(gt=0, le=10_000)]
    """Working days from now."""
    cost: Money


class RecordEarlyWork(HandoffCommand):
    """Record work that was done under an early start; what goes beyond its limits is refused."""

    command: Literal["RecordEarlyWork"] = "RecordEarlyWork"
    kind: Literal["delivery"] = "delivery"
    what: Text
    days: Annotated[Decimal, Field(gt=0, max_digits=7, decimal_places=2)]
    """Working days."""
    cost: Money


Commands = (
    OpenHandoff
    | OfferHandoff
    | AcceptHandoff
    | ReturnHandoff
    | MeetCondition
    | RescheduleCondition
    | AllowEarlyStart
    | RecordEarlyWork
    | LedgerCommands
)
