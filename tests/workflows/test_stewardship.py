"""What every workflow does beside deciding, seen with a decider that a test plays itself."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker

from activities.shapes import GENERATION, Answer, CommandJson, Owed, Refusal, Request, Standing, Start
from domain.clocks import JudgeClocks
from domain.messages import SYSTEM, Name
from domain.standing import Deadline, View
from tests.workflows.company import timers
from workflows.ticket import TicketWorkflow

OPEN = View(code="new", name=Name(en="new", zh="新建"), phase="support", closed=False, missing=(), overrides=())
DEBT = JudgeClocks(of="customer-C1", command_id="debt", actor=SYSTEM).model_dump(mode="json", exclude_none=True)
OWED = (Owed(stream="customer-C1", begins=False, command=DEBT, text="a word"),)


class Played:
    """Activities of a piece of work that owes a word to somebody who does not answer, and has a clock."""

    def __init__(self, wait: timedelta) -> None:
        self._due = Deadline(name="due", at=datetime.now(UTC) + wait, text="a clock")
        self.asked: list[str] = []
        self.judged = asyncio.Event()
        self.answers = asyncio.Event()

    @activity.defn(name="respond")
    async def respond(self, request: Request) -> Answer:
        self.asked.append(str(request.command["command"]) if request.command else "")
        if request.command is None:
            return Answer(standing=Standing(stream=request.stream, version=1, view=OPEN, deadline=self._due, owed=OWED))
        self.judged.set()
        closed = OPEN.model_copy(update={"closed": True})
        return Answer(standing=Standing(stream=request.stream, version=2, view=closed, owed=OWED))

    @activity.defn(name="deliver")
    async def deliver(self, command: CommandJson) -> Refusal | None:
        await self.answers.wait()
        return None


def _worker(client: Client, played: Played, queue: str) -> Worker:
    activities: list[Any] = [played.respond, played.deliver]
    return Worker(client, task_queue=queue, workflows=[TicketWorkflow], activities=activities)


async def _start(client: Client, queue: str) -> Any:
    start = Start(stream="ticket-T1", generation=GENERATION)
    return await client.start_workflow("Ticket", start, id=f"played/{queue}", task_queue=queue)


async def test_a_word_that_does_not_arrive_holds_up_no_clock(client: Client) -> None:
    played, queue = Played(timedelta(seconds=1)), uuid.uuid4().hex
    async with _worker(client, played, queue):
        handle = await _start(client, queue)
        await asyncio.wait_for(played.judged.wait(), 8)  # shorter than a try of the delivery may take
        played.answers.set()
        await handle.result()
    assert played.asked == ["", "JudgeClocks"]


async def test_a_delivery_costs_no_timer(client: Client) -> None:
    played, queue = Played(timedelta(seconds=3)), uuid.uuid4().hex
    played.answers.set()
    async with _worker(client, played, queue):
        handle = await _start(client, queue)
        await handle.result()
        assert timers((await handle.fetch_history()).events) == 1


async def test_work_that_ends_with_a_debt_ends_when_it_has_arrived(client: Client) -> None:
    played, queue = Played(timedelta(0)), uuid.uuid4().hex
    async with _worker(client, played, queue):
        handle = await _start(client, queue)
        await played.judged.wait()
        assert (await handle.describe()).close_time is None
        played.answers.set()
        await handle.result()
