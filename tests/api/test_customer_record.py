"""A customer's record over HTTP, through the workflows of both customers and of their projects."""

from __future__ import annotations

from typing import Any

import httpx

from tests.api import asked

MANAGER = {"kind": "person", "id": "m7", "role": "manager"}


def told(command: str, customer: str, **fields: Any) -> dict[str, Any]:
    return {"command": command, "customer": customer, "actor": MANAGER, **fields}


async def test_a_duplicate_is_merged_and_handed_over_with_its_deals(api: httpx.AsyncClient) -> None:
    await asked.send(api, asked.register("CR7"), asked.register("CR8"), asked.open_project("PR8", "CR8"))
    await asked.send(api, told("MergeCustomer", "CR8", into="CR7", reason="the same company", approver="m1"))
    handed = {"owner": "u30", "owner_unit": "west", "reason": "left", "with_deals": True}
    await asked.send(api, told("ChangeOwner", "CR7", **handed))

    dossier = (await api.get("/v1/customers/CR7/dossier")).json()
    history = (await api.get("/v1/customers/CR7/history")).json()

    assert [(deal["project"], deal["owner"], deal["owners_before"]) for deal in dossier["deals"]] == [("PR8", "u30", ["u17"])]
    assert history["absorbed"] == ["CR8"]
    assert {one["absorbed_from"] for one in history["events"]} == {"", "CR8"}
    assert (await api.get("/v1/customers/CR8/history")).json()["merged_into"] == "CR7"
    assert (await api.get("/v1/customers/CR99/dossier")).status_code == 404


async def test_a_project_that_is_over_changes_hands_too(api: httpx.AsyncClient) -> None:
    await asked.a_project(api, "PR9", "CR9")
    await asked.send(api, {"command": "LoseDeal", "project": "PR9", "reason": "price", "actor": asked.SALES})
    await asked.send(api, {"command": "ChangeDealOwner", "project": "PR9", "owner": "u31", "reason": "left", "actor": MANAGER})

    page = (await api.get("/v1/customers/CR9")).json()

    assert [(one["outcome"], one["owner"]) for one in page["projects"]] == [("lost", "u31")]
    events = (await api.get("/v1/customers/CR9/history")).json()["events"]
    assert {one["stream"] for one in events if one["type"] == "DealOwnerChanged"} == {"project-PR9", "funnel-PR9"}
