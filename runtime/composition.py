"""Puts the pieces together: settings → store, playbooks, handler, client, worker. The only place where adapters meet ports."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from temporalio.client import Client
from temporalio.worker import Worker

from activities.commands import CommandHandler
from activities.lifecycle import Lifecycle
from activities.rejudging import Rejudging
from activities.reviewing import Reviewing
from activities.telling import Telling
from domain.catalogue import EVENTS
from domain.playbook import Playbooks
from eventstore.codec import Codec
from eventstore.opening import open_store
from eventstore.port import EventStore
from history import plan_figures
from projections.rows import rows
from runtime.channels import EnvironmentChannels
from runtime.deployment import versioned
from runtime.links import temporal_ui
from runtime.playbooks import keep_playbooks, kept_playbooks, load_modes, load_playbooks
from runtime.settings import Settings
from runtime.submitting import Submitter
from workflows import names
from workflows.every import WORKFLOWS

CODEC = Codec(EVENTS.values())
"""Reads and writes every event that there is."""


def now() -> datetime:
    """The wall clock; everything else is told the time."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Core:
    """What works on a store without Temporal."""

    store: EventStore
    handler: CommandHandler
    settings: Settings
    channels: EnvironmentChannels

    async def keep_playbooks(self) -> Playbooks:
        """The playbooks of the folder, kept in the store for good, with all versions kept before: what a worker begins with."""
        folder = self.settings.playbooks
        loaded = load_playbooks(folder, await kept_playbooks(self.store))
        return await keep_playbooks(self.store, loaded, modes=load_modes(folder))

    async def playbooks(self) -> Playbooks:
        """The playbooks that work goes by: those kept in the store. Looking never brings a new one in; on a store that no
        worker has used yet, those of the folder."""
        return await _in_force(self.store, self.settings)


@asynccontextmanager
async def open_core(settings: Settings) -> AsyncIterator[Core]:
    """The store that the settings name and the handler on it; closed at the end.

    Raises `StoreError` and `PlaybookError` with a sentence for the user."""
    store = await open_store(settings.store_url)
    core = core_of(store, settings)
    try:
        yield core
    finally:
        await core.channels.close()
        await store.close()


def core_of(store: EventStore, settings: Settings) -> Core:
    """A handler on an open store."""
    channels = EnvironmentChannels(settings.channels, temporal_ui(settings), now)
    handler = CommandHandler(store, CODEC, rows, lambda: _in_force(store, settings), now, channels)
    return Core(store, handler, settings, channels)


async def _in_force(store: EventStore, settings: Settings) -> Playbooks:
    kept = await kept_playbooks(store)
    if kept.names():
        return kept
    modes = load_modes(settings.playbooks)
    return Playbooks(load_playbooks(settings.playbooks), [modes] if modes is not None else [])


def submitter(client: Client, core: Core) -> Submitter:
    """The command path from this program to the workflows."""

    return Submitter(client, lambda command: core.handler.foresee(command, now()))


def activities_of(client: Client, core: Core) -> list[Callable[..., Any]]:
    """Every activity that workflows call."""
    lifecycle = Lifecycle(core.handler, submitter(client, core).deliver)
    telling = Telling(core.store, core.channels, now)
    rejudging = Rejudging(core.store, CODEC, core.handler, submitter(client, core).wake, lambda: running_customers(client))
    reviewing = Reviewing(
        core.store,
        CODEC,
        core.playbooks,
        partial(plan_figures.due, core.store),
        partial(plan_figures.figures, core.store),
        lifecycle.deliver,
    )
    return [lifecycle.respond, lifecycle.deliver, telling.announce, rejudging.rejudge, rejudging.wake, reviewing.review_plans]


async def running_customers(client: Client) -> int:
    """How many customer workflows run, as Temporal's lists know it."""
    return (await client.count_workflows('WorkflowType = "Customer" AND ExecutionStatus = "Running"')).count


def build_worker(client: Client, core: Core) -> Worker:
    """A worker for every workflow and activity, of the build that the settings name."""
    return Worker(
        client,
        task_queue=names.TASK_QUEUE,
        workflows=list(WORKFLOWS.values()),
        activities=activities_of(client, core),
        max_cached_workflows=core.settings.cached_workflows,
        **versioned(core.settings),
    )
