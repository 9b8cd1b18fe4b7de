"""Clocks run out while the worker is killed, the server is killed, the database is away: each fact once, with its true moment.

What must be recorded is what the pure domain says of each ticket, to the microsecond."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client

from domain.messages import Event
from domain.ticket import DECIDER
from runtime.embedded import embedded_temporal
from runtime.plugin import ThroughlinePlugin
from runtime.rebuilding import drifts
from runtime.search_attributes import kinds_of
from runtime.sockets import free_port
from tests.domain.asked import classify, on, open_ticket, register
from tests.workflows.company import Company, founded, now, replay_everything, sqlite
from tests.workflows.mortal import SHORT_TASKS, Mortal, mortal
from workflows import names

pytestmark = pytest.mark.timeout(180)

CLOCKS = 200
DEATHS = 4
SOME = 24
OPENING_AT_ONCE = 30


@dataclass(frozen=True)
class Doomed:
    """A company whose worker, server and database can be taken away."""

    company: Company
    worker: Mortal
    home: Path


@pytest_asyncio.fixture(scope="module")
async def doomed(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Doomed]:
    """The worker runs. At the end the read models are those of the events, and every history replays."""
    home = tmp_path_factory.mktemp("doomed")
    kinds = kinds_of(names.SEARCH_ATTRIBUTES)
    async with embedded_temporal(home, free_port(), None, kinds, extra_args=SHORT_TASKS) as address:
        client = await Client.connect(address, plugins=[ThroughlinePlugin()])
        async with founded(client, sqlite(home), working=False) as company, mortal(home, address) as worker:
            await worker.start()
            await company.tell([register("C1"), classify("vip", "C1"), open_ticket("PROBE", "C1")])
            yield Doomed(company, worker, home)
            assert await drifts(company.core.store, await company.core.playbooks()) == []
            await worker.kill()
        assert await replay_everything(client)


@dataclass(frozen=True)
class Running:
    """Tickets, each with a clock that runs out between two moments; `due[n]` belongs to `streams[n]`, in the order of time."""

    streams: Sequence[str]
    due: Sequence[datetime]


async def first_clocks(company: Company) -> list[timedelta]:
    """How long after its opening a ticket's first clocks run out: warned, warned again, breached."""
    opened = (await company.events("ticket-PROBE"))[0]
    state = DECIDER.fold([opened])
    rules = (await company.core.playbooks()).of(state)
    return sorted(clock.at - opened.occurred_at for clock in DECIDER.clocks(state, rules))[:3]


async def tickets(company: Company, prefix: str, count: int, *, within: float, after: float) -> Running:
    """Open tickets with a past: of each, one clock runs out in the `within` seconds that begin `after` seconds from now."""
    after_opening = await first_clocks(company)
    first, room = now() + timedelta(seconds=after), asyncio.Semaphore(OPENING_AT_ONCE)
    due = [first + timedelta(seconds=within * index / count) for index in range(count)]

    async def opened(index: int) -> None:
        async with room:
            since = due[index] - after_opening[index % len(after_opening)]
            await company.ask(on(since, open_ticket(f"{prefix}{index}", "C1")))

    await asyncio.gather(*(opened(index) for index in range(count)))
    return Running([f"ticket-{prefix}{index}" for index in range(count)], due)


async def expected(company: Company, stream: str, until: datetime) -> list[Event]:
    """What the domain alone says of a ticket that nobody has touched."""
    opened = (await company.events(stream))[0]
    facts, _ = DECIDER.judge(DECIDER.fold([opened]), until, await company.core.playbooks())
    return [opened, *facts]


async def each_once_with_its_true_moment(company: Company, running: Running) -> None:
    for stream, due in zip(running.streams, running.due, strict=True):
        # The next clock of each is minutes away.
        facts = await expected(company, stream, running.due[-1] + timedelta(seconds=1))
        assert any(fact.occurred_at == due for fact in facts), (stream, due)

        async def recorded(stream: str = stream, count: int = len(facts)) -> bool:
            return len(await company.types(stream)) >= count

        await company.until(stream, recorded)
        assert await company.events(stream) == facts


async def out(company: Company, running: Running, index: int) -> None:
    """Wait until the clock of a ticket has run out at the server, whether anybody hears of it or not."""
    stream, due = running.streams[index], running.due[index]
    if await _recorded(company, stream, due):
        return  # The machine was so busy that it had run out when the ticket was opened.
    async for event in company.handle(stream).fetch_history_events(wait_new_event=True):
        if event.HasField("timer_fired_event_attributes") and event.event_time.ToDatetime(UTC) >= due:
            return


async def _recorded(company: Company, stream: str, moment: datetime) -> bool:
    return any(event.occurred_at == moment for event in await company.events(stream))


async def due_now(company: Company, running: Running, index: int) -> None:
    """Wait until the clock of a ticket has run out and is recorded."""
    stream, due = running.streams[index], running.due[index]
    await company.until(stream, lambda: _recorded(company, stream, due))


async def test_a_worker_killed_at_random_while_200_clocks_run_out_records_each_once_at_its_true_moment(doomed: Doomed) -> None:
    company, worker = doomed.company, doomed.worker
    running = await tickets(company, "K", CLOCKS, within=6, after=5)
    for victim in sorted(random.Random(17).sample(range(CLOCKS), DEATHS)):
        await due_now(company, running, victim)
        await worker.kill()
        await worker.start()
    await each_once_with_its_true_moment(company, running)


async def test_clocks_that_run_out_while_no_worker_runs_are_recorded_at_their_true_moments(doomed: Doomed) -> None:
    running = await tickets(doomed.company, "W", SOME, within=1, after=2)
    await doomed.worker.kill()
    for index in range(SOME):
        await out(doomed.company, running, index)
    await doomed.worker.start()
    await each_once_with_its_true_moment(doomed.company, running)


async def test_clocks_that_run_out_while_the_server_is_dead_are_recorded_at_their_true_moments(doomed: Doomed) -> None:
    running = await tickets(doomed.company, "S", SOME, within=1, after=2)
    await due_now(doomed.company, running, 0)
    os.kill(int((doomed.home / "temporal.pid").read_text(encoding="ascii")), signal.SIGKILL)  # and it is started again
    await each_once_with_its_true_moment(doomed.company, running)


async def test_clocks_that_run_out_while_the_database_is_away_are_recorded_at_their_true_moments(doomed: Doomed) -> None:
    running = await tickets(doomed.company, "D", SOME, within=1, after=2)
    with closing(sqlite3.connect(doomed.home / "store.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        for index in range(SOME):
            await out(doomed.company, running, index)
        other.execute("ROLLBACK")
    await each_once_with_its_true_moment(doomed.company, running)
