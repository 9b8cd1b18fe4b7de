"""The enablements 赋能 of one unit: wait for the end of each, announce it before, tell the open deals what has changed."""

from __future__ import annotations

from temporalio import workflow

from activities.shapes import Standing, Start
from domain import enablement
from workflows.stewardship import Stewardship, takes


@workflow.defn(name="Enablement")
@takes(enablement.DECIDER)
class EnablementWorkflow(Stewardship):
    """The enablements 赋能 of one unit: wait for the end of each, announce it before, tell the open deals what has changed."""

    @workflow.run
    async def run(self, start: Start) -> Standing:
        """Live until nothing is waited for."""
        return await self.live()
