"""Clocks of days and years, seen to run out: each fact is recorded once, with its true due time, by the workflow itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
import pytest_asyncio
from temporalio.api.enums.v1 import EventType

from domain.ticket import ResolveTicket
from tests.domain.asked import SUPPORT, classify, open_ticket, register, started
from tests.workflows.company import into_support
from tests.workflows.skipping import Skipping, skipping

A_MOMENT = timedelta(seconds=30)


@pytest_asyncio.fixture(scope="module")
async def time(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Skipping]:
    """A company that can be sent into the future."""
    async with skipping(tmp_path_factory.mktemp("skipping")) as made:
        yield made


async def due(time: Skipping, stream: str) -> datetime:
    deadline = (await time.company.standing(stream)).deadline
    assert deadline is not None
    return deadline.at


async def test_a_stage_that_nobody_moves_is_overdue_and_then_stalled_each_once(
    time: Skipping, project: str, customer: str
) -> None:
    stream = f"funnel-{project}"
    await time.company.tell(started(project, customer))
    first = await due(time, stream)
    await time.forward(stream, first - A_MOMENT)
    assert await time.company.types(stream) == ["FunnelOpened"]

    await time.forward(stream, first + A_MOMENT)
    overdue = await time.company.until_recorded(stream, "StageOverdue")
    assert overdue.occurred_at == first

    second = await due(time, stream)
    await time.forward(stream, second + A_MOMENT)
    stalled = await time.company.until_recorded(stream, "DealStalled")
    assert stalled.occurred_at == second
    await time.forward(stream, second + timedelta(days=400))
    await time.company.until_recorded(stream, "StallEscalated")
    once = ["FunnelOpened", "StageOverdue", "DealStalled", "TaskRaised", "StallEscalated"]
    assert await time.company.types(stream) == once
    description = await time.company.handle(stream).describe()
    shown = {pair.key.name: pair.value for pair in description.typed_search_attributes}
    assert (shown["Health"], shown["NeedsHuman"], shown["WaitingFor"]) == ("blocked", True, "manager")


async def test_a_clock_is_judged_although_a_caller_has_used_its_name_for_an_id(
    time: Skipping, project: str, customer: str
) -> None:
    stream = f"ticket-T-{project}"
    await time.company.tell([register(customer), classify("other_large", customer)])
    await time.company.ask(open_ticket(f"T-{project}", customer), "respond-70-percent")
    first = await due(time, stream)
    await time.forward(stream, first + A_MOMENT)

    warned = await time.company.until_recorded(stream, "TargetWarned")
    assert warned.occurred_at == first


async def test_a_contract_opens_its_renewal_windows_and_lapses_over_a_year(time: Skipping, project: str, customer: str) -> None:
    stream = f"support-{project}"
    await time.company.tell(into_support(project, customer))
    await time.company.until_begun(stream)
    moments = []
    while not (await time.company.standing(stream)).closed:
        moments.append(await due(time, stream))
        events = len(await time.company.types(stream))
        await time.forward(stream, moments[-1] + A_MOMENT)

        async def recorded(before: int = events) -> bool:
            return len(await time.company.types(stream)) > before

        await time.company.until(stream, recorded)

    recorded_ = (await time.company.events(stream))[1:]
    contract = [event.type for event in recorded_ if event.type in ("RenewalWindowOpened", "ContractLapsed")]
    assert contract == [*["RenewalWindowOpened"] * 3, "ContractLapsed"]
    assert {event.occurred_at for event in recorded_} == set(moments)
    await time.company.handle(stream).result()


async def test_a_ticket_that_nobody_objects_to_closes_by_itself(time: Skipping, project: str, customer: str) -> None:
    stream = f"ticket-T-{project}"
    await time.company.tell([register(customer), classify("vip", customer), open_ticket(f"T-{project}", customer)])
    await time.company.ask(ResolveTicket(ticket=f"T-{project}", solution="restarted", actor=SUPPORT))
    # The timer of the first warning is still there: it fires, finds a later clock, and waits on.
    closes = await due(time, stream)
    await time.forward(stream, closes + A_MOMENT)

    closed = await time.company.until_recorded(stream, "TicketClosed")
    assert closed.occurred_at == closes
    standing = await time.company.handle(stream).result()
    assert standing is not None
    assert await time.company.types(stream) == [
        "TicketOpened",
        "TicketAcknowledged",
        "TicketResolved",
        "SatisfactionAsked",
        "TicketClosed",
    ]


async def test_weeks_of_waiting_add_nothing_to_the_history(time: Skipping, project: str, customer: str) -> None:
    stream = f"funnel-{project}"
    await time.company.tell(started(project, customer))

    async def kinds() -> list[str]:
        return [EventType.Name(event.event_type) for event in (await time.company.handle(stream).fetch_history()).events]

    async def armed() -> bool:
        return "EVENT_TYPE_TIMER_STARTED" in await kinds()

    await time.company.until(stream, armed)
    before = await kinds()
    await time.forward(stream, await due(time, stream) - timedelta(hours=1))

    # What the skipping itself records is not the workflow's doing.
    skipped = {"EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED", "EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED"}
    assert [kind for kind in await kinds() if kind not in skipped] == before
