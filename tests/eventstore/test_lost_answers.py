"""When the answer to an append is lost: what was stored is answered, never doubled, and never called a conflict."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from eventstore import postgresql_connection, sqlite_connection
from eventstore.opening import open_store
from eventstore.port import EventStore, StoreUnavailableError
from tests.eventstore.samples import a_deal, a_decision, an_append, whole_log


class Failing:
    """A driver's connection of which one call fails: before it reaches the database, or after it took effect."""

    def __init__(self, connection: Any, when: str, times: list[int]) -> None:
        self._connection, self._when, self._times = connection, when, times

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, statement: str, *values: Any) -> Any:
        """sqlite3: only the commit fails."""
        if statement != "COMMIT" or not self._due():
            return self._connection.execute(statement, *values)
        if self._when == "after":
            self._connection.execute(statement)
        failure = sqlite3.OperationalError("disk I/O error")
        failure.sqlite_errorcode = sqlite3.SQLITE_IOERR
        raise failure

    async def fetch(self, statement: str, *values: Any) -> Any:
        """asyncpg: the call of the append function fails."""
        if "throughline_append" not in statement or not self._due():
            return await self._connection.fetch(statement, *values)
        if self._when == "after":
            await self._connection.fetch(statement, *values)
        raise ConnectionResetError("connection reset by peer")

    def _due(self) -> bool:
        self._times[0] -= 1
        return self._times[0] >= 0


@pytest.fixture
def fail(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], None]:
    """Lets the next so many appends fail."""

    def arrange(when: str, count: int) -> None:
        times = [count]
        to_sqlite, to_postgresql = sqlite_connection.driver, postgresql_connection.driver

        async def failing(connection: Any) -> Any:
            return Failing(await to_postgresql(connection), when, times)

        for module in ("eventstore.sqlite", "eventstore.sqlite_lone"):
            monkeypatch.setattr(f"{module}.driver", lambda connection: Failing(to_sqlite(connection), when, times))
        monkeypatch.setattr("eventstore.postgresql.driver", failing)

    return arrange


@pytest.fixture
def one_append() -> Any:
    """An append with all that it may carry."""
    return an_append(decision=a_decision(), rows=[a_deal()])


async def test_an_append_whose_answer_is_lost_after_the_commit_is_answered(
    durable_url: str, fail: Callable[[str, int], None], one_append: Any
) -> None:
    store = await open_store(durable_url)
    fail("after", 1)
    answered = await store.append(one_append)

    assert list(answered) == list(await whole_log(store))
    assert len(answered) == 1
    assert len(await store.decisions("funnel-P1")) == 1
    await store.close()


async def test_a_batch_whose_answer_is_lost_after_the_commit_is_answered(
    durable_url: str, fail: Callable[[str, int], None]
) -> None:
    store = await open_store(durable_url)
    fail("after", 1)
    answers = await asyncio.gather(*(store.append(an_append(f"funnel-P{number}")) for number in range(20)))

    assert sorted(event.position for [event] in answers) == list(range(1, 21))
    assert len(await whole_log(store)) == 20
    await store.close()


async def test_an_append_that_never_reached_the_database_can_be_sent_again(
    durable_url: str, fail: Callable[[str, int], None], one_append: Any
) -> None:
    store = await open_store(durable_url)
    fail("before", 1 if durable_url.startswith("sqlite") else 2)  # On PostgreSQL the store itself asks once more.
    with pytest.raises(StoreUnavailableError):
        await store.append(one_append)
    assert list(await store.read_all()) == []
    assert list(await store.rows("deals")) == []

    answered = await store.append(one_append)
    assert list(answered) == await whole_log(store)
    assert len(answered) == 1
    await store.close()


async def test_appends_survive_connections_that_the_server_ends(postgresql_url: str) -> None:
    store = await open_store(postgresql_url)
    killer = await asyncpg.connect(postgresql_url)
    progress = asyncio.Event()

    async def end_connections() -> None:
        for _ in range(12):
            await progress.wait()
            progress.clear()
            await killer.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'throughline'"
            )

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(end_connections())
        for number in range(4):
            tasks.create_task(_insist(store, f"funnel-P{number}", 30, progress))
    await killer.close()

    log = await whole_log(store)
    assert [event.position for event in log] == list(range(1, 121))
    assert len({(event.stream, event.version) for event in log}) == 120
    await store.close()


async def _insist(store: EventStore, stream: str, count: int, progress: asyncio.Event) -> None:
    for number in range(count):
        append = an_append(stream, after=number, command_id=f"c{number}")
        while True:
            try:
                [event] = await store.append(append)
            except StoreUnavailableError:
                continue
            break
        assert event.version == number + 1
        progress.set()


PROGRAM = """
import asyncio, sys
from eventstore.opening import open_store
from tests.eventstore.samples import a_deal, an_append

async def write(store, stream, after):
    for number in range(after, 1_000_000):
        await store.append(an_append(stream, after=number, command_id=f"c{number}", rows=[a_deal(stream, win_rate=number)]))
        print(stream, number, flush=True)

async def main():
    store = await open_store(sys.argv[1])
    started = [len(await store.read(stream)) for stream in "abcd"]
    await asyncio.gather(*(write(store, stream, after) for stream, after in zip("abcd", started)))

asyncio.run(main())
"""


async def test_a_program_killed_in_the_middle_of_appends_leaves_a_whole_log(durable_url: str) -> None:
    acknowledged: list[str] = []
    for count in (5, 40, 83):
        acknowledged += await asyncio.to_thread(_write_and_kill, durable_url, count)

    store = await open_store(durable_url)
    log = await whole_log(store)
    assert [event.position for event in log] == list(range(1, len(log) + 1))
    by_stream = {stream: [event for event in log if event.stream == stream] for stream in "abcd"}
    for stream, events in by_stream.items():
        assert [event.version for event in events] == list(range(1, len(events) + 1))
        assert [event.command_id for event in events] == [f"c{number}" for number in range(len(events))]
        # The read model was written with the last event, or with none.
        rows = await store.rows("deals", {"project": stream})
        assert [row["win_rate"] for row in rows] == ([len(events) - 1] if events else [])
    assert {f"{event.stream} {event.command_id[1:]}" for event in log} >= set(acknowledged)
    assert len(acknowledged) >= 128
    await store.close()


def _write_and_kill(url: str, count: int) -> list[str]:
    """What the program said was stored before it was killed."""
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", PROGRAM, url], cwd=root, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        lines = [program.stdout.readline().strip() for _ in range(count)]
        program.kill()
        # What was written to the pipe before the kill counts as said; a torn last line does not.
        rest = program.stdout.read().split("\n")[:-1]
    assert all(lines)
    return lines + rest
