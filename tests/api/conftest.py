"""The whole system on its own Temporal server and store, and a client of its HTTP door."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from api.app import create_app
from runtime.settings import Settings
from runtime.sockets import free_port
from runtime.stack import Stack, running

KEY = "a-key-for-tests"


@pytest_asyncio.fixture(scope="session")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    settings = Settings(
        home=tmp_path_factory.mktemp("api"), temporal_port=free_port(), temporal_ui_port=free_port(), api_port=free_port()
    )
    async with running(settings) as system:
        yield system


@pytest_asyncio.fixture(scope="session")
async def api(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    """A client that shows the key."""
    transport = httpx.ASGITransport(create_app(stack, KEY))
    headers = {"Authorization": f"Bearer {KEY}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080", headers=headers) as client:
        yield client
