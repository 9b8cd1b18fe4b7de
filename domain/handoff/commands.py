"""What is asked of handoff: its commands."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from domain import streams
from domain.messages import Command, Day, Frozen, Id, Money, Text
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


class OfferHandoff(HandoffCommand):
    """Offer the handoff with its checklist; after a return, offer it again with what was missing."""

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


class AcceptHandoff(HandoffCommand):
    """Accept the offer, with dated conditions if need be: the duty passes to the receiver."""

    command: Literal["AcceptHandoff"] = "AcceptHandoff"
    conditions: tuple[Condition, ...] = ()


class Gap(Frozen):
    """What is wrong with one item of the checklist."""

    item: ItemCode
    text: Text


class ReturnHandoff(HandoffCommand):
    """Return the offer to its giver with named gaps."""

    command: Literal["ReturnHandoff"] = "ReturnHandoff"
    gaps: Annotated[tuple[Gap, ...], Field(min_length=1)]


class MeetCondition(HandoffCommand):
    """A condition of the acceptance is met."""

    command: Literal["MeetCondition"] = "MeetCondition"
    condition: Id
    reference: Text


Commands = OpenHandoff | OfferHandoff | AcceptHandoff | ReturnHandoff | MeetCondition
