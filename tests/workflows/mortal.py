"""A worker in a process of its own that dies as nobody can prevent, and is started again."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHORT_TASKS = ("--dynamic-config-value", 'history.defaultWorkflowTaskTimeout="2s"')
"""For the server: a task that a killed worker held is given to the next one after two seconds instead of ten."""


class Mortal:
    """A worker process that dies again and again."""

    def __init__(self, home: Path, address: str) -> None:
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("THROUGHLINE_", "TEMPORAL_"))}
        self._environment = {**ours, "THROUGHLINE_HOME": str(home), "TEMPORAL_ADDRESS": address}
        self._process: Process | None = None

    async def start(self) -> None:
        """Start it and wait until it works."""
        command = (sys.executable, "-m", "tests.workflows.worker_process")
        self._process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=self._environment, stdout=PIPE)
        assert self._process.stdout is not None
        assert await self._process.stdout.readline() == b"ready\n"

    async def kill(self) -> None:
        """Kill it as nobody can prevent."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
            await self._process.wait()


@asynccontextmanager
async def mortal(home: Path, address: str) -> AsyncIterator[Mortal]:
    """A worker that is not started yet; dead at the end."""
    worker = Mortal(home, address)
    try:
        yield worker
    finally:
        await worker.kill()
