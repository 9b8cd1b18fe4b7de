"""`kill -9` of the worker, ten times, in the middle of everything: nothing is lost, nothing happens twice, nothing is stuck."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from temporalio.client import Client

from domain.messages import Command
from runtime.embedded import embedded_temporal
from runtime.plugin import ThroughlinePlugin
from runtime.rebuilding import drifts
from runtime.search_attributes import kinds_of
from runtime.sockets import free_port
from tests.domain.asked import (
    STAGES,
    accept,
    give_back,
    lose,
    numbered,
    offer,
    prepared,
    promise,
    reach,
    stage_done,
    started,
)
from tests.domain.scenario import World
from tests.workflows.company import Company, founded, replay_everything, sqlite
from tests.workflows.mortal import SHORT_TASKS, mortal
from workflows import names

DEATHS = 10
ANSWERS = 4
"""How many commands are answered between one death and the next; as many again are always under way."""


def life(index: int) -> list[Command]:
    """Through the funnel and the handoff into the implementation; every third deal is lost instead."""
    project, customer = f"P{index}", f"C{index}"
    sold = [stage_done(stage, project=project) for stage in STAGES]
    if index % 3 == 2:
        return [*started(project, customer), *sold[:3], lose(project)]
    handed = [
        offer(project=project),
        give_back("risks", project=project),
        offer(project=project, items={"risks": "doc-risks-2"}),
        accept(project=project),
    ]
    return [
        *started(project, customer),
        promise(project=project),
        *prepared(project),
        *sold,
        *handed,
        *reach("M1", project=project),
    ]


@pytest.mark.timeout(150)
async def test_ten_killed_workers_lose_nothing_double_nothing_and_leave_nothing_stuck(tmp_path: Path) -> None:
    lives = [numbered(life(index), f"c{index}") for index in range(6)]
    answered = asyncio.Semaphore(0)
    kinds = kinds_of(names.SEARCH_ATTRIBUTES)
    async with embedded_temporal(tmp_path, free_port(), None, kinds, extra_args=SHORT_TASKS) as address:
        client = await Client.connect(address, plugins=[ThroughlinePlugin()])
        async with founded(client, sqlite(tmp_path), working=False) as company, mortal(tmp_path, address) as worker:

            async def drive(commands: list[Command]) -> None:
                for command in commands:
                    await company.ask(command)
                    answered.release()

            await worker.start()
            driving = asyncio.gather(*(drive(commands) for commands in lives))
            for _ in range(DEATHS):
                for _ in range(ANSWERS):
                    await answered.acquire()
                await worker.kill()
                await worker.start()
            await driving

            await everything_is_as_if_nothing_had_happened(company, lives)
            await company.tell(command for index in (0, 1, 3, 4) for command in reach("M2", project=f"P{index}"))
            await worker.kill()
            assert await replay_everything(client)


async def everything_is_as_if_nothing_had_happened(company: Company, lives: list[list[Command]]) -> None:
    """Every stream has what the deciders alone would have recorded; read models and workflows agree with it."""
    expected = World().tell(lives)
    for stream, events in expected.events.items():
        await company.until_begun(stream)
        assert await company.types(stream) == [event.type for event in events], stream
        standing = await company.standing(stream)
        assert standing.version == len(events)
        assert standing.view is not None
        assert standing.view.code == expected.view(stream).code
    stored = await company.core.store.read_all(limit=100_000)
    assert {event.stream for event in stored} == set(expected.events)
    assert [event.position for event in stored] == sorted({event.position for event in stored})
    assert await drifts(company.core.store, await company.core.playbooks()) == []
