"""Where a project stands, read over HTTP."""

from __future__ import annotations

import httpx
import pytest

from tests.api import asked


async def test_a_project_is_shown_stream_by_stream_with_its_deal(api: httpx.AsyncClient) -> None:
    await asked.a_project(api, "PP1", "CP1")
    await asked.send(api, asked.evidence("PP1", "owner"))

    answer = await api.get("/v1/projects/PP1")

    assert answer.status_code == 200
    body = answer.json()
    assert (body["project"], body["customer"], body["phase"], body["closed"]) == ("PP1", "CP1", "funnel", False)
    assert body["deal"]["amount"] == {"amount": "1200000.50", "currency": "CNY"}
    assert body["deal"]["stage"] == "F1"
    assert [stream["stream"] for stream in body["streams"]] == ["project-PP1", "funnel-PP1"]
    funnel = body["streams"][1]
    assert (funnel["code"], funnel["waiting_for"]) == ("F1", "sales")
    missing = {one["code"] for one in funnel["missing"]}
    assert missing
    assert "owner" not in missing


async def test_an_unknown_project_is_not_found(api: httpx.AsyncClient) -> None:
    answer = await api.get("/v1/projects/nowhere")

    assert answer.status_code == 404
    assert answer.json()["error"]["type"] == "NotFound"


@pytest.mark.parametrize("odd", ["a b", "%00", "..%2f..", "x" * 65, "王", "-a", "'--"])
async def test_an_odd_id_is_refused(api: httpx.AsyncClient, odd: str) -> None:
    answer = await api.get(f"/v1/projects/{odd}")

    assert answer.status_code in (404, 422)
    assert answer.json()["ok"] is False


async def test_why_tells_what_is_missing_and_what_was_refused(api: httpx.AsyncClient) -> None:
    await asked.a_project(api, "PP2", "CP2")
    await asked.send(api, asked.evidence("PP2", "owner"))
    offer = {"command": "OfferHandoff", "actor": asked.SALES, "project": "PP2", "kind": "delivery", "items": {}}
    assert (await api.post("/v1/commands", json={**offer, "command_id": "too-early"})).status_code == 409

    answer = await api.get("/v1/projects/PP2/why")

    assert answer.status_code == 200
    body = answer.json()
    assert (body["project"], body["customer"], body["phase"]) == ("PP2", "CP2", "funnel")
    assert body["stands"]["view"]["missing"]
    assert [one["command_id"] for one in body["refusals"]] == ["too-early"]


async def test_why_of_an_unknown_project_is_not_found(api: httpx.AsyncClient) -> None:
    assert (await api.get("/v1/projects/nowhere/why")).status_code == 404
