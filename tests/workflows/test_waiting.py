"""Waiting: for years if need be, without a poll, through restarts and new runs, and always with the true due time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from temporalio.api.enums.v1 import EventType
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import Client

from domain.messages import Command
from domain.ticket import AcknowledgeTicket, AssignTicket, ResolveTicket, TargetBreached
from runtime.embedded import embedded_temporal
from runtime.plugin import ThroughlinePlugin
from runtime.search_attributes import kinds_of
from runtime.sockets import free_port
from tests.domain.asked import (
    MONDAY,
    SUPPORT,
    classify,
    contact,
    days,
    evidence,
    on,
    open_project,
    open_ticket,
    prepared,
    register,
    release,
    resume,
    shelve,
    stage_done,
    started,
    win,
    won,
)
from tests.workflows.company import Company, day, founded, now, replay_everything, sqlite, worker
from workflows import display, names

SHORT_RUNS = ("--dynamic-config-value", "limit.historyCount.suggestContinueAsNew=40")
"""What the server says about long histories is turned down, so that a run is long after a few commands."""


@pytest_asyncio.fixture(scope="module")
async def short_runs(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Company]:
    """A company on a server that suggests a new run after 40 history events."""
    home = tmp_path_factory.mktemp("short-runs")
    kinds = kinds_of(names.SEARCH_ATTRIBUTES)
    async with embedded_temporal(home, free_port(), None, kinds, extra_args=SHORT_RUNS) as address:
        client = await Client.connect(address, plugins=[ThroughlinePlugin()])
        async with founded(client, sqlite(home)) as company:
            yield company
        assert await replay_everything(client)


async def runs(company: Company, stream: str) -> int:
    """How many runs the workflow of a stream has had, counted back from the latest."""
    count, run_id = 0, (await company.handle(stream).describe()).run_id
    while run_id:
        count += 1
        handle = company.client.get_workflow_handle(names.workflow_id(stream), run_id=run_id)
        [first] = [event async for event in handle.fetch_history_events(page_size=1) if event.event_id == 1]
        run_id = first.workflow_execution_started_event_attributes.continued_execution_run_id
    return count


async def busy(company: Company, command: Command) -> int:
    """Ask for the same again and again, five at a time, until the workflow goes on in a new run; answers how often."""
    for wave in range(1, 20):
        await asyncio.gather(*(company.ask(command) for _ in range(5)))
        if await runs(company, command.stream) > 1:
            return wave * 5
    raise AssertionError("the workflow stays in its first run")


def ticket(project: str, **fields: Any) -> Command:
    return open_ticket(f"T-{project}", f"C{project[1:]}", **fields)


def assign(project: str, to: str) -> Command:
    return AssignTicket(ticket=f"T-{project}", to=to, actor=SUPPORT)


async def test_a_long_life_goes_on_in_new_runs_and_no_command_is_lost_or_doubled(
    short_runs: Company, project: str, customer: str
) -> None:
    stream = f"customer-{customer}"
    await short_runs.ask(register(customer))
    for wave in range(4):
        commands = [contact(day(100 + wave), customer) for _ in range(15)]
        await asyncio.gather(*(short_runs.ask(command) for command in commands))

    assert (await short_runs.types(stream)).count("ContactRecorded") == 60
    assert await runs(short_runs, stream) > 1  # how many depends on how the commands share workflow tasks
    standing = await short_runs.standing(stream)
    assert (standing.version, standing.deadline and standing.deadline.name) == (61, f"contact-{day(103)}-due-61")


async def test_a_command_repeated_in_a_later_run_gets_its_first_answer(
    short_runs: Company, project: str, customer: str
) -> None:
    await short_runs.ask(register(customer))
    first = await short_runs.ask(contact(None, customer), "first")
    await busy(short_runs, contact(None, customer))

    assert await short_runs.ask(contact(None, customer), "first") == first


async def test_a_clock_runs_out_at_its_moment_though_runs_end_and_begin_meanwhile(
    short_runs: Company, project: str, customer: str
) -> None:
    stream = f"ticket-T-{project}"
    await short_runs.tell([register(customer), classify("vip", customer)])
    opened = now() - timedelta(minutes=30) + timedelta(seconds=4)
    await short_runs.ask(on(opened, ticket(project)))
    assigned = await busy(short_runs, assign(project, "s2"))

    breach = await short_runs.until_recorded(stream, "TargetBreached")
    assert breach.occurred_at == opened + timedelta(minutes=30)
    types = await short_runs.types(stream)
    assert (types.count("TargetBreached"), types.count("TicketAssigned")) == (1, assigned)


async def test_a_new_run_keeps_what_operators_see(short_runs: Company, project: str, customer: str) -> None:
    stream = f"customer-{customer}"
    await short_runs.tell([register(customer), classify("vip", customer)])
    await busy(short_runs, contact(day(50), customer))

    await shows_itself(short_runs, stream)


async def test_debts_are_paid_once_though_the_run_that_made_them_has_ended(
    short_runs: Company, project: str, customer: str
) -> None:
    await short_runs.tell(started(project, customer))
    await short_runs.tell(prepared(project))
    await busy(short_runs, evidence("owner", project=project))

    await short_runs.ask(win(project))

    assert await short_runs.code(f"handoff-{project}-delivery") == "preparing"
    assert (await short_runs.types(f"project-{project}")) == ["ProjectOpened", "PhaseEntered"]
    assert (await short_runs.types(f"customer-{customer}")).count("ContractSigned") == 1


async def test_a_clock_that_ran_out_while_no_worker_was_there_is_recorded_with_its_true_time(
    tmp_path: Path, project: str, customer: str
) -> None:
    stream = f"ticket-T-{project}"
    kinds = kinds_of(names.SEARCH_ATTRIBUTES)
    async with embedded_temporal(tmp_path, free_port(), None, kinds) as address:
        client = await Client.connect(address, plugins=[ThroughlinePlugin()])
        async with founded(client, sqlite(tmp_path), working=False) as company:
            async with worker(company):
                await company.tell([register(customer), classify("vip", customer)])
                opened = now() - timedelta(minutes=30) + timedelta(seconds=2)
                await company.ask(on(opened, ticket(project)))
                await company.until(stream, lambda: _timer_waits(company, stream))
            assert "TargetBreached" not in await company.types(stream)
            await company.until(stream, lambda: _fired(company, stream))
            assert "TargetBreached" not in await company.types(stream)
            async with worker(company):
                breach = await company.until_recorded(stream, "TargetBreached")

    assert isinstance(breach, TargetBreached)
    assert breach.occurred_at == opened + timedelta(minutes=30)


async def _count(company: Company, stream: str, event_type: EventType.ValueType) -> int:
    return sum(event.event_type == event_type for event in (await company.handle(stream).fetch_history()).events)


async def _timer_waits(company: Company, stream: str) -> bool:
    """The warnings are recorded and the timer of the breach is armed."""
    warned = (await company.types(stream)).count("TargetWarned") == 2
    started_ = await _count(company, stream, EventType.EVENT_TYPE_TIMER_STARTED)
    return warned and started_ > await _count(company, stream, EventType.EVENT_TYPE_TIMER_FIRED)


async def _fired(company: Company, stream: str) -> bool:
    return await _count(company, stream, EventType.EVENT_TYPE_TIMER_FIRED) > 0


async def test_a_past_that_is_brought_along_is_judged_once_against_now(company: Company, project: str, customer: str) -> None:
    stream = f"funnel-{project}"
    opened = MONDAY - days(365)
    await company.ask(on(opened, register(customer)))
    await company.ask(on(opened, open_project(project, customer, hold_clocks=True)))
    await company.ask(on(opened + days(100), stage_done("F1", project=project)))
    held = await company.standing(stream)
    assert held.deadline is None
    assert "StageOverdue" not in await company.types(stream)

    await company.ask(release(project=project))

    recorded = await company.events(stream)
    facts = recorded[[event.type for event in recorded].index("ClocksReleased") + 1 :]
    assert sorted(fact.type for fact in facts) == ["DealStalled", "StageOverdue", "StallEscalated", "TaskRaised"]
    assert all(fact.occurred_at < opened + days(150) for fact in facts)
    standing = await company.standing(stream)
    assert standing.view is not None
    assert (standing.view.health, standing.view.needs_human, standing.deadline) == ("blocked", True, None)


async def test_a_date_that_has_passed_already_is_recorded_at_once(company: Company, project: str, customer: str) -> None:
    await company.ask(register(customer))
    await company.ask(contact("2026-03-02", customer, occurred_at=MONDAY))
    due = await company.until_recorded(f"customer-{customer}", "ContactDue")
    assert due.occurred_at == MONDAY.replace(hour=0)


async def test_waiting_and_looking_add_nothing_to_the_history(company: Company, project: str, customer: str) -> None:
    stream = f"funnel-{project}"
    await company.tell(started(project, customer))
    await company.ask(evidence("owner", project=project))
    quiet = await company.history_length(stream)

    for _ in range(20):
        await company.standing(stream)
        await company.handle(stream).describe()

    history = (await company.handle(stream).fetch_history()).events
    assert len(history) == quiet
    assert sum(event.event_type == EventType.EVENT_TYPE_TIMER_STARTED for event in history) == 1
    assert not any(event.event_type == EventType.EVENT_TYPE_TIMER_CANCELED for event in history)


async def test_a_command_costs_few_history_events(company: Company, project: str, customer: str) -> None:
    stream = f"funnel-{project}"
    await company.tell(started(project, customer))
    await company.ask(evidence("owner", project=project))
    before = await company.history_length(stream)
    for _ in range(10):
        await company.ask(evidence("owner", project=project))
    assert (await company.history_length(stream)) - before <= 10 * 8


async def test_a_date_far_away_is_waited_for(company: Company, project: str, customer: str) -> None:
    stream = f"funnel-{project}"
    await company.tell([*started(project, customer), shelve("2200-12-31", project)])
    standing = await company.standing(stream)
    assert standing.deadline is not None
    assert standing.deadline.at.year == 2200
    assert await company.types(stream) == ["FunnelOpened", "DealShelved"]
    await company.ask(resume(project))
    assert (await company.types(stream))[-1] == "DealResumed"


# What operators see


async def shows_itself(company: Company, stream: str) -> str:
    """Search attributes and Current Details of a workflow tell what the standing tells; answers the details."""
    standing = await company.standing(stream)
    assert standing.view is not None
    handle = company.handle(stream)
    description = await handle.describe()
    shown = {pair.key.name: pair.value for pair in description.typed_search_attributes}
    wanted = {name: value for name, value in display.attributes(standing.view).items() if value is not None}
    assert {name: shown.get(name) for name in wanted} == wanted
    assert {name for name in shown if name in names_of_ours()} == set(wanted)
    metadata = await handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    assert metadata.current_details == display.details(standing)
    return str(metadata.current_details)


def names_of_ours() -> set[str]:
    return {key.name for key in names.SEARCH_ATTRIBUTES}


async def test_attributes_and_details_are_true_at_every_step(company: Company, project: str, customer: str) -> None:
    stream, about = f"ticket-T-{project}", f"T-{project}"
    await company.tell([register(customer), classify("vip", customer)])
    assert "### potential" in await shows_itself(company, f"customer-{customer}")

    await company.ask(ticket(project, impact="low", urgency="low"))
    assert "acknowledgement" in await shows_itself(company, stream)
    await company.ask(AcknowledgeTicket(ticket=about, actor=SUPPORT))
    details = await shows_itself(company, stream)
    assert details.startswith("### taken up 已受理\n")
    assert "acknowledgement" not in details
    assert "solution 解决方案" in details
    await company.ask(ResolveTicket(ticket=about, solution="restarted", actor=SUPPORT))
    assert "**Waiting for 等待:** customer" in await shows_itself(company, stream)

    await company.ask(open_project(project, customer))
    for stage in ("F1", "F2"):
        assert f"### {stage}:" in await shows_itself(company, f"funnel-{project}")
        await company.ask(stage_done(stage, project=project))
    await company.ask(shelve(day(20), project))
    assert "### No decision 搁置" in await shows_itself(company, f"funnel-{project}")


async def test_every_workflow_has_a_speaking_id_and_a_summary(company: Company, project: str, customer: str) -> None:
    await company.tell([*started(project, customer), *won(project)])
    await company.until_begun(f"handoff-{project}-delivery")
    summaries = {
        handle.id: await (await handle.describe()).static_summary()
        for handle in (company.handle(f"customer-{customer}"), company.handle(f"handoff-{project}-delivery"))
    }
    assert summaries == {
        f"customer/{customer}": f"customer 客户 {customer}",
        f"handoff/{project}/delivery": f"handoff 交接 {project}/delivery",
    }


async def test_every_command_is_an_update_of_its_own_with_a_description(company: Company, project: str, customer: str) -> None:
    await company.tell(started(project, customer))
    metadata = await company.handle(f"funnel-{project}").query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    updates = {one.name: one.description for one in metadata.definition.update_definitions}
    assert {"RecordEvidence", "OverrideGate", "ReleaseClocks"} <= set(updates)
    assert all(updates.values())


async def test_nothing_personal_or_priced_is_shown_to_operators(company: Company, project: str, customer: str) -> None:
    await company.tell(started(project, customer))
    for stream in (f"customer-{customer}", f"project-{project}", f"funnel-{project}"):
        details = await shows_itself(company, stream)
        description = await company.handle(stream).describe()
        told = details + str(description.typed_search_attributes) + str(await description.static_summary())
        assert not any(secret in told for secret in ("华星", "王", "2500000000", "1200000"))
