"""How the facts of a customer's life add up."""

from __future__ import annotations

from dataclasses import replace

from domain.customer.life import Life
from domain.customer.life_events import UseRecorded
from domain.messages import Event


def evolve(life: Life, event: Event) -> Life:
    """The life after one more fact of the customer, of whatever part."""
    match event:
        case UseRecorded():
            return replace(life, use_at=max(life.use_at or event.occurred_at, event.occurred_at))
        case _:
            return life
