"""One project 项目 from first lead to support: each phase is begun as a child, and its end leads to the next."""

from __future__ import annotations

from temporalio import workflow

from activities.shapes import Standing, Start
from domain import project
from workflows.stewardship import Stewardship, takes


@workflow.defn(name="Project")
@takes(project.DECIDER)
class ProjectWorkflow(Stewardship):
    """One project 项目 from first lead to support: each phase is begun as a child, and its end leads to the next."""

    @workflow.run
    async def run(self, start: Start) -> Standing:
        """Live until nothing is waited for."""
        return await self.live()
