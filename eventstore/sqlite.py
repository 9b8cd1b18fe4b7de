"""The event store in one SQLite file: the embedded default. Several programs may have the file open at once.

One thread writes and another reads, each with its own connection: in WAL mode a reader does not wait for a commit. An
append goes to the writer's thread whole, because each trip there costs as much as the statement itself."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import astuple, fields
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from eventstore import statements
from eventstore.coalescer import Coalescer
from eventstore.failures import ClosedStoreError, RejectedValueError
from eventstore.port import Append, Decision, NoticeChange, StoredEvent, StoreUnavailableError, WrongVersionError
from eventstore.records import by_name, checked, complete, read_model, selecting, stored, told_in_utc
from eventstore.schema import to_text
from eventstore.sqlite_connection import COUNTED, ConnectionThread, driver, prepare, told
from eventstore.sqlite_lone import LoneWriter

_COLUMNS = ", ".join(statements.EVENT_COLUMNS)
_SELECT = f"SELECT {_COLUMNS} FROM events"
_STANDS = """SELECT coalesce((SELECT max(version) FROM events WHERE stream = ?1), 0),
    EXISTS (SELECT 1 FROM events WHERE stream = ?1 AND command_id = ?2)"""
_RECORDED = f"{_SELECT} WHERE stream = ? AND command_id = ? ORDER BY ordinal"
_INSERT = f"INSERT INTO events ({_COLUMNS}, ordinal) VALUES (NULL{', ?' * len(statements.EVENT_COLUMNS)})"
_DECIDE = (
    f"INSERT INTO decisions ({', '.join(field.name for field in fields(Decision))}) "
    f"VALUES ({', '.join('?' for _ in fields(Decision))})"
)

AT_ONCE = 500
"""How many streams one query reads."""

Answer = list[StoredEvent]
Changed = list[dict[str, Any]]


class SqliteStore:
    """An `EventStore` in a SQLite file; made by `open`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer = ConnectionThread(path, writes=True)
        self._reader = ConnectionThread(path, writes=False)
        # Figures over everything take a while; commands must not wait behind them to read their streams.
        self._counter = ConnectionThread(path, writes=False, pages=COUNTED)
        self._lone = LoneWriter(path)
        self._appends: Coalescer[Append, Answer] = Coalescer(self._write)
        self._changes: Coalescer[NoticeChange, Changed] = Coalescer(self._change)
        self._callers = 0
        self._closed = False

    @classmethod
    async def open(cls, path: Path) -> SqliteStore:
        """The store in this file, made if it is missing and brought to the newest schema.

        Raises `DamagedStoreError`, `ForeignStoreError`, `NewerStoreError`, `StoreUnavailableError`."""
        store = cls(path)
        try:
            await store._writer.run(partial(prepare, path=path))
        except BaseException:
            await store.close()
            raise
        return store

    async def append(self, append: Append) -> Sequence[StoredEvent]:
        """See `EventStore.append`."""
        checked(append)
        if self._closed:
            raise ClosedStoreError("the event store is closed")
        self._callers += 1
        try:
            await asyncio.sleep(0)  # Whoever else is about to append comes in now.
            if self._callers > 1:
                self._lone.crowd()
            elif self._lone.ready() and (answers := self._write_here(append)):
                if isinstance(answers[0], Exception):
                    raise answers[0]
                return answers[0]
            return list(await self._appends.ask(append))
        finally:
            self._callers -= 1

    async def read(self, stream: str, after_version: int = 0, limit: int | None = None) -> Sequence[StoredEvent]:
        """See `EventStore.read`."""
        query = f"{_SELECT} WHERE stream = ? AND version > ? ORDER BY version LIMIT ?"
        return await self._select(query, stream, after_version, -1 if limit is None else limit)

    async def read_many(self, streams: Sequence[str]) -> Mapping[str, Sequence[StoredEvent]]:
        """See `EventStore.read_many`."""
        found: dict[str, list[StoredEvent]] = {}
        for some in (streams[start : start + AT_ONCE] for start in range(0, len(streams), AT_ONCE)):
            query = f"{_SELECT} WHERE stream IN ({', '.join('?' for _ in some)}) ORDER BY stream, version"
            for event in await self._select(query, *some):
                found.setdefault(event.stream, []).append(event)
        return found

    async def streams(
        self, category: str, after: str = "", limit: int = 1000, value_classes: Sequence[str] = ()
    ) -> Sequence[str]:
        """See `EventStore.streams`."""
        return [str(row.stream) for row in await self._query(statements.select_streams(category, after, limit, value_classes))]

    async def recorded(self, stream: str, command_id: str) -> Sequence[StoredEvent]:
        """See `EventStore.recorded`."""
        return await self._select(_RECORDED, stream, command_id)

    async def read_all(self, after_position: int = 0, limit: int = 1000) -> Sequence[StoredEvent]:
        """See `EventStore.read_all`."""
        return await self._select(f"{_SELECT} WHERE position > ? ORDER BY position LIMIT ?", after_position, limit)

    async def latest(self, limit: int) -> Sequence[StoredEvent]:
        """See `EventStore.latest`."""
        return list(reversed(await self._select(f"{_SELECT} ORDER BY position DESC LIMIT ?", limit)))

    async def read_customer(self, customer: str) -> Sequence[StoredEvent]:
        """See `EventStore.read_customer`."""
        return await self._select(f"{_SELECT} WHERE customer = ? ORDER BY position", customer)

    async def record_refusal(self, decision: Decision) -> None:
        """See `EventStore.record_refusal`."""
        await self._execute(statements.insert_refusal("sqlite", decision))

    async def decisions(self, stream: str, limit: int = 100) -> Sequence[Decision]:
        """See `EventStore.decisions`."""
        return [statements.to_decision(row) for row in await self._query(statements.select_decisions(stream, limit))]

    async def all_decisions(self, after: tuple[str, int] = ("", 0), limit: int = 1000) -> Sequence[tuple[int, Decision]]:
        """See `EventStore.all_decisions`."""
        return [statements.to_numbered(row) for row in await self._query(statements.select_all_decisions(after, limit))]

    async def rows(
        self, table: str, where: Mapping[str, Any] | None = None, order_by: Sequence[str] = (), limit: int = 1000
    ) -> Sequence[Mapping[str, Any]]:
        """See `EventStore.rows`."""
        found = await self._query(statements.select_rows(table, where, order_by, limit))
        return [dict(row._mapping) for row in found]

    async def query(self, statement: sa.Select[Any]) -> Sequence[Mapping[str, Any]]:
        """See `EventStore.query`."""
        return by_name(await self._query(selecting(statement), self._counter))

    async def replace_rows(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """See `EventStore.replace_rows`."""
        delete, insert, values = statements.replacement(table, rows)

        def replace(connection: sa.Connection) -> None:
            with connection.begin():
                connection.execute(delete)
                if values:
                    connection.execute(insert, values)

        await self._writer.run(replace)

    async def change_notices(self, change: NoticeChange) -> Sequence[Mapping[str, Any]]:
        """See `EventStore.change_notices`."""
        return sorted(await self._changes.ask(change), key=lambda row: str(row["id"]))

    async def count_notices(self) -> Mapping[str, int]:
        """See `EventStore.count_notices`."""
        return {row.status: row.number for row in await self._query(statements.count_notices())}

    async def save_playbook(self, name: str, version: str, document: str) -> str:
        """See `EventStore.save_playbook`."""
        await self._execute(statements.insert_playbook("sqlite", name, version, document))
        [(kept,)] = await self._query(statements.select_playbook(name, version))
        return str(kept)

    async def playbooks(self) -> Sequence[tuple[str, str, str]]:
        """See `EventStore.playbooks`."""
        return [(row.name, row.version, row.document) for row in await self._query(statements.select_playbooks())]

    async def close(self) -> None:
        """See `EventStore.close`."""
        self._closed = True
        await asyncio.sleep(0)  # Whoever is on the way into `append` gets in.
        await self._appends.close()
        await self._changes.close()
        self._lone.close()
        await self._writer.close()
        await self._reader.close()
        await self._counter.close()

    async def _change(self, batch: Sequence[NoticeChange]) -> Sequence[Changed]:
        """Many notices are often sent at once: one commit for all, or facts would wait behind each of them."""

        def changed(connection: sa.Connection) -> list[Changed]:
            with connection.begin():
                return [
                    [dict(row._mapping) for row in connection.execute(*statements.change_notices(change))] for change in batch
                ]

        return await self._writer.run(changed)

    async def _execute(self, statement: sa.Executable) -> None:
        def execute(connection: sa.Connection) -> None:
            with connection.begin():
                connection.execute(statement)

        await self._writer.run(execute)

    async def _query(self, query: sa.Select[Any], reader: ConnectionThread | None = None) -> Sequence[sa.Row[Any]]:
        def fetch(connection: sa.Connection) -> Sequence[sa.Row[Any]]:
            with connection.begin():
                return connection.execute(query).all()

        return await (reader or self._reader).run(fetch)

    async def _select(self, query: str, *values: Any) -> Answer:
        return await self._reader.run(lambda connection: _events(driver(connection), query, values))

    def _write_here(self, append: Append) -> list[Answer | Exception] | None:
        try:
            return self._lone.write(lambda raw: write(raw, [append], self._path))
        except (sqlite3.Error, sa.exc.SQLAlchemyError, ValueError, OverflowError) as error:
            failure = told(error, self._path)
            if not isinstance(failure, RejectedValueError):
                self._lone.close()
            raise failure from error

    async def _write(self, batch: Sequence[Append]) -> Sequence[Answer | Exception]:
        def begin_and_write(connection: sa.Connection) -> list[Answer | Exception]:
            raw = driver(connection)
            raw.execute("BEGIN IMMEDIATE")
            return write(raw, batch, self._path)

        return await self._writer.run(begin_and_write)


def write(raw: sqlite3.Connection, batch: Sequence[Append], path: Path) -> list[Answer | Exception]:
    """Write the appends in the transaction that was begun, and commit it.

    One that is known or comes too late is answered and does not hinder the others."""
    try:
        answers = [_append(raw, append) for append in batch]
        raw.execute("COMMIT")
    except Exception as error:
        if raw.in_transaction:
            raw.execute("ROLLBACK")
        failure = told(error, path) if isinstance(error, (sqlite3.Error, ValueError, OverflowError)) else error
        if not isinstance(failure, StoreUnavailableError):
            raise
        # The commit may have reached the disk before it failed: what is there now is the answer.
        return [_recorded(raw, append) or failure for append in batch]
    return answers


def _append(raw: sqlite3.Connection, append: Append) -> Answer | Exception:
    version, known = raw.execute(_STANDS, (append.stream, append.command_id)).fetchone()
    if known:
        return _recorded(raw, append)
    if version != append.expected_version:
        return WrongVersionError(append.stream, append.expected_version, version)
    recorded_at = to_text(append.recorded_at)
    position: int | None = None
    for ordinal, event in enumerate(append.events):
        cursor = raw.execute(
            _INSERT,
            (
                append.stream,
                version + 1 + ordinal,
                event.type,
                event.schema_version,
                event.data,
                to_text(event.occurred_at),
                recorded_at,
                append.actor,
                append.command_id,
                append.correlation_id,
                append.causation_id,
                append.customer,
                append.project,
                append.playbook,
                ordinal,
            ),
        )
        position = position or cursor.lastrowid
    assert position is not None
    if append.decision is not None:
        raw.execute(_DECIDE, [_as_kept(value) for value in astuple(told_in_utc(append.decision))])
    for change in append.rows:
        _put(raw, change.table, change.values)
    return stored(append, version + 1, position)


def _put(raw: sqlite3.Connection, table: str, values: Mapping[str, Any]) -> None:
    row = complete(read_model(table), values)
    raw.execute(_upsert(table), [_as_kept(value) for value in row.values()])


def _as_kept(value: Any) -> Any:
    return to_text(value) if isinstance(value, datetime) else value


@cache
def _upsert(table: str) -> str:
    return statements.upsert(table, "?")


def _recorded(raw: sqlite3.Connection, append: Append) -> Answer:
    return _events(raw, _RECORDED, (append.stream, append.command_id))


def _events(raw: sqlite3.Connection, query: str, values: tuple[Any, ...]) -> Answer:
    moment = datetime.fromisoformat
    # fmt: off
    return [
        StoredEvent(position, stream, version, name, schema_version, data, moment(occurred_at), moment(recorded_at), *context)
        for position, stream, version, name, schema_version, data, occurred_at, recorded_at, *context
        in raw.execute(query, values)
    ]
    # fmt: on
