"""`GET /v1/plans`: industry, customer and project plans 规划; `GET /v1/plans/{plan}`: one of them at any date."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.moments import moment_asked
from api.paging import After, no_place
from api.problems import NOT_FOUND, NOT_THERE, VISIBLE, ProblemError
from api.shelf import Shelf
from domain.messages import ID_PATTERN
from domain.playbook.plans import PlanKind
from eventstore.port import EventStore
from history.plans import PlanList, PlansAsked, PlanTold, plan_told, plans
from runtime.composition import CODEC, now

IdAsked = Annotated[str | None, Query(pattern=ID_PATTERN)]


def router(store: EventStore, shelf: Shelf) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["plans 规划"])

    @routes.get(
        "/v1/plans", summary="Industry, customer and project plans, the next review first 规划列表", responses=NOT_THERE
    )
    async def list_plans(
        every: Annotated[bool, Query(alias="all", description="Closed ones too.")] = False,
        kind: PlanKind | None = None,
        owner: IdAsked = None,
        unit: IdAsked = None,
        industry: Annotated[
            str | None,
            Query(min_length=1, max_length=200, pattern=VISIBLE, description="Only industry plans of this industry."),
        ] = None,
        customer: IdAsked = None,
        project: IdAsked = None,
        parent: Annotated[str | None, Query(pattern=ID_PATTERN, description="Only those that hang under this plan.")] = None,
        gaps: Annotated[bool, Query(description="Only those with a gap.")] = False,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        after: After = None,
    ) -> PlanList:
        """Each plan with its target and coverage as the latest review saw it; `count` says how many fit."""
        asked = PlansAsked(
            closed=None if every else False,
            kind=kind,
            owner=owner,
            unit=unit,
            industry=industry,
            customer=customer,
            project=project,
            parent=parent,
            gaps=gaps,
        )
        try:
            return await plans(store, asked, limit, now(), after)
        except LookupError:
            raise no_place(after) from None

    @routes.get(
        "/v1/plans/{plan}", summary="One plan with targets, coverage, gaps, actions and reviews 规划", responses=NOT_THERE
    )
    async def one_plan(
        plan: Annotated[str, Path(pattern=ID_PATTERN, examples=["K2026"])],
        at: Annotated[str | None, Query(max_length=40, description="As of a date or a moment; now when left out.")] = None,
    ) -> PlanTold:
        """Versions, targets with what is allocated, rolled up, there and expected, actions, reviews, and the plans below."""
        playbooks = await shelf.playbooks()
        then = moment_asked("at", at, playbooks.latest().calendar.time_zone) if at else None
        told = await plan_told(store, CODEC, playbooks, plan, then or now(), now=then is None)
        if told is None:
            detail = f"There is no plan {plan} then: check the id (/v1/plans?all=true lists them), or set it (SetPlan)."
            raise ProblemError(HTTPStatus.NOT_FOUND, detail, NOT_FOUND)
        return told

    return routes
