"""`GET /v1/projects/{project}/plan`: every baseline, the forecast of now, and what has moved each date."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.problems import NOT_FOUND, NOT_THERE, ProblemError
from api.shelf import Shelf
from domain.messages import ID_PATTERN
from eventstore.port import EventStore
from history.plan import FORECAST, PlanTold, PlanUnknownError, plan_told
from runtime.composition import CODEC, now

IdInPath = Annotated[str, Path(pattern=ID_PATTERN, examples=["P42"])]
Version = Annotated[
    str,
    Query(pattern=rf"^([1-9][0-9]{{0,5}}|{FORECAST})$", examples=["1"], description=f"A baseline's number, or `{FORECAST}`."),
]


def router(store: EventStore, shelf: Shelf) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["projects 项目"])

    @routes.get("/v1/projects/{project}/plan", summary="The plan, and what has moved it 计划", responses=NOT_THERE)
    async def plan(project: IdInPath, before: Version | None = None, after: Version | None = None) -> PlanTold:
        """Milestones with each baseline's date, the forecast of now and its causes; with `before` and `after`, two versions
        of the plan compared. One of them alone is compared with the forecast."""
        compared = (before or FORECAST, after or FORECAST) if before or after else None
        try:
            return await plan_told(store, CODEC, await shelf.playbooks(), project, now(), compared)
        except PlanUnknownError as unknown:
            raise ProblemError(HTTPStatus.NOT_FOUND, str(unknown), NOT_FOUND) from None

    return routes
