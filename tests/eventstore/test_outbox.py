"""The contract of every store: notices are written with their facts, and of two who want to send one, one gets it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from eventstore.port import EventStore, NoticeChange, RowChange, StoreError, WrongVersionError
from tests.eventstore.samples import NOON, OpenAnother, an_append

LATER = NOON + timedelta(minutes=1)
CLAIM = NoticeChange(["n1", "n2"], ["owed"], "sending", LATER, tried=True)


def a_notice(notice: str = "n1", **changes: Any) -> RowChange:
    values = {
        "id": notice,
        "stream": "funnel-P1",
        "version": 1,
        "event": "DealStalled",
        "customer": "C1",
        "project": "P1",
        "recipient": "manager@north",
        "role": "manager",
        "unit": "north",
        "person": "",
        "channel": "log",
        "kind": "log",
        "body": '{"text": {"zh": "停滞"}}',
        "status": "owed",
        "tries": 0,
        "tries_most": 8,
        "occurred_at": NOON,
        "made_at": NOON,
        "changed_at": NOON,
        "error": "",
    }
    return RowChange("outbox", values | changes)


async def _owed(store: EventStore, *notices: str) -> None:
    await store.append(an_append(rows=[a_notice(one) for one in notices]))


async def test_a_notice_is_written_with_its_fact_and_only_with_it(store: EventStore) -> None:
    await _owed(store, "n1")
    with pytest.raises(WrongVersionError):
        await store.append(an_append(command_id="c2", rows=[a_notice("n2")]))

    assert [dict(row) for row in await store.rows("outbox")] == [dict(a_notice().values)]


async def test_the_same_command_again_does_not_bring_back_a_notice_that_was_sent(store: EventStore) -> None:
    await _owed(store, "n1")
    await store.change_notices(replace(CLAIM, becomes="sent"))
    await _owed(store, "n1")

    assert [row["status"] for row in await store.rows("outbox")] == ["sent"]


async def test_who_claims_notices_gets_those_that_are_owed_and_each_claim_counts_as_a_try(store: EventStore) -> None:
    await _owed(store, "n2", "n1", "n3")

    claimed = await store.change_notices(CLAIM)

    assert [(row["id"], row["status"], row["tries"], row["changed_at"]) for row in claimed] == [
        ("n1", "sending", 1, LATER),
        ("n2", "sending", 1, LATER),
    ]
    assert list(await store.change_notices(CLAIM)) == []
    assert {row["id"]: row["status"] for row in await store.rows("outbox", order_by=("id",))} == {
        "n1": "sending",
        "n2": "sending",
        "n3": "owed",
    }


async def test_of_many_who_claim_a_notice_at_once_exactly_one_gets_it(durable_url: str, open_another: OpenAnother) -> None:
    stores = [await open_another() for _ in range(3)]
    await _owed(stores[0], "n1", "n2")

    answers = await asyncio.gather(*(store.change_notices(CLAIM) for store in stores for _ in range(4)))

    assert sorted(row["id"] for answer in answers for row in answer) == ["n1", "n2"]


async def test_a_notice_in_hand_is_taken_over_only_after_its_time(store: EventStore) -> None:
    await _owed(store, "n1")
    await store.change_notices(CLAIM)
    over = replace(CLAIM, was=["sending"])

    assert list(await store.change_notices(replace(over, untouched_since=LATER))) == []
    [taken] = await store.change_notices(replace(over, untouched_since=LATER + timedelta(seconds=1)))
    assert taken["tries"] == 2


async def test_a_dead_letter_keeps_why_and_is_sent_again_afresh(store: EventStore) -> None:
    await _owed(store, "n1")
    await store.change_notices(CLAIM)
    [dead] = await store.change_notices(NoticeChange(["n1"], ["sending"], "dead", LATER, error="answered 410 已失效"))
    [again] = await store.change_notices(NoticeChange(["n1"], ["dead"], "owed", LATER, afresh=True))

    assert (dead["error"], dead["tries"]) == ("answered 410 已失效", 1)
    assert (again["status"], again["error"], again["tries"]) == ("owed", "", 0)


async def test_the_outbox_is_never_made_anew(store: EventStore) -> None:
    await _owed(store, "n1")
    with pytest.raises(StoreError, match="cannot be made anew"):
        await store.replace_rows("outbox", [])
    assert len(await store.rows("outbox")) == 1
