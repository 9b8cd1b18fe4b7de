"""Who is let in, and what every answer carries."""

from __future__ import annotations

import logging

import httpx
import pytest

from api.app import create_app
from runtime.stack import Stack
from tests.api import asked
from tests.api.conftest import KEY


def caller(stack: Stack, base_url: str = "http://127.0.0.1:8080", key: str = KEY, **headers: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(create_app(stack, key)), base_url=base_url, headers=headers)


PLACES = ["/v1/projects/P1", "/v1/projects/P1/why", "/v1/customers/C1/history"]


@pytest.mark.parametrize("place", PLACES)
async def test_nothing_of_the_business_is_told_without_the_key(stack: Stack, place: str) -> None:
    async with caller(stack) as stranger:
        answer = await stranger.get(place)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json()["error"]["type"] == "Unauthorized"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Basic {KEY}"},
        {"Authorization": "Bearer "},
        {"Authorization": KEY},
        {"X-API-Key": ""},
        {"X-API-Key": KEY[:-1]},
        {"Authorization": "Bearer wrong", "X-API-Key": KEY},
    ],
)
async def test_no_command_is_taken_without_the_key(stack: Stack, headers: dict[str, str]) -> None:
    async with caller(stack, **headers) as stranger:
        answer = await stranger.post("/v1/commands", json=asked.register("CG1"))

    assert answer.status_code == 401
    assert KEY not in answer.text
    assert not await stack.core.store.read("customer-CG1")


async def test_the_key_may_come_as_bearer_token_or_in_its_own_header(stack: Stack) -> None:
    for headers in ({"Authorization": f"Bearer {KEY}"}, {"Authorization": f"bearer {KEY}"}, {"X-API-Key": KEY}):
        async with caller(stack, **headers) as known:
            assert (await known.get("/v1/projects/unknown")).status_code == 404


async def test_a_key_may_hold_any_letters(stack: Stack) -> None:
    async with caller(stack, key="钥匙") as known:
        answer = await known.get("/v1/projects/unknown", headers=[(b"X-API-Key", "钥匙".encode())])

    assert answer.status_code == 404


def test_an_empty_key_is_no_key(stack: Stack) -> None:
    with pytest.raises(ValueError, match="needs a key"):
        create_app(stack, "")


@pytest.mark.parametrize("url", ["http://evil.example", "http://127.0.0.1.evil.example:8080", "http://10.0.0.7:8080"])
async def test_a_web_page_that_points_its_name_at_this_machine_gets_nothing(stack: Stack, url: str) -> None:
    async with caller(stack, url, Authorization=f"Bearer {KEY}") as page:
        answer = await page.get("/health")

    assert answer.status_code == 421
    assert answer.json()["error"]["type"] == "WrongHost"


@pytest.mark.parametrize("url", ["http://localhost:9", "http://127.0.0.1", "http://[::1]:8080", "http://LOCALHOST"])
async def test_this_machine_has_several_names(stack: Stack, url: str) -> None:
    async with caller(stack, url) as here:
        assert (await here.get("/openapi.json")).status_code == 200


@pytest.mark.parametrize(("method", "place", "status"), [("GET", "/nothing", 404), ("DELETE", "/v1/commands", 405)])
async def test_what_is_not_there_is_told_in_the_same_shape(
    api: httpx.AsyncClient, method: str, place: str, status: int
) -> None:
    answer = await api.request(method, place)

    assert answer.status_code == status
    assert set(answer.json()) == {"ok", "command_id", "error"}


async def test_answers_are_not_sniffed_cached_or_framed(api: httpx.AsyncClient) -> None:
    headers = (await api.get("/health")).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


async def test_the_log_of_requests_holds_ids_and_nothing_else_of_the_caller(
    api: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="api.access"):
        await api.get("/v1/projects/P1", params={"secret": "王工"})
        await api.get("/v1/projects/王工")
        await api.get("/王工")

    logged = [vars(record) for record in caplog.records if record.name == "api.access"]
    assert [one["route"] for one in logged] == ["/v1/projects/{project}", "/v1/projects/{project}", "unmatched"]
    assert logged[0]["project_id"] == "P1"
    assert "王工" not in repr(logged)


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("/v1/customers/C%201", "an id has 1 to 64 letters"),
        ("/v1/customers?after=%25", "give the `next` of the page before"),
        ("/v1/pipeline?industry=%07", "leave out control characters"),
        ("/v1/plans?industry=a%00", "leave out control characters"),
        ("/v1/forecast?since=1767225600.5", "write a date such as 2026-03-02"),
        ("/v1/notices?recipient=a%20b", "no spaces"),
    ],
)
async def test_what_a_parameter_must_look_like_is_told_in_words(api: httpx.AsyncClient, place: str, told: str) -> None:
    answer = await api.get(place)

    assert answer.status_code == 422
    assert told in answer.json()["error"]["detail"]
