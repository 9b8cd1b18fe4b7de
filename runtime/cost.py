"""What a project has cost in Temporal: actions and history events by kind, counted from the histories of all its runs.

The rules are those that Temporal Cloud publishes; what they leave out (queries, rejected updates) leaves no history either."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from domain import streams
from domain.messages import SYSTEM, Actor
from eventstore.port import EventStore
from workflows import names

ACTIONS = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED: "workflow start",
    # The child's own start is counted in the child's history: two in all.
    EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED: "child workflow",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: "signal",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: "update",
    EventType.EVENT_TYPE_TIMER_STARTED: "timer",
    EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: "activity",
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: "search attribute upsert",
    EventType.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED: "memo upsert",
}
LOCAL, RETRY = "local activities of a workflow task", "activity retry"
LOCAL_MARKER = "core_local_activity"
"""How the SDK marks a local activity's result in the history."""

ALL_ROWS = 1_000_000


@dataclass(slots=True)
class Cost:
    """The cost of one project."""

    project: str
    actions: Counter[str] = field(default_factory=Counter)
    """By kind."""
    events: Counter[str] = field(default_factory=Counter)
    """History events by type."""
    workflows: int = 0
    runs: int = 0
    longest_run: int = 0
    """History events of the longest run."""
    commands: int = 0
    """Business commands: those that recorded something in the project's streams, whoever asked for them."""
    asked: int = 0
    """Those of them that came from outside: not from a timer or another workflow."""

    @property
    def actions_per_command(self) -> float:
        """Actions for each business command; 0 without one."""
        return self.actions.total() / self.commands if self.commands else 0.0


async def project_cost(client: Client, store: EventStore, project: str) -> Cost:
    """Count the histories of a project's workflows: project, funnel, handoffs, implementation, support and its tickets.

    Every run counts: continued ones, and those that a later command started again. Runs that the namespace's retention has
    removed are gone from the count. Raises `RPCError` when Temporal does not answer."""
    cost = Cost(project)
    for stream in await _streams(store, project):
        await _count_commands(cost, store, stream)
        workflow_id = names.workflow_id(stream)
        runs = await _runs(client, workflow_id)
        cost.workflows += bool(runs)
        for run in runs:
            handle = client.get_workflow_handle(workflow_id, run_id=run)
            count(cost, [event async for event in handle.fetch_history_events()])
    return cost


def count(cost: Cost, history: Iterable[HistoryEvent]) -> None:
    """Add one run's history to a cost."""
    tasks: set[int] = set()
    length = 0
    for event in history:
        length += 1
        cost.events[EventType.Name(event.event_type).removeprefix("EVENT_TYPE_").replace("_", " ").lower()] += 1
        if kind := ACTIONS.get(event.event_type):
            cost.actions[kind] += 1
        elif event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
            retries = event.activity_task_started_event_attributes.attempt - 1
            cost.actions += Counter({RETRY: retries})
        elif event.event_type == EventType.EVENT_TYPE_MARKER_RECORDED:
            marker = event.marker_recorded_event_attributes
            if marker.marker_name == LOCAL_MARKER:
                tasks.add(marker.workflow_task_completed_event_id)
    cost.actions += Counter({LOCAL: len(tasks)})
    cost.runs += 1
    cost.longest_run = max(cost.longest_run, length)


async def _streams(store: EventStore, project: str) -> list[str]:
    rows = [
        row
        for category in ("ticket", "escalation", "recovery")
        for row in await store.rows("standings", {"project": project, "category": category}, limit=ALL_ROWS)
    ]
    return [
        streams.project(project),
        streams.funnel(project),
        streams.handoff(project, "delivery"),
        streams.implementation(project),
        streams.handoff(project, "support"),
        streams.support(project),
        *(str(row["stream"]) for row in rows),
    ]


async def _count_commands(cost: Cost, store: EventStore, stream: str) -> None:
    by_command = {event.command_id: Actor.model_validate_json(event.actor) for event in await store.read(stream)}
    cost.commands += len(by_command)
    cost.asked += sum(actor.kind != SYSTEM.kind for actor in by_command.values())


async def _runs(client: Client, workflow_id: str) -> list[str]:
    """Every run of a workflow id. Lists may lag behind a moment, so the newest run is asked for by itself."""
    found = {run.run_id async for run in client.list_workflows(f"WorkflowId = '{workflow_id}'")}
    try:
        newest = await client.get_workflow_handle(workflow_id).describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return sorted(found)
    return sorted({*found, newest.run_id})
