"""Ten years with one customer, as somebody drives them: its workflow lives on a real server, in virtual time; its projects'
streams are written as their workflows would, and what they owe the customer is brought to it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from activities.shapes import Owed, Request
from domain.catalogue import COMMANDS
from domain.messages import Command
from domain.support import RenewContract
from tests.domain.asked import (
    SUPPORT,
    accept,
    contact,
    deliver_all,
    judge,
    lose,
    offer,
    on,
    open_project,
    won,
)
from tests.workflows.skipping import Skipping

STANDS = 0.5
"""Seconds after which a wait that has not ended may stand still."""
WEEK, MONTH = timedelta(days=7), timedelta(days=28)


class Decade:
    """A customer's life; the moment goes on with what happens."""

    def __init__(self, time: Skipping, customer: str, moment: datetime) -> None:
        self.time, self.company, self.customer, self.moment = time, time.company, customer, moment
        self.contacts = 0
        self._settled: set[str] = set()

    @property
    def stream(self) -> str:
        return f"customer-{self.customer}"

    async def wait(self, until: datetime) -> None:
        """Nothing happens until then but what the customer's own timers bring."""
        going = asyncio.create_task(self.time.forward(self.stream, until))
        while not (await asyncio.wait({going}, timeout=STANDS))[0]:
            await self._end_children()
        going.result()
        self.moment = until

    async def _end_children(self) -> None:
        """No time is skipped while a child runs, and a child's own time stands: what they do is tested where they are alone."""
        asked = (
            f'WorkflowType IN ("Recovery", "Reactivation") AND CustomerId = "{self.customer}" AND ExecutionStatus = "Running"'
        )
        async for child in self.company.client.list_workflows(asked):
            await self.company.client.get_workflow_handle(child.id).terminate("time must go on")

    async def weekly(self, until: datetime) -> None:
        """A contact a week; those of four weeks are entered together."""
        while self.moment < until:
            since = self.moment
            await self.wait(since + MONTH)
            for_weeks = [since + WEEK * number for number in (1, 2, 3, 4)]
            met = [on(at - timedelta(minutes=1), contact(customer=self.customer, channel="meeting")) for at in for_weeks]
            named = [one.model_copy(update={"command_id": uuid.uuid4().hex}) for one in met]
            accepted = await self.company.submitter.submit_all(named)
            assert accepted.more == (None,) * 3
            self.contacts += 4

    async def sold(self, project: str) -> None:
        """An open project is won, delivered, and handed over to support for a year."""
        contract = {
            "service_code": f"SC-{project}",
            "starts_on": self.moment.date(),
            "ends_on": self.moment.date() + timedelta(days=365),
        }
        offered = offer("support", project).model_copy(update={"service_contract": None})
        with_contract = type(offered).model_validate(offered.model_dump() | {"service_contract": contract})
        delivered = [offer(project=project), accept(project=project), *deliver_all(project)]
        await self.aside([*won(project), *delivered])
        await self.aside([with_contract, accept("support", project)])

    async def renewed(self, project: str, years: int) -> None:
        """The service contract goes on."""
        ends_on = self.moment.date() + timedelta(days=365 * years)
        await self.aside([RenewContract(project=project, ends_on=ends_on, actor=SUPPORT)])

    async def lapsed(self, project: str) -> None:
        """The service contract runs out, as the support's own timer would find."""
        await self.aside([judge(f"support-{project}")])

    async def opened(self, project: str) -> None:
        """A project is opened."""
        await self.aside([open_project(project, self.customer)])

    async def lost(self, project: str) -> None:
        """Its deal is lost."""
        await self.aside([lose(project)])

    async def aside(self, commands: Sequence[Command]) -> None:
        """What other streams record now, and what they owe because of it."""
        for command in commands:
            await self._take(command.model_copy(update={"command_id": command.command_id or uuid.uuid4().hex}))

    async def _take(self, command: Command) -> None:
        if command.stream == self.stream:
            await self.company.ask(command)
            return
        written = command.model_dump(mode="json", exclude_none=True)
        request = Request(stream=command.stream, now=self.moment, command=written)
        answer = await self.company.core.handler.respond(request)
        assert answer.refusal is None, (command.command, answer.refusal)
        await self._settle(answer.standing.owed)

    async def _settle(self, owed: Sequence[Owed]) -> None:
        for one in owed:
            if one.id not in self._settled:
                self._settled.add(one.id)
                await self._take(COMMANDS[str(one.command["command"])].model_validate(one.command))
