"""Every store test runs on memory, SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from eventstore.opening import open_store
from eventstore.port import EventStore
from tests.eventstore.samples import OpenAnother


@pytest.fixture(params=["sqlite", "postgresql"])
def durable_url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh store that outlives its program."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
async def open_another(durable_url: str) -> AsyncIterator[OpenAnother]:
    """Opens the same store once more, with connections of its own, as another program would."""
    opened: list[EventStore] = []

    async def another() -> EventStore:
        opened.append(await open_store(durable_url))
        return opened[-1]

    yield another
    for store in opened:
        await store.close()


# Not an async fixture: within a running loop pytest cannot make the async one that it asks for.
@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh store of each kind."""
    return "memory://" if request.param == "memory" else str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
async def store(url: str) -> AsyncIterator[EventStore]:
    """A fresh store of each kind."""
    opened = await open_store(url)
    yield opened
    await opened.close()
