"""A small company on a real Temporal server: its store, its worker, and somebody who asks for things."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Replayer, Worker

from activities.shapes import EventRef, Standing
from domain.messages import Command, Event
from eventstore.opening import open_store
from runtime.composition import CODEC, Core, activities_of, core_of, submitter
from runtime.plugin import ThroughlinePlugin
from runtime.settings import Settings
from runtime.submitting import CommandRefusedError, Submitter
from tests.domain.asked import accept, deliver_all, handed_to_delivery, offer
from workflows import names
from workflows.every import WORKFLOWS

ASKING = timedelta(seconds=40)
"""How long anything may take before a test fails instead of hanging."""


@dataclass(frozen=True)
class Company:
    """What tests need to drive work and to look at what came of it."""

    client: Client
    core: Core
    submitter: Submitter

    async def ask(self, command: Command, command_id: str | None = None) -> Sequence[EventRef]:
        """Submit one command; with an id of its own unless one is given."""
        chosen = command_id or command.command_id or uuid.uuid4().hex
        return await self.submitter.submit(command.model_copy(update={"command_id": chosen}))

    async def tell(self, commands: Iterable[Command]) -> None:
        """Submit commands in order; a refusal fails the test."""
        for command in commands:
            await self.ask(command)

    async def refused(self, command: Command, command_id: str | None = None) -> str:
        """Submit a command that must be refused; answers the refusal's type."""
        try:
            events = await self.ask(command, command_id)
        except CommandRefusedError as error:
            return error.refusal.type
        raise AssertionError(f"{command.command} was taken: {events}")

    def handle(self, stream: str) -> WorkflowHandle[Any, Any]:
        """The workflow of a stream, whichever run is the latest."""
        return self.client.get_workflow_handle(names.workflow_id(stream))

    async def standing(self, stream: str) -> Standing:
        """What the workflow answers when asked where it stands, once it has begun."""
        await self.until_begun(stream)
        answered: Standing = await self.handle(stream).query(names.STANDING, result_type=Standing)
        return answered

    async def code(self, stream: str) -> str:
        """The stage, milestone or status that the read model shows, once the stream has begun."""
        await self.until_begun(stream)
        [row] = await self.core.store.rows("standings", {"stream": stream})
        return str(row["code"])

    async def events(self, stream: str) -> list[Event]:
        """What the store has of a stream."""
        return [CODEC.decode(stored) for stored in await self.core.store.read(stream)]

    async def types(self, stream: str) -> list[str]:
        """The types of a stream's events."""
        return [event.type for event in await self.events(stream)]

    async def history_length(self, stream: str) -> int:
        """How many history events the latest run has."""
        return (await self.handle(stream).describe()).history_length

    async def until(self, stream: str, happened: Callable[[], Awaitable[bool]]) -> None:
        """Wait, without polling, until a history event after which something is so."""
        handle = self.client.get_workflow_handle(names.workflow_id(stream))
        async for _ in handle.fetch_history_events(wait_new_event=True):
            if await happened():
                return
        assert await happened()

    async def until_begun(self, stream: str) -> None:
        """A child is begun when its start is recorded; what it then decides comes a moment later."""
        if not await self.core.store.read(stream, limit=1):
            await self.until(stream, lambda: self._exists(stream))

    async def _exists(self, stream: str) -> bool:
        return bool(await self.core.store.read(stream, limit=1))

    async def until_recorded(self, stream: str, event_type: str) -> Event:
        """Wait until a stream has an event of a type; answers the latest one."""

        async def recorded() -> bool:
            return event_type in await self.types(stream)

        await self.until(stream, recorded)
        return [event for event in await self.events(stream) if event.type == event_type][-1]


def timers(history: Iterable[HistoryEvent]) -> int:
    """How many timers a history has started."""
    return sum(event.HasField("timer_started_event_attributes") for event in history)


@asynccontextmanager
async def founded(
    client: Client, store_url: str, *, working: bool = True, settings: Settings | None = None
) -> AsyncIterator[Company]:
    """A company with a store of its own; `working` with a worker; with settings of its own if need be."""
    store = await open_store(store_url)
    core = core_of(store, settings or Settings(_env_file=None))
    try:
        company = Company(client, core, submitter(client, core))
        await core.keep_playbooks()
        if not working:
            yield company
            return
        async with worker(company):
            yield company
    finally:
        await core.channels.close()
        await store.close()


def worker(company: Company, **options: Any) -> Worker:
    """A worker of the company, with other options of Temporal's worker if need be."""
    return Worker(
        company.client,
        task_queue=names.TASK_QUEUE,
        workflows=list(WORKFLOWS.values()),
        activities=activities_of(company.client, company.core),
        **options,
    )


async def replay_everything(client: Client) -> int:
    """Replay the history of every run of ours that the server has; answers how many. Raises for the first that does not.

    Instead of a worker without a cache, which would replay only what happens to be evicted, and cancels local activities."""
    replayer = Replayer(workflows=list(WORKFLOWS.values()), plugins=[ThroughlinePlugin()])
    count = 0
    # Other tests run workflows of their own on this server.
    ours = " OR ".join(f'WorkflowType = "{kind}"' for kind in WORKFLOWS)
    async with replayer.workflow_replay_iterator(client.list_workflows(ours).map_histories()) as results:
        async for result in results:
            if result.replay_failure is not None:
                raise result.replay_failure
            count += 1
    return count


def sqlite(folder: Path) -> str:
    """The URL of a store in a folder."""
    return f"sqlite:///{folder / 'store.db'}"


def now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


def day(offset: int) -> str:
    """A date so many days from today, as commands write it."""
    return (now().date() + timedelta(days=offset)).isoformat()


def service_from_today(days: int = 365) -> dict[str, Any]:
    """A service contract that begins today."""
    today: date = now().date()
    return {"service_code": "SC1", "starts_on": today, "ends_on": today + timedelta(days=days)}


def into_support(project: str, customer: str, **contract: Any) -> list[Command]:
    """From nothing to a supported project, its contract running from today."""
    agreed = contract or service_from_today()
    offered = offer("support", project).model_copy(update={"service_contract": None})
    with_contract = type(offered).model_validate(offered.model_dump() | {"service_contract": agreed})
    return [*handed_to_delivery(project, customer), *deliver_all(project), with_contract, accept("support", project)]
