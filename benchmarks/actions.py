"""Temporal actions and history events of one whole lifecycle (P7), and how long a history grows (P8); counted, not timed."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from benchmarks import lifecycle
from benchmarks.figures import Figure
from benchmarks.rig import Rig
from workflows import names

ONE_EACH = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: "signal",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: "update",
    EventType.EVENT_TYPE_TIMER_STARTED: "timer",
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: "attributes",
}
"""Events that are one action each."""


async def actions(rig: Rig) -> list[Figure]:
    """One lifecycle from registration to renewal, one command after the other; then its histories are counted."""
    script = list(lifecycle.lifecycle(rig.playbook, "CA", "A", rig.today))
    for command in script:
        await rig.submit(command)
    histories = [history async for history in _histories(rig, "CA", "A")]
    counted: Counter[str] = sum((_actions(history) for history in histories), Counter())
    total, events = counted.total(), sum(len(history.events) for history in histories)
    size = max(sum(event.ByteSize() for event in history.events) for history in histories)
    longest = max(histories, key=lambda history: len(history.events))
    by_kind = ", ".join(f"{kind} {count}" for kind, count in counted.most_common())
    return [
        Figure("P7 Temporal actions per command, one lifecycle", total / len(script), "≤ 2.5", f"{total} actions: {by_kind}"),
        Figure("P7 history events per command", events / len(script), "", f"{events} events, {len(script)} commands"),
        Figure("P8 largest history, events", len(longest.events), "≤ 2000", longest.workflow_id),
        Figure("P8 largest history, kB", size / 1000, "≤ 1000"),
    ]


async def _histories(rig: Rig, customer: str, project: str) -> AsyncIterator[WorkflowHistory]:
    """Every run of the customer's and the project's workflows."""
    for row in await rig.core.store.rows("standings", {"customer": customer}):
        if row["project"] not in ("", project):
            continue
        workflow_id = names.workflow_id(row["stream"])
        async for run in rig.client.list_workflows(f"WorkflowId = '{workflow_id}'"):
            yield await rig.client.get_workflow_handle(run.id, run_id=run.run_id).fetch_history()


def _actions(history: WorkflowHistory) -> Counter[str]:
    """Temporal Cloud's published counting: all local activities of one workflow task are one action, a child is two."""
    counted: Counter[str] = Counter()
    local: set[int] = set()
    for event in history.events:
        if kind := ONE_EACH.get(event.event_type):
            counted[kind] += 1
        elif event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
            begun_by_another = event.workflow_execution_started_event_attributes.HasField("parent_workflow_execution")
            counted["child" if begun_by_another else "start"] += 2 if begun_by_another else 1
        elif event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
            counted["activity"] += event.activity_task_started_event_attributes.attempt
        elif event.event_type == EventType.EVENT_TYPE_MARKER_RECORDED and _local(event):
            local.add(event.marker_recorded_event_attributes.workflow_task_completed_event_id)
    counted["local activities"] = len(local)
    return counted


def _local(event: HistoryEvent) -> bool:
    return event.marker_recorded_event_attributes.marker_name == "core_local_activity"
