"""The running system in one program: Temporal (embedded or elsewhere), the store, and, if asked for, a worker."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import structlog
from temporalio.client import Client
from temporalio.worker import Worker

from runtime.composition import Core, build_worker, open_core, submitter
from runtime.deployment import be_current
from runtime.embedded import embedded_temporal
from runtime.plugin import connect
from runtime.recovery import reminding
from runtime.schedules import keep_schedules
from runtime.search_attributes import ensure_search_attributes, kinds_of
from runtime.settings import Settings
from runtime.submitting import Submitter
from workflows import names

logger = structlog.get_logger(__name__)

STOP_WITHIN = 10.0
"""Seconds that a worker has to finish or hand back what it has in hand. One whose store stays away would try again for ever."""


@dataclass(frozen=True)
class Stack:
    """What a program needs to drive projects."""

    client: Client
    core: Core
    submitter: Submitter


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[Stack]:
    """The store and a Temporal that runs already; no worker.

    Raises `RuntimeProblemError`, `StoreError` or `PlaybookError` with a sentence for the user."""
    async with open_core(settings) as core:
        client = await connect(settings)
        yield Stack(client, core, submitter(client, core))


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Stack]:
    """The whole system: with embedded settings Temporal's server is started too; the worker runs until the end.

    Everything that was started is stopped at the end, in reverse order. Raises as `connected` does."""
    async with AsyncExitStack() as stack:
        core = await stack.enter_async_context(open_core(settings))
        await core.keep_playbooks()
        if settings.embedded:
            ports = settings.temporal_port, settings.temporal_ui_port
            await stack.enter_async_context(embedded_temporal(settings.home, *ports, kinds_of(names.SEARCH_ATTRIBUTES)))
        client = await connect(settings)
        if not settings.embedded:
            await ensure_search_attributes(client, kinds_of(names.SEARCH_ATTRIBUTES))
        system = Stack(client, core, submitter(client, core))
        await stack.enter_async_context(working(system, alone=settings.embedded))
        yield system


@asynccontextmanager
async def working(system: Stack, *, alone: bool = False) -> AsyncIterator[None]:
    """A worker for the time of the body. It begins by telling workflows what was recorded without their hearing of it.

    `alone` says that there is no other worker: then its build becomes the current one."""
    async with _until_told(build_worker(system.client, system.core)):
        if alone:
            await be_current(system.client, system.core.settings)
        await keep_schedules(system.client, await system.core.playbooks())
        async with reminding(system.client, system.core.store, system.submitter):
            yield


@asynccontextmanager
async def _until_told(worker: Worker) -> AsyncIterator[None]:
    """The worker for the time of the body. What it cannot finish in time afterwards is left to the next one: Temporal gives it
    out again, and what was recorded is found by its command id."""
    await worker.__aenter__()
    try:
        yield
    finally:
        leaving = asyncio.create_task(worker.__aexit__(*sys.exc_info()))
        await asyncio.wait({leaving}, timeout=STOP_WITHIN)
        if leaving.done():
            leaving.result()
        else:
            logger.warning("the worker was left with work in hand: it goes on with the next one", seconds=STOP_WITHIN)
            leaving.cancel()
