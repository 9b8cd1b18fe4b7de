"""What follows in a customer's stream from whatever was recorded there."""

from __future__ import annotations

from collections.abc import Sequence

from domain.customer.ladder import rejudged
from domain.customer.state import State
from domain.decider import Context
from domain.messages import Event


def follows(events: Sequence[Event], state: State, context: Context) -> Sequence[Event]:
    """That it wakes or falls asleep, by what is known now; after a command, a clock that ran out, or a move to other rules."""
    return rejudged(state, context.rules(state), context.at, context.now)
