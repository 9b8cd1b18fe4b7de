"""One product request 产品需求: waits for the product division's answer and for the planned day, and tells the customers."""

from __future__ import annotations

from temporalio import workflow

from activities.shapes import Standing, Start
from domain import request
from workflows.stewardship import Stewardship, takes


@workflow.defn(name="Request")
@takes(request.DECIDER)
class RequestWorkflow(Stewardship):
    """One product request 产品需求: waits for its answer and for the planned day, and tells the customers."""

    @workflow.run
    async def run(self, start: Start) -> Standing:
        """Live until nothing is waited for."""
        return await self.live()
