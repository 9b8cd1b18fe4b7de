"""The word between a product request 产品需求 and the customers behind it: what they have asked for is there."""

from __future__ import annotations

from typing import ClassVar, Literal

from domain import streams
from domain.messages import Command, Day, Id


class NoteDelivery(Command):
    """What this customer has asked for is delivered: its next contact is to tell it. Checked against the request."""

    command: Literal["NoteDelivery"] = "NoteDelivery"
    customer: Id
    request: Id
    delivery: int
    """1, 2, 3 … of the request: one that was reopened may be delivered again."""
    tell_by: Day
    internal: ClassVar[bool] = True

    @property
    def stream(self) -> str:
        """The customer's stream."""
        return streams.customer(self.customer)
