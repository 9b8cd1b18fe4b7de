"""One handoff 交接: waits for the giver's offer and the receiver's answer, each with its clock; a return goes back."""

from __future__ import annotations

from temporalio import workflow

from activities.shapes import Standing, Start
from domain import handoff
from workflows.stewardship import Stewardship, takes


@workflow.defn(name="Handoff")
@takes(handoff.DECIDER)
class HandoffWorkflow(Stewardship):
    """One handoff 交接: waits for the giver's offer and the receiver's answer, each with its clock; a return goes back."""

    @workflow.run
    async def run(self, start: Start) -> Standing:
        """Live until nothing is waited for."""
        return await self.live()
