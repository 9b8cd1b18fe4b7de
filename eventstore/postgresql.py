"""The event store on PostgreSQL, for several machines.

An append is one call of a database function that numbers the events under a lock (`sql/append_function.sql` says why), with
the appends of concurrent callers in one batch: one round trip and one commit for all of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from eventstore import statements
from eventstore.coalescer import Coalescer
from eventstore.failures import ClosedStoreError, RejectedValueError
from eventstore.port import Append, Decision, NoticeChange, StoredEvent, StoreUnavailableError, WrongVersionError
from eventstore.postgresql_connection import FAILURES, asked_twice, driver, make_engine, prepare, told
from eventstore.records import by_name, checked, complete, read_model, selecting, stored, told_in_utc
from eventstore.schema import to_text

# As text: the driver would parse JSON, and what is stored is answered to the letter.
_SELECT = f"SELECT {', '.join(statements.EVENT_COLUMNS).replace('data', 'data::text')} FROM events"
_APPEND = "SELECT outcomes, versions, positions FROM throughline_append($1, $2, $3)"
_KNOWN = f"{_SELECT} WHERE (stream, command_id) IN (SELECT * FROM unnest($1::text[], $2::text[])) ORDER BY position"
# Whoever answers "it is stored" must not depend on a server that was told to answer before the disk did.
_DURABLE = "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"

Answer = list[StoredEvent]
Result = TypeVar("Result")


class PostgresqlStore:
    """An `EventStore` in a PostgreSQL database; made by `open`. Belongs to the event loop that it was opened in."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._closed = False
        self._writer: tuple[AsyncConnection, Any] | None = None
        self._appends: Coalescer[Append, Answer] = Coalescer(self._write)

    @classmethod
    async def open(cls, url: sa.URL) -> PostgresqlStore:
        """The store in this database, brought to the newest schema.

        Raises `ForeignStoreError`, `NewerStoreError`, `StoreUnavailableError`."""
        engine = make_engine(url)
        try:
            await prepare(engine)
        except BaseException as error:
            await engine.dispose()
            if isinstance(error, FAILURES):
                raise told(error, url) from error
            raise
        return cls(engine)

    async def append(self, append: Append) -> Sequence[StoredEvent]:
        """See `EventStore.append`."""
        return list(await self._appends.ask(checked(append)))

    async def read(self, stream: str, after_version: int = 0, limit: int | None = None) -> Sequence[StoredEvent]:
        """See `EventStore.read`."""
        query = f"{_SELECT} WHERE stream = $1 AND version > $2 ORDER BY version LIMIT $3"
        return await self._select(query, stream, after_version, limit)

    async def read_many(self, streams: Sequence[str]) -> Mapping[str, Sequence[StoredEvent]]:
        """See `EventStore.read_many`."""
        found: dict[str, list[StoredEvent]] = {}
        for event in await self._select(f"{_SELECT} WHERE stream = ANY($1::text[]) ORDER BY stream, version", list(streams)):
            found.setdefault(event.stream, []).append(event)
        return found

    async def streams(
        self, category: str, after: str = "", limit: int = 1000, value_classes: Sequence[str] = ()
    ) -> Sequence[str]:
        """See `EventStore.streams`."""
        return [str(row.stream) for row in await self._query(statements.select_streams(category, after, limit, value_classes))]

    async def recorded(self, stream: str, command_id: str) -> Sequence[StoredEvent]:
        """See `EventStore.recorded`."""
        return await self._select(f"{_SELECT} WHERE stream = $1 AND command_id = $2 ORDER BY ordinal", stream, command_id)

    async def read_all(self, after_position: int = 0, limit: int = 1000) -> Sequence[StoredEvent]:
        """See `EventStore.read_all`."""
        return await self._select(f"{_SELECT} WHERE position > $1 ORDER BY position LIMIT $2", after_position, limit)

    async def latest(self, limit: int) -> Sequence[StoredEvent]:
        """See `EventStore.latest`."""
        return list(reversed(await self._select(f"{_SELECT} ORDER BY position DESC LIMIT $1", limit)))

    async def read_customer(self, customer: str) -> Sequence[StoredEvent]:
        """See `EventStore.read_customer`."""
        return await self._select(f"{_SELECT} WHERE customer = $1 ORDER BY position", customer)

    async def record_refusal(self, decision: Decision) -> None:
        """See `EventStore.record_refusal`."""
        await self._execute(statements.insert_refusal("postgresql", decision))

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
        return by_name(await self._query(selecting(statement)))

    async def replace_rows(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """See `EventStore.replace_rows`."""
        delete, insert, values = statements.replacement(table, rows)

        async def replace(connection: AsyncConnection) -> None:
            async with connection.begin():
                await connection.execute(delete)
                if values:
                    await connection.execute(insert, values)

        await self._ask(replace)

    async def change_notices(self, change: NoticeChange) -> Sequence[Mapping[str, Any]]:
        """See `EventStore.change_notices`."""

        async def changed(connection: AsyncConnection) -> list[dict[str, Any]]:
            async with connection.begin():
                return [dict(row._mapping) for row in await connection.execute(*statements.change_notices(change))]

        return sorted(await self._ask(changed), key=lambda row: str(row["id"]))

    async def count_notices(self) -> Mapping[str, int]:
        """See `EventStore.count_notices`."""
        return {row.status: row.number for row in await self._query(statements.count_notices())}

    async def save_playbook(self, name: str, version: str, document: str) -> str:
        """See `EventStore.save_playbook`."""
        await self._execute(statements.insert_playbook("postgresql", name, version, document))
        [(kept,)] = await self._query(statements.select_playbook(name, version))
        return str(kept)

    async def playbooks(self) -> Sequence[tuple[str, str, str]]:
        """See `EventStore.playbooks`."""
        return [(row.name, row.version, row.document) for row in await self._query(statements.select_playbooks())]

    async def close(self) -> None:
        """See `EventStore.close`."""
        self._closed = True
        await self._appends.close()
        if self._writer is not None:
            await self._writer[0].close()
            self._writer = None
        await self._engine.dispose()

    async def _ask(self, work: Callable[[AsyncConnection], Awaitable[Result]]) -> Result:
        if self._closed:
            raise ClosedStoreError("the event store is closed")
        return await asked_twice(self._engine, work)

    async def _execute(self, statement: sa.Executable) -> None:
        async def execute(connection: AsyncConnection) -> None:
            async with connection.begin():
                await connection.execute(statement)

        await self._ask(execute)

    async def _query(self, query: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        async def fetch(connection: AsyncConnection) -> Sequence[sa.Row[Any]]:
            rows: Sequence[sa.Row[Any]] = (await connection.execute(query)).all()
            return rows

        return await self._ask(fetch)

    async def _select(self, query: str, *values: Any) -> Answer:
        async def fetch(connection: AsyncConnection) -> Answer:
            return [StoredEvent(*row) for row in await (await driver(connection)).fetch(query, *values)]

        return await self._ask(fetch)

    async def _write(self, batch: Sequence[Append]) -> Sequence[Answer | Exception]:
        answers: dict[tuple[str, str, int], Answer | Exception] = {}
        for wave in _waves(batch):
            try:
                found = await self._call(wave)
            except StoreUnavailableError:
                # The commit may have gone through before the connection did. Asking again settles it: the function waits for
                # the lock, so for the lost transaction's end, and answers a command that was stored as known.
                found = await self._call(wave)
            answers.update(zip(map(_key, wave), found, strict=True))
        return [answers[_key(append)] for append in batch]

    async def _call(self, batch: Sequence[Append]) -> Sequence[Answer | Exception]:
        texts = payload(batch)
        try:
            connection = await self._writing()
            [(outcomes, versions, positions)] = await connection.fetch(_APPEND, *texts)
            known = [append for append, outcome in zip(batch, outcomes, strict=True) if outcome == "known"]
            recorded = await _recorded(connection, known) if known else {}
        except FAILURES as error:
            failure = told(error, self._engine.url)
            if not isinstance(failure, RejectedValueError):
                await self._lose(error)
            raise failure from error
        except BaseException as error:  # Cancelled in the middle: the connection's state is not known.
            await self._lose(error)
            raise
        return [
            _answer(append, outcome, version, position, recorded)
            for append, outcome, version, position in zip(batch, outcomes, versions, positions, strict=True)
        ]

    async def _writing(self) -> Any:
        """The driver's connection that only appends use."""
        if self._writer is None:
            connection = await self._engine.connect()
            self._writer = connection, await driver(connection)
            await self._writer[1].execute(_DURABLE)
            await self._writer[1].execute("SET enable_seqscan = off")  # See the append function.
        return self._writer[1]

    async def _lose(self, error: BaseException) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            await writer[0].invalidate(error)
            await writer[0].close()


def _key(append: Append) -> tuple[str, str, int]:
    return append.stream, append.command_id, append.expected_version


def _waves(batch: Sequence[Append]) -> list[list[Append]]:
    """The appends in groups of different streams, in their order: nearly always one. Equal commands are asked once."""
    waves: list[list[Append]] = []
    used: dict[str, int] = {}
    for append in {_key(append): append for append in batch}.values():
        number = used[append.stream] = used.get(append.stream, -1) + 1
        if number == len(waves):
            waves.append([])
        waves[number].append(append)
    return waves


def payload(batch: Sequence[Append]) -> tuple[str, str | None, str | None]:
    """What the append function takes: the appends, their decisions and their rows, as JSON."""
    numbered = list(enumerate(batch, start=1))
    decisions = [
        {"number": number, **_texts(asdict(told_in_utc(append.decision)))}
        for number, append in numbered
        if append.decision is not None
    ]
    lines = [
        {"number": number, "table": change.table, "line": _texts(complete(read_model(change.table), change.values))}
        for number, append in numbered
        for change in append.rows
    ]
    return (
        _json([_line(number, append) for number, append in numbered]),
        _json(decisions) if decisions else None,
        _json(lines) if lines else None,
    )


def _json(values: list[dict[str, Any]]) -> str:
    return to_json(values).decode()


def _line(number: int, append: Append) -> dict[str, Any]:
    return {
        "number": number,
        "stream": append.stream,
        "expected_version": append.expected_version,
        "command_id": append.command_id,
        "correlation_id": append.correlation_id,
        "causation_id": append.causation_id,
        "actor": append.actor,
        "customer": append.customer,
        "project": append.project,
        "playbook": append.playbook,
        "recorded_at": to_text(append.recorded_at),
        "size": len(append.events),
        "events": [
            {
                "ordinal": ordinal,
                "type": event.type,
                "schema_version": event.schema_version,
                "data": event.data,
                "occurred_at": to_text(event.occurred_at),
            }
            for ordinal, event in enumerate(append.events)
        ],
    }


def _texts(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: to_text(value) if isinstance(value, datetime) else value for name, value in row.items()}


async def _recorded(connection: Any, appends: Sequence[Append]) -> dict[tuple[str, str], Answer]:
    keys = list({(append.stream, append.command_id) for append in appends})
    found: dict[tuple[str, str], Answer] = {key: [] for key in keys}
    for row in await connection.fetch(_KNOWN, [stream for stream, _ in keys], [command for _, command in keys]):
        event = StoredEvent(*row)
        found[event.stream, event.command_id].append(event)
    return found


def _answer(
    append: Append, outcome: str, version: int, position: int, recorded: Mapping[tuple[str, str], Answer]
) -> Answer | Exception:
    match outcome:
        case "stored":
            return stored(append, version, position)
        case "known":
            return recorded[append.stream, append.command_id]
        case _:
            return WrongVersionError(append.stream, append.expected_version, version)
