"""Virtual time on a real server. The one place that knows Temporal's experimental time skipping."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from temporalio.client import Client
from temporalio.testing import TimeSkipper

from runtime.embedded import embedded_temporal
from runtime.plugin import ThroughlinePlugin
from runtime.search_attributes import kinds_of
from runtime.sockets import free_port
from tests.workflows.company import Company, founded, replay_everything, sqlite
from workflows import names

SWITCHES = (
    "--dynamic-config-value",
    "frontend.WorkflowTimeSkippingEnabled=true",
    # A later release calls it so; a name that is not known is passed over.
    "--dynamic-config-value",
    "system.workflowTimeSkippingEnabled=true",
)


class Skipping:
    """A company whose workflows can be sent into the future one by one."""

    def __init__(self, company: Company, skipper: TimeSkipper) -> None:
        self.company = company
        self._skipper = skipper

    async def forward(self, stream: str, to: datetime) -> None:
        """Let the workflow of a stream, and it alone, live until that moment."""
        handle = self.company.handle(stream)
        left = to - await self._skipper.get_current_time(handle)
        if left > timedelta(0):
            await self._skipper.fast_forward(handle, left)


@asynccontextmanager
async def skipping(home: Path, **options: Any) -> AsyncIterator[Skipping]:
    """A company on a server of its own that can skip time. At the end every history is replayed. `options` are its client's."""
    kinds = kinds_of(names.SEARCH_ATTRIBUTES)
    async with embedded_temporal(home, free_port(), None, kinds, extra_args=SWITCHES) as address:
        client = await Client.connect(address, plugins=[ThroughlinePlugin()], **options)
        async with founded(client, sqlite(home)) as company:
            yield Skipping(company, TimeSkipper(client))
        assert await replay_everything(client)
