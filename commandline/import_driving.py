"""Sends what an import has made of an export: many customers side by side, each customer's deals one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from temporalio.service import RPCError

from activities.states import States
from commandline.seam import FailedError
from domain.catalogue import decider_of
from domain.messages import Command
from intake.checks import Problem
from intake.crm import PIPELINE, NotTaken
from intake.crm_commands import Deal, Lane
from runtime.composition import CODEC
from runtime.results import UNAVAILABLE, result_of
from runtime.results import NotTaken as NoAnswerOrRefused
from runtime.stack import Stack
from runtime.submitting import CommandRefusedError

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
    waiting = iter(todo)
    driver = _Driver(stack, States(stack.core.store, CODEC), tally, advance)

    async def work() -> None:
        for lane in waiting:
            if not await driver.bring_in(lane):
                return

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(LANES_AT_ONCE):
                group.create_task(work())
    except* FailedError as stopped:
        raise stopped.exceptions[0] from None


@dataclass(frozen=True)
class _Driver:
    stack: Stack
    states: States
    tally: Tally
    advance: Callable[[], bool]

    async def bring_in(self, lane: Lane) -> bool:
        """The customer, then its deals in order; False when it was told to stop."""
        fresh, problem = await self._send([lane.register])
        if problem is not None:
            problem = Problem("its customer was refused", str(problem))
        self.tally.customers += fresh
        for deal in lane.deals:
            await self._bring_in(deal, problem)
            if not self.advance():
                return False
        return True

    async def _bring_in(self, deal: Deal, problem: Problem | None) -> None:
        fresh = False
        if problem is None:
            fresh, problem = await self._send(deal.commands)
        if problem is not None:
            one = deal.opportunity
            self.tally.refused.append(NotTaken(PIPELINE, one.line, one.id, one.stage, (problem,)))
        else:
            (self.tally.taken if fresh else self.tally.known).append(deal)

    async def _send(self, commands: Sequence[Command]) -> tuple[bool, Problem | None]:
        """Whether this run recorded any of them, and why one was refused, if so."""
        fresh, known = False, ""
        for command in commands:
            # Asking the store costs a fraction of sending; the decider would only answer the same events again.
            if await self._is_recorded(command):
                known = command.stream
                continue
            if known:
                await self._settle(known, set())  # what comes next may rest on it
                known = ""
            written = command.model_dump(mode="json", exclude_none=True)
            result = await result_of(self.stack.submitter, written, seconds=ANSWER_SECONDS)
            if isinstance(result, NoAnswerOrRefused):
                if result.error.type == UNAVAILABLE:
                    raise FailedError(_stopped(result.error.detail))
                if (command.command, result.error.type) not in SERVES_ANYWAY:
                    return fresh, Problem(result.error.type, result.error.detail)
                continue
            fresh = True
        if known:
            await self._settle(known, set())
        return fresh, None

    async def _settle(self, stream: str, visited: set[str]) -> None:
        """See that everybody has heard of what an earlier run recorded: that run may have been broken off in between.

        Its workflows tell it by themselves when they run again; asked with the same ids, the answer is that it is done."""
        visited.add(stream)
        for owed in decider_of(stream).owes((await self.states.read(stream)).state):
            if not await self._is_recorded(owed.command):
                try:
                    async with asyncio.timeout(ANSWER_SECONDS):
                        await self.stack.submitter.submit(owed.command)
                except CommandRefusedError:
                    pass  # on record, and shown by the workflow that owes it
                except (RPCError, TimeoutError) as error:
                    raise FailedError(_stopped(f"Temporal or a worker does not answer ({type(error).__name__}).")) from None
            if owed.command.stream not in visited:
                await self._settle(owed.command.stream, visited)

    async def _is_recorded(self, command: Command) -> bool:
        return bool(await self.stack.core.store.recorded(command.stream, str(command.command_id)))


def _stopped(detail: str) -> str:
    what = detail.partition(" Send ")[0]
    return (
        f"The import stopped: {what} What is in stays in: with `python starter.py up` running, start the same import again and"
        " it goes on from there."
    )
