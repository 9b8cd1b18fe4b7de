"""One reactivation 唤醒: waits for its steps and its end, then for its horizon; what it is told of the customer ends it."""

from __future__ import annotations

from temporalio import workflow

from activities.shapes import Standing, Start
from domain import reactivation
from workflows.stewardship import Stewardship, takes


@workflow.defn(name="Reactivation")
@takes(reactivation.DECIDER)
class ReactivationWorkflow(Stewardship):
    """One reactivation 唤醒: waits for its steps and its end, then for its horizon; what it is told of the customer ends it."""

    @workflow.run
    async def run(self, start: Start) -> Standing:
        """Live until nothing is waited for."""
        return await self.live()
