"""Sends what an import has made of an export: many customers side by side, each customer's deals one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from temporalio.service import RPCError

from activities.states import States
from commandline.seam import FailedError
from domain.catalogue import decider_of
from domain.messages import Command
from intake.checks import Problem
from intake.crm import PIPELINE, NotTaken
from intake.crm_commands import Deal, Lane
from runtime.composition import CODEC
from runtime.results import UNAVAILABLE, Result, results_of
from runtime.results import NotTaken as NoAnswerOrRefused
from runtime.stack import Stack
from runtime.submitting import CommandRefusedError

Item = TypeVar("Item")

LANES_AT_ONCE = 24
"""Customers that are brought in side by side; more only make each wait longer, the machine is busy with fewer."""

ANSWER_SECONDS = 60.0
"""How long to wait for one answer: an import keeps the machine busy, and each answer includes what others are told."""

SERVES_ANYWAY = {("RegisterCustomer", "AlreadyExists"), ("ReleaseClocks", "ClocksNotHeld")}
"""Refusals that say that somebody else has done it: the customer is registered, the clocks run."""


@dataclass
class Tally:
    """How the rows fared, as far as the import has come."""

    taken: list[Deal] = field(default_factory=list)
    """Brought in, or brought further, by this run."""
    known: list[Deal] = field(default_factory=list)
    """In already, from an earlier run."""
    refused: list[NotTaken] = field(default_factory=list)
    customers: int = 0
    """Registered by this run."""


async def drive(stack: Stack, todo: Sequence[Lane], tally: Tally, advance: Callable[[], bool]) -> None:
    """Send what is not recorded yet, note in `tally` how each row fared, and call `advance` after each.

    When `advance` answers False, the rows under way are ended and no more are begun.
    Raises `FailedError` when an answer does not come: what is in stays in, and the same call goes on from there."""
    await side_by_side(todo, _Driver(Sender(stack), tally, advance).bring_in)


async def side_by_side(todo: Sequence[Item], bring_in: Callable[[Item], Awaitable[bool]], at_once: int = LANES_AT_ONCE) -> None:
    """Bring the items in, several at once; when one answers False, no more are begun. Raises the first `FailedError`."""
    waiting = iter(todo)

    async def work() -> None:
        for item in waiting:
            if not await bring_in(item):
                return

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(work())
    except* FailedError as stopped:
        raise stopped.exceptions[0] from None


class Sender:
    """Sends commands that may be on record from an earlier run."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.states = States(stack.core.store, CODEC)

    async def send(self, commands: Sequence[Command]) -> tuple[bool, Problem | None]:
        """Whether this run recorded any of them, and why one was refused, if so."""
        fresh, known = False, ""
        for command in commands:
            # Asking the store costs a fraction of sending; the decider would only answer the same events again.
            if await self.is_recorded(command):
                known = command.stream
                continue
            if known:
                await self.settle(known, set())  # what comes next may rest on it
                known = ""
            recorded, problem = await self.ask(command)
            if problem is not None:
                return fresh, problem
            fresh = fresh or recorded
        if known:
            await self.settle(known, set())
        return fresh, None

    async def ask(self, command: Command) -> tuple[bool, Problem | None]:
        """Whether a command is recorded now, and why it was refused, if it was and that matters."""
        [told] = await self.ask_all([command])
        return told

    async def ask_all(self, commands: Sequence[Command]) -> list[tuple[bool, Problem | None]]:
        """The same of several commands to one stream, of the first of them at least: with one call, which costs a fraction of
        one for each."""
        written = [command.model_dump(mode="json", exclude_none=True) for command in commands]
        results = await results_of(self.stack.submitter, written, seconds=ANSWER_SECONDS)
        return [self._told(command, result) for command, result in zip(commands, results, strict=False)]

    def _told(self, command: Command, result: Result) -> tuple[bool, Problem | None]:
        if not isinstance(result, NoAnswerOrRefused):
            return True, None
        if result.error.type == UNAVAILABLE:
            raise FailedError(_stopped(result.error.detail))
        if (command.command, result.error.type) in SERVES_ANYWAY:
            return False, None
        return False, Problem(result.error.type, result.error.detail)

    async def settle(self, stream: str, visited: set[str]) -> None:
        """See that everybody has heard of what an earlier run recorded: that run may have been broken off in between.

        Its workflows tell it by themselves when they run again; asked with the same ids, the answer is that it is done."""
        visited.add(stream)
        for owed in decider_of(stream).owes((await self.states.read(stream)).state):
            if not await self.is_recorded(owed.command):
                try:
                    async with asyncio.timeout(ANSWER_SECONDS):
                        await self.stack.submitter.submit(owed.command)
                except CommandRefusedError:
                    pass  # on record, and shown by the workflow that owes it
                except (RPCError, TimeoutError) as error:
                    raise FailedError(_stopped(f"Temporal or a worker does not answer ({type(error).__name__}).")) from None
            if owed.command.stream not in visited:
                await self.settle(owed.command.stream, visited)

    async def is_recorded(self, command: Command) -> bool:
        """True when an earlier run has recorded it."""
        return bool(await self.stack.core.store.recorded(command.stream, str(command.command_id)))


@dataclass(frozen=True)
class _Driver:
    sender: Sender
    tally: Tally
    advance: Callable[[], bool]

    async def bring_in(self, lane: Lane) -> bool:
        """The customer, then its deals in order; False when it was told to stop."""
        fresh, problem = await self.sender.send([lane.register])
        if problem is not None:
            problem = Problem("its customer was refused", str(problem))
        self.tally.customers += fresh
        for deal in lane.deals:
            await self._bring_in(deal, problem)
            if not self.advance():
                return False
        if lane.release is not None and problem is None:
            await self.sender.send([lane.release])
        return True

    async def _bring_in(self, deal: Deal, problem: Problem | None) -> None:
        fresh = False
        if problem is None:
            fresh, problem = await self.sender.send(deal.commands)
        if problem is not None:
            one = deal.opportunity
            self.tally.refused.append(NotTaken(PIPELINE, one.line, one.id, one.stage, (problem,)))
        else:
            (self.tally.taken if fresh else self.tally.known).append(deal)


def _stopped(detail: str) -> str:
    what = detail.partition(" Send ")[0]
    return (
        f"The import stopped: {what} What is in stays in: with `python starter.py up` running, start the same import again and"
        " it goes on from there."
    )
