"""One recovery 丢单挽回: waits for its steps, its contacts and the next attempt; a new project or an approver ends it."""

from __future__ import annotations

from temporalio import workflow

from activities.shapes import Standing, Start
from domain import recovery
from workflows.stewardship import Stewardship, takes


@workflow.defn(name="Recovery")
@takes(recovery.DECIDER)
class RecoveryWorkflow(Stewardship):
    """One recovery 丢单挽回: waits for its steps, its contacts and the next attempt; a new project or an approver ends it."""

    @workflow.run
    async def run(self, start: Start) -> Standing:
        """Live until nothing is waited for."""
        return await self.live()
