"""One implementation 实施: waits for sign-offs; each planned date that passes is recorded; the accepted handoff ends it."""

from __future__ import annotations

from temporalio import workflow

from activities.shapes import Standing, Start
from domain import implementation
from workflows.stewardship import Stewardship, takes


@workflow.defn(name="Implementation")
@takes(implementation.DECIDER)
class ImplementationWorkflow(Stewardship):
    """One implementation 实施: waits for sign-offs; each planned date that passes is recorded; the accepted handoff ends it."""

    @workflow.run
    async def run(self, start: Start) -> Standing:
        """Live until nothing is waited for."""
        return await self.live()
