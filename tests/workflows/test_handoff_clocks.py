"""A handoff over weeks: each clock runs out once, a lapsed condition shuts the gate of the next milestone until it is met."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
import pytest_asyncio
from temporalio.api.enums.v1 import EventType

from domain.handoff import MeetCondition
from runtime.submitting import CommandRefusedError
from tests.domain.asked import SALES, accept, condition, offer, signed, started, won
from tests.workflows.company import day
from tests.workflows.skipping import Skipping, skipping

A_MOMENT = timedelta(seconds=30)


@pytest_asyncio.fixture(scope="module")
async def time(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Skipping]:
    """A company that can be sent into the future."""
    async with skipping(tmp_path_factory.mktemp("handoffs")) as made:
        yield made


async def until(time: Skipping, stream: str, event_type: str) -> datetime:
    """Let a stream live until its next clock has run out as this event; answers when that was."""
    deadline = (await time.company.standing(stream)).deadline
    assert deadline is not None
    await time.forward(stream, deadline.at + A_MOMENT)
    assert (await time.company.until_recorded(stream, event_type)).occurred_at == deadline.at
    return deadline.at


async def length(time: Skipping, stream: str) -> int:
    """How many history events a workflow has, without those that the skipping of time leaves."""
    events = [EventType.Name(event.event_type) async for event in time.company.handle(stream).fetch_history_events()]
    return len([name for name in events if not name.endswith(("OPTIONS_UPDATED", "TIME_SKIPPING_TRANSITIONED"))])


async def test_a_giver_who_does_not_offer_is_overdue_and_escalated_once_and_a_year_costs_little(
    time: Skipping, project: str, customer: str
) -> None:
    stream = f"handoff-{project}-delivery"
    await time.company.tell([*started(project, customer), *won(project)])
    before = await length(time, stream)

    await until(time, stream, "HandoffOverdue")
    escalated = await until(time, stream, "HandoffEscalated")
    await time.forward(stream, escalated + timedelta(days=365))

    assert await time.company.types(stream) == ["HandoffOpened", "HandoffOverdue", "HandoffEscalated"]
    told = 2 * 6  # of both people are told: an activity, and a task once it is done
    assert await length(time, stream) - before < 20 + told


async def test_a_lapsed_condition_keeps_the_next_milestone_from_being_signed_until_it_is_met(
    time: Skipping, project: str, customer: str
) -> None:
    stream = f"handoff-{project}-delivery"
    later = condition(due_on=day(40))
    await time.company.tell([*started(project, customer), *won(project), offer(project=project)])
    await time.company.ask(accept(project=project, conditions=(later,)))
    await until(time, stream, "ConditionLapsed")
    assert await time.company.code(stream) == "reopened"

    async def lacking() -> set[str]:
        with pytest.raises(CommandRefusedError) as refused:
            await time.company.ask(signed("M1", project=project))
        return {one.code for one in refused.value.refusal.unmet}

    assert "c1" in await lacking()
    await time.company.ask(MeetCondition(project=project, kind="delivery", condition="c1", reference="minutes", actor=SALES))
    assert "c1" not in await lacking()
    await time.company.handle(stream).result()
