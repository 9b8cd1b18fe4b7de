"""A customer's history over HTTP is what the command line tells."""

from __future__ import annotations

import httpx
import pytest

from history.replay import as_json, replay
from runtime.composition import CODEC
from runtime.stack import Stack
from tests.api import asked

NOON = "2026-03-02T12:00:00+08:00"


async def test_the_history_is_the_one_that_the_command_line_tells(api: httpx.AsyncClient, stack: Stack) -> None:
    await asked.a_project(api, "PC1", "CC1")

    answer = await api.get("/v1/customers/CC1/history")

    told = await replay(stack.core.store, CODEC, "CC1")
    assert told is not None
    assert answer.status_code == 200
    assert answer.json() == as_json(told)
    assert set(answer.json()["state"]["projects"]) == {"PC1"}
    assert "华星机械集团" in answer.text


@pytest.mark.parametrize("as_of", ["2026-03-02", NOON, NOON.replace("+", "%2B"), "2026-03-02T12:00", "2026-03-02T04:00Z"])
async def test_a_moment_may_be_written_in_several_ways(api: httpx.AsyncClient, as_of: str) -> None:
    customer = "CC2-" + "".join(letter for letter in as_of if letter.isalnum())
    await asked.send(api, {**asked.register(customer), "occurred_at": NOON}, asked.classify(customer))

    answer = await api.get(f"/v1/customers/{customer}/history?as_of={as_of}")

    assert answer.status_code == 200, answer.text
    assert [event["type"] for event in answer.json()["events"]] == ["CustomerRegistered"]


async def test_what_was_recorded_later_was_not_known_then(api: httpx.AsyncClient) -> None:
    await asked.send(api, {**asked.register("CC3"), "occurred_at": NOON})

    answer = await api.get("/v1/customers/CC3/history", params={"as_of": NOON, "known_at": NOON})

    assert (answer.status_code, answer.json()["events"]) == (200, [])


@pytest.mark.parametrize("query", ["as_of=yesterday", "known_at=", "as_of=2026-13-01", "as_of=2026-03-02T25:00", "as_of=%00"])
async def test_what_is_no_moment_is_named_in_one_sentence(api: httpx.AsyncClient, query: str) -> None:
    answer = await api.get(f"/v1/customers/CC1/history?{query}")

    assert answer.status_code == 422
    assert answer.json()["error"]["detail"].startswith(query.partition("=")[0])


@pytest.mark.parametrize("as_of", ["9999-12-31", "0001-01-01", "0001-01-01T00:00+14:00"])
async def test_the_ends_of_the_calendar_are_no_mistake_of_ours(api: httpx.AsyncClient, as_of: str) -> None:
    await asked.send(api, {**asked.register("CC4"), "command_id": "CC4"})

    assert (await api.get(f"/v1/customers/CC4/history?as_of={as_of}")).status_code < 500


async def test_an_unknown_customer_is_not_found(api: httpx.AsyncClient) -> None:
    answer = await api.get("/v1/customers/nobody/history")

    assert answer.status_code == 404
    assert answer.json()["error"]["type"] == "NotFound"


async def test_an_odd_customer_id_is_refused(api: httpx.AsyncClient) -> None:
    assert (await api.get("/v1/customers/王/history")).status_code == 422


async def test_customers_are_listed_and_counted_page_by_page(api: httpx.AsyncClient) -> None:
    await asked.send(api, *({**asked.register(f"CI{number}"), "owner_unit": "listed"} for number in (1, 2, 3)))
    await asked.send(api, asked.classify("CI2"))

    first = (await api.get("/v1/customers", params={"unit": "listed", "limit": 2, "sort": "customer"})).json()
    rest = (await api.get("/v1/customers", params={"unit": "listed", "sort": "customer", "after": first["next"]})).json()

    assert [one["customer"] for page in (first, rest) for one in page["customers"]] == ["CI1", "CI2", "CI3"]
    assert (first["count"], first["next"], rest["next"]) == (3, "CI2", "")
    assert {one["value_class"]: one["count"] for one in first["counts"]} == {"": 2, "vip": 1}


async def test_customers_are_found_by_letters_of_their_name(api: httpx.AsyncClient) -> None:
    await asked.send(api, {**asked.register("CS1"), "name": "远山 Yuanshan"})

    found = (await api.get("/v1/customers", params={"search": "YUANS"})).json()["customers"]

    assert [(one["customer"], one["status"], one["status_name"]["zh"]) for one in found] == [("CS1", "potential", "潜在")]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=1001", "sort=luck", "status=lost", "step=F3", "asleep_within=-1", "search=%00", "owner=a%20b"]
)
async def test_a_question_for_customers_that_is_not_well_formed_is_refused(api: httpx.AsyncClient, query: str) -> None:
    assert (await api.get(f"/v1/customers?{query}")).status_code == 422


@pytest.mark.parametrize("listed", ["customers", "plans", "requests", "enablements", "reactivations", "recoveries"])
async def test_to_go_on_after_nobody_is_not_found(api: httpx.AsyncClient, listed: str) -> None:
    answer = await api.get(f"/v1/{listed}?after=nobody")
    assert answer.status_code == 404
    assert "give the `next` of the page before" in answer.text


async def test_a_customer_is_told_on_one_page(api: httpx.AsyncClient) -> None:
    await asked.a_project(api, "PK1", "CK1")

    page = (await api.get("/v1/customers/CK1")).json()

    assert (page["customer"]["customer"], page["customer"]["value_class"]) == ("CK1", "vip")
    assert [one["project"] for one in page["projects"]] == ["PK1"]
    assert page["timeline"][0]["type"] == "CustomerRegistered"


async def test_a_page_may_be_asked_for_as_it_was(api: httpx.AsyncClient) -> None:
    await asked.send(api, {**asked.register("CK2"), "occurred_at": NOON}, asked.classify("CK2"))

    page = (await api.get("/v1/customers/CK2?as_of=2026-03-02")).json()

    assert (page["customer"]["value_class"], page["events_count"]) == ("", 1)
    assert (await api.get("/v1/customers/CK2?as_of=2026-03-01")).status_code == 404


@pytest.mark.parametrize("path", ["nobody", "nobody?as_of=2026-03-02"])
async def test_of_an_unknown_customer_there_is_no_page(api: httpx.AsyncClient, path: str) -> None:
    assert (await api.get(f"/v1/customers/{path}")).status_code == 404
