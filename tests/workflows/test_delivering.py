"""How words to many are brought: with a decider and with receivers that the test plays itself."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from typing import Any

from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker

from activities.shapes import GENERATION, Accepted, Answer, CommandJson, Owed, Refusal, Request, Standing, Start, Submission
from domain.clocks import JudgeClocks
from domain.messages import SYSTEM, Command
from tests.workflows.test_stewardship import OPEN
from workflows.delivering import AT_ONCE
from workflows.stewardship import HISTORY_BYTES
from workflows.ticket import TicketWorkflow

MANY, PAGE = 60, 20
LONG = "x" * (2 * HISTORY_BYTES // MANY)
"""What makes sixty words too much for the history of one run."""


def debt(number: int, stream: str) -> Owed:
    command = JudgeClocks(of=stream, command_id=f"debt-{number:02}", actor=SYSTEM).model_dump(mode="json", exclude_none=True)
    return Owed(stream=stream, begins=False, command=command | {"words": LONG}, text="a word", to_many=True)


DEBTS = [debt(number, f"customer-C{number // 2}") for number in range(MANY)]
"""Two for each receiver, in their order."""


class Played:
    """Activities of a piece of work that owes word to many once it is judged, and ends when it is judged again."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.judged = 0
        self.under_way: list[str] = []
        self.most = 0
        self.came: list[str] = []
        self.pages: list[tuple[str, ...]] = []

    @activity.defn(name="respond")
    async def respond(self, request: Request) -> Answer:
        self.judged += request.command is not None
        done = set(request.delivered or ())
        left = [owed for owed in DEBTS if owed.id not in done] if self.judged else []
        page = tuple(left[:PAGE])
        self.pages.append(tuple(owed.id for owed in page))
        view = OPEN.model_copy(update={"closed": self.judged > 1})
        standing = Standing(stream=request.stream, version=1, view=view, owed=page, owed_later=len(left) - len(page))
        return Answer(standing=standing)

    @activity.defn(name="deliver")
    async def deliver(self, command: CommandJson) -> Refusal | None:
        assert command["of"] not in self.under_way
        self.under_way.append(command["of"])
        self.most = max(self.most, len(self.under_way))
        await self.open.wait()
        self.under_way.remove(command["of"])
        self.came.append(command["command_id"])
        return None


async def _judge(handle: Any, command_id: str) -> Accepted:
    command: Command = JudgeClocks(of="ticket-T1", command_id=command_id, actor=SYSTEM)
    submission = Submission(command=command.model_dump(mode="json", exclude_none=True))
    accepted: Accepted = await handle.execute_update("JudgeClocks", submission, result_type=Accepted)
    return accepted


async def test_words_to_many_are_brought_behind_the_answer_several_at_once_and_over_several_runs(
    client: Client,
) -> None:
    played, queue = Played(), uuid.uuid4().hex
    activities: list[Any] = [played.respond, played.deliver]
    async with (
        asyncio.timeout(30),
        Worker(client, task_queue=queue, workflows=[TicketWorkflow], activities=activities),
    ):
        start = Start(stream="ticket-T1", generation=GENERATION)
        handle = await client.start_workflow("Ticket", start, id=f"played/{queue}", task_queue=queue)
        await _judge(handle, "c1")
        assert played.came == []  # It was answered before anybody has heard of it.
        while len(played.under_way) < AT_ONCE:
            await asyncio.sleep(0.05)
        played.open.set()
        while len(set(played.came)) < MANY:
            await asyncio.sleep(0.05)
        await _judge(handle, "c2")
        await handle.result()
        last = await handle.describe()
    assert played.most == AT_ONCE
    assert Counter(played.came) == {owed.id: 1 for owed in DEBTS}
    assert all(played.came.index(f"debt-{one:02}") < played.came.index(f"debt-{one + 1:02}") for one in range(0, MANY, 2))
    assert max(len(page) for page in played.pages) == PAGE
    assert last.run_id != handle.first_execution_run_id
