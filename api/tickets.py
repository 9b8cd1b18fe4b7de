"""`GET /v1/tickets`: the desk's list, the next due first; `GET /v1/tickets/{ticket}`: one ticket's whole story."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.problems import NOT_FOUND, NOT_THERE, ProblemError
from api.shelf import Shelf
from domain.messages import ID_PATTERN
from domain.ticket import Line, Status
from eventstore.port import EventStore
from history.desk import Asked, TicketList, tickets
from history.ticket_story import TicketStory, ticket_story
from runtime.composition import CODEC, now

IdAsked = Annotated[str | None, Query(pattern=ID_PATTERN)]


def router(store: EventStore, shelf: Shelf) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["tickets 工单"])

    @routes.get("/v1/tickets", summary="The desk's tickets, the next due first 工单列表")
    async def list_tickets(
        every: Annotated[bool, Query(alias="all", description="Closed and cancelled ones too.")] = False,
        due_within: Annotated[
            float | None, Query(ge=0, le=100_000, description="Only those late, or due within so many hours from now.")
        ] = None,
        breached: Annotated[bool, Query(description="Only those that have missed a target.")] = False,
        unit: IdAsked = None,
        customer: IdAsked = None,
        project: IdAsked = None,
        line: Annotated[Line | None, Query(description="Only those that this line has.")] = None,
        status: Annotated[Status | None, Query(description="Only those that stand so.")] = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> TicketList:
        """Where each ticket stands, who acts, by when, and how much of its target is used up now; `count` says how many fit."""
        asked = Asked(
            open=None if every else True,
            due_within=due_within,
            breached=breached,
            unit=unit,
            customer=customer,
            project=project,
            line=line,
            status=status,
        )
        return await tickets(store, CODEC, await shelf.playbooks(), asked, limit, now())

    @routes.get("/v1/tickets/{ticket}", summary="One ticket's whole story 工单经过", responses=NOT_THERE)
    async def one_ticket(ticket: Annotated[str, Path(pattern=ID_PATTERN, examples=["T9"])]) -> TicketStory:
        """Every event, the clock of each target, every wait and holder, what is missing, who must act by when."""
        found = await ticket_story(store, CODEC, await shelf.playbooks(), ticket, now())
        if found is None:
            detail = f"There is no ticket {ticket}: check the id (/v1/tickets?all=true lists them), or open it (OpenTicket)."
            raise ProblemError(HTTPStatus.NOT_FOUND, detail, NOT_FOUND)
        return found

    return routes
