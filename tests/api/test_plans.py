"""The plan of a project, read over HTTP."""

from __future__ import annotations

import httpx

from tests.api import asked
from tests.domain.asked import handed_to_delivery
from tests.domain.test_changes import approve, request, sign
from tests.domain.test_plan import reestimate


async def a_plan(api: httpx.AsyncClient, project: str, customer: str) -> None:
    for command in [*handed_to_delivery(project, customer), reestimate("M3", 46), request(), approve(), sign()]:
        written = command.model_dump(mode="json", exclude_none=True)
        if "project" in written:
            written["project"] = project
        await asked.send(api, written)


async def test_a_plan_shows_each_baseline_the_forecast_and_its_causes_and_compares_versions(api: httpx.AsyncClient) -> None:
    await a_plan(api, "PL1", "CL1")
    answer = await api.get("/v1/projects/PL1/plan")
    assert answer.status_code == 200
    plan = answer.json()
    third = plan["milestones"][2]
    assert (third["milestone"], sorted(third["planned"])) == ("M3", ["1", "2"])
    assert [(one["kind"], one["working_days"]) for one in third["causes"]] == [("estimate", 6), ("change", 10)]
    compared = (await api.get("/v1/projects/PL1/plan", params={"before": "1", "after": "2"})).json()["comparison"]
    assert [one["working_days"] for one in compared["moved"]] == [10] * 5
    against = (await api.get("/v1/projects/PL1/plan", params={"before": "2"})).json()
    assert against["compared"] == ["2", "forecast"]


async def test_a_plan_or_version_that_there_is_not_is_not_found(api: httpx.AsyncClient) -> None:
    answer = await api.get("/v1/projects/nowhere/plan")
    assert (answer.status_code, answer.json()["error"]["type"]) == (404, "NotFound")
    odd = await api.get("/v1/projects/nowhere/plan", params={"before": "first"})
    assert odd.status_code == 422
