"""What was known at a moment: the read models of money, deals and customers as the events recorded by then make them.

A fact may be recorded days after it happened. Figures as of a moment tell what had happened by then; figures as known then
leave out what nobody had told us yet. They are made from the log itself, so they take as long as a rebuild of that log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from domain.catalogue import decider_of
from domain.playbook import Playbooks
from eventstore.codec import Codec
from eventstore.memory import MemoryStore
from eventstore.port import EventStore
from history.log import batches
from projections.rows import rows

COUNTED = ("funnel-", "implementation-", "support-", "customer-")
TABLES = ("deal_spans", "money", "customers")


async def known_at(store: EventStore, codec: Codec, playbooks: Playbooks, moment: datetime) -> EventStore:
    """A store in memory with the read models as they were at a moment; to be asked, and closed."""
    states: dict[str, Any] = {}
    versions: dict[str, int] = {}
    async for batch in batches(store):
        for stored in batch:
            if stored.stream.startswith(COUNTED) and stored.recorded_at <= moment:
                stream = stored.stream
                states[stream] = decider_of(stream).fold((codec.decode(stored),), states.get(stream))
                versions[stream] = stored.version
    kept = MemoryStore()
    found: dict[str, list[Any]] = {table: [] for table in TABLES}
    for stream, state in states.items():
        for change in rows(stream, state, versions[stream], playbooks):
            if change.table in found:
                found[change.table].append(change.values)
    for table, lines in found.items():
        await kept.replace_rows(table, lines)
    return kept
