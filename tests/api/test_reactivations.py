"""Reactivations, their effect and recoveries, read over HTTP."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI

from api import reactivations
from eventstore.memory import MemoryStore
from tests.domain.asked import at, classify, judge, lose, register, started
from tests.history.office import Office


@pytest.fixture
async def office() -> Office:
    woken = (register("C2"), classify("vip", "C2"), at("2026-09-02 00:00"), judge("customer-C2"))
    return await Office(MemoryStore()).take(*started(), lose(), *woken)


@pytest.fixture
def door(office: Office) -> httpx.AsyncClient:
    app = FastAPI()
    app.include_router(reactivations.router(office.store))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1")


async def test_what_is_worked_on_is_listed(door: httpx.AsyncClient) -> None:
    body = (await door.get("/v1/reactivations", params={"class": "vip"})).json()
    assert [(one["reactivation"], one["next_step"]) for one in body["reactivations"]] == [("C2.1", "review_account")]
    assert (await door.get("/v1/reactivations", params={"class": "small"})).json()["count"] == 0
    [one] = (await door.get("/v1/recoveries")).json()["recoveries"]
    assert (one["recovery"], one["waiting_for"]) == ("P1.1", "sales")


async def test_the_effect_is_told_with_its_verdict(door: httpx.AsyncClient) -> None:
    body = (await door.get("/v1/reactivations/effect")).json()
    assert body["overall"]["came_back"]["verdict"] == "too_few"
    assert [one["value_class"] for one in body["by_class"]] == ["vip"]
    assert (await door.get("/v1/reactivations/effect", params={"class": "small"})).json()["by_class"] == []
