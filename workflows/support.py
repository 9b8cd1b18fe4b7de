"""One support contract 支持: waits for its renewal windows; a renewal begins a new period, silence lets it lapse."""

from __future__ import annotations

from temporalio import workflow

from activities.shapes import Standing, Start
from domain import support
from workflows.stewardship import Stewardship, takes


@workflow.defn(name="Support")
@takes(support.DECIDER)
class SupportWorkflow(Stewardship):
    """One support contract 支持: waits for its renewal windows; a renewal begins a new period, silence lets it lapse."""

    @workflow.run
    async def run(self, start: Start) -> Standing:
        """Live until nothing is waited for."""
        return await self.live()
