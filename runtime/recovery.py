"""Temporal can be lost: every open workflow is started again from its stream, and whatever is owed is delivered."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from temporalio.client import Client, WorkflowQueryFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError, RPCStatusCode

from activities.shapes import Standing
from domain import streams
from domain.catalogue import decider_of
from domain.clocks import JudgeClocks
from domain.messages import SYSTEM, own_id
from domain.playbook import Playbooks
from eventstore.port import EventStore, StoreError
from history.log import Ledger
from runtime.announcing import remind_of_notices, streams_that_owe
from runtime.composition import CODEC, now
from runtime.problems import RuntimeProblemError
from runtime.submitting import Submitter
from workflows import names

AT_ONCE = 20
"""How many workflows are started at the same time."""

TAIL = 300
"""How many of the last events are looked at for workflows that have not heard of them. What was under way when everything died
was among the last that was recorded; far fewer commands than this are ever under way at once."""

ANSWER = timedelta(seconds=10)
"""How long a workflow may take to say where it stands."""

logger = structlog.get_logger(__name__)


@dataclass(slots=True)
class Recovery:
    """How many workflows were started again and how many ran already, by kind of work (`funnel`, `ticket`, …)."""

    started: Counter[str] = field(default_factory=Counter)
    running: Counter[str] = field(default_factory=Counter)
    indebted: int = 0
    """How many of them have ended but owed others something that had not arrived."""
    announcing: int = 0
    """How many owed notices to people; each was reminded of them."""
    owing: int = 0
    """How many ran and owed others something that had not arrived; each was made to look again."""
    reminded: int = 0
    """How many ran but had not heard of what was recorded in their streams."""


class StoreBehindError(RuntimeProblemError):
    """Temporal knows of facts that the store has lost."""


async def recover(store: EventStore, playbooks: Playbooks, submitter: Submitter) -> Recovery:
    """Start every open workflow that Temporal does not run, and every ended one whose debts have not arrived.

    May be repeated: a command that is recorded is not recorded again, and a workflow that runs is left alone, unless its stream
    owes what it may not know of, because an earlier build owed it nobody. Reads the whole log once. Raises `StoreError` and
    `RPCError`; what was started by then stays started."""
    ledger = Ledger(store, CODEC)
    await ledger.catch_up()
    recovery = Recovery()
    room = asyncio.Semaphore(AT_ONCE)

    async def start(stream: str) -> None:
        async with room:
            started = await submitter.resume(stream)
            if not started and stream in owing:
                named = own_id(f"owing-{ledger.versions[stream]}-{now().timestamp():.0f}")
                await submitter.submit(JudgeClocks(of=stream, command_id=named, actor=SYSTEM))
                recovery.owing += 1
        (recovery.started if started else recovery.running)[streams.category(stream)] += 1

    open_ones = [stream for stream in ledger.states if _is_open(stream, ledger, playbooks)]
    owing = {stream for stream in open_ones if await _owes(stream, ledger, store)}
    indebted = [stream for stream in ledger.states.keys() - set(open_ones) if await _owes(stream, ledger, store)]
    recovery.indebted = len(indebted)
    await asyncio.gather(*(start(stream) for stream in [*open_ones, *sorted(indebted)]))
    # A workflow that has ended, or was started again just now, or has lost its notices' activity with an old Temporal.
    for stream in await streams_that_owe(store):
        await remind_of_notices(submitter, stream)
        recovery.announcing += 1
    return recovery


async def remind(client: Client, store: EventStore, submitter: Submitter) -> int:
    """Tell workflows what was recorded in their streams without their hearing of it; how many had to be told.

    When worker and Temporal die together between the append and the end of the workflow task, the fact is stored, but the
    workflow's history does not have it: its timer and its debts are those of before. Whoever sends a command to it sets that
    right; this does it when nobody does.

    Raises `StoreBehindError` when a workflow has heard of more than the store holds; `StoreError` and `RPCError`."""
    told = 0
    for stream in dict.fromkeys(event.stream for event in reversed(await store.latest(TAIL))):
        rows = await store.rows("standings", {"stream": stream})
        if not rows:
            continue
        version = int(rows[0]["version"])
        heard = await _heard(client, stream)
        if heard is None or heard == version:
            continue
        if heard > version and heard > len(await store.read(stream)):  # asked again: it may have gone on meanwhile
            raise StoreBehindError(
                f"The workflow {names.workflow_id(stream)} has heard of {heard} facts, but the store holds {version} of them: "
                "the store is older than Temporal (a restored backup?). Temporal would answer for facts that are lost; stop "
                "everything, move Temporal's database away, start again and run `python starter.py recover`."
            )
        judge = JudgeClocks(of=stream, command_id=own_id(f"reminded-{version}"), actor=SYSTEM)
        await submitter.submit(judge)
        told += 1
    return told


async def _heard(client: Client, stream: str) -> int | None:
    """The version that a workflow knows of; None for one that Temporal does not know: to start it is for `recover`."""
    handle = client.get_workflow_handle(names.workflow_id(stream))
    try:
        standing = await handle.query(names.STANDING, result_type=Standing, rpc_timeout=ANSWER)
    except (RPCError, WorkflowQueryFailedError) as error:
        if isinstance(error, RPCError) and error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return None
    return standing.version if standing else 0


@asynccontextmanager
async def reminding(client: Client, store: EventStore, submitter: Submitter) -> AsyncIterator[None]:
    """Remind workflows once, beside the body; a failure is told and does no more harm than no reminder."""

    async def once() -> None:
        try:
            told = await remind(client, store, submitter)
        except StoreBehindError as behind:
            logger.error(str(behind))
        except (StoreError, RPCError) as error:
            logger.warning("could not look for workflows behind their streams; `recover` does", error=str(error))
        else:
            if told:
                logger.info("workflows were told what was recorded without them", workflows=told)

    task = asyncio.create_task(once())
    try:
        yield
    finally:
        task.cancel()
        # The client makes an error of its own of the cancelling of a command that is under way.
        with contextlib.suppress(asyncio.CancelledError, WorkflowUpdateRPCTimeoutOrCancelledError):
            await task


def _is_open(stream: str, ledger: Ledger, playbooks: Playbooks) -> bool:
    state = ledger.states[stream]
    return state.exists and not decider_of(stream).view(state, playbooks.of(state)).closed


async def _owes(stream: str, ledger: Ledger, store: EventStore) -> bool:
    """True when something that the stream owes others is neither recorded nor refused there."""
    state = ledger.states[stream]
    for debt in decider_of(stream).owes(state) if state.exists else ():
        target, command_id = debt.command.stream, str(debt.command.command_id)
        if (target, command_id) in ledger.recorded:
            continue
        if not any(decision.command_id == command_id for decision in await store.decisions(target)):
            return True
    return False
