"""The past of a ticket that is brought along: its targets run out as far as its commands tell, each at its true moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain.messages import Event
from domain.playbook import Playbook
from domain.ticket.events import TicketClosed
from domain.ticket.running import clocks
from domain.ticket.state import State, evolve


def run_out(state: State, until: datetime, playbook: Playbook) -> tuple[Sequence[Event], State]:
    """What came true of the targets of a ticket whose clocks are held, by the moment of its next command; and the state then.

    After the resolution its targets do not count any more, so this cannot be left for the release. Whether it closed by itself
    is for the commands to say: somebody else's desk may have closed it later, or opened it again."""
    facts: list[Event] = []
    while True:
        due = (clock for clock in clocks(state, playbook) if not isinstance(clock.fact, TicketClosed))
        first = min(due, key=lambda clock: clock.at, default=None)
        if first is None or first.at > until:
            return facts, state
        facts.append(first.fact)
        state = evolve(state, first.fact)  # type: ignore[arg-type]
