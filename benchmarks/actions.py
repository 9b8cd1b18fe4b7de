"""Temporal actions and history events of one whole lifecycle (P7), and how long a history grows (P8); counted, not timed."""

from __future__ import annotations

from benchmarks import lifecycle
from benchmarks.figures import Figure
from benchmarks.rig import Rig
from domain import streams
from runtime.cost import Cost, count, project_cost
from workflows import names


async def actions(rig: Rig, tickets: int = lifecycle.TICKETS) -> list[Figure]:
    """One lifecycle from registration to renewal, one command after the other; then its histories are counted.

    What counts is what somebody asked for; what timers and workflows ask of each other is cost, not work. The same life is led
    twice: each fact in a command of its own, and the facts of a stage or milestone recorded together."""
    apart = list(lifecycle.lifecycle(rig.playbook, "CA", "A", rig.today, tickets))
    cost = await _led(rig, apart, "CA", "A")
    joined = list(lifecycle.lifecycle(rig.playbook, "CB", "B", rig.today, tickets, together=True))
    cheaper = await _led(rig, joined, "CB", "B")
    workflow_id, size = await _largest(rig, "A")
    facts = len(apart)
    return [
        Figure("P7 actions per command, each fact its own command", cost.actions.total() / facts, "≤ 2.5", _kinds(cost)),
        Figure("P7 actions per fact, recorded together", cheaper.actions.total() / facts, "≤ 2.5", _kinds(cheaper)),
        Figure(
            "P7 actions per command, recorded together", cheaper.actions.total() / len(joined), "", f"{len(joined)} commands"
        ),
        Figure("P7 history events per command", cost.events.total() / facts, "", _commands(cost, facts)),
        Figure("P8 largest history, events", cost.longest_run, "≤ 2000"),
        Figure("P8 largest history, kB", size / 1000, "≤ 1000", workflow_id),
    ]


async def _led(rig: Rig, script: list[lifecycle.CommandJson], customer: str, project: str) -> Cost:
    """Lead the life, and count what it has cost, the customer's own workflow included."""
    for command in script:
        await rig.submit(command)
    cost = await project_cost(rig.client, rig.core.store, project)
    handle = rig.client.get_workflow_handle(names.workflow_id(streams.customer(customer)))
    count(cost, (await handle.fetch_history()).events)
    return cost


def _kinds(cost: Cost) -> str:
    return f"{cost.actions.total()} actions: " + ", ".join(f"{kind} {number}" for kind, number in cost.actions.most_common())


def _commands(cost: Cost, asked: int) -> str:
    return f"{cost.events.total()} events in {cost.runs} histories, {asked} commands"


async def _largest(rig: Rig, project: str) -> tuple[str, int]:
    """The workflow with the largest history, and its size in bytes."""
    sizes: dict[str, int] = {}
    for row in await rig.core.store.rows("standings", {"project": project}):
        workflow_id = names.workflow_id(str(row["stream"]))
        described = await rig.client.get_workflow_handle(workflow_id).describe()
        sizes[workflow_id] = described.raw_description.workflow_execution_info.history_size_bytes
    return max(sizes.items(), key=lambda one: one[1])
