"""The event store in memory: for tests and for trying things out. Keeps every promise of the port but durability."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from eventstore.failures import ClosedStoreError
from eventstore.port import Append, Decision, NoticeChange, StoredEvent, WrongVersionError
from eventstore.records import (
    checked,
    columns,
    complete,
    in_order,
    in_utc,
    ordering,
    read_model,
    replaceable,
    selecting,
    stored,
    told_in_utc,
)
from eventstore.schema import METADATA, OUTBOX, WRITTEN_ALONG


class MemoryStore:
    """An `EventStore` in this process's memory. No call waits, so that each is atomic within its event loop."""

    def __init__(self) -> None:
        self._log: list[StoredEvent] = []
        self._streams: dict[str, list[StoredEvent]] = {}
        self._commands: dict[tuple[str, str], list[StoredEvent]] = {}
        self._decisions: list[Decision] = []
        self._refusals: set[tuple[str, str, int, str]] = set()
        self._rows: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {name: {} for name in WRITTEN_ALONG}
        self._playbooks: dict[tuple[str, str], str] = {}
        self._closed = False

    async def append(self, append: Append) -> Sequence[StoredEvent]:
        """See `EventStore.append`."""
        self._open()
        checked(append)
        key = (append.stream, append.command_id)
        if key in self._commands:
            return list(self._commands[key])
        stream = self._streams.get(append.stream, [])
        if len(stream) != append.expected_version:
            raise WrongVersionError(append.stream, append.expected_version, len(stream))
        # Whatever may fail comes before the first write, so that a refused append leaves nothing.
        rows = [(change.table, complete(read_model(change.table), change.values)) for change in append.rows]
        decision = append.decision and told_in_utc(append.decision)
        events = stored(append, len(stream) + 1, len(self._log) + 1)
        self._log.extend(events)
        self._streams.setdefault(append.stream, stream).extend(events)
        self._commands[key] = events
        if decision:
            self._decisions.append(decision)
        for table, row in rows:
            self._put(table, row)
        return list(events)

    async def read(self, stream: str, after_version: int = 0, limit: int | None = None) -> Sequence[StoredEvent]:
        """See `EventStore.read`."""
        self._open()
        events = self._streams.get(stream, [])
        return events[after_version : None if limit is None else after_version + limit]

    async def read_many(self, streams: Sequence[str]) -> Mapping[str, Sequence[StoredEvent]]:
        """See `EventStore.read_many`."""
        self._open()
        return {stream: list(self._streams[stream]) for stream in streams if stream in self._streams}

    async def streams(
        self, category: str, after: str = "", limit: int = 1000, value_classes: Sequence[str] = ()
    ) -> Sequence[str]:
        """See `EventStore.streams`."""
        self._open()
        found = [
            row["stream"]
            for row in self._rows["standings"].values()
            if row["stream"].startswith(f"{category}-")
            and row["stream"] > after
            and (not value_classes or row["value_class"] in value_classes)
        ]
        return sorted(found)[:limit]

    async def recorded(self, stream: str, command_id: str) -> Sequence[StoredEvent]:
        """See `EventStore.recorded`."""
        self._open()
        return list(self._commands.get((stream, command_id), ()))

    async def read_all(self, after_position: int = 0, limit: int = 1000) -> Sequence[StoredEvent]:
        """See `EventStore.read_all`."""
        self._open()
        return self._log[after_position : after_position + limit]

    async def latest(self, limit: int) -> Sequence[StoredEvent]:
        """See `EventStore.latest`."""
        self._open()
        return self._log[-limit:]

    async def read_customer(self, customer: str) -> Sequence[StoredEvent]:
        """See `EventStore.read_customer`."""
        self._open()
        return [event for event in self._log if event.customer == customer]

    async def record_refusal(self, decision: Decision) -> None:
        """See `EventStore.record_refusal`."""
        self._open()
        key = (decision.stream, decision.command_id, decision.stream_version, decision.verdict)
        if key not in self._refusals:
            self._decisions.append(told_in_utc(decision))
            self._refusals.add(key)

    async def decisions(self, stream: str, limit: int = 100) -> Sequence[Decision]:
        """See `EventStore.decisions`."""
        self._open()
        return [decision for decision in reversed(self._decisions) if decision.stream == stream][:limit]

    async def all_decisions(self, after: tuple[str, int] = ("", 0), limit: int = 1000) -> Sequence[tuple[int, Decision]]:
        """See `EventStore.all_decisions`."""
        self._open()
        numbered = ((number, decision) for number, decision in enumerate(self._decisions, start=1))
        found = [(number, decision) for number, decision in numbered if (decision.stream, number) > after]
        return sorted(found, key=lambda one: (one[1].stream, one[0]))[:limit]

    async def rows(
        self, table: str, where: Mapping[str, Any] | None = None, order_by: Sequence[str] = (), limit: int = 1000
    ) -> Sequence[Mapping[str, Any]]:
        """See `EventStore.rows`."""
        self._open()
        model = read_model(table)
        wanted = where or {}
        columns(model, wanted)
        order = ordering(model, order_by)
        found = [row for row in self._rows[table].values() if all(row[name] == value for name, value in wanted.items())]
        return [dict(row) for row in in_order(found, order)[:limit]]

    async def query(self, statement: sa.Select[Any]) -> Sequence[Mapping[str, Any]]:
        """See `EventStore.query`; answered by a database made for this one question, so that SQL means the same everywhere."""
        self._open()
        engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
        try:
            with engine.begin() as connection:
                METADATA.create_all(connection, tables=list(WRITTEN_ALONG.values()))
                for name, rows in self._rows.items():
                    if rows:
                        connection.execute(sa.insert(WRITTEN_ALONG[name]), list(rows.values()))
                return [dict(row._mapping) for row in connection.execute(selecting(statement))]
        finally:
            engine.dispose()

    async def replace_rows(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """See `EventStore.replace_rows`."""
        self._open()
        model = replaceable(table)
        complete_rows = [complete(model, row) for row in rows]
        self._rows[table] = {}
        for row in complete_rows:
            self._put(table, row)

    async def change_notices(self, change: NoticeChange) -> Sequence[Mapping[str, Any]]:
        """See `EventStore.change_notices`."""
        self._open()
        at, before = in_utc(change.at), change.untouched_since and in_utc(change.untouched_since)
        kept = self._rows[OUTBOX.name]
        found = [kept[(one,)] for one in sorted(set(change.ids)) if (one,) in kept]
        found = [row for row in found if row["status"] in change.was and (before is None or row["changed_at"] < before)]
        for row in found:
            row["tries"] = (0 if change.afresh else row["tries"]) + change.tried
            row |= {"status": change.becomes, "changed_at": at, "error": change.error}
        return [dict(row) for row in found]

    async def count_notices(self) -> Mapping[str, int]:
        """See `EventStore.count_notices`."""
        self._open()
        return Counter(row["status"] for row in self._rows[OUTBOX.name].values())

    async def save_playbook(self, name: str, version: str, document: str) -> str:
        """See `EventStore.save_playbook`."""
        self._open()
        return self._playbooks.setdefault((name, version), document)

    async def playbooks(self) -> Sequence[tuple[str, str, str]]:
        """See `EventStore.playbooks`."""
        self._open()
        return sorted((name, version, document) for (name, version), document in self._playbooks.items())

    async def close(self) -> None:
        """See `EventStore.close`."""
        self._closed = True

    def _open(self) -> None:
        if self._closed:
            raise ClosedStoreError("the event store is closed")

    def _put(self, table: str, row: dict[str, Any]) -> None:
        self._rows[table][tuple(row[column.name] for column in WRITTEN_ALONG[table].primary_key)] = row
