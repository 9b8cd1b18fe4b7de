"""`GET /v1/pipeline`: the open deals at any moment; `GET /v1/forecast`: what a period is expected to bring, and what was
believed on a day against what came."""

from __future__ import annotations

from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.problems import NOT_THERE, VISIBLE, ProblemError
from api.shelf import Shelf
from eventstore.port import EventStore
from history.counting import By, Scope
from history.figures import FiguresAsked, NotAPeriodError, forecast_asked, pipeline_asked
from history.forecast import Forecast
from history.moments import NotAMomentError, moment
from history.pipeline import Pipeline
from runtime.composition import CODEC, now

Words = Annotated[str | None, Query(min_length=1, max_length=200, pattern=VISIBLE)]
MOMENT = "A date (all of that day) or a date and time; without an offset in the business's time zone."
"""How a moment may be written."""
Moment = Annotated[str | None, Query(max_length=40, description=MOMENT)]
KNOWN = "Only what had been recorded by then: made from the whole log, and so slow on a large one."


def scope(
    industry: Words = None,
    region: Words = None,
    unit: Words = None,
    value_class: Annotated[str | None, Query(alias="class", max_length=200, pattern=VISIBLE)] = None,
    owner: Words = None,
    customer: Words = None,
    project: Words = None,
    group: Words = None,
    product_line: Words = None,
    service_line: Words = None,
    mode: Words = None,
) -> Scope:
    """Only what belongs to these; industry, region and group are the customer's, the rest the deal's."""
    return Scope(
        industry=industry,
        region=region,
        unit=unit,
        value_class=value_class,
        owner=owner,
        customer=customer,
        project=project,
        group=group,
        product_line=product_line,
        service_line=service_line,
        mode=mode,
    )


def router(store: EventStore, shelf: Shelf) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["figures 数据"])

    @routes.get("/v1/pipeline", summary="The open deals at any moment 商机储备", responses=NOT_THERE)
    async def show_pipeline(
        within: Annotated[Scope, Depends(scope)],
        by: By = "stage",
        at: Moment = None,
        known_at: Annotated[str | None, Query(max_length=40, description=KNOWN)] = None,
        until: Annotated[date | None, Query(description="The last day of `expected`; the end of the quarter.")] = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> Pipeline:
        """Count, amount and weighted amount, what is expected, what is past its day, stalled and on the shelf."""
        playbooks = await shelf.playbooks()
        zone = playbooks.latest().calendar.time_zone
        asked = FiguresAsked(
            by=by, scope=within, at=_moment("at", at, zone), known=_moment("known_at", known_at, zone), until=until, limit=limit
        )
        return await pipeline_asked(store, CODEC, playbooks, asked, now())

    @routes.get("/v1/forecast", summary="A period's forecast, and its belief check 预测与检验", responses=NOT_THERE)
    async def show_forecast(
        within: Annotated[Scope, Depends(scope)],
        by: By = "owner",
        on: Moment = None,
        known_at: Annotated[str | None, Query(max_length=40, description=KNOWN)] = None,
        since: Annotated[date | None, Query(description="The first day; the beginning of the quarter.")] = None,
        until: Annotated[date | None, Query(description="The last day; the end of the quarter.")] = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> Forecast:
        """Won, committed, best case and weighted pipeline; of a day that is past also what came of it."""
        playbooks = await shelf.playbooks()
        zone = playbooks.latest().calendar.time_zone
        asked = FiguresAsked(
            by=by,
            scope=within,
            at=_moment("on", on, zone),
            known=_moment("known_at", known_at, zone),
            since=since,
            until=until,
            limit=limit,
        )
        try:
            return await forecast_asked(store, CODEC, playbooks, asked, now())
        except NotAPeriodError as error:
            raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from None

    return routes


def _moment(name: str, text: str | None, zone: str) -> datetime | None:
    try:
        return min(moment(text, zone), now()) if text else None
    except NotAMomentError as error:
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, f"{name}: {error}") from None
