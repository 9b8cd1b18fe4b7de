"""`GET /v1/notices`: what people were told, what is still owed to them, and the dead letters."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from domain.messages import ID_PATTERN, Frozen
from eventstore.port import EventStore
from history.notices import NoticeKept, Status, notices, tally


class Notices(Frozen):
    """The notices that fit, the newest first."""

    notices: tuple[NoticeKept, ...]
    """At most `limit`."""
    counts: dict[str, int]
    """How many there are in all, by status."""


def router(store: EventStore) -> APIRouter:
    """The route."""
    routes = APIRouter(tags=["notices 通知"])

    @routes.get("/v1/notices", summary="What people were told, and the dead letters 通知")
    async def list_notices(
        status: Annotated[Status | None, Query(description="Only those of this status; `dead` are dead letters.")] = None,
        recipient: Annotated[
            str | None, Query(pattern=r"^[\x21-\x7e]{1,200}$", description="Only those to this staff id or `role@unit`.")
        ] = None,
        project: Annotated[str | None, Query(pattern=ID_PATTERN)] = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> Notices:
        """Who heard what over which channel, how often it was tried, and why a try failed."""
        asked = {"status": status, "recipient": recipient, "project": project}
        return Notices(notices=tuple(await notices(store, asked, limit)), counts=dict(await tally(store)))

    return routes
