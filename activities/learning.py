"""What decisions may learn from other work: how long deals usually stay in a stage. Looked up only when a decision asks."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from datetime import datetime, timedelta

from domain.dwell import UsualDwell
from eventstore.decisions import Key
from eventstore.port import EventStore

TABLE = "dwells"
LAST = 50
"""Of how many deals, those that left the stage last, the median is taken."""
FRESH = timedelta(minutes=1)
"""How long an answer is used again: the usual dwell of months does not change within a minute."""


class Dwells:
    """The usual dwells, from the read model of the stages that deals have left."""

    def __init__(self, store: EventStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._kept: dict[Key, tuple[datetime, UsualDwell | None]] = {}

    def known(self) -> dict[Key, UsualDwell | None]:
        """What was looked up lately."""
        now = self._clock()
        return {key: usual for key, (since, usual) in self._kept.items() if now - since < FRESH}

    async def look_up(self, key: Key) -> UsualDwell | None:
        """Look one usual dwell up; costs one query."""
        stage, value_class, playbook = key
        wanted = {"playbook": playbook, "value_class": value_class, "stage": stage}
        rows = await self._store.rows(TABLE, wanted, order_by=("-left_at",), limit=LAST)
        usual = None
        if rows:
            median = statistics.median_high(int(row["minutes"]) for row in rows)
            usual = UsualDwell(working_minutes=median, of=len(rows))
        self._kept[key] = self._clock(), usual
        return usual
