"""`GET /v1/projects/{project}`: where a project stands, from the read models; `…/why`: how it came there, from the events."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import AwareDatetime

from api.problems import NOT_FOUND, NOT_THERE, ProblemError
from api.shelf import Shelf
from domain import streams
from domain.messages import ID_PATTERN, Frozen, Health, Money, Name
from domain.standing import Unmet
from eventstore.port import EventStore
from history.explaining import Why, why
from history.overriding import OverrideKept, overrides
from projections import deal, standing
from runtime.composition import CODEC, now

IdInPath = Annotated[str, Path(pattern=ID_PATTERN, examples=["P42"])]


class StreamStanding(Frozen):
    """Where one stream of a project stands."""

    stream: str
    category: str
    version: int
    """How many events it has."""
    code: str
    """The stage, milestone or status."""
    name: Name
    closed: bool
    """True when nothing more is waited for."""
    held: bool
    """True while its past is being brought along and its clocks stand still."""
    waiting_for: str
    """The role that must act next; empty when nobody has to."""
    due_at: AwareDatetime | None
    health: Health
    needs_human: bool
    reason: str
    missing: tuple[Unmet, ...]
    since: AwareDatetime | None
    """The business moment of its latest fact."""


class Deal(Frozen):
    """The sale of a project."""

    stage: str
    win_rate: int
    """Percent."""
    amount: Money | None
    outcome: str
    """`won`, `lost`, `shelved`, or empty while it is open."""
    product_line: str
    owner: str
    opened_at: AwareDatetime
    stage_since: AwareDatetime
    closed_at: AwareDatetime | None


class ProjectNow(Frozen):
    """Where a project stands."""

    project: str
    customer: str
    name: str
    phase: str
    closed: bool
    value_class: str
    owner_unit: str
    deal: Deal | None
    overrides: tuple[OverrideKept, ...]
    """Every gate that was passed without its proofs, the newest first."""
    streams: tuple[StreamStanding, ...]
    """The project's own stream first, then its phases in order, then its tickets."""


def router(store: EventStore, shelf: Shelf) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["projects 项目"])

    @routes.get("/v1/projects/{project}", summary="Where a project stands 项目状态", responses=NOT_THERE)
    async def where_it_stands(project: IdInPath) -> ProjectNow:
        """Every stream of the project: stage, who must act by when, what is missing."""
        found = await project_now(store, project)
        if found is None:
            raise _unknown(project)
        return found

    @routes.get("/v1/projects/{project}/why", summary="Why it stands there 缘由", responses=NOT_THERE)
    async def how_it_came_there(project: IdInPath) -> Why:
        """What brought the project where it stands, what is missing for the next step, who must act by when."""
        found = await why(store, CODEC, await shelf.playbooks(), project, now())
        if found is None:
            raise _unknown(project)
        return found

    return routes


def _unknown(project: str) -> ProblemError:
    detail = f"There is no project {project}: check the id, or open it (OpenProject)."
    return ProblemError(HTTPStatus.NOT_FOUND, detail, NOT_FOUND)


async def project_now(store: EventStore, project: str) -> ProjectNow | None:
    """Where a project stands; None if there is no such project. Costs three queries."""
    standings = {str(row["stream"]): row for row in await store.rows(standing.TABLE, {"project": project})}
    own = standings.get(streams.project(project))
    if own is None:
        return None
    deals = await store.rows(deal.TABLE, {"project": project})
    return ProjectNow(
        project=project,
        customer=own["customer"],
        name=deals[0]["name"] if deals else "",
        phase=own["phase"],
        closed=own["closed"],
        value_class=own["value_class"],
        owner_unit=own["owner_unit"],
        deal=_deal(deals[0]) if deals else None,
        overrides=tuple(await overrides(store, {"project": project})),
        streams=tuple(_stream(standings[name]) for name in sorted(standings, key=lambda name: _place(project, name))),
    )


def _place(project: str, stream: str) -> tuple[int, str]:
    order = (
        streams.project(project),
        streams.funnel(project),
        streams.handoff(project, "delivery"),
        streams.implementation(project),
        streams.handoff(project, "support"),
        streams.support(project),
    )
    return (order.index(stream) if stream in order else len(order), stream)


def _stream(row: Mapping[str, Any]) -> StreamStanding:
    return StreamStanding(
        **{name: row[name] for name in StreamStanding.model_fields if name not in ("name", "missing")},
        name=Name(en=row["name_en"], zh=row["name_zh"]),
        missing=json.loads(row["missing"]),
    )


def _deal(row: Mapping[str, Any]) -> Deal:
    amount = Money(amount=Decimal(row["amount_minor"]).scaleb(-2), currency=row["currency"]) if row["currency"] else None
    return Deal(**{name: row[name] for name in Deal.model_fields if name != "amount"}, amount=amount)
