"""A reader that follows the log misses nothing, however many write and however late they commit."""

from __future__ import annotations

import asyncio
import json

import asyncpg
import pytest

from eventstore.opening import open_store
from eventstore.port import EventStore, StoredEvent
from eventstore.postgresql import payload
from tests.eventstore.samples import OpenAnother, an_append, whole_log

WRITERS = 16
EACH = 25


async def follow(store: EventStore, until: int) -> list[StoredEvent]:
    """Reads on from the last position, as fast as it can, until it has seen this many."""
    seen: list[StoredEvent] = []
    while len(seen) < until:
        events = await store.read_all(seen[-1].position if seen else 0, limit=37)
        seen.extend(events)
        await asyncio.sleep(0)  # In memory a read does not wait: the writers must have their turn.
    return seen


async def write(store: EventStore, writer: int) -> None:
    for number in range(EACH):
        await store.append(an_append(f"funnel-P{writer}", after=number, command_id=f"c{number}"))
        await asyncio.sleep(0)


def check(seen: list[StoredEvent]) -> None:
    """Everything that was written, once, in the order of both counts."""
    assert [event.position for event in seen] == list(range(1, WRITERS * EACH + 1))
    for writer in range(WRITERS):
        versions = [event.version for event in seen if event.stream == f"funnel-P{writer}"]
        assert versions == list(range(1, EACH + 1))


async def test_a_reader_misses_nothing_that_sixteen_writers_write(store: EventStore) -> None:
    follower = asyncio.create_task(follow(store, WRITERS * EACH))
    await asyncio.gather(*(write(store, writer) for writer in range(WRITERS)))

    check(await follower)


async def test_a_reader_misses_nothing_of_writers_in_several_programs(open_another: OpenAnother) -> None:
    first, second, third = await open_another(), await open_another(), await open_another()
    follower = asyncio.create_task(follow(third, WRITERS * EACH))
    await asyncio.gather(*(write((first, second)[writer % 2], writer) for writer in range(WRITERS)))

    check(await follower)


async def test_equal_commands_in_several_programs_have_one_effect(open_another: OpenAnother) -> None:
    stores = [await open_another() for _ in range(3)]
    answers = await asyncio.gather(*(stores[number % 3].append(an_append()) for number in range(60)))

    assert all(list(answer) == list(answers[0]) for answer in answers)
    assert len(await stores[0].read_all()) == 1


@pytest.mark.parametrize("ending", ["commit", "rollback"])
async def test_a_slow_transaction_is_never_passed_by(postgresql_url: str, ending: str) -> None:
    store = await open_store(postgresql_url)
    slow = await asyncpg.connect(postgresql_url)
    try:
        transaction = slow.transaction()
        await transaction.start()
        await slow.fetch("SELECT * FROM throughline_append($1, $2, $3)", *payload([an_append("funnel-slow")]))
        fast = asyncio.create_task(store.append(an_append("funnel-fast")))
        # The fast one is behind the slow one's lock, seen from the server.
        while not await slow.fetchval("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"):
            assert not fast.done()
        assert list(await store.read_all()) == []
        await (transaction.commit() if ending == "commit" else transaction.rollback())
        [event] = await fast

        expected = ["funnel-slow", "funnel-fast"] if ending == "commit" else ["funnel-fast"]
        log = await whole_log(store)
        assert [event.stream for event in log] == expected
        assert [event.position for event in log] == list(range(1, len(expected) + 1))
        assert event == log[-1]
    finally:
        await slow.close()
        await store.close()


async def test_the_stored_data_can_be_queried_in_the_database(postgresql_url: str) -> None:
    store = await open_store(postgresql_url)
    await store.append(an_append())
    await store.close()
    connection = await asyncpg.connect(postgresql_url)
    try:
        assert await connection.fetchval("SELECT data ->> 'text' FROM events") == "线索"
        assert json.loads(await connection.fetchval("SELECT actor FROM events"))["id"] == "u1"
    finally:
        await connection.close()
