"""`GET /v1/requests` and `/v1/requests/{request}`: product requests; `/v1/enablements`: who may sell what; `/v1/modes`."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.paging import After, no_place
from api.problems import NOT_FOUND, NOT_THERE, VISIBLE, ProblemError
from api.shelf import Shelf
from domain.messages import ID_PATTERN
from domain.request import Status
from eventstore.port import EventStore
from history.enablements import Asked as EnablementsAsked
from history.enablements import EnablementList, enablements
from history.modes import ModeList, modes
from history.requests import Asked, RequestList, RequestStory, request_story, requests
from runtime.composition import CODEC, now

IdAsked = Annotated[str | None, Query(pattern=ID_PATTERN)]
LineAsked = Annotated[str | None, Query(min_length=1, max_length=200, pattern=VISIBLE)]
Limit = Annotated[int, Query(ge=1, le=1000)]


def router(store: EventStore, shelf: Shelf) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["product 产品"])

    @routes.get("/v1/requests", summary="Product requests, the next due first 产品需求列表", responses=NOT_THERE)
    async def list_requests(
        every: Annotated[bool, Query(alias="all", description="Those that are answered or delivered too.")] = False,
        product_line: LineAsked = None,
        division: IdAsked = None,
        status: Annotated[Status | None, Query(description="Only those that stand so.")] = None,
        customer: Annotated[str | None, Query(pattern=ID_PATTERN, description="Only those that it stands behind.")] = None,
        overdue: Annotated[bool, Query(description="Only those without an answer, or without the delivery, in time.")] = False,
        limit: Limit = 100,
        after: After = None,
    ) -> RequestList:
        """Where each stands, by when it is due, and how many customers, deals and what money stand behind it."""
        anything = every or status not in (None, "asked", "planned")
        asked = Asked(
            open=None if anything else True,
            product_line=product_line,
            division=division,
            status=status,
            customer=customer,
            overdue=overdue,
        )
        try:
            return await requests(store, asked, limit, now(), after)
        except LookupError:
            raise no_place(after) from None

    @routes.get("/v1/requests/{request}", summary="One product request 产品需求详情", responses=NOT_THERE)
    async def one_request(request: Annotated[str, Path(pattern=ID_PATTERN, examples=["R1"])]) -> RequestStory:
        """Everybody behind it, the answer, what is planned, and who must act by when."""
        found = await request_story(store, CODEC, await shelf.playbooks(), request)
        if found is None:
            detail = (
                f"There is no request {request}: check the id (/v1/requests?all=true lists them), or raise it (RaiseRequest)."
            )
            raise ProblemError(HTTPStatus.NOT_FOUND, detail, NOT_FOUND)
        return found

    @routes.get("/v1/enablements", summary="Which unit may sell which product line 赋能列表", responses=NOT_THERE)
    async def list_enablements(
        unit: IdAsked = None,
        product_line: LineAsked = None,
        expiring: Annotated[bool, Query(description="Only those whose end is announced, or over.")] = False,
        limit: Limit = 100,
        after: After = None,
    ) -> EnablementList:
        """Until when, on which evidence, and how many open deals wait for it; what deals wait for comes first."""
        asked = EnablementsAsked(unit=unit, product_line=product_line, expiring=expiring)
        try:
            return await enablements(store, await shelf.playbooks(), asked, limit, after)
        except LookupError:
            raise no_place(after) from None

    @routes.get("/v1/modes", summary="The business modes 经营模式")
    async def list_modes(
        value_class: Annotated[
            str | None, Query(alias="class", pattern=ID_PATTERN, description="Only those that serve this value class.")
        ] = None,
    ) -> ModeList:
        """Whom each serves and with what, and how many customers and projects are in it."""
        return await modes(store, await shelf.playbooks(), value_class)

    return routes
