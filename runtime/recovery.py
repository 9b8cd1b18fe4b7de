"""Temporal can be lost: every open workflow is started again from its stream, and whatever is owed is delivered."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from domain import streams
from domain.catalogue import decider_of
from domain.playbook import Playbooks
from eventstore.port import EventStore
from history.log import Ledger
from runtime.composition import CODEC
from runtime.submitting import Submitter

AT_ONCE = 20
"""How many workflows are started at the same time."""


@dataclass(slots=True)
class Recovery:
    """How many workflows were started again and how many ran already, by kind of work (`funnel`, `ticket`, …)."""

    started: Counter[str] = field(default_factory=Counter)
    running: Counter[str] = field(default_factory=Counter)
    indebted: int = 0
    """How many of them have ended but owed others something that had not arrived."""


async def recover(store: EventStore, playbooks: Playbooks, submitter: Submitter) -> Recovery:
    """Start every open workflow that Temporal does not run, and every ended one whose debts have not arrived.

    May be repeated: a workflow that runs is left alone, a command that is recorded is not recorded again. Reads the whole log
    once. Raises `StoreError` and `RPCError`; what was started by then stays started."""
    ledger = Ledger(store, CODEC)
    await ledger.catch_up()
    recovery = Recovery()
    room = asyncio.Semaphore(AT_ONCE)

    async def start(stream: str) -> None:
        async with room:
            started = await submitter.resume(stream)
        (recovery.started if started else recovery.running)[streams.category(stream)] += 1

    open_ones = [stream for stream in ledger.states if _is_open(stream, ledger, playbooks)]
    indebted = [stream for stream in ledger.states.keys() - set(open_ones) if await _owes(stream, ledger, store)]
    recovery.indebted = len(indebted)
    await asyncio.gather(*(start(stream) for stream in [*open_ones, *sorted(indebted)]))
    return recovery


def _is_open(stream: str, ledger: Ledger, playbooks: Playbooks) -> bool:
    state = ledger.states[stream]
    return state.exists and not decider_of(stream).view(state, playbooks.get(state.playbook)).closed


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
