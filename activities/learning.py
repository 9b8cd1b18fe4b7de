"""What decisions may learn from other work: how long deals usually stay in a stage. Asked only when a decision asks."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from domain.dwell import UsualDwell
from eventstore.port import EventStore

TABLE = "dwells"
LAST = 50
"""Of how many deals, those that left the stage last, the median is taken."""
FRESH = timedelta(minutes=1)
"""How long an answer is used again: the usual dwell of months does not change within a minute."""

Key = tuple[str, str, str]
"""Stage, value class, name of the playbook."""


class NotLookedUpError(Exception):
    """A decision asks for something that has not been looked up yet; it is asked again when that is done."""

    def __init__(self, key: Key) -> None:
        super().__init__(key)
        self.key = key


class Learned:
    """What one decision has asked for and was told."""

    def __init__(self, known: dict[Key, UsualDwell | None]) -> None:
        self._known = known
        self._told: dict[Key, UsualDwell | None] = {}

    def usual_dwell(self, stage: str, value_class: str, playbook: str) -> UsualDwell | None:
        """See `Context.usual_dwell`."""
        key = stage, value_class, playbook
        if key not in self._known:
            raise NotLookedUpError(key)
        self._told[key] = self._known[key]
        return self._known[key]

    def as_told(self) -> list[dict[str, Any]]:
        """What was told, as it is kept with the decision."""
        return [
            {"stage": stage, "value_class": value_class, "playbook": playbook, "usual": usual and usual.model_dump()}
            for (stage, value_class, playbook), usual in self._told.items()
        ]


class Dwells:
    """The usual dwells, from the read model of the stages that deals have left."""

    def __init__(self, store: EventStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._kept: dict[Key, tuple[datetime, UsualDwell | None]] = {}

    def learned(self) -> Learned:
        """What is known by now, for one decision."""
        now = self._clock()
        return Learned({key: usual for key, (since, usual) in self._kept.items() if now - since < FRESH})

    async def look_up(self, key: Key) -> None:
        """Look one usual dwell up; costs one query."""
        stage, value_class, playbook = key
        wanted = {"playbook": playbook, "value_class": value_class, "stage": stage}
        rows = await self._store.rows(TABLE, wanted, order_by=("-left_at",), limit=LAST)
        usual = None
        if rows:
            median = statistics.median_high(int(row["minutes"]) for row in rows)
            usual = UsualDwell(working_minutes=median, of=len(rows))
        self._kept[key] = self._clock(), usual
