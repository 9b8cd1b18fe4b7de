"""Overrides, read over HTTP."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI

from api import overrides
from api.projects import project_now
from eventstore.memory import MemoryStore
from tests.domain.asked import override, started
from tests.history.office import Office


@pytest.fixture
async def office() -> Office:
    return await Office(MemoryStore()).take(*started(), override("F3"), *started("P2", "C2"), override("F2", "P2", "m2"))


@pytest.fixture
def door(office: Office) -> httpx.AsyncClient:
    app = FastAPI()
    app.include_router(overrides.router(office.store))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1")


async def test_overrides_are_listed_and_counted(door: httpx.AsyncClient) -> None:
    body = (await door.get("/v1/overrides")).json()
    assert len(body["overrides"]) == 3
    assert {(one["person"], one["overrides"]) for one in body["counts"]} == {("m1", 2), ("m2", 1)}


async def test_a_limit_shortens_the_list_and_not_the_counts(door: httpx.AsyncClient) -> None:
    body = (await door.get("/v1/overrides", params={"limit": 1, "by": "asked_by"})).json()
    assert len(body["overrides"]) == 1
    assert [(one["person"], one["overrides"]) for one in body["counts"]] == [("u1", 3)]


async def test_those_of_one_approver_are_found(door: httpx.AsyncClient) -> None:
    body = (await door.get("/v1/overrides", params={"approver": "m2", "outcome": "open"})).json()
    assert [one["project"] for one in body["overrides"]] == ["P2"]
    assert (await door.get("/v1/overrides", params={"outcome": "nonsense"})).status_code == 422


async def test_a_project_shows_its_overrides(office: Office) -> None:
    found = await project_now(office.store, "P1")
    assert found is not None
    assert sorted(one.gate for one in found.overrides) == ["F1", "F2"]
