"""What we are measured against: a Temporal update with one local activity that does nothing, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.worker import Worker

TASK_QUEUE = "bench-bare"


@activity.defn(name="nothing")
async def nothing() -> None:
    """Do nothing."""


@workflow.defn(name="Bare")
class Bare:
    """Takes updates."""

    @workflow.run
    async def run(self) -> None:
        """Wait for ever: the server is thrown away with it."""
        await workflow.wait_condition(lambda: False)

    @workflow.update(name="touch")
    async def touch(self) -> None:
        """One local activity."""
        await workflow.execute_local_activity(nothing, start_to_close_timeout=timedelta(seconds=8))


def worker(client: Client) -> Worker:
    """A worker for bare workflows, otherwise like ours."""
    return Worker(client, task_queue=TASK_QUEUE, workflows=[Bare], activities=[nothing])


async def touch(client: Client, workflow_id: str) -> None:
    """One bare update to a running workflow."""
    await client.get_workflow_handle(workflow_id).execute_update("touch")


async def start_and_touch(client: Client, workflow_id: str) -> None:
    """One bare update to a workflow that is started with it."""
    start: WithStartWorkflowOperation[Bare, None] = WithStartWorkflowOperation(
        "Bare", id=workflow_id, task_queue=TASK_QUEUE, id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING
    )
    await client.execute_update_with_start_workflow("touch", start_workflow_operation=start)
