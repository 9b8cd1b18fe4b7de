"""The two ways of an append on SQLite: here for a lone caller, in the writer's thread for all others."""

from __future__ import annotations

import asyncio
import sqlite3

import pytest

from eventstore import sqlite_lone
from eventstore.opening import open_store
from tests.eventstore.samples import an_append, whole_log


@pytest.mark.parametrize("longest", [0.0, 60.0], ids=["a slow disk", "a fast disk"])
async def test_both_ways_make_one_log(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, longest: float) -> None:
    monkeypatch.setattr(sqlite_lone, "LONGEST_SECONDS", longest)
    monkeypatch.setattr(sqlite_lone, "RUN", 7)
    monkeypatch.setattr(sqlite_lone, "REST", 5)
    store = await open_store(sqlite_url)
    for number in range(60):
        await store.append(an_append("alone", after=number, command_id=f"c{number}"))
        if number % 20 == 0:
            await asyncio.gather(*(store.append(an_append(f"crowd-{number}-{one}")) for one in range(5)))

    log = await whole_log(store)
    assert [event.position for event in log] == list(range(1, 76))
    assert [event.version for event in log if event.stream == "alone"] == list(range(1, 61))
    await store.close()


async def test_a_lone_caller_does_not_hold_the_loop_up_while_another_program_writes(sqlite_url: str) -> None:
    store = await open_store(sqlite_url)
    await store.append(an_append())
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(store.append(an_append(after=1, command_id="c2")))
    for _ in range(10):
        await store.read("funnel-P1")  # The loop turns, and readers do not wait.
    assert not waiting.done()
    other.execute("COMMIT")
    other.close()

    [event] = await waiting
    assert event.version == 2
    await store.close()


async def test_the_write_ahead_log_does_not_grow_for_ever(sqlite_url: str) -> None:
    store = await open_store(sqlite_url)
    for number in range(1500):
        await store.append(an_append(after=number, command_id=f"c{number}"))
    with open(sqlite_url.removeprefix("sqlite:///") + "-wal", "rb") as log:
        assert log.seek(0, 2) < 12 * 1024 * 1024
    await store.close()
