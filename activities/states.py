"""Reads streams and folds them. Keeps what it has folded and reads only what came since, so it is never out of date."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from domain.catalogue import decider_of
from eventstore.codec import Codec
from eventstore.port import EventStore

KEPT_STREAMS = 5_000


@dataclass(frozen=True, slots=True)
class Folded:
    """A stream's state at a version; version 0 for a stream without events."""

    version: int
    state: Any
    commands: frozenset[str] = frozenset()
    """The ids of the commands that recorded something in the stream."""


class States:
    """The states of streams, each as of now."""

    def __init__(self, store: EventStore, codec: Codec) -> None:
        self._store = store
        self._codec = codec
        self._kept: OrderedDict[str, Folded] = OrderedDict()

    async def read(self, stream: str) -> Folded:
        """The state of a stream with every event that is stored; costs one query."""
        decider = decider_of(stream)
        known = self._kept.get(stream) or Folded(0, decider.initial())
        stored = await self._store.read(stream, after_version=known.version)
        if not stored:
            return known
        state = decider.fold((self._codec.decode(event) for event in stored), known.state)
        commands = known.commands | {event.command_id for event in stored}
        folded = Folded(stored[-1].version, state, commands)
        self.keep(stream, folded)
        return folded

    def keep(self, stream: str, folded: Folded) -> None:
        """Remember a state that is known to be stored; the least recently used give way."""
        newest = self._kept.get(stream)
        if newest is not None and newest.version > folded.version:
            return
        self._kept[stream] = folded
        self._kept.move_to_end(stream)
        if len(self._kept) > KEPT_STREAMS:
            self._kept.popitem(last=False)
