"""Whatever is asked of a list or a page, in whatever parameter: an answer or a refusal that says why, never our mistake."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.app import create_app
from runtime.stack import Stack
from tests.api.conftest import KEY

ODD = (
    *(
        "",
        " ",
        "0",
        "-1",
        "1",
        "1000",
        "1001",
        "9" * 40,
        "1e400",
        "NaN",
        "true",
        "C1",
        "C 1",
        "C1/../C2",
        "%2F",
        "%",
        "_",
        "'",
        "客户",
    ),
    *("\x00", "a\x1b[31m", "\u202e", "x" * 300, "C1@", "C1@-1", "C1@0001-01-01T00:00:00+14:00", "forecast", "stage", "vip"),
    *(
        "0001-01-01",
        "9999-12-31",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "2026-02-30",
        "2026-03-02",
        "1767225600",
    ),
)


def question(data: st.DataObject, path: str, parameters: list[dict[str, Any]]) -> str:
    """An address with some of its parameters, each with a value that it may allow or not."""
    query = []
    for one in parameters:
        value = data.draw(st.sampled_from(ODD) | st.text(max_size=12), label=one["name"])
        written = quote(value.encode("utf-8", "surrogatepass"), safe="")
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", written or "C1")
        elif data.draw(st.integers(0, 3)) == 0:
            query.append(f"{one['name']}={written}")
    return f"{path}?{'&'.join(query)}"


@pytest.fixture(scope="module")
def lists(stack: Stack) -> dict[str, list[dict[str, Any]]]:
    """The parameters of everything that may be asked for, by its path."""
    paths = create_app(stack, KEY).openapi()["paths"]
    found = {path: one["get"].get("parameters", []) for path, one in paths.items() if path.startswith("/v1/") and "get" in one}
    assert len(found) > 15
    return found


@pytest.mark.timeout(120)
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(data=st.data())
async def test_every_list_answers_whatever_it_is_asked(
    api: httpx.AsyncClient, lists: dict[str, list[dict[str, Any]]], data: st.DataObject
) -> None:
    for path, parameters in lists.items():
        address = question(data, path, parameters)
        answer = await api.get(address)
        assert answer.status_code in {200, 404, 422}, address
        assert answer.status_code == 200 or answer.json()["error"]["detail"], address
