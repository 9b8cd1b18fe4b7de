"""One deal 销售漏斗: waits for evidence; time boxes, stalls and revisit dates are recorded; won or lost ends it."""

from __future__ import annotations

from temporalio import workflow

from activities.shapes import Standing, Start
from domain import funnel
from workflows.stewardship import Stewardship, takes


@workflow.defn(name="Funnel")
@takes(funnel.DECIDER)
class FunnelWorkflow(Stewardship):
    """One deal 销售漏斗: waits for evidence; time boxes, stalls and revisit dates are recorded; won or lost ends it."""

    @workflow.run
    async def run(self, start: Start) -> Standing:
        """Live until nothing is waited for."""
        return await self.live()
