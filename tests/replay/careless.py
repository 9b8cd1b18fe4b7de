"""A careless edit: a ticket that shows itself before it has decided. What guards against such edits must notice it."""

from __future__ import annotations

from temporalio import workflow

from activities.shapes import Answer, CommandJson, Standing, Start
from domain import ticket
from workflows import names
from workflows.stewardship import Stewardship, takes


@workflow.defn(name="Ticket")
@takes(ticket.DECIDER)
class CarelessTicket(Stewardship):
    """A ticket whose commands are upserted before they are decided."""

    @workflow.run
    async def run(self, start: Start) -> Standing:
        """Live, carelessly."""
        return await self.live()

    async def _respond(self, command: CommandJson | None) -> Answer:
        workflow.upsert_search_attributes([names.NEEDS_HUMAN.value_set(True)])
        return await super()._respond(command)


@workflow.defn(name="Ticket")
@takes(ticket.DECIDER)
class ForgetfulTicket(Stewardship):
    """A ticket that no longer says by when and for whom it waits: replay alone would let it pass."""

    @workflow.run
    async def run(self, start: Start) -> Standing:
        """Live, forgetfully."""
        return await self.live()

    def _show(self, standing: Standing) -> None:
        self._showing._shown |= {names.DUE_AT.name: None, names.WAITING_FOR.name: None}
        if standing.view is not None:
            standing = standing.model_copy(
                update={"view": standing.view.model_copy(update={"due_at": None, "waiting_for": ""})}
            )
        super()._show(standing)
