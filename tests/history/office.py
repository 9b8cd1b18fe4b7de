"""Commands recorded as the engine records them, debts delivered at once, but without Temporal: histories for tests to read."""

from __future__ import annotations

import itertools
from datetime import datetime

from activities.commands import CommandHandler
from activities.shapes import Answer, Request
from domain.messages import Command
from domain.playbook import Playbooks
from eventstore.port import EventStore
from projections.rows import rows
from runtime.composition import CODEC
from tests.domain.asked import MONDAY, PLAYBOOKS


class Office:
    """A company that works on a store; its clock stands until it is set."""

    def __init__(self, store: EventStore, now: datetime = MONDAY) -> None:
        self.store = store
        self.now = now
        self._numbers = itertools.count(1)
        self._settled: set[tuple[str, str]] = set()
        self._handler = CommandHandler(store, CODEC, rows, self._playbooks, lambda: self.now)

    async def take(self, *told: Command | datetime) -> Office:
        """Carry out commands that are taken; a datetime between them sets the clock."""
        for one in told:
            if isinstance(one, datetime):
                self.now = one
                continue
            answer = await self.ask(one)
            assert answer.refusal is None, answer.refusal
            await self._settle(answer)
        return self

    async def ask(self, command: Command) -> Answer:
        """Ask for one command, which may be refused; debts stay open."""
        if command.command_id is None:
            command = command.model_copy(update={"command_id": f"k{next(self._numbers)}"})
        written = command.model_dump(mode="json", exclude_none=True)
        return await self._handler.respond(Request(stream=command.stream, now=self.now, command=written))

    async def _settle(self, answer: Answer) -> None:
        for owed in answer.standing.owed:
            if (owed.stream, owed.id) not in self._settled:
                self._settled.add((owed.stream, owed.id))
                request = Request(stream=owed.stream, now=self.now, command=owed.command)
                await self._settle(await self._handler.respond(request))

    async def _playbooks(self) -> Playbooks:
        return PLAYBOOKS
