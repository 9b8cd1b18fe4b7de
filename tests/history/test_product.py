"""Product requests, enablements and business modes, as lists tell them: from the store, over HTTP, and decided once more."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from api import product
from domain.messages import Money
from domain.playbook import Modes, Playbooks
from eventstore.memory import MemoryStore
from eventstore.opening import open_store
from history.enablements import Asked as EnablementsAsked
from history.enablements import enablements
from history.integrity import inspect
from history.modes import modes
from history.reevaluating import reevaluate
from history.requests import Asked, request_story, requests
from runtime.composition import CODEC
from runtime.playbooks import load_modes
from runtime.rebuilding import drifts
from tests.domain.asked import MONDAY, PLAYBOOKS, classify, judge, open_project, register, stage_done
from tests.domain.test_enablement import LINE, asking, enable
from tests.domain.test_request import answer, deliver, insight, join, raised
from tests.history.office import Office

TABLE = load_modes(Path(__file__).parents[2] / "playbooks") or Modes(version="none")
SHELF = Playbooks([asking(), *(one for one in PLAYBOOKS if one.playbook != "standard")], [TABLE])


class AskingOffice(Office):
    """A company under rules that ask for an enablement, with the shipped table of modes."""

    async def _playbooks(self) -> Playbooks:
        return SHELF


class OneShelf:
    """The playbooks, as the door to HTTP keeps them."""

    async def playbooks(self) -> Playbooks:
        return SHELF


OPENED = (
    register(),
    classify("vip"),
    register("C2"),
    classify("strategic", "C2"),
    register("C3"),
    open_project(product_line=LINE),
    open_project("P2", "C2", product_line="HR", owner_unit="south"),
    open_project("P3", "C3"),
)


@pytest.fixture
async def office() -> Office:
    return await AskingOffice(MemoryStore()).take(*OPENED)


async def test_a_deal_that_waits_is_found_in_the_read_model_and_told_when_its_unit_is_enabled(office: Office) -> None:
    await office.take(stage_done("F1"))
    [waiting] = (await enablements(office.store, SHELF, EnablementsAsked(), 9)).enablements
    assert (waiting.unit, waiting.product_line, waiting.status, waiting.waiting) == ("north", LINE, "none", 1)
    await office.take(enable(until="2026-12-31"))
    [row] = await office.store.rows("deals", {"project": "P1"})
    assert row["stage"] == "F2"
    [listed] = (await enablements(office.store, SHELF, EnablementsAsked(unit="north"), 9)).enablements
    assert (listed.status, listed.valid_until, listed.waiting) == ("enabled", date(2026, 12, 31), 0)
    assert [piece.reference for piece in listed.evidence] == ["course-7"]


async def test_an_enablement_near_its_end_is_listed_as_such_and_one_that_is_over_comes_after(office: Office) -> None:
    await office.take(
        enable(until="2026-12-31"), enable("HR", unit="south"), MONDAY + timedelta(days=280), judge("enablement-north")
    )
    found = await enablements(office.store, SHELF, EnablementsAsked(expiring=True), 9)
    assert [(one.unit, one.status) for one in found.enablements] == [("north", "expiring")]
    await office.take(MONDAY + timedelta(days=310), judge("enablement-north"))
    found = await enablements(office.store, SHELF, EnablementsAsked(), 1)
    assert (found.enablements[0].status, found.count) == ("expired", 2)


async def test_requests_are_listed_with_who_and_what_money_stands_behind_them(office: Office) -> None:
    await office.take(raised(project="P1"), join(), insight().model_copy(update={"request": "R2"}))
    found = await requests(office.store, Asked(), 9, office.now)
    assert [one.request for one in found.requests] == ["R1", "R2"]
    first = found.requests[0]
    assert (first.customers, first.deals, first.value) == (2, 1, Money(amount=Decimal("500000.50")))
    assert first.due_at is not None
    behind = await requests(office.store, Asked(customer="C2"), 9, office.now)
    assert [one.request for one in behind.requests] == ["R1"]
    assert (await requests(office.store, Asked(product_line="HR"), 9, office.now)).count == 0
    assert len((await requests(office.store, Asked(), 1, office.now)).requests) == 1


async def test_an_answered_request_leaves_the_list_of_open_ones_and_its_story_tells_the_answer(office: Office) -> None:
    await office.take(raised(), answer(), deliver())
    assert (await requests(office.store, Asked(), 9, office.now)).count == 0
    [listed] = (await requests(office.store, Asked(open=None), 9, office.now)).requests
    assert (listed.status, listed.release, listed.delivered_at) == ("delivered", "V8.2", MONDAY)
    story = await request_story(office.store, CODEC, SHELF, "R1")
    assert story is not None
    assert (story.answer, story.answered_by, [one.customer for one in story.behind]) == ("next release", "p1", ["C1"])
    assert await request_story(office.store, CODEC, SHELF, "R9") is None


async def test_modes_count_the_customers_and_projects_in_them(office: Office) -> None:
    found = await modes(office.store, SHELF)
    counted = {one.code: (one.customers, one.projects, one.running, one.playbook) for one in found.modes}
    assert counted["vip"] == (1, 1, 1, "standard")
    assert counted["strategic"] == (1, 1, 1, "key_account")
    assert counted["small"] == (0, 0, 0, "express")
    assert (found.customers_without, found.projects_without, found.unknown) == (1, 1, {})


async def test_a_mode_owned_by_another_unit_takes_a_deal_and_counts_it(office: Office) -> None:
    owned = tuple(mode.model_copy(update={"owning_unit": "key-accounts"}) for mode in TABLE.modes)
    found = await modes(office.store, Playbooks(SHELF, [TABLE.model_copy(update={"modes": owned})]))
    assert {one.code: one.of_other_units for one in found.modes if one.of_other_units} == {"vip": 1, "strategic": 1}


async def test_decisions_that_looked_at_enablements_and_deals_come_out_the_same_once_more(office: Office) -> None:
    await office.take(stage_done("F1"), enable(until="2026-12-31"), raised(project="P1"), answer(), deliver())
    await office.take(MONDAY + timedelta(days=310), judge("enablement-north"))
    streams = (await inspect(office.store, CODEC)).versions
    seen = await reevaluate(office.store, CODEC, SHELF, streams)
    assert (seen.findings, seen.groundless) == ([], 0)
    learned = "".join(one.learned for _, one in await office.store.all_decisions(limit=1000))
    assert '"enablement"' in learned
    assert '"deals"' in learned
    assert await drifts(office.store, SHELF) == []


async def test_lists_are_read_over_http(office: Office) -> None:
    await office.take(raised(), enable())
    app = FastAPI()
    app.include_router(product.router(office.store, OneShelf()))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as door:
        assert (await door.get("/v1/requests")).json()["count"] == 1
        assert (await door.get("/v1/requests", params={"status": "declined"})).json()["count"] == 0
        assert (await door.get("/v1/requests/R1")).json()["listed"]["value"]["amount"] == "300000.00"
        assert (await door.get("/v1/enablements", params={"unit": "north"})).json()["enablements"][0]["enabled_by"] == "p1"
        assert len((await door.get("/v1/modes")).json()["modes"]) == 7
        [mode] = (await door.get("/v1/modes", params={"class": "vip"})).json()["modes"]
        assert (mode["code"], mode["customers"]) == ("vip", 1)
        assert (await door.get("/v1/requests", params={"status": "nonsense"})).status_code == 422


async def test_the_lists_are_the_same_on_postgresql(postgresql_url: str, office: Office) -> None:
    store = await open_store(postgresql_url)
    try:
        there = AskingOffice(store)
        for one in (office, there):
            opened = () if one is office else OPENED
            await one.take(*opened, stage_done("F1"), enable("HR", until="2026-12-31"), raised(project="P1"), join(), answer())
        for asked in (Asked(), Asked(customer="C2", product_line="财务云"), Asked(open=None, overdue=True)):
            assert await requests(store, asked, 9, MONDAY) == await requests(office.store, asked, 9, MONDAY)
        for named in (EnablementsAsked(), EnablementsAsked(unit="north", product_line="hr"), EnablementsAsked(expiring=True)):
            assert await enablements(store, SHELF, named, 9) == await enablements(office.store, SHELF, named, 9)
        assert await modes(store, SHELF) == await modes(office.store, SHELF)
        assert await drifts(store, SHELF) == []
    finally:
        await store.close()
