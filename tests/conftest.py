"""What tests share: one Temporal server for each test process, and a client with the same plugin as everywhere."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from hypothesis import settings as hypothesis_settings
from temporalio.client import Client

from runtime.embedded import embedded_temporal
from runtime.plugin import ThroughlinePlugin
from runtime.search_attributes import kinds_of
from runtime.sockets import free_port
from tests.databases import empty_postgresql, postgresql_server, postgresql_template, postgresql_url, sqlite_url
from workflows.names import SEARCH_ATTRIBUTES

# Here and nowhere else: a fixture that two files take in is made twice, and the first to end stops the other's server.
__all__ = ["empty_postgresql", "postgresql_server", "postgresql_template", "postgresql_url", "sqlite_url"]

# No deadline for one example: the machine also runs servers. The whole test still has pytest's time limit.
# The same examples in every run, so that a red run is about the change at hand; `pytest --hypothesis-profile=explore` looks
# for new ones.
hypothesis_settings.register_profile("throughline", deadline=None, print_blob=True, derandomize=True)
hypothesis_settings.register_profile("explore", deadline=None, print_blob=True)
hypothesis_settings.load_profile("throughline")

LONG = (
    "lifecycles/test_whole_lives",
    "test_documents",
    "workflows/test_clocks_through_deaths",
    "commandline/test_importing",
    "runtime/test_deployment",
    "runtime/test_recovery",
    "workflows/test_year",
    "workflows/test_crashes",
    "commandline/test_deployment",
    "commandline/test_starter",
    "test_sample",
    "commandline/test_demo",
    "commandline/test_up",
    "commandline/test_do",
    "workflows/test_ticket_endurance",
    "test_benchmarks",
    "runtime/test_embedded",
)
"""The files that take the longest, the longest first. `make test` gives each worker a file at a time: when the long ones begin
first, no worker waits at the end for another one's; and what a file has set up is set up once."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long files first; all others stay in the order that chance has given them."""
    ranks = {f"tests/{name}.py": rank for rank, name in enumerate(LONG)}
    items.sort(key=lambda item: ranks.get(item.nodeid.partition("::")[0], len(LONG)))


@pytest_asyncio.fixture(scope="session")
async def temporal_address(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The address of a real Temporal server of this test process; in real time, without web pages."""
    home = tmp_path_factory.mktemp("temporal")
    async with embedded_temporal(home, free_port(), None, kinds_of(SEARCH_ATTRIBUTES)) as address:
        yield address


@pytest_asyncio.fixture(scope="session")
async def client(temporal_address: str) -> Client:
    """A client of that server, with the plugin that the worker and the Replayer use too."""
    return await Client.connect(temporal_address, plugins=[ThroughlinePlugin()])
