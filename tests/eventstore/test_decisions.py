"""The contract of every store: what a decision was made on is kept to the letter, and is found stream by stream."""

from __future__ import annotations

import sqlite3
from dataclasses import asdict, replace
from datetime import timedelta, timezone
from pathlib import Path

import pytest

from eventstore.opening import open_store
from eventstore.port import Decision, EventStore
from eventstore.postgresql import PostgresqlStore
from eventstore.schema import METADATA
from tests.eventstore.samples import NOON, a_decision, an_append

OF_THE_FIRST = {"events", "decisions", "playbooks", "standings", "deals"}
"""The tables that the first version of the store had."""

FULL = {
    "asked": '{"command":"MoveOn","note":"预算"}',
    "moment": NOON.astimezone(timezone(timedelta(hours=8))),
    "shelf": '["direct@1"]',
    "learned": '[{"stage":"F3","working_minutes":480,"of":12}]',
    "proofs": '["e1","e2"]',
}


def _full(**fields: object) -> Decision:
    return replace(a_decision(**fields), **FULL)  # type: ignore[arg-type]


async def test_what_a_decision_was_made_on_is_kept_with_the_events_and_with_a_refusal(store: EventStore) -> None:
    await store.append(an_append(decision=_full()))
    await store.record_refusal(_full(command_id="c2", verdict="NotReady", version=1))

    assert list(await store.decisions("funnel-P1")) == [_full(command_id="c2", verdict="NotReady", version=1), _full()]


async def test_all_decisions_are_read_stream_by_stream_in_order_without_missing_one(store: EventStore) -> None:
    for number in range(3):
        for stream in ("ticket-T1", "Ticket-T1", "funnel-P1", "客户"):
            await store.record_refusal(a_decision(f"c{number}", "NotReady", stream, number))

    told: list[tuple[str, str]] = []
    after = ("", 0)
    while page := await store.all_decisions(after, limit=5):
        told += [(decision.stream, decision.command_id) for _, decision in page]
        after = page[-1][1].stream, page[-1][0]

    streams = ("Ticket-T1", "funnel-P1", "ticket-T1", "客户")
    assert told == [(stream, f"c{number}") for stream in streams for number in range(3)]


_OLD = asdict(a_decision()) | {"decided_at": NOON.isoformat(timespec="microseconds")}
_OLD = {name: _OLD[name] for name in list(_OLD)[:11]}


async def test_a_decision_of_before_its_grounds_were_kept_stays_readable(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    await (await open_store(f"sqlite:///{path}")).close()
    with sqlite3.connect(path) as raw:  # the store as the first program left it
        for name in ("asked", "moment", "shelf", "learned", "proofs"):
            raw.execute(f"ALTER TABLE decisions DROP COLUMN {name}")
        for table in set(METADATA.tables) - OF_THE_FIRST:
            raw.execute(f"DROP TABLE {table}")
        raw.execute("UPDATE throughline_schema SET version_num = '0001'")
        names = ", ".join(_OLD)
        raw.execute(f"INSERT INTO decisions ({names}) VALUES ({', '.join('?' for _ in _OLD)})", list(_OLD.values()))
    raw.close()

    store = await open_store(f"sqlite:///{path}")
    assert list(await store.decisions("funnel-P1")) == [a_decision()]
    await store.append(an_append(stream="funnel-P2", decision=_full(stream="funnel-P2")))
    assert list(await store.decisions("funnel-P2")) == [_full(stream="funnel-P2")]
    await store.close()


async def test_a_program_of_before_may_go_on_appending_to_a_newer_postgresql_store(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await open_store(postgresql_url)
    assert isinstance(store, PostgresqlStore)
    monkeypatch.setattr("eventstore.postgresql.asdict", lambda _: dict(_OLD))
    await store.append(an_append(decision=a_decision()))
    assert list(await store.decisions("funnel-P1")) == [a_decision()]
    await store.close()
