"""Temporal is lost: every open workflow is started again from its stream, stands where it stood, and goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowExecutionStatus, WorkflowHandle

from activities.shapes import Request, Standing
from domain.messages import SYSTEM, Command
from domain.standing import Deadline, View
from eventstore.memory import MemoryStore
from eventstore.port import Decision
from runtime.composition import now, open_core
from runtime.recovery import StoreBehindError, recover, remind
from runtime.settings import Settings
from runtime.sockets import free_port
from runtime.stack import Stack, running
from runtime.submitting import CommandRefusedError
from tests.domain.asked import (
    PLAYBOOKS,
    accept,
    classify,
    evidence,
    handed_to_delivery,
    in_support,
    numbered,
    offer,
    open_project,
    open_ticket,
    prepared,
    register,
    stage_done,
    started,
    win,
)
from tests.history.office import Office
from workflows import names


class Recorder:
    """Stands in for the way to Temporal: remembers what was started; a workflow runs once it has been."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.asked: list[str] = []

    async def submit(self, command: Command) -> None:
        self.asked.append(command.stream)

    async def resume(self, stream: str) -> bool:
        if stream in self.started:
            return False
        self.started.append(stream)
        return True


async def _recover(office: Office, recorder: Any) -> Any:
    return await recover(office.store, PLAYBOOKS, recorder)


async def test_every_open_workflow_is_started_and_no_ended_one() -> None:
    office = await Office(MemoryStore()).take(*in_support(), open_ticket(project="P1"), *started("P2", "C2"))
    recorder = Recorder()
    done = await _recover(office, recorder)
    assert set(recorder.started) == {
        *("customer-C1", "support-P1", "ticket-T1"),
        *("customer-C2", "project-P2", "funnel-P2"),
    }
    assert done.started == {"customer": 2, "support": 1, "ticket": 1, "project": 1, "funnel": 1}


async def test_recovering_twice_starts_nothing_the_second_time() -> None:
    office = await Office(MemoryStore()).take(*started())
    recorder = Recorder()
    await _recover(office, recorder)
    again = await _recover(office, recorder)
    assert again.started.total() == 0
    assert again.running == {"customer": 1, "project": 1, "funnel": 1}


async def test_an_ended_workflow_that_still_owes_something_is_started() -> None:
    office = await Office(MemoryStore()).take(*started(), *prepared())
    await office.ask(win())  # the deal is won and its workflow would end, but the project has not heard of it
    recorder = Recorder()
    done = await _recover(office, recorder)
    assert "funnel-P1" in recorder.started
    assert done.indebted == 1


async def test_a_running_workflow_is_made_to_look_at_what_an_earlier_build_did_not_owe() -> None:
    office = Office(MemoryStore())
    for command in (register(), classify(), open_project()):
        await office.ask(command)  # and nobody brought the customer the word that the project runs
    recorder = Recorder()
    assert (await _recover(office, recorder)).owing == 0  # Started from their streams, they know what they owe.
    assert (await _recover(office, recorder)).owing == 1
    assert recorder.asked == ["project-P1"]


async def test_a_debt_that_was_refused_is_not_brought_again() -> None:
    office = await Office(MemoryStore()).take(*started(), *prepared())
    (owed,) = (await office.ask(win())).standing.owed
    refusal = Decision(
        stream=owed.stream,
        command=str(owed.command["command"]),
        command_id=owed.id,
        verdict="PhaseNotComplete",
        detail="not yet",
        unmet="[]",
        actor=SYSTEM.model_dump_json(),
        stream_version=1,
        looked_at="{}",
        playbook="",
        decided_at=office.now,
    )
    await office.store.record_refusal(refusal)
    assert (await _recover(office, Recorder())).indebted == 0


# On a real server


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, temporal_port=free_port(), temporal_ui_port=free_port(), api_port=free_port())


async def _standings(stack: Stack) -> dict[str, tuple[int, View | None, Deadline | None]]:
    """What every open workflow says of itself: its version, where it stands, the clock that it waits for."""
    rows = await stack.core.store.rows("standings", {"closed": False})
    found = {}
    for row in rows:
        handle = stack.client.get_workflow_handle(names.workflow_id(str(row["stream"])))
        await _looked_up(handle)
        standing = await handle.query(names.STANDING, result_type=Standing)
        found[str(row["stream"])] = standing.version, standing.view, standing.deadline
    return found


async def _submit(stack: Stack, *commands: Command) -> None:
    for command in commands:
        await stack.submitter.submit(command)


def _lose_temporal(settings: Settings) -> None:
    for file in settings.home.glob("temporal.db*"):
        file.unlink()


