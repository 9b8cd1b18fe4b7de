"""One company for most tests: each test has customers and projects of its own in it."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from temporalio.client import Client

from tests.workflows.company import Company, founded, replay_everything, sqlite


@pytest_asyncio.fixture(scope="session")
async def company(client: Client, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Company]:
    """A company at work on the test process's server. At the end every history that its tests have left is replayed."""
    async with founded(client, sqlite(tmp_path_factory.mktemp("company"))) as made:
        yield made
    assert await replay_everything(client)


@pytest.fixture
def project() -> str:
    """The id of a project that no other test has."""
    return f"P-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def customer(project: str) -> str:
    """The id of a customer that no other test has."""
    return f"C{project[1:]}"
