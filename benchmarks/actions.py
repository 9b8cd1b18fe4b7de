"""Temporal actions and history events of one whole lifecycle (P7), and how long a history grows (P8); counted, not timed."""

from __future__ import annotations

from benchmarks import lifecycle
from benchmarks.figures import Figure
from benchmarks.rig import Rig
from domain import streams
from runtime.cost import Cost, count, project_cost
from workflows import names

CUSTOMER, PROJECT = "CA", "A"


async def actions(rig: Rig, tickets: int = lifecycle.TICKETS) -> list[Figure]:
    """One lifecycle from registration to renewal, one command after the other; then its histories are counted.

    A command is one that somebody asked for: what timers and workflows ask of each other is cost, not work."""
    script = list(lifecycle.lifecycle(rig.playbook, CUSTOMER, PROJECT, rig.today, tickets))
    for command in script:
        await rig.submit(command)
    cost = await project_cost(rig.client, rig.core.store, PROJECT)
    customer = rig.client.get_workflow_handle(names.workflow_id(streams.customer(CUSTOMER)))
    count(cost, (await customer.fetch_history()).events)
    workflow_id, size = await _largest(rig)
    total, events = cost.actions.total(), cost.events.total()
    by_kind = ", ".join(f"{kind} {number}" for kind, number in cost.actions.most_common())
    return [
        Figure("P7 Temporal actions per command, one lifecycle", total / len(script), "≤ 2.5", f"{total} actions: {by_kind}"),
        Figure("P7 history events per command", events / len(script), "", _commands(cost, len(script))),
        Figure("P8 largest history, events", cost.longest_run, "≤ 2000"),
        Figure("P8 largest history, kB", size / 1000, "≤ 1000", workflow_id),
    ]


def _commands(cost: Cost, asked: int) -> str:
    return f"{cost.events.total()} events in {cost.runs} histories, {asked} commands"


async def _largest(rig: Rig) -> tuple[str, int]:
    """The workflow with the largest history, and its size in bytes."""
    sizes: dict[str, int] = {}
    for row in await rig.core.store.rows("standings", {"project": PROJECT}):
        workflow_id = names.workflow_id(str(row["stream"]))
        described = await rig.client.get_workflow_handle(workflow_id).describe()
        sizes[workflow_id] = described.raw_description.workflow_execution_info.history_size_bytes
    return max(sizes.items(), key=lambda one: one[1])
