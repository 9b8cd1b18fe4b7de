"""A year of waiting, in every state that a project can wait in. The waiting costs next to nothing, however long it is; what
costs is what comes due meanwhile and is recorded, as any fact does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
import pytest_asyncio
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowExecutionStatus

from activities.telling import untold
from domain.messages import Command
from domain.ticket import AcknowledgeTicket, PauseTicket, ResolveTicket
from tests.domain.asked import (
    MILESTONES,
    STAGES,
    SUPPORT,
    accept,
    classify,
    condition,
    deliver_all,
    give_back,
    handed_to_delivery,
    offer,
    open_ticket,
    prepared,
    reach,
    register,
    shelve,
    stage_done,
    started,
    won,
)
from tests.workflows.company import Company, day, into_support, now
from tests.workflows.skipping import Skipping, skipping

pytestmark = pytest.mark.timeout(180)  # the first of them waits for all the years

YEAR = timedelta(days=365)
FEW = 20
"""Fewer history events than this may the waiting of a year add."""
PER_MOMENT = 7
"""History events of a moment at which something comes due and is recorded: the timer fires, a task (3), the decision, what is
shown of it, the next timer. None of them can be left out: a command costs as much."""
PER_TELLING = 6
"""More of them when people hear of it: the activity that tells them (3), and a task once it is done (3)."""
PER_ENDING = 1
"""A workflow that has nothing to wait for any more ends."""

Script = Callable[[str, str], list[Command]]
"""The commands, for a project and a customer, that lead into a state."""


def _stage(count: int) -> Script:
    return lambda p, c: [*started(p, c), *prepared(p), *(stage_done(stage, project=p) for stage in list(STAGES)[:count])]


def _milestone(count: int) -> Script:
    return lambda p, c: [*handed_to_delivery(p, c), *reach(*list(MILESTONES)[:count], project=p)]


def _delivered(p: str, c: str) -> list[Command]:
    return [*handed_to_delivery(p, c), *deliver_all(p)]


STATES: dict[str, Script] = {
    **{f"funnel-{stage}": _stage(count) for count, stage in enumerate(STAGES)},
    "funnel-shelved-until-next-month": lambda p, c: [*started(p, c), shelve(day(30), p)],
    "funnel-shelved-for-years": lambda p, c: [*started(p, c), shelve(day(800), p)],
    "handoff-preparing": lambda p, c: [*started(p, c), *won(p)],
    "handoff-offered": lambda p, c: [*started(p, c), *won(p), offer(project=p)],
    "handoff-returned": lambda p, c: [*started(p, c), *won(p), offer(project=p), give_back("risks", project=p)],
    "handoff-accepted-with-a-condition": lambda p, c: [
        *(*started(p, c), *won(p), offer(project=p)),
        accept(project=p, conditions=(condition(due_on=day(60)),)),
    ],
    **{f"implementation-{milestone}": _milestone(count) for count, milestone in enumerate(MILESTONES)},
    "support-handoff-offered": lambda p, c: into_support(p, c)[:-1],
    "in-support": into_support,
}


OTHERS: dict[str, Script] = {
    "customer": lambda p, c: [register(c), classify("vip", c)],
    "ticket-nobody-touches": lambda p, c: [register(c), classify("vip", c), open_ticket(p, c)],
    "ticket-waiting-for-the-customer": lambda p, c: [
        *(register(c), classify("vip", c), open_ticket(p, c)),
        AcknowledgeTicket(ticket=p, actor=SUPPORT),
        PauseTicket(ticket=p, waiting_for="customer", reason="log", actor=SUPPORT),
    ],
    "ticket-resolved": lambda p, c: [
        *(register(c), classify("vip", c), open_ticket(p, c)),
        AcknowledgeTicket(ticket=p, actor=SUPPORT),
        ResolveTicket(ticket=p, solution="restarted", actor=SUPPORT),
    ],
}
"""What is not a project, and waits too."""

HANDFUL = 12
"""How often a project may call somebody in a year in which nobody does anything."""


@dataclass(frozen=True)
class Year:
    """What a year has left behind."""

    events: int
    """History events, of all workflows that were open."""
    moments: int
    """How often something came due and was recorded."""
    told: int
    """How many of these moments people were told of."""
    ended: int
    """How many workflows have ended by themselves."""

    @property
    def for_the_waiting(self) -> int:
        """The history events that recorded nothing."""
        return self.events - PER_MOMENT * self.moments - PER_TELLING * self.told - PER_ENDING * self.ended


@pytest_asyncio.fixture(scope="module")
async def years(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, Year | BaseException]]:
    """Every state, waited in for a year; side by side, because each has a time of its own."""
    room = asyncio.Semaphore(6)

    async def live(time: Skipping, state: str) -> Year:
        async with room:
            project, customer, script = f"P-{state}", f"C-{state}", {**STATES, **OTHERS}[state]
            await time.company.tell(script(project, customer))
            return await a_year(time, project, customer)

    async with skipping(tmp_path_factory.mktemp("years")) as time:
        states = [*STATES, *OTHERS]
        lived = await asyncio.gather(*(live(time, state) for state in states), return_exceptions=True)
        yield dict(zip(states, lived, strict=True))


async def a_year(time: Skipping, project: str, customer: str) -> Year:
    company, then = time.company, now() + YEAR
    streams = await running(company, project, customer)
    before = [await measure(company, stream) for stream in streams]
    for stream in streams:
        if (await company.standing(stream)).deadline is not None:  # what has no clock sleeps whatever the time is
            await time.forward(stream, then)
    for stream in streams:
        await settled(company, stream, then)
    after = [await measure(company, stream) for stream in streams]
    events, moments, told = (sum(b[n] - a[n] for a, b in zip(before, after, strict=True)) for n in range(3))
    return Year(events, moments, told, len(streams) - len(await running(company, project, customer)))


async def running(company: Company, project: str, customer: str) -> list[str]:
    """The streams of a project whose workflows run; those of its customer where there is no project."""
    rows = await company.core.store.rows("standings", {"customer": customer})
    streams = [str(row["stream"]) for row in rows if row["project"] == project or row["category"] == "ticket"]
    return [stream for stream in streams or [f"customer-{customer}"] if await _runs(company, stream)]


async def _runs(company: Company, stream: str) -> bool:
    return (await company.handle(stream).describe()).status is WorkflowExecutionStatus.RUNNING


SKIPPING = (
    # What the skipping of time itself leaves in a history.
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED,
)


async def measure(company: Company, stream: str) -> tuple[int, int, int]:
    """The length of a history without what the test itself puts in it, how many commands have recorded something, and of how
    many of them people were told."""
    history = await company.handle(stream).fetch_history()
    stored = await company.core.store.read(stream)
    told = sum(event.activity_task_scheduled_event_attributes.activity_type.name == "announce" for event in history.events)
    length = sum(event.event_type not in SKIPPING for event in history.events)
    return length, len({event.command_id for event in stored}), told


async def settled(company: Company, stream: str, then: datetime) -> None:
    """Wait until a workflow has judged whatever came due by then, and told people of it."""

    async def done() -> bool:
        standing = await company.standing(stream)
        judged = standing.deadline is None or standing.deadline.at > then
        return judged and not await untold(company.core.store, stream)

    await company.until(stream, done)


def lived(years: dict[str, Year | BaseException], state: str) -> Year:
    year = years[state]
    if isinstance(year, BaseException):
        raise year
    return year


@pytest.mark.parametrize("state", [*STATES, *OTHERS])
def test_a_year_of_waiting_adds_few_history_events(years: dict[str, Year | BaseException], state: str) -> None:
    year = lived(years, state)
    assert year.for_the_waiting < FEW, year


@pytest.mark.parametrize("state", [one for one in [*STATES, *OTHERS] if one != "customer"])
def test_a_timer_that_was_kept_for_a_clock_moved_back_is_all_that_waiting_costs(
    years: dict[str, Year | BaseException], state: str
) -> None:
    # It fires, finds a later clock and is armed anew: five events, once for each workflow at most.
    year = lived(years, state)
    assert year.for_the_waiting <= 5, year


def test_a_customer_without_a_sign_of_life_costs_two_steps_of_the_ladder_and_the_beginning_of_its_reactivation(
    years: dict[str, Year | BaseException],
) -> None:
    year = lived(years, "customer")
    assert year.moments == 2, year
    assert year.for_the_waiting <= 2 * PER_MOMENT, year


@pytest.mark.parametrize("state", STATES)
def test_what_comes_due_in_a_year_without_anybody_is_told_a_handful_of_times(
    years: dict[str, Year | BaseException], state: str
) -> None:
    assert lived(years, state).moments <= HANDFUL, lived(years, state)
