"""`GET /v1/overrides`: every gate that was passed without its proofs, counted by person and outcome."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from domain.messages import ID_PATTERN, Frozen
from eventstore.port import EventStore
from history.overriding import Outcome, OverrideKept, Person, Tally, overrides, tallies

IdAsked = Annotated[str | None, Query(pattern=ID_PATTERN)]


class Overrides(Frozen):
    """The overrides that fit, the newest first, and how many each person has of them."""

    overrides: tuple[OverrideKept, ...]
    """At most `limit`."""
    counts: tuple[Tally, ...]
    """Of all that fit, the person with the most first."""
    by: Person
    """Whether approvers or askers are counted."""


def router(store: EventStore) -> APIRouter:
    """The route."""
    routes = APIRouter(tags=["overrides 特批放行"])

    @routes.get("/v1/overrides", summary="Gates passed by an override 特批放行")
    async def list_overrides(
        approver: IdAsked = None,
        asked_by: IdAsked = None,
        project: IdAsked = None,
        outcome: Annotated[Outcome | None, Query(description="What became of it.")] = None,
        by: Annotated[Person, Query(description="Whose overrides are counted.")] = "approver",
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> Overrides:
        """Which gate, who asked and who approved, why, until when, and what became of the override and of the deal."""
        asked = {"approver": approver, "asked_by": asked_by, "project": project, "outcome": outcome}
        found = await overrides(store, asked)
        return Overrides(overrides=tuple(found[:limit]), counts=tuple(tallies(found, by)), by=by)

    return routes
