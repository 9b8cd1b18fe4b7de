"""One escalation 升级: waits for the step where it stands; each limit that runs out takes it up; an answer ends it."""

from __future__ import annotations

from temporalio import workflow

from activities.shapes import Standing, Start
from domain import escalation
from workflows.stewardship import Stewardship, takes


@workflow.defn(name="Escalation")
@takes(escalation.DECIDER)
class EscalationWorkflow(Stewardship):
    """One escalation 升级: waits for the step where it stands; each limit that runs out takes it up; an answer ends it."""

    @workflow.run
    async def run(self, start: Start) -> Standing:
        """Live until nothing is waited for."""
        return await self.live()
