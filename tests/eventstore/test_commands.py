"""The contract of every store: a command takes effect once, and its answer is always the same."""

from __future__ import annotations

import asyncio

import pytest

from eventstore.port import EventStore, StoredEvent, StoreError
from tests.eventstore.samples import an_append, new_events


async def test_a_command_id_that_the_stream_knows_answers_what_was_recorded_the_first_time(store: EventStore) -> None:
    first = await store.append(an_append(events=new_events(3)))
    await store.append(an_append(after=3, command_id="c2"))

    again = await store.append(an_append(events=new_events(1, "something else")))
    at_another_version = await store.append(an_append(after=77, events=new_events(2)))

    assert list(again) == list(at_another_version) == list(first)
    assert len(await store.read("funnel-P1")) == 4


async def test_the_same_command_id_in_another_stream_is_another_command(store: EventStore) -> None:
    await store.append(an_append("funnel-P1"))
    [event] = await store.append(an_append("funnel-P2"))

    assert (event.stream, event.version, event.position) == ("funnel-P2", 1, 2)


async def test_what_a_command_recorded_can_be_asked_for(store: EventStore) -> None:
    answered = await store.append(an_append(events=new_events(2)))

    assert list(await store.recorded("funnel-P1", "c1")) == list(answered)
    assert list(await store.recorded("funnel-P1", "c9")) == []
    assert list(await store.recorded("funnel-P9", "c1")) == []


async def test_the_same_command_a_hundred_times_at_once_has_one_effect_and_a_hundred_equal_answers(store: EventStore) -> None:
    answers = await asyncio.gather(*(store.append(an_append(events=new_events(2))) for _ in range(100)))

    assert len(answers) == 100
    assert all(list(answer) == list(answers[0]) for answer in answers)
    assert len(await store.read_all()) == 2


async def test_one_bad_append_does_not_fail_its_neighbours(store: EventStore) -> None:
    """Written together, told apart: the bad one is refused, the others are stored."""
    bad = an_append("funnel-P5", customer=None)  # type: ignore[arg-type]
    goods = [store.append(an_append(f"funnel-P1{number}")) for number in range(5)]
    answers = await asyncio.gather(*goods[:2], store.append(bad), *goods[2:], return_exceptions=True)

    refused = answers.pop(2)
    assert all(isinstance(answer, list) and isinstance(answer[0], StoredEvent) for answer in answers)
    if type(store).__name__ != "MemoryStore":  # It has no types of columns to break.
        assert isinstance(refused, StoreError)
        assert len(await store.read_all()) == 5


async def test_a_caller_who_is_cancelled_does_not_break_the_others(store: EventStore) -> None:
    tasks = [asyncio.create_task(store.append(an_append(f"funnel-P{number}"))) for number in range(10)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    tasks[5].cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)

    stored = [answer for answer in answers if isinstance(answer, list)]
    assert len(stored) >= 8
    # The cancelled may have been stored or not; asking again settles it.
    for number in range(10):
        [event] = await store.append(an_append(f"funnel-P{number}"))
        assert event.version == 1
    assert len(await store.read_all()) == 10


async def test_a_store_that_is_closed_while_it_writes_answers_first(store: EventStore) -> None:
    tasks = [asyncio.create_task(store.append(an_append(f"funnel-P{number}"))) for number in range(10)]
    await asyncio.sleep(0)
    await store.close()

    assert [len(answer) for answer in await asyncio.gather(*tasks)] == [1] * 10


@pytest.mark.parametrize("size", [2, 50])
async def test_an_append_of_several_events_is_all_or_nothing(store: EventStore, size: int) -> None:
    events = new_events(size)
    broken = [*events[:-1], type(events[0])("funnel.noted", None, "{}", events[0].occurred_at)]  # type: ignore[arg-type]
    if type(store).__name__ == "MemoryStore":
        pytest.skip("it has no types of columns to break")
    with pytest.raises(StoreError):
        await store.append(an_append(events=broken))

    assert list(await store.read_all()) == []
    [first, *_] = await store.append(an_append(events=events))
    assert first.position == 1
