"""The outbox, read over HTTP."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI

from api import notices
from eventstore.memory import MemoryStore
from tests.eventstore.samples import an_append
from tests.eventstore.test_outbox import a_notice

BODY = '{"text": {"en": "late", "zh": "超时"}, "facts": {}}'


@pytest.fixture
async def door() -> httpx.AsyncClient:
    store = MemoryStore()
    rows = [
        a_notice("n1", status="sent", body=BODY),
        a_notice("n2", status="dead", body=BODY, error="answered 410", recipient="s2"),
    ]
    await store.append(an_append(rows=rows))
    app = FastAPI()
    app.include_router(notices.router(store))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1")


async def test_notices_are_listed_and_counted(door: httpx.AsyncClient) -> None:
    body = (await door.get("/v1/notices")).json()
    assert {one["id"] for one in body["notices"]} == {"n1", "n2"}
    assert body["counts"] == {"owed": 0, "sending": 0, "sent": 1, "dead": 1, "suppressed": 0}


async def test_dead_letters_and_those_of_one_recipient_are_found(door: httpx.AsyncClient) -> None:
    [dead] = (await door.get("/v1/notices", params={"status": "dead"})).json()["notices"]
    assert (dead["id"], dead["error"], dead["text"]["zh"]) == ("n2", "answered 410", "超时")
    [own] = (await door.get("/v1/notices", params={"recipient": "s2", "project": "P1"})).json()["notices"]
    assert own["id"] == "n2"
    assert (await door.get("/v1/notices", params={"status": "nonsense"})).status_code == 422
