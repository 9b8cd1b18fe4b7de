"""A customer is asked how satisfied it is 满意度调查: by support after the go-live and yearly, by a ticket once solved."""

from __future__ import annotations

from typing import ClassVar

from domain.messages import Event


class SatisfactionAsked(Event):
    """The customer is to be asked how satisfied it is; `occurred_at` is when that was due."""

    type: ClassVar[str] = "SatisfactionAsked"
    survey: str
    """Its name, unique in its stream: `go-live`, `yearly-2`, `closing-1`."""
    occasion: str
    who: str
    """The role that asks."""
