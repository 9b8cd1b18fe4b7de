"""Years with a customer 客户: contacts that fall due, contracts and losses that projects tell."""

from __future__ import annotations

from temporalio import workflow

from activities.shapes import Standing, Start
from domain import customer
from workflows.stewardship import Stewardship, takes


@workflow.defn(name="Customer")
@takes(customer.DECIDER)
class CustomerWorkflow(Stewardship):
    """Years with a customer 客户: contacts that fall due, contracts and losses that projects tell."""

    @workflow.run
    async def run(self, start: Start) -> Standing:
        """Live until nothing is waited for."""
        return await self.live()
