"""The contract of every store: streams, the log, and what is kept with an event."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest

from eventstore.failures import ClosedStoreError
from eventstore.port import EventStore, NewEvent, StoreError, WrongVersionError
from tests.eventstore.samples import NOON, a_standing, an_append, new_events, whole_log


async def test_an_appended_event_is_answered_and_read_as_it_is_stored(store: EventStore) -> None:
    [event] = await store.append(an_append())

    assert (event.position, event.stream, event.version) == (1, "funnel-P1", 1)
    assert (event.type, event.schema_version, event.data) == ("funnel.noted", 1, '{"text": "线索", "number": 0}')
    assert (event.command_id, event.correlation_id, event.causation_id) == ("c1", "flow-1", "")
    assert (event.customer, event.project, event.playbook) == ("C1", "P1", "direct@1")
    assert event.actor == '{"kind": "person", "id": "u1"}'
    assert list(await store.read("funnel-P1")) == [event]


async def test_versions_count_in_the_stream_and_positions_in_the_log(store: EventStore) -> None:
    await store.append(an_append("a-1", events=new_events(2)))
    await store.append(an_append("b-1"))
    await store.append(an_append("a-1", after=2, command_id="c2"))

    log = await store.read_all()
    assert [(event.position, event.stream, event.version) for event in log] == [
        (1, "a-1", 1),
        (2, "a-1", 2),
        (3, "b-1", 1),
        (4, "a-1", 3),
    ]


@pytest.mark.parametrize("expected", [0, 1, 3])
async def test_an_append_at_another_version_is_refused_and_leaves_nothing(store: EventStore, expected: int) -> None:
    await store.append(an_append(events=new_events(2)))

    with pytest.raises(WrongVersionError) as caught:
        await store.append(an_append(after=expected, command_id="c2"))
    assert (caught.value.stream, caught.value.expected, caught.value.actual) == ("funnel-P1", expected, 2)
    assert len(await store.read_all()) == 2


async def test_of_sixteen_who_write_at_the_same_version_one_succeeds(store: EventStore) -> None:
    answers = await asyncio.gather(
        *(store.append(an_append(command_id=f"c{number}")) for number in range(16)), return_exceptions=True
    )

    assert sum(isinstance(answer, WrongVersionError) for answer in answers) == 15
    assert len(await store.read_all()) == 1


async def test_a_stream_is_read_from_after_a_version_and_up_to_a_limit(store: EventStore) -> None:
    await store.append(an_append(events=new_events(5)))

    assert [event.version for event in await store.read("funnel-P1", after_version=1)] == [2, 3, 4, 5]
    assert [event.version for event in await store.read("funnel-P1", after_version=1, limit=2)] == [2, 3]
    assert list(await store.read("funnel-P1", after_version=5)) == []
    assert list(await store.read("funnel-P9")) == []


async def test_a_long_stream_keeps_its_order(store: EventStore) -> None:
    await store.append(an_append(events=new_events(3000)))
    await store.append(an_append(after=3000, command_id="c2", events=new_events(10)))

    assert [event.version for event in await store.read("funnel-P1")] == list(range(1, 3011))
    assert [event.position for event in await whole_log(store, page=700)] == list(range(1, 3011))


async def test_the_log_of_a_customer_crosses_its_streams_in_order(store: EventStore) -> None:
    await store.append(an_append("customer-C1"))
    await store.append(an_append("funnel-P9", customer="C9"))
    await store.append(an_append("funnel-P1"))
    await store.append(an_append("customer-C1", after=1, command_id="c2"))

    events = await store.read_customer("C1")
    assert [(event.stream, event.version) for event in events] == [("customer-C1", 1), ("funnel-P1", 1), ("customer-C1", 2)]


async def test_ids_are_case_sensitive(store: EventStore) -> None:
    await store.append(an_append("funnel-p1", command_id="C", customer="c1"))
    await store.append(an_append("funnel-P1", command_id="c", customer="C1"))

    assert [event.stream for event in await store.read("funnel-p1")] == ["funnel-p1"]
    assert list(await store.recorded("funnel-p1", "c")) == []
    assert [event.stream for event in await store.read_customer("c1")] == ["funnel-p1"]


async def test_times_with_offsets_come_back_as_the_same_instants_in_utc(store: EventStore) -> None:
    beijing = timezone(timedelta(hours=8))
    occurred_at = datetime(2026, 1, 1, 0, 30, 0, 1, tzinfo=beijing)
    recorded_at = datetime(2026, 1, 1, 0, 31, tzinfo=beijing)
    answered = await store.append(an_append(events=[NewEvent("funnel.noted", 1, "{}", occurred_at)], recorded_at=recorded_at))

    for event in (*answered, *await store.read("funnel-P1")):
        assert event.occurred_at == occurred_at
        assert event.recorded_at == recorded_at
        assert event.occurred_at.tzinfo is UTC
        assert event.recorded_at.tzinfo is UTC
        assert event.recorded_at.isoformat() == "2025-12-31T16:31:00+00:00"


async def test_a_time_without_its_offset_is_refused(store: EventStore) -> None:
    with pytest.raises(StoreError, match="no offset"):
        await store.append(an_append(recorded_at=NOON.replace(tzinfo=None)))
    assert list(await store.read_all()) == []


@pytest.mark.parametrize(
    "data",
    [
        '{"text":"贯通 — 客户 🎉👩‍💻"}',
        '{ "spaces" :  1.0e5,\n "twice": 1, "twice": 2 }',
        '{"quotes":"\\"\\\\ \\u0000 \'$1 %s {}"}',
        '{"long":"' + "字" * 100_000 + '"}',
    ],
    ids=["Chinese and emoji", "odd spacing", "escapes", "long"],
)
async def test_data_is_kept_to_the_letter(store: EventStore, data: str) -> None:
    answered = await store.append(an_append(events=[NewEvent("funnel.noted", 1, data, NOON)]))

    assert answered[0].data == data
    assert list(await store.read("funnel-P1")) == list(answered)


async def test_an_append_without_events_or_without_a_command_id_is_refused(store: EventStore) -> None:
    with pytest.raises(StoreError, match="no events"):
        await store.append(an_append(events=[]))
    with pytest.raises(StoreError, match="no command id"):
        await store.append(an_append(command_id=""))


async def test_a_closed_store_says_so(store: EventStore) -> None:
    await store.append(an_append())
    await store.close()

    with pytest.raises(ClosedStoreError):
        await store.append(an_append(after=1, command_id="c2"))
    with pytest.raises(ClosedStoreError):
        await store.read("funnel-P1")
    await store.close()


async def test_the_latest_events_are_the_last_of_the_log_in_its_order(store: EventStore) -> None:
    for number in range(5):
        await store.append(an_append(f"funnel-P{number}"))

    assert [event.stream for event in await store.latest(2)] == ["funnel-P3", "funnel-P4"]


async def test_many_streams_are_read_at_once_each_in_its_order(store: EventStore) -> None:
    await store.append(an_append("customer-C2", events=new_events(2)))
    await store.append(an_append("customer-C1"))
    await store.append(an_append("customer-C2", after=2, command_id="c2"))

    found = await store.read_many(["customer-C1", "customer-C2", "customer-C9"])
    assert {stream: list(events) for stream, events in found.items()} == {
        "customer-C1": list(await store.read("customer-C1")),
        "customer-C2": list(await store.read("customer-C2")),
    }
    assert await store.read_many([]) == {}


async def test_the_streams_of_a_kind_are_listed_page_by_page_also_of_one_value_class(store: EventStore) -> None:
    for stream, value_class in (
        ("customer-C1", "vip"),
        ("customer-C10", "small"),
        ("customer-C2", "vip"),
        ("funnel-P1", "vip"),
    ):
        await store.append(an_append(stream, rows=[a_standing(stream, value_class)]))

    assert await store.streams("customer") == ["customer-C1", "customer-C10", "customer-C2"]
    assert await store.streams("customer", after="customer-C1", limit=1) == ["customer-C10"]
    assert await store.streams("customer", value_classes=["vip"]) == ["customer-C1", "customer-C2"]
    assert await store.streams("customer", after="customer-C2") == []
