"""The whole log, read in batches and folded: what rebuilding, recovery and the integrity check stand on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from domain.catalogue import decider_of
from eventstore.codec import Codec
from eventstore.port import EventStore, StoredEvent

BATCH = 2_000
"""Events a query."""


async def batches(store: EventStore, after_position: int = 0) -> AsyncIterator[Sequence[StoredEvent]]:
    """The log in order, in batches, from after a position to its present end."""
    while batch := await store.read_all(after_position, BATCH):
        yield batch
        after_position = batch[-1].position


class Ledger:
    """Every stream's version and state, and every command on record, as far as the log has been read.

    Holds all states in memory: some kilobytes a stream."""

    def __init__(self, store: EventStore, codec: Codec) -> None:
        self._store = store
        self._codec = codec
        self.position = 0
        """How far the log has been read."""
        self.versions: dict[str, int] = {}
        self.states: dict[str, Any] = {}
        self.recorded: set[tuple[str, str]] = set()
        """(stream, command id) of every command that recorded something."""

    async def catch_up(self) -> int:
        """Read on to the present end of the log; answers how many events were new.

        Raises `StoreError` for an event that cannot be read."""
        new = 0
        async for batch in batches(self._store, self.position):
            for stored in batch:
                self._add(stored)
            self.position = batch[-1].position
            new += len(batch)
        return new

    def _add(self, stored: StoredEvent) -> None:
        stream = stored.stream
        self.states[stream] = decider_of(stream).fold((self._codec.decode(stored),), self.states.get(stream))
        self.versions[stream] = stored.version
        self.recorded.add((stream, stored.command_id))
