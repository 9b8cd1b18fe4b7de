"""Industry, customer and project plans, read over HTTP."""

from __future__ import annotations

import httpx
import pytest

from tests.api import asked
from tests.domain.asked import register
from tests.domain.planning import allocate, customer_plan, industry_plan, target


@pytest.fixture
async def two_levels(api: httpx.AsyncClient) -> None:
    told = [
        register("CBP", industry="shipping"),
        industry_plan("BP-I", industry="shipping", owner="bp1"),
        customer_plan("BP-K", customer="CBP", parent="BP-I", owner="bp1"),
        target(100, "BP-I"),
        allocate({"BP-K": 60}, "BP-I"),
    ]
    for number, command in enumerate(told):
        await asked.send(api, {"command_id": f"bp{number}", **command.model_dump(mode="json", exclude_none=True)})


@pytest.mark.usefixtures("two_levels")
async def test_plans_are_listed_and_told_with_what_is_rolled_down(api: httpx.AsyncClient) -> None:
    listed = (await api.get("/v1/plans", params={"owner": "bp1"})).json()
    assert (sorted(one["plan"] for one in listed["plans"]), listed["count"]) == (["BP-I", "BP-K"], 2)
    told = (await api.get("/v1/plans/BP-I")).json()
    [whole] = told["targets"]
    assert ([one["plan"] for one in told["children"]], float(whole["below"]), float(whole["unallocated"])) == (["BP-K"], 60, 40)
    for early in ("2020-01-01T00:00:00Z", "2020-01-01", "2020-01-01T08:00:00+08:00"):
        assert (await api.get("/v1/plans/BP-I", params={"at": early})).status_code == 404
    ahead = (await api.get("/v1/plans/BP-I", params={"at": "2199-01-01"})).json()
    assert ahead["at"] < "2100", "nothing is known as of a day to come"
    assert (await api.get("/v1/plans/BP-I", params={"at": "someday"})).status_code == 422


async def test_an_unknown_plan_is_not_found_and_an_unknown_kind_is_refused(api: httpx.AsyncClient) -> None:
    answer = await api.get("/v1/plans/nowhere")
    assert (answer.status_code, answer.json()["error"]["type"]) == (404, "NotFound")
    assert (await api.get("/v1/plans", params={"kind": "weather"})).status_code == 422
