"""One industry, customer or project plan 规划: waits for its reviews, its actions and the end of its period."""

from __future__ import annotations

from temporalio import workflow

from activities.shapes import Standing, Start
from domain import plan
from workflows.stewardship import Stewardship, takes


@workflow.defn(name="Plan")
@takes(plan.DECIDER)
class PlanWorkflow(Stewardship):
    """One industry, customer or project plan 规划: waits for its reviews, its actions and the end of its period."""

    @workflow.run
    async def run(self, start: Start) -> Standing:
        """Live until nothing is waited for."""
        return await self.live()
