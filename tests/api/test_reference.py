"""The API describes itself, and its pages need nothing from elsewhere."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from api.commands import NOT_READY
from api.reference import EXAMPLES
from domain.catalogue import public_commands
from domain.parsing import parse
from domain.refusals import RefusalError


@pytest.fixture(scope="session")
async def document(api: httpx.AsyncClient) -> Any:
    return (await api.get("/openapi.json")).json()


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*(references(inner) for inner in value.values()))
    return set().union(*(references(inner) for inner in value)) if isinstance(value, list) else set()


async def test_every_command_is_described_and_told_apart_by_its_name(document: Any) -> None:
    body = document["paths"]["/v1/commands"]["post"]["requestBody"]["content"]["application/json"]["schema"]

    assert list(body["discriminator"]["mapping"]) == list(public_commands())
    assert len(body["oneOf"]) == len(public_commands())
    for name in public_commands():
        schema = document["components"]["schemas"][name]
        assert {"command", "actor"} <= set(schema["required"])
        assert schema["additionalProperties"] is False


async def test_nothing_in_the_description_points_nowhere(document: Any) -> None:
    schemas = document["components"]["schemas"]

    assert {reference.rpartition("/")[2] for reference in references(document)} <= set(schemas)


async def test_every_address_under_v1_is_described_with_its_key_and_its_failures(document: Any) -> None:
    for place, methods in document["paths"].items():
        for operation in methods.values():
            assert ("security" in operation) == place.startswith("/v1/")
            if place.startswith("/v1/"):
                assert {"200", "401", "422"} <= set(operation["responses"])


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_a_command(example: str) -> None:
    assert parse(EXAMPLES[example]["value"]).command_id


def test_the_refusal_that_is_shown_is_one_that_the_business_gives() -> None:
    shown = NOT_READY["error"]["type"]

    assert shown in {refusal.__name__.removesuffix("Error") for refusal in RefusalError.__subclasses__()}


async def test_the_pages_take_nothing_from_elsewhere(api: httpx.AsyncClient) -> None:
    page = await api.get("/docs")

    assert page.status_code == 200
    linked = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(linked) >= 3
    for link in linked:
        if not link.startswith("data:"):
            assert (await api.get(link)).status_code == 200
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]


async def test_who_opens_the_bare_address_finds_the_description(api: httpx.AsyncClient) -> None:
    answer = await api.get("/")

    assert answer.is_redirect
    assert answer.headers["Location"] == "/docs"
