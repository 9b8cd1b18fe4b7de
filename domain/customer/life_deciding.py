"""How a customer answers what is asked of its life."""

from __future__ import annotations

from collections.abc import Sequence

from domain.customer.life_commands import LifeCommands
from domain.customer.life_events import UseRecorded
from domain.customer.state import State
from domain.decider import Context
from domain.messages import Event


def looks_at(command: LifeCommands) -> tuple[str, ...]:
    """The other streams that an answer depends on."""
    return ()


def decide(command: LifeCommands, state: State, context: Context) -> Sequence[Event]:
    """Answer a command."""
    return [UseRecorded(occurred_at=context.at, product=command.product, reference=command.reference)]
