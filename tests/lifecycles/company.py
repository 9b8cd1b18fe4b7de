"""A company at work on a real store, without Temporal: commands one at a time in each stream, debts delivered at once."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from activities.commands import CommandHandler
from activities.shapes import Answer, Owed, Request
from activities.states import States
from domain.catalogue import decider_of
from domain.clocks import JudgeClocks
from domain.messages import SYSTEM, Command, own_id
from domain.playbook import Playbooks
from eventstore.port import EventStore, StoredEvent
from projections.rows import rows
from runtime.composition import CODEC
from tests.domain.asked import MONDAY, PLAYBOOKS

Said = tuple[tuple[str, str, int], ...] | str
"""What an answer comes to: type, stream and version of each event, or the type of the refusal."""


class Company:
    """Everybody's commands on one store; the clock stands until it is set."""

    def __init__(self, store: EventStore, playbooks: Playbooks = PLAYBOOKS, now: datetime = MONDAY) -> None:
        self.store, self.playbooks, self.now = store, playbooks, now
        self.streams: dict[str, None] = {}
        self._settled: set[tuple[str, str]] = set()
        self._judged: set[tuple[str, str]] = set()
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._states = States(store, CODEC)
        self._handler = CommandHandler(store, CODEC, rows, self._shelf, lambda: self.now)

    async def ask(self, command: Command) -> Said:
        """Ask for one command and see to what it makes others owe."""
        answer = await self._answer(command.stream, command.model_dump(mode="json", exclude_none=True))
        await self._settle(answer.standing.owed)
        if answer.refusal is not None:
            return answer.refusal.type
        return tuple((event.type, event.stream, event.version) for event in answer.events)

    async def ask_at_once(self, commands: Iterable[Command]) -> list[Said]:
        """Ask for all of them in the same moment."""
        return list(await asyncio.gather(*(self.ask(command) for command in commands)))

    async def wait_until(self, now: datetime) -> None:
        """Let time pass; every clock that runs out is judged by its own stream, the earliest first."""
        while due := [(clock.at, clock.name, stream) for stream, clock in await self._clocks() if clock.at <= now]:
            moment, name, stream = min(due)
            self.now = max(self.now, moment)
            judge = JudgeClocks(of=stream, command_id=own_id(name), actor=SYSTEM)
            assert (stream, name) not in self._judged, f"the clock {name} of {stream} runs out for a second time"
            self._judged.add((stream, name))
            said = await self.ask(judge)
            assert isinstance(said, tuple), f"the clock {name} of {stream} was refused: {said}"
            assert said, f"the clock {name} of {stream} ran out, but nothing was recorded"
        self.now = now

    async def state(self, stream: str) -> Any:
        """The state of a stream, folded from what is stored."""
        return (await self._states.read(stream)).state

    async def states(self) -> dict[str, Any]:
        """The state of every stream that has begun."""
        found = {stream: await self.state(stream) for stream in self.streams}
        return {stream: state for stream, state in found.items() if state.exists}

    async def events(self) -> dict[str, Sequence[StoredEvent]]:
        """What is stored, by stream."""
        return {stream: await self.store.read(stream) for stream in self.streams}

    async def _answer(self, stream: str, written: dict[str, Any]) -> Answer:
        self.streams.setdefault(stream)
        async with self._turns[stream]:
            return await self._handler.respond(Request(stream=stream, now=self.now, command=written))

    async def _settle(self, owed: Sequence[Owed]) -> None:
        for one in owed:
            if (one.stream, one.id) not in self._settled:
                self._settled.add((one.stream, one.id))
                answer = await self._answer(one.stream, one.command)
                await self._settle(answer.standing.owed)

    async def _clocks(self) -> list[tuple[str, Any]]:
        found = []
        for stream, state in (await self.states()).items():
            if (clock := decider_of(stream).next_clock(state, self.playbooks)) is not None:
                found.append((stream, clock))
        return found

    async def _shelf(self) -> Playbooks:
        return self.playbooks
