"""What happens in a customer's life."""

from __future__ import annotations

from typing import ClassVar

from domain.messages import Event


class UseRecorded(Event):
    """The customer was seen to use a product of ours."""

    type: ClassVar[str] = "UseRecorded"
    product: str
    reference: str = ""


LifeEvents = UseRecorded
