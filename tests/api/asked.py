"""Commands as callers write them. Each test takes ids of its own."""

from __future__ import annotations

import json
from typing import Any

import httpx

from runtime.stack import Stack

SALES = {"kind": "person", "id": "u17", "role": "sales"}


def register(customer: str) -> dict[str, Any]:
    return {
        "command": "RegisterCustomer",
        "actor": SALES,
        "customer": customer,
        "name": "华星机械集团",
        "industry": "machinery",
        "revenue": {"amount": "2500000000", "currency": "CNY"},
        "contact": {"name": "王工", "role": "CIO"},
        "owner": "u17",
        "owner_unit": "north",
    }


def classify(customer: str) -> dict[str, Any]:
    command = {"command": "ClassifyCustomer", "actor": SALES, "customer": customer}
    return {**command, "value_class": "vip", "evidence": "state-owned", "approver": "m1", "approver_role": "manager"}


def open_project(project: str, customer: str) -> dict[str, Any]:
    return {
        "command": "OpenProject",
        "actor": SALES,
        "project": project,
        "customer": customer,
        "name": "ERP 一期",
        "amount": {"amount": "1200000.50", "currency": "CNY"},
        "owner": "u17",
        "owner_unit": "north",
    }


def evidence(project: str, *criteria: str) -> dict[str, Any]:
    pieces = [{"criterion": criterion, "reference": f"doc-{criterion}"} for criterion in criteria]
    return {"command": "RecordEvidence", "actor": SALES, "project": project, "evidence": pieces}


async def last_position(stack: Stack) -> int:
    events = await stack.core.store.read_all(limit=1_000_000)
    return events[-1].position if events else 0


async def asked_for_since(stack: Stack, position: int) -> int:
    """How many events callers have brought about since; clocks and workflows may go on by themselves beside them."""
    events = await stack.core.store.read_all(after_position=position, limit=1_000_000)
    return sum(json.loads(event.actor)["kind"] != "system" for event in events)


async def send(api: httpx.AsyncClient, *commands: dict[str, Any]) -> None:
    """Send commands that must be taken."""
    for command in commands:
        answer = await api.post("/v1/commands", json=command)
        assert answer.status_code == 200, answer.text


async def a_project(api: httpx.AsyncClient, project: str, customer: str) -> None:
    await send(api, register(customer), classify(customer), open_project(project, customer))
