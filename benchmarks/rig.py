"""What the engine's benchmarks run on: a Temporal server and a store of their own, our worker and a bare one beside it."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from temporalio.client import Client

from benchmarks import bare
from domain.parsing import parse
from domain.playbook import Playbook
from runtime.composition import Core, build_worker, now, open_core, submitter
from runtime.embedded import embedded_temporal
from runtime.plugin import connect
from runtime.search_attributes import kinds_of
from runtime.settings import Settings
from runtime.sockets import free_port
from runtime.submitting import Submitter
from workflows import names


@dataclass(frozen=True)
class Rig:
    """Both sides in one program, on one server: what slows one down slows the other down."""

    client: Client
    core: Core
    submitter: Submitter
    playbook: Playbook

    @property
    def today(self) -> date:
        """The day on which the scripted lifecycles happen."""
        return now().date()

    async def submit(self, command: dict[str, object]) -> None:
        """One command through the whole path; raises when it is refused."""
        await self.submitter.submit(parse(command))


@asynccontextmanager
async def rig() -> AsyncIterator[Rig]:
    """Everything started in a temporary folder, on free ports; stopped and removed at the end."""
    with tempfile.TemporaryDirectory(prefix="throughline-bench-") as folder:
        home = Path(folder)
        settings = Settings(home=home, database_url=f"sqlite:///{home / 'store.db'}", temporal_port=free_port())
        async with (
            embedded_temporal(home, settings.temporal_port, None, kinds_of(names.SEARCH_ATTRIBUTES)),
            open_core(settings) as core,
        ):
            playbook = (await core.keep_playbooks()).latest()
            client = await connect(settings)
            async with build_worker(client, core), bare.worker(client):
                yield Rig(client, core, submitter(client, core), playbook)