@pytest.mark.timeout(120)
async def test_after_temporals_database_is_deleted_every_open_workflow_stands_where_it_stood(settings: Settings) -> None:
    half_way = [register(), classify(), open_project(), stage_done("F1"), *handed_to_delivery("P2", "C2")[:-1]]
    with_ticket = [*half_way, open_ticket("T1", "C1", "P1")]
    async with running(settings) as stack:
        await _submit(stack, *numbered(with_ticket, "c"))
        before = await _standings(stack)
    _lose_temporal(settings)

    async with running(settings) as stack:
        assert [one async for one in stack.client.list_workflows()] == []
        done = await recover(stack.core.store, PLAYBOOKS, stack.submitter)
        assert done.started.total() == len(before)
        assert await _standings(stack) == before

        for stream, (_, _, deadline) in before.items():
            assert await _timers(stack, stream) == (1 if deadline else 0), stream
        again = await recover(stack.core.store, PLAYBOOKS, stack.submitter)
        assert (again.started.total(), again.running.total()) == (0, len(before))

        await _submit(stack, *numbered([stage_done("F2"), accept(project="P2")], "next"))
        (deal,) = await stack.core.store.rows("deals", {"project": "P1"})
        assert deal["stage"] == "F3"
        implementation = stack.client.get_workflow_handle("implementation/P2")
        assert (await implementation.describe()).status is WorkflowExecutionStatus.RUNNING
        with pytest.raises(CommandRefusedError):
            await stack.submitter.submit(offer(project="P2", command_id="late"))


async def _timers(stack: Stack, stream: str) -> int:
    """How many timers the workflow has set."""
    history = stack.client.get_workflow_handle(names.workflow_id(stream)).fetch_history_events()
    return sum([event.event_type == EventType.EVENT_TYPE_TIMER_STARTED async for event in history])


async def _looked_up(handle: WorkflowHandle[Any, Any]) -> None:
    """Wait until a workflow knows where it stands: a long poll for the record of its first activity."""
    async for event in handle.fetch_history_events(wait_new_event=True):
        if event.event_type == EventType.EVENT_TYPE_MARKER_RECORDED:
            return


@pytest.mark.timeout(60)
async def test_what_an_ended_workflow_owed_arrives_after_the_recovery(settings: Settings) -> None:
    async with running(settings) as stack:
        await _submit(stack, *numbered([*started(), stage_done("F1"), *prepared()], "c"))
    _lose_temporal(settings)
    async with running(settings) as stack:
        # Recorded, and then everything stopped before the project could be told.
        command = win(command_id="won")
        request = Request(stream=command.stream, now=now(), command=command.model_dump(mode="json", exclude_none=True))
        assert (await stack.core.handler.respond(request)).events

        done = await recover(stack.core.store, PLAYBOOKS, stack.submitter)
        assert done.indebted == 1
        await stack.client.get_workflow_handle("funnel/P1").result()
        (project,) = await stack.core.store.rows("standings", {"stream": "project-P1"})
        assert project["phase"] == "handoff-delivery"


@pytest.mark.timeout(60)
async def test_a_workflow_that_never_heard_of_a_stored_fact_is_told_when_the_worker_starts(settings: Settings) -> None:
    async with running(settings) as stack:
        # The evidence makes sure that the funnel has begun before everything stops.
        await _submit(stack, *numbered([*started(), evidence("owner")], "c"))
    # Recorded, and then everything died before the workflow's task was done: its history has no trace of it.
    command = stage_done("F1", command_id="unheard")
    async with open_core(settings) as core:
        request = Request(stream=command.stream, now=now(), command=command.model_dump(mode="json", exclude_none=True))
        recorded = (await core.handler.respond(request)).events

    async with running(settings) as stack:
        # The worker's start reminds beside us; done twice at once, it is done once.
        await remind(stack.client, stack.core.store, stack.submitter)
        standing = await stack.client.get_workflow_handle("funnel/P1").query(names.STANDING, result_type=Standing)
        assert (standing.version, standing.view.code) == (recorded[-1].version, "F2")
        assert await remind(stack.client, stack.core.store, stack.submitter) == 0


@pytest.mark.timeout(60)
async def test_a_store_that_is_older_than_temporal_is_told_before_temporal_answers_for_lost_facts(
    settings: Settings,
) -> None:
    store = settings.home / "store.db"
    async with running(settings) as stack:
        await _submit(stack, *numbered([*started(), evidence("owner")], "c"))
    backup = store.read_bytes()
    async with running(settings) as stack:
        await _submit(stack, stage_done("F1", command_id="after-the-backup"))
    for file in settings.home.glob("store.db*"):
        file.unlink()
    store.write_bytes(backup)

    async with running(settings) as stack:
        with pytest.raises(StoreBehindError, match=r"funnel/P1 has heard of 8 facts, but the store holds 2"):
            await remind(stack.client, stack.core.store, stack.submitter)
