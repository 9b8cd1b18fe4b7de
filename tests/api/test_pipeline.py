"""Pipeline and forecast, read over HTTP."""

from __future__ import annotations

import httpx
import pytest

from tests.api import asked
from tests.domain.asked import open_project, register


@pytest.fixture
async def unit(api: httpx.AsyncClient) -> str:
    """A unit of this test alone with two deals, one of them expected this century; answers its id."""
    expected = open_project("PF2", "CPF", owner_unit="upf", expected_on="2090-12-31")
    for number, command in enumerate((register("CPF"), open_project("PF1", "CPF", owner_unit="upf"), expected)):
        await asked.send(api, {"command_id": f"pf{number}", **command.model_dump(mode="json", exclude_none=True)})
    return "upf"


async def test_the_pipeline_and_the_forecast_of_a_unit_are_told(api: httpx.AsyncClient, unit: str) -> None:
    told = (await api.get("/v1/pipeline", params={"unit": unit, "by": "project", "until": "2090-12-31"})).json()
    assert [(one["key"], one["count"], one["expected_count"]) for one in told["lines"]] == [("PF1", 1, 0), ("PF2", 1, 1)]
    assert (told["count"], told["scope"], told["totals"][0]["weighted"]) == (2, {"unit": "upf"}, "240000.00")
    told = (await api.get("/v1/forecast", params={"unit": unit, "until": "2090-12-31"})).json()
    [line] = told["lines"]
    assert (line["pipeline_count"], line["undated_count"], told["belief"]) == (1, 1, None)


async def test_a_past_moment_is_told_as_it_was_and_checked(api: httpx.AsyncClient, unit: str) -> None:
    assert (await api.get("/v1/pipeline", params={"unit": unit, "at": "2020-01-01"})).json()["lines"] == []
    told = (await api.get("/v1/forecast", params={"unit": unit, "on": "2020-01-01", "until": "2020-03-31"})).json()
    assert (told["belief"]["over"], told["belief"]["lines"]) == (True, [])


@pytest.mark.parametrize("query", ["by=colour", "at=soon", "limit=0", "limit=1001", "until=never", "unit="])
async def test_a_question_that_is_not_well_formed_is_refused(api: httpx.AsyncClient, query: str) -> None:
    assert (await api.get(f"/v1/pipeline?{query}")).status_code == 422


@pytest.mark.parametrize(
    "query", ["since=0001-01-01", "on=0001-01-01", "until=9999-12-31", "since=9999-12-31&until=9999-12-31"]
)
async def test_the_first_and_the_last_day_that_there_are_are_asked_for_like_any_other(
    api: httpx.AsyncClient, unit: str, query: str
) -> None:
    assert (await api.get(f"/v1/forecast?{query}&unit={unit}")).status_code == 200
