"""A policy change for all customers: what it would come to, told from the store alone; and the workflow that carries it out."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.rejudging import CATEGORY, Counts, PolicyChange, checked, move_of, sooner, stepped
from domain.catalogue import decider_of
from domain.decider import Context
from domain.playbook import PlaybookRef, Playbooks
from domain.refusals import RefusalError
from eventstore.port import EventStore
from runtime.composition import CODEC
from runtime.problems import RuntimeProblemError
from workflows import names
from workflows.policy_change import Going

PAGE = 500
LOOK_SECONDS = 1.0
"""How often somebody who waits is told how far it has come."""


class PolicyChangeRunningError(RuntimeProblemError):
    """The same change is under way."""


@dataclass(slots=True)
class Prospect:
    """What a policy change would come to. Nothing is written for it."""

    counts: Counts = field(default_factory=Counts)
    by_class: dict[str, Counter[str]] = field(default_factory=dict)
    """By value class: how many would step where (`active → cooling`), and how many clocks come `sooner` or `later`."""


async def prospect(
    store: EventStore, playbooks: Playbooks, change: PolicyChange, advance: Callable[[int], None] = lambda _seen: None
) -> Prospect:
    """Decide for every customer without recording anything. Raises `PlaybookVersionUnknownError` for an unknown version."""
    change = checked(change, playbooks)
    found, after = Prospect(), ""
    while streams := await store.streams(CATEGORY, after, PAGE, change.value_classes):
        stored = await store.read_many(streams)
        for stream in streams:
            state = decider_of(stream).fold(CODEC.decode(event) for event in stored[stream])
            _foresee(found, stream, state, change, playbooks)
        after = streams[-1]
        advance(found.counts.seen)
    return found


def _foresee(found: Prospect, stream: str, state: Any, change: PolicyChange, playbooks: Playbooks) -> None:
    decider, to = decider_of(stream), PlaybookRef.parse(change.to)
    if state.playbook == to or state.playbook.name != to.name:
        found.counts = found.counts.plus(Counts(seen=1, there=int(state.playbook == to), elsewhere=int(state.playbook != to)))
        return
    if decider.view(state, playbooks.of(state)).closed:
        found.counts = found.counts.plus(Counts(seen=1, closed=1))
        return
    context = Context(now=change.since, at=change.since, playbooks=playbooks)
    try:
        after = decider.fold(decider.respond(move_of(stream, state.moves, change), state, context), state)
    except RefusalError as refusal:
        found.counts = found.counts.plus(Counts(seen=1, refused={refusal.type: 1}))
        return
    _, after = decider.judge(after, change.since, playbooks)
    kinds = found.by_class.setdefault(decider.view(after, playbooks.of(after)).value_class, Counter())
    armed, clock = decider.next_clock(state, playbooks), decider.next_clock(after, playbooks)
    step = stepped(stream, state, after, playbooks)
    kinds["moved"] += 1
    if step is not None:
        kinds[step] += 1
    if sooner(armed, clock):
        kinds["sooner"] += 1
    elif armed is not None and (clock is None or clock.at > armed.at):
        kinds["later"] += 1
    became = {step: 1} if step is not None else {}
    had = {str(one.command.command_id) for one in decider.owes(state)}
    owing = any(str(one.command.command_id) not in had for one in decider.owes(after))  # A reactivation to begin, say.
    found.counts = found.counts.plus(Counts(seen=1, moved=1, to_wake=int(owing or sooner(armed, clock)), became=became))


async def begin(client: Client, change: PolicyChange, playbooks: Playbooks) -> WorkflowHandle[Any, Counts]:
    """Start the change; its workflow goes on whatever becomes of the caller. May be repeated when it has ended: who is under
    that version already is left alone.

    Raises `PolicyChangeRunningError`, `PlaybookVersionUnknownError`."""
    change = checked(change, playbooks)
    try:
        handle: WorkflowHandle[Any, Counts] = await client.start_workflow(
            "PolicyChange",
            Going(change=change),
            id=names.policy_change(change.to),
            task_queue=names.TASK_QUEUE,
            result_type=Counts,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            static_summary=f"policy change 政策变更 → {change.to}",
        )
    except WorkflowAlreadyStartedError:
        raise PolicyChangeRunningError(
            f"The policy change to {change.to} is under way: look at the workflow {names.policy_change(change.to)}."
        ) from None
    return client.get_workflow_handle(handle.id, result_type=Counts)


async def followed(handle: WorkflowHandle[Any, Counts], advance: Callable[[Counts], None]) -> Counts:
    """Wait for the end, told meanwhile how far it has come."""
    while (await handle.describe()).status is WorkflowExecutionStatus.RUNNING:
        advance(await handle.query("progress", result_type=Counts))
        await asyncio.sleep(LOOK_SECONDS)
    return await handle.result()
