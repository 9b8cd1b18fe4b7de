"""A worker in a process of its own, to be killed: `python -m tests.workflows.worker_process`. Says `ready` when it works.

Like worker.py, but the server hears within a second, not ten, that a worker is gone: ten deaths must fit into a test."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from runtime.logging import set_up_logging
from runtime.settings import load_settings
from runtime.stack import connected
from tests.workflows.company import Company, worker


async def run() -> None:
    async with connected(load_settings()) as stack:
        company = Company(stack.client, stack.core, stack.submitter)
        async with worker(company, sticky_queue_schedule_to_start_timeout=timedelta(seconds=1)):
            print("ready", flush=True)
            await asyncio.Event().wait()


if __name__ == "__main__":
    # To standard error: nobody reads on after `ready`, and a pipe that is full of notices would stop the worker.
    set_up_logging("warning")
    asyncio.run(run())
