"""`GET /health` says whether commands can be taken now, and which part is away."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from temporalio.client import Client

from api.app import create_app
from runtime.composition import submitter
from runtime.embedded import embedded_temporal
from runtime.plugin import ThroughlinePlugin
from runtime.sockets import free_port
from runtime.stack import Stack
from tests.api import asked
from tests.api.conftest import KEY
from workflows import names


@pytest_asyncio.fixture
async def orphan(stack: Stack, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an API whose Temporal has gone away."""
    async with embedded_temporal(tmp_path, free_port(), None) as address:
        nobody = await Client.connect(address, plugins=[ThroughlinePlugin()])
    broken = dataclasses.replace(stack, client=nobody, submitter=submitter(nobody, stack.core))
    transport = httpx.ASGITransport(create_app(broken, KEY, answer_seconds=1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers={"X-API-Key": KEY}) as client:
        yield client


async def test_a_system_that_runs_is_healthy_for_anybody_who_asks(api: httpx.AsyncClient) -> None:
    await asked.send(api, asked.register("CH0"))  # the worker has been heard of

    answer = await api.get("/health", headers={"Authorization": ""})

    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert {body["store"], body["temporal"], body["worker"]} == {"ok"}
    assert set(body["versions"]) == {"throughline", "python", "temporalio", "temporal-server"}


async def test_without_a_worker_it_is_not_healthy(api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "TASK_QUEUE", "nobody-works-here")

    answer = await api.get("/health")

    assert answer.status_code == 503
    assert answer.json()["worker"] == "none polling"
    assert answer.json()["temporal"] == "ok"


async def test_without_temporal_it_is_not_healthy(orphan: httpx.AsyncClient) -> None:
    answer = await orphan.get("/health")

    assert answer.status_code == 503
    assert (answer.json()["store"], answer.json()["temporal"], answer.json()["ok"]) == ("ok", "unreachable", False)


async def test_without_temporal_a_command_may_be_sent_again(orphan: httpx.AsyncClient) -> None:
    answer = await orphan.post("/v1/commands", json=asked.register("CH1"), headers={"Idempotency-Key": "again"})

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"
    body = answer.json()
    assert (body["command_id"], body["error"]["type"]) == ("again", "Unavailable")
    assert "same command_id" in body["error"]["detail"]
