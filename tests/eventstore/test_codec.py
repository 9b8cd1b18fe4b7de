"""Events to stored text and back, old shapes included."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import Any, ClassVar

import pytest

from domain.messages import Event, Money
from eventstore.codec import Codec, CodecError
from eventstore.port import EventStore, StoredEvent, StoreError, UnknownEventTypeError
from tests.eventstore.samples import NOON, an_append


class Noted(Event):
    type: ClassVar[str] = "test.noted"
    text: str
    amount: Money | None = None


class Moved(Event):
    type: ClassVar[str] = "test.moved"
    schema_version: ClassVar[int] = 3
    place: str
    by: str


class AlsoNoted(Event):
    type: ClassVar[str] = "test.noted"


def name_the_place(fields: dict[str, Any]) -> dict[str, Any]:
    return {"place": fields.pop("where"), **fields}


def add_the_mover(fields: dict[str, Any]) -> dict[str, Any]:
    return {**fields, "by": "unknown"}


UPCASTERS = {("test.moved", 1): name_the_place, ("test.moved", 2): add_the_mover}


def stored(name: str, schema_version: int, data: str) -> StoredEvent:
    return StoredEvent(1, "funnel-P1", 7, name, schema_version, data, NOON, NOON, "{}", "c1", "c1", "", "C1", "P1", "")


async def test_an_event_comes_back_equal_from_every_store(store: EventStore) -> None:
    codec = Codec([Noted, Moved], UPCASTERS)
    event = Noted(
        occurred_at=NOON.astimezone(timezone(timedelta(hours=8))),
        text="预算 🎉",
        amount=Money(amount="12.50"),  # type: ignore[arg-type]
    )
    [kept] = await store.append(an_append(events=[codec.encode(event)]))

    assert (kept.type, kept.schema_version) == ("test.noted", 1)
    assert codec.decode(kept) == event
    assert codec.decode((await store.read("funnel-P1"))[0]) == event


@pytest.mark.parametrize(
    ("version", "data"),
    [(1, '{"where": "上海"'), (2, '{"place": "上海"'), (3, '{"place": "上海", "by": "unknown"')],
)
def test_an_older_shape_is_brought_up_to_date_step_by_step(version: int, data: str) -> None:
    event = Codec([Moved], UPCASTERS).decode(stored("test.moved", version, data + ', "occurred_at": "2026-03-02T04:00:00Z"}'))

    assert isinstance(event, Moved)
    assert (event.place, event.by) == ("上海", "unknown")


@pytest.mark.parametrize(("name", "version"), [("test.gone", 1), ("test.moved", 4), ("test.moved", 0)])
def test_an_unknown_type_or_version_is_an_error_that_names_the_event(name: str, version: int) -> None:
    with pytest.raises(UnknownEventTypeError, match=f"event 7 of stream funnel-P1 \\({name}, schema version {version}\\)"):
        Codec([Moved], UPCASTERS).decode(stored(name, version, "{}"))


def test_data_that_does_not_fit_its_type_is_an_error_that_names_the_event() -> None:
    with pytest.raises(StoreError, match="event 7 of stream funnel-P1"):
        Codec([Noted]).decode(stored("test.noted", 1, '{"text": 1}'))
    with pytest.raises(StoreError, match="event 7 of stream funnel-P1"):
        Codec([Moved], UPCASTERS).decode(stored("test.moved", 1, "[broken"))


def test_two_classes_with_one_stored_type_are_refused() -> None:
    with pytest.raises(CodecError, match="Noted and AlsoNoted"):
        Codec([Noted, AlsoNoted])
    Codec([Noted, Noted])


def test_upcasters_must_lead_from_every_older_version() -> None:
    with pytest.raises(CodecError, match="missing"):
        Codec([Moved], {("test.moved", 1): name_the_place})
    with pytest.raises(CodecError, match="no class"):
        Codec([Noted], {("test.noted", 1): name_the_place})


def test_an_event_that_could_not_be_read_again_is_not_encoded() -> None:
    with pytest.raises(UnknownEventTypeError):
        Codec([Moved], UPCASTERS).encode(Noted(occurred_at=NOON, text="a"))
    with pytest.raises(UnknownEventTypeError):
        Codec([Noted]).encode(AlsoNoted(occurred_at=NOON))
