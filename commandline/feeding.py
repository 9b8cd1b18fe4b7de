"""Brings the sample portfolio in: only what is not on record yet, each customer in order, several customers at once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx

from activities.shapes import Request, Standing
from commandline.seam import FailedError
from domain import streams
from domain.catalogue import COMMANDS
from domain.playbook import Playbook
from eventstore.port import EventStore
from runtime.composition import Core
from runtime.results import UNAVAILABLE, NotTaken, Submits, result_of
from sample.lives import Command, Life
from sample.portfolio import OVER_HTTP, portfolio

AT_ONCE = 6
"""Customers that are brought in at the same time."""
ASKED = 3
"""How often a command is sent when nobody can answer it; the same id is recorded once."""
STOPPING_SECONDS = 5.0
"""How long the answer to a command under way is waited for when somebody stops the demo."""
WAKING_SECONDS = 20.0
"""Twice as long as Temporal waits for a worker that was killed before it gives its task to another."""

Send = Callable[[Command], Coroutine[None, None, None]]
"""Sends one command; raises `FailedError` when it is refused, and when nobody answers however often it is sent."""


@dataclass(frozen=True)
class Portfolio:
    """The portfolio as this store has it: told relative to the day on which it was first brought in."""

    lives: Sequence[Life]
    left: Sequence[Sequence[Command]]
    """What is to be sent, one list for each customer; all empty when the whole portfolio is on record."""
    interrupted: bool
    """True when an earlier run left it half way."""

    @property
    def customers(self) -> list[str]:
        """The ids of the customers."""
        return [customer for life in self.lives for customer in (life.customer, *life.others)]

    @property
    def projects(self) -> list[str]:
        """The ids of the projects."""
        return [said["project"] for life in self.lives for said in life.commands() if said["command"] == "OpenProject"]


async def compare(store: EventStore, playbook: Playbook) -> Portfolio:
    """The portfolio and what of it is to be sent: all of it, nothing, or what an interrupted run left.

    That run may have died between the record and the answer of each customer's latest command. What follows from such a
    command comes about when it is asked again by its id, so it is sent again; it is not recorded again."""
    lives = portfolio(await _told_at(store, playbook), playbook)
    spoken = [life.commands() for life in lives]
    recorded = [[await _on_record(store, said) for said in commands] for commands in spoken]
    whole, interrupted = all(map(all, recorded)), any(map(any, recorded)) and not all(map(all, recorded))
    left = [[] if whole else commands[max(sum(known) - 1, 0) :] for commands, known in zip(spoken, recorded, strict=True)]
    return Portfolio(lives, left, interrupted)


async def _told_at(store: EventStore, playbook: Playbook) -> datetime:
    """When the portfolio was first brought in, so that an interrupted run goes on with the same days; otherwise now."""
    now = datetime.now(UTC)
    began = [now]
    for life in portfolio(now, playbook):
        first = await store.read(streams.customer(life.customer), limit=1)
        began += [event.recorded_at for event in first if event.command_id.startswith("sample-")]
    return min(began)


async def _on_record(store: EventStore, said: Command) -> bool:
    stream = COMMANDS[said["command"]].model_validate_json(json.dumps(said)).stream
    return bool(await store.recorded(stream, said["command_id"]))


async def late_clocks(portfolio: Portfolio, core: Core, seconds: float = WAKING_SECONDS) -> list[str]:
    """Wait until every clock that has run out is on record, so that what is told is the present. Only a stream's own workflow
    judges its clocks, and one that was killed in the middle of a task gets its next one only when Temporal gives it up.

    Returns the streams whose clocks are still not on record after so many seconds; mostly none."""
    until = asyncio.get_running_loop().time() + seconds
    while True:
        now = datetime.now(UTC)
        standings = await _standings(portfolio, core)
        late = [one.stream for one in standings if one.deadline is not None and one.deadline.at <= now]
        if not late or asyncio.get_running_loop().time() >= until:
            return late
        await asyncio.sleep(0.1)


async def _standings(portfolio: Portfolio, core: Core) -> list[Standing]:
    """Where each stream of the portfolio stands."""
    told = [await core.store.read_customer(customer) for customer in portfolio.customers]
    known = sorted({event.stream for events in told for event in events})
    return [(await core.handler.respond(Request(stream=stream, now=datetime.now(UTC)))).standing for stream in known]


async def feed(left: Sequence[Sequence[Command]], direct: Send, over_http: Send, done: Callable[[], None]) -> None:
    """Send what is left; `done` is called after each command. Raises the first `FailedError`; the rest stops then."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one_customer(commands: Sequence[Command]) -> None:
        async with gate:
            for said in commands:
                await _finished(over_http(said) if said.get("project") == OVER_HTTP else direct(said))
                done()

    try:
        async with asyncio.TaskGroup() as group:
            for commands in left:
                group.create_task(one_customer(commands))
    except* FailedError as failed:
        raise failed.exceptions[0] from None


async def _finished(sending: Coroutine[None, None, None]) -> None:
    """Wait for one command; when we are stopped meanwhile, its answer is still waited for, so that its outcome is known."""
    task = asyncio.create_task(sending)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=STOPPING_SECONDS)
        if task.done() and not task.cancelled():
            task.exception()  # looked at: what stopped us counts, the next run asks again
        raise


def through(submitter: Submits) -> Send:
    """The direct door: the one that `do` uses."""

    async def send(said: Command) -> None:
        why = ""
        for _ in range(ASKED):
            result = await result_of(submitter, said)
            if not isinstance(result, NotTaken):
                return
            why = result.error.detail
            if result.error.type != UNAVAILABLE:
                raise _refused(said, f"{result.error.type}: {why}")
        raise _unanswered(said, why)

    return send


def over(api: httpx.AsyncClient) -> Send:
    """The HTTP door. The client has the API's address and key."""

    async def send(said: Command) -> None:
        why = ""
        for _ in range(ASKED):
            try:
                answer = await api.post("/v1/commands", json=said)
            except httpx.HTTPError as problem:
                why = type(problem).__name__
                continue
            if answer.status_code == httpx.codes.OK:
                return
            why = f"HTTP {answer.status_code}, {answer.text[:500]}"
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                raise _refused(said, why)
        raise _unanswered(said, why)

    return send


def _refused(said: Command, why: str) -> FailedError:
    return FailedError(f"The sample's command {said['command_id']} ({said['command']}) was refused: {why}")


def _unanswered(said: Command, why: str) -> FailedError:
    return FailedError(f"The sample's command {said['command_id']} had no answer, {ASKED} times: {why} Run the demo again.")
