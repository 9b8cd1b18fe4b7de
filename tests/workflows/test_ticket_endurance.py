"""What a ticket costs that waits for long and often: a year, and a hundred pauses."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest
import pytest_asyncio
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from domain.messages import Command
from domain.ticket import AcknowledgeTicket, CloseTicket, PauseTicket, ResolveTicket, ResumeTicket
from tests.domain.asked import SUPPORT, classify, open_ticket, register
from tests.workflows.company import Company
from tests.workflows.skipping import Skipping, skipping

PAUSES = 100
A_YEAR = 50
"""History events that a ticket may have after a year in which it waited for its customer."""
NOBODY = 57
"""History events of a ticket that nobody touches for a year: nine for its opening, and six for each of its eight moments (70,
90, 100 and 110 % of two targets): a timer that is started and fires, a task (3), the decision."""
A_HUNDRED_PAUSES = 1_500
"""History events that a whole life with a hundred pauses may have, in all its runs."""

SKIPPING = (
    # What the skipping of time itself leaves in a history.
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED,
)


@pytest_asyncio.fixture(scope="module")
async def time(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Skipping]:
    """A company that can be sent into the future."""
    async with skipping(tmp_path_factory.mktemp("endurance")) as made:
        yield made


def taken_up(ticket: str, customer: str) -> list[Command]:
    """A ticket that somebody works on."""
    return [
        *(register(customer), classify("vip", customer), open_ticket(ticket, customer)),
        AcknowledgeTicket(ticket=ticket, actor=SUPPORT),
    ]


def pause(ticket: str) -> Command:
    return PauseTicket(ticket=ticket, waiting_for="customer", reason="log", actor=SUPPORT)


def solved(ticket: str) -> list[Command]:
    """The end of it."""
    return [
        ResolveTicket(ticket=ticket, solution="restarted", actor=SUPPORT),
        CloseTicket(ticket=ticket, confirmed_by="key user", actor=SUPPORT),
    ]


async def history(company: Company, ticket: str) -> list[HistoryEvent]:
    """The events of every run of a ticket, without what the test itself puts there."""
    stream = f"ticket-{ticket}"
    runs = [run.run_id async for run in company.client.list_workflows(f"WorkflowId = 'ticket/{ticket}'")]
    newest = (await company.handle(stream).describe()).run_id
    found: list[HistoryEvent] = []
    for run in {*runs, newest}:
        whole = await company.client.get_workflow_handle(f"ticket/{ticket}", run_id=run).fetch_history()
        found += [event for event in whole.events if event.event_type not in SKIPPING]
    return found


def kinds(events: list[HistoryEvent]) -> Iterator[str]:
    return (EventType.Name(event.event_type) for event in events)


async def test_a_ticket_that_waits_a_year_for_its_customer_has_at_most_fifty_history_events(
    time: Skipping, project: str, customer: str
) -> None:
    await time.company.tell([*taken_up(project, customer), pause(project)])
    paused = (await time.company.events(f"ticket-{project}"))[-1].occurred_at
    await time.forward(f"ticket-{project}", paused + timedelta(days=365))
    await time.company.tell([ResumeTicket(ticket=project, actor=SUPPORT), solved(project)[0]])
    events = await history(time.company, project)
    assert len(events) <= A_YEAR, Counter(kinds(events))


async def test_a_ticket_that_nobody_touches_for_a_year_has_six_history_events_for_each_moment_that_it_warns_of(
    time: Skipping, project: str, customer: str
) -> None:
    await time.company.tell([register(customer), classify("vip", customer), open_ticket(project, customer)])
    opened = (await time.company.events(f"ticket-{project}"))[-1].occurred_at
    await time.forward(f"ticket-{project}", opened + timedelta(days=365))
    events = await history(time.company, project)
    assert len(await time.company.events(f"ticket-{project}")) == 1 + 8
    assert len(events) <= NOBODY, Counter(kinds(events))


async def test_a_hundred_pauses_at_once_have_at_most_1500_history_events(company: Company, project: str, customer: str) -> None:
    await company.tell(taken_up(project, customer))
    for _ in range(PAUSES):
        await company.tell([pause(project), ResumeTicket(ticket=project, actor=SUPPORT)])
    await company.tell(solved(project))
    events = await history(company, project)
    assert len(events) <= A_HUNDRED_PAUSES, Counter(kinds(events))


async def test_a_hundred_pauses_of_days_have_at_most_1500_history_events(time: Skipping, project: str, customer: str) -> None:
    stream = f"ticket-{project}"
    await time.company.tell(taken_up(project, customer))
    moment = (await time.company.events(stream))[-1].occurred_at
    for _ in range(PAUSES):
        await time.company.ask(pause(project))
        moment += timedelta(hours=30)
        await time.forward(stream, moment)
        await time.company.ask(ResumeTicket(ticket=project, actor=SUPPORT))
        moment += timedelta(minutes=7)
        await time.forward(stream, moment)
    await time.company.tell(solved(project))
    events = await history(time.company, project)
    assert len(events) <= A_HUNDRED_PAUSES, Counter(kinds(events))
