"""One ticket 工单: waits for the work and the customer, with two clocks; confirmation or silence closes it."""

from __future__ import annotations

from temporalio import workflow

from activities.shapes import Standing, Start
from domain import ticket
from workflows.stewardship import Stewardship, takes


@workflow.defn(name="Ticket")
@takes(ticket.DECIDER)
class TicketWorkflow(Stewardship):
    """One ticket 工单: waits for the work and the customer, with two clocks; confirmation or silence closes it."""

    @workflow.run
    async def run(self, start: Start) -> Standing:
        """Live until nothing is waited for."""
        return await self.live()
