"""A workflow that sleeps where ours decides: its history is the known-bad one, which must never replay."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow

from activities.shapes import Standing, Start
from workflows.stewardship import Stewardship


@workflow.defn(name="Ticket")
class SleepyTicket(Stewardship):
    """A ticket that does something else first."""

    @workflow.run
    async def run(self, start: Start) -> Standing:
        """Sleep, then live."""
        await workflow.sleep(timedelta(milliseconds=1))
        return await self.live()
