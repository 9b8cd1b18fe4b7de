"""The desk's tickets, read over HTTP."""

from __future__ import annotations

import itertools

import httpx
import pytest

from tests.api import asked

NUMBERS = itertools.count(1)


@pytest.fixture
async def desk(api: httpx.AsyncClient) -> str:
    """A customer of this test alone, with an urgent ticket and one that nobody hurries for; answers its id."""
    number = next(NUMBERS)
    customer = f"CT{number}"
    await asked.send(api, asked.register(customer))
    for name, grade in ((f"T{number}-slow", "low"), (f"T{number}-fast", "high")):
        opening = {"command": "OpenTicket", "actor": asked.SALES, "ticket": name, "customer": customer, "title": "无法登录"}
        await asked.send(api, {**opening, "impact": grade, "urgency": grade})
    return customer


async def test_tickets_are_listed_with_the_next_due_first(api: httpx.AsyncClient, desk: str) -> None:
    body = (await api.get("/v1/tickets", params={"customer": desk})).json()
    assert [one["ticket"].partition("-")[2] for one in body["tickets"]] == ["fast", "slow"]
    assert (body["tickets"][0]["due_target"], body["count"]) == ("respond", 2)


async def test_a_limit_shortens_the_list_and_not_the_count(api: httpx.AsyncClient, desk: str) -> None:
    body = (await api.get("/v1/tickets", params={"customer": desk, "limit": 1})).json()
    assert (len(body["tickets"]), body["count"]) == (1, 2)


async def test_a_ticket_is_told_event_by_event_with_its_targets(api: httpx.AsyncClient, desk: str) -> None:
    [ticket, _] = (await api.get("/v1/tickets", params={"customer": desk})).json()["tickets"]
    body = (await api.get(f"/v1/tickets/{ticket['ticket']}")).json()
    assert body["ticket"]["ticket"] == ticket["ticket"]
    assert body["timeline"][0]["type"] == "TicketOpened"
    assert [one["target"] for one in body["targets"]] == ["respond", "resolve"]
    assert body["next_clock"]


async def test_an_unknown_ticket_is_not_found(api: httpx.AsyncClient) -> None:
    answer = await api.get("/v1/tickets/nowhere")
    assert (answer.status_code, answer.json()["error"]["type"]) == (404, "NotFound")


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=1001", "due_within=-1", "due_within=nan", "line=zeroth", "status=lost", "customer=a%20b"]
)
async def test_a_question_that_is_not_well_formed_is_refused(api: httpx.AsyncClient, query: str) -> None:
    assert (await api.get(f"/v1/tickets?{query}")).status_code == 422


async def test_nobody_sees_tickets_without_the_key(api: httpx.AsyncClient) -> None:
    assert (await api.get("/v1/tickets", headers={"Authorization": "Bearer other"})).status_code == 401
