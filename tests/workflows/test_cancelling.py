"""Cancelling on a real server: whatever else happens in the same moment, every part that was begun is unwound."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from domain import streams
from domain.messages import Command
from domain.phases import parts_of
from domain.project import CancelProject
from runtime.submitting import CommandRefusedError
from tests.domain.asked import SALES, accept, handed_to_delivery, offer, prepared, reach, started, submit, win, won
from tests.workflows.company import Company, into_support


def cancel(project: str) -> CancelProject:
    return CancelProject(
        project=project, reason="bought", reference="letter-7", approver="m1", approver_role="manager", actor=SALES
    )


async def begun(company: Company, project: str) -> list[str]:
    return [part for part in parts_of(project) if await company.core.store.read(part, limit=1)]


async def is_unwound(company: Company, project: str) -> None:
    """Everything that was begun has ended, is on record at the project, and no workflow of it runs any more."""
    await company.until_recorded(streams.project(project), "CancellationCompleted")
    for stream in [streams.project(project), *await begun(company, project)]:
        await asyncio.wait_for(company.handle(stream).result(), 20)
        [row] = await company.core.store.rows("standings", {"stream": stream})
        assert (row["code"], row["closed"], row["needs_human"]) == ("cancelled", True, False), stream
    for part in await begun(company, project):
        assert (await company.types(part)).count("PartUnwound") == 1, part
    compensated = [one.part for one in await company.events(streams.project(project)) if one.type == "CompensationRecorded"]  # type: ignore[attr-defined]
    assert sorted(compensated) == sorted(await begun(company, project))


async def tried(company: Company, command: Command) -> str:
    """Ask; a refusal is an answer."""
    try:
        await company.ask(command)
    except CommandRefusedError as refused:
        return refused.refusal.type
    return "taken"


async def test_a_project_is_unwound_the_latest_part_first_and_its_customer_hears_of_it(
    company: Company, project: str, customer: str
) -> None:
    await company.tell([*handed_to_delivery(project, customer), *reach("M1", "M2", project=project)])
    await company.ask(cancel(project))

    await is_unwound(company, project)
    types = await company.types(streams.customer(customer))
    assert types[-2:] == ["ContractEnded", "KeepContactPlanned"]
    assert await company.refused(submit("configuration", project=project)) == "ProjectCancelled"


async def test_a_supported_project_can_be_cancelled_though_its_own_workflow_has_ended(
    company: Company, project: str, customer: str
) -> None:
    await company.tell(into_support(project, customer))
    await company.handle(streams.project(project)).result()
    await company.ask(cancel(project))
    await is_unwound(company, project)


@pytest.mark.parametrize("late", range(4))
async def test_a_win_in_the_same_moment_does_not_slip_through(company: Company, project: str, customer: str, late: int) -> None:
    await company.tell([*started(project, customer), *prepared(project)])
    won_, cancelled = await at_once(company, win(project), cancel(project), late)

    assert cancelled == "taken"
    assert won_ in ("taken", "ProjectCancelled", "DealClosed")
    await is_unwound(company, project)


@pytest.mark.parametrize("late", range(4))
async def test_an_acceptance_in_the_same_moment_does_not_slip_through(
    company: Company, project: str, customer: str, late: int
) -> None:
    await company.tell([*started(project, customer), *won(project), offer(project=project)])
    accepted, cancelled = await at_once(company, accept(project=project), cancel(project), late)

    assert cancelled == "taken"
    assert accepted in ("taken", "ProjectCancelled")
    await is_unwound(company, project)


async def at_once(company: Company, first: Command, second: Command, late: int) -> Sequence[str]:
    """Both, the second so many turns of the loop after the first."""

    async def later() -> str:
        for _ in range(late * 20):
            await asyncio.sleep(0)
        return await tried(company, second)

    return await asyncio.gather(tried(company, first), later())
