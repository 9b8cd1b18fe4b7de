"""`GET /v1/reactivations`: the list; `/v1/reactivations/effect`: against those left alone; `GET /v1/recoveries`: the list."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.paging import After, no_place
from api.problems import NOT_THERE
from domain.messages import ID_PATTERN
from eventstore.port import EventStore
from history.reactivations import Asked, Effects, ReactivationList, RecoveryList, effects, reactivations, recoveries
from runtime.composition import now

IdAsked = Annotated[str | None, Query(pattern=ID_PATTERN)]
ClassAsked = Annotated[str | None, Query(alias="class", pattern=ID_PATTERN)]
Every = Annotated[bool, Query(alias="all", description="Those that have ended too.")]
Overdue = Annotated[bool, Query(description="Only those with something overdue.")]
Limit = Annotated[int, Query(ge=1, le=1000)]


def router(store: EventStore) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["reactivations 唤醒与挽回"])

    @routes.get("/v1/reactivations", summary="Reactivations, the next due first 唤醒列表", responses=NOT_THERE)
    async def list_reactivations(
        every: Every = False,
        value_class: ClassAsked = None,
        customer: IdAsked = None,
        owner: IdAsked = None,
        unit: IdAsked = None,
        overdue: Overdue = False,
        limit: Limit = 100,
        after: After = None,
    ) -> ReactivationList:
        """Those that are worked on; with `all` those left alone, watched and closed too. `count` says how many fit."""
        asked = Asked(open=not every, value_class=value_class, customer=customer, owner=owner, unit=unit, overdue=overdue)
        try:
            return await reactivations(store, asked, limit, now(), after)
        except LookupError:
            raise no_place(after) from None

    @routes.get("/v1/reactivations/effect", summary="Effect against those left alone 唤醒效果")
    async def effect(value_class: ClassAsked = None) -> Effects:
        """Shares, their difference with a 95 % interval, and what it cost; over all value classes and by class."""
        return await effects(store, now(), value_class)

    @routes.get("/v1/recoveries", summary="Recoveries of lost deals, the next due first 丢单挽回列表", responses=NOT_THERE)
    async def list_recoveries(
        every: Every = False,
        value_class: ClassAsked = None,
        customer: IdAsked = None,
        owner: IdAsked = None,
        unit: IdAsked = None,
        overdue: Overdue = False,
        limit: Limit = 100,
        after: After = None,
    ) -> RecoveryList:
        """Open ones; with `all` those that have ended too. `count` says how many fit."""
        asked = Asked(open=not every, value_class=value_class, customer=customer, owner=owner, unit=unit, overdue=overdue)
        try:
            return await recoveries(store, asked, limit, now(), after)
        except LookupError:
            raise no_place(after) from None

    return routes
