"""`GET /v1/customers/{customer}/history`: what `starter.py history --json` tells."""

from __future__ import annotations

import json
import re
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import AwareDatetime

from api.problems import NOT_FOUND, NOT_THERE, ProblemError
from api.shelf import Shelf
from domain.messages import ID_PATTERN, Frozen
from eventstore.port import EventStore
from history.moments import NotAMomentError, moment
from history.replay import as_json, replay
from runtime.composition import CODEC

MOMENT = "A date (all of that day) or a date and time; without an offset in the business's time zone."


class CustomerHistory(Frozen):
    """A customer's events in the order in which they happened, and the state that they add up to."""

    customer: str
    as_of: AwareDatetime | None
    known_at: AwareDatetime | None
    events: tuple[dict[str, Any], ...]
    """What, when, by whom, why, under which playbook, and each event's own data."""
    state: dict[str, Any]
    """`{"customer": …, "projects": {id: {"project": …, "funnel": …, "handoffs": {kind: …}, …}}, "tickets": {id: …},
    "escalations": {id: …}}`."""


def router(store: EventStore, shelf: Shelf) -> APIRouter:
    """The route."""
    routes = APIRouter(tags=["customers 客户"])

    @routes.get(
        "/v1/customers/{customer}/history",
        summary="What happened to a customer 客户历史",
        response_model=CustomerHistory,
        responses=NOT_THERE,
    )
    async def customer_history(
        customer: Annotated[str, Path(pattern=ID_PATTERN, examples=["C7"])],
        as_of: Annotated[str | None, Query(description=f"Only what had happened by then. {MOMENT}")] = None,
        known_at: Annotated[str | None, Query(description=f"Only what was on record here by then. {MOMENT}")] = None,
    ) -> Response:
        """Every event of the customer and its projects. `as_of` asks what was true on a day, `known_at` what was known then."""
        zone = await shelf.time_zone()
        moments = {"as_of": as_of, "known_at": known_at}
        limits = {name: _moment(name, text, zone) for name, text in moments.items() if text is not None}
        found = await replay(store, CODEC, customer, **limits)
        if found is None:
            detail = f"Nothing is recorded about a customer {customer}: check the id, or register it (RegisterCustomer)."
            raise ProblemError(HTTPStatus.NOT_FOUND, detail, NOT_FOUND)
        return Response(json.dumps(as_json(found), ensure_ascii=False), media_type="application/json")

    return routes


def _moment(name: str, text: str, zone: str) -> datetime:
    # A plus sign in an address means a space to servers, and few callers write %2B before an offset.
    written = re.sub(r"(T\S+) (\d\d:?\d\d)$", r"\1+\2", text)
    try:
        return moment(written, zone)
    except NotAMomentError as error:
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, f"{name}: {error}") from None
