"""How actions are counted, kind by kind, as Temporal Cloud publishes it."""

from __future__ import annotations

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from runtime.cost import Cost, count


def _event(kind: str) -> HistoryEvent:
    return HistoryEvent(event_type=EventType.Value(f"EVENT_TYPE_{kind}"))


def _marker(name: str, task: int) -> HistoryEvent:
    event = _event("MARKER_RECORDED")
    event.marker_recorded_event_attributes.marker_name = name
    event.marker_recorded_event_attributes.workflow_task_completed_event_id = task
    return event


def _attempt(number: int) -> HistoryEvent:
    event = _event("ACTIVITY_TASK_STARTED")
    event.activity_task_started_event_attributes.attempt = number
    return event


def _counted(*history: HistoryEvent) -> dict[str, int]:
    cost = Cost("P1")
    count(cost, history)
    return dict(cost.actions)


@pytest.mark.parametrize(
    ("kind", "action"),
    [
        ("WORKFLOW_EXECUTION_STARTED", "workflow start"),
        ("WORKFLOW_EXECUTION_SIGNALED", "signal"),
        ("WORKFLOW_EXECUTION_UPDATE_ACCEPTED", "update"),
        ("TIMER_STARTED", "timer"),
        ("ACTIVITY_TASK_SCHEDULED", "activity"),
        ("UPSERT_WORKFLOW_SEARCH_ATTRIBUTES", "search attribute upsert"),
        ("START_CHILD_WORKFLOW_EXECUTION_INITIATED", "child workflow"),
    ],
)
def test_each_of_these_is_one_action(kind: str, action: str) -> None:
    assert _counted(_event(kind), _event(kind)) == {action: 2}


@pytest.mark.parametrize(
    "kind",
    [
        "WORKFLOW_TASK_COMPLETED",
        "WORKFLOW_EXECUTION_UPDATE_COMPLETED",
        "TIMER_FIRED",
        "TIMER_CANCELED",
        "ACTIVITY_TASK_COMPLETED",
    ],
)
def test_what_follows_from_an_action_is_none_of_its_own(kind: str) -> None:
    assert _counted(_event(kind)) == {}


def test_a_child_workflow_is_two_actions_in_all() -> None:
    cost = Cost("P1")
    count(cost, [_event("START_CHILD_WORKFLOW_EXECUTION_INITIATED"), _event("CHILD_WORKFLOW_EXECUTION_STARTED")])
    count(cost, [_event("WORKFLOW_EXECUTION_STARTED")])
    assert cost.actions.total() == 2
    assert cost.runs == 2


def test_all_local_activities_of_one_workflow_task_are_one_action() -> None:
    local = "core_local_activity"
    assert _counted(_marker(local, 4), _marker(local, 4), _marker(local, 9)) == {"local activities of a workflow task": 2}


def test_a_patch_marker_is_no_action() -> None:
    assert _counted(_marker("core_patch", 4)) == {}


def test_each_retry_of_an_activity_is_one_more() -> None:
    assert _counted(_event("ACTIVITY_TASK_SCHEDULED"), _attempt(3)) == {"activity": 1, "activity retry": 2}
    assert _counted(_event("ACTIVITY_TASK_SCHEDULED"), _attempt(1)) == {"activity": 1}


def test_every_event_of_every_run_is_counted_by_its_kind_and_the_longest_run_is_told() -> None:
    cost = Cost("P1")
    count(cost, [_event("TIMER_STARTED"), _event("TIMER_FIRED"), _event("TIMER_STARTED")])
    count(cost, [_event("TIMER_STARTED")])
    assert cost.events == {"timer started": 3, "timer fired": 1}
    assert cost.longest_run == 3
