"""The API's server: what it says to those who still wait when it stops."""

from __future__ import annotations

import asyncio
import logging
import socket

import httpx
import pytest
from fastapi import FastAPI

from api.guard import Gate
from commandline import serving


async def test_a_request_under_way_when_the_api_stops_is_told_to_ask_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(serving, "GRACE_SECONDS", 0.1)
    app, asked = FastAPI(), asyncio.Event()

    @app.post("/v1/commands")
    async def _never() -> None:
        asked.set()
        await asyncio.Event().wait()

    app.add_middleware(Gate, host="127.0.0.1")
    with socket.socket() as listener, caplog.at_level(logging.INFO):
        listener.bind(("127.0.0.1", 0))
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}") as caller:
            async with serving.serving(app, listener):
                waiting = asyncio.create_task(caller.post("/v1/commands", json={}))
                await asked.wait()
            answer = await waiting

    assert (answer.status_code, answer.json()["error"]["type"]) == (503, "Unavailable")
    assert answer.headers["Retry-After"] == "10"
    assert "same command_id" in answer.json()["error"]["detail"]
    assert not [record for record in caplog.records if record.exc_info]
    assert [vars(record)["status"] for record in caplog.records if record.name == "api.access"] == [503]
