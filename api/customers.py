"""`GET /v1/customers`: the list, the next step on the ladder first; `GET /v1/customers/{customer}`: one customer on one page;
`…/history`: what `starter.py history --json` tells."""

from __future__ import annotations

import json
import re
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import AwareDatetime

from api.paging import After, no_place
from api.problems import NOT_FOUND, NOT_THERE, VISIBLE, ProblemError
from api.shelf import Shelf
from domain.customer import CustomerState
from domain.messages import ID_PATTERN, Frozen
from eventstore.port import EventStore
from history.customer_page import CustomerPage, customer_page
from history.customers import Asked, CustomerList, Sort, customers
from history.dossier import Dossier, dossier
from history.moments import NotAMomentError, moment
from history.replay import as_json, replay
from runtime.composition import CODEC, now

IdAsked = Annotated[str | None, Query(pattern=ID_PATTERN)]
Words = Annotated[str | None, Query(min_length=1, max_length=200, pattern=VISIBLE)]
MOMENT = "A date (all of that day) or a date and time; without an offset in the business's time zone."


class CustomerHistory(Frozen):
    """A customer's events in the order in which they happened, and the state that they add up to."""

    customer: str
    merged_into: str = ""
    """The customer that stands for it, if it was a duplicate."""
    absorbed: tuple[str, ...] = ()
    """The customers that were merged into it by then; their events are told with its own, each with `absorbed_from`."""
    as_of: AwareDatetime | None
    known_at: AwareDatetime | None
    events: tuple[dict[str, Any], ...]
    """What, when, by whom, why, under which playbook, and each event's own data."""
    state: dict[str, Any]
    """`{"customer": …, "projects": {id: {"project": …, "funnel": …, "handoffs": {kind: …}, …}}, "tickets": {id: …},
    "escalations": {id: …}}`."""


def router(store: EventStore, shelf: Shelf) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["customers 客户"])

    @routes.get("/v1/customers", summary="Customers, the next step on the ladder first 客户列表", responses=NOT_THERE)
    async def list_customers(
        status: Annotated[CustomerState | None, Query(description="Only those that stand so.")] = None,
        step: Annotated[Literal["cooling"] | None, Query(description="Only those at this step of the ladder.")] = None,
        value_class: Annotated[str | None, Query(alias="class", pattern=ID_PATTERN)] = None,
        owner: IdAsked = None,
        unit: IdAsked = None,
        industry: Words = None,
        region: Words = None,
        group: Annotated[str | None, Query(pattern=ID_PATTERN, description="This customer and those below it.")] = None,
        asleep_within: Annotated[
            float | None, Query(ge=0, le=36_500, description="Only those that go dormant within so many days.")
        ] = None,
        needs_person: Annotated[bool, Query(description="Only those that need a person now.")] = False,
        search: Annotated[
            str | None, Query(min_length=1, max_length=200, pattern=VISIBLE, description="Some letters of the id or the name.")
        ] = None,
        merged: Annotated[bool, Query(description="Also those that went into another.")] = False,
        sort: Sort = "next",
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        after: After = None,
    ) -> CustomerList:
        """Where each stands, what comes next on the ladder and when, its open deals, who must act; `count` and `counts` say how
        many fit in all."""
        asked = Asked(
            status=status,
            step=step,
            value_class=value_class,
            owner=owner,
            unit=unit,
            industry=industry,
            region=region,
            group=group,
            asleep_within=asleep_within,
            needs_person=needs_person,
            search=search,
            merged=merged,
        )
        try:
            return await customers(store, await shelf.playbooks(), asked, limit, now(), sort, after)
        except LookupError:
            raise no_place(after) from None

    @routes.get("/v1/customers/{customer}", summary="One customer on one page 客户档案", responses=NOT_THERE)
    async def one_customer(
        customer: Annotated[str, Path(pattern=ID_PATTERN, examples=["C7"])],
        as_of: Annotated[str | None, Query(description=f"As it was then. {MOMENT}")] = None,
    ) -> CustomerPage:
        """Who they are, where they stand and why, what lies ahead, their projects, and all that goes on with them."""
        at = _moment("as_of", as_of, await shelf.time_zone()) if as_of is not None else None
        found = await customer_page(store, CODEC, await shelf.playbooks(), customer, now(), at)
        if found is None:
            raise _unknown(customer)
        return found

    @routes.get("/v1/customers/{customer}/dossier", summary="All that a successor must know 交接档案", responses=NOT_THERE)
    async def customer_dossier(
        customer: Annotated[str, Path(pattern=ID_PATTERN, examples=["C7"])],
        as_of: Annotated[str | None, Query(description=f"As it was then. {MOMENT}")] = None,
    ) -> Dossier:
        """The page of the customer, and beside it open deals with what is missing, work after the win, promises that bind us,
        service contracts, and how the power map has changed."""
        at = _moment("as_of", as_of, await shelf.time_zone()) if as_of is not None else None
        found = await dossier(store, CODEC, await shelf.playbooks(), customer, now(), at)
        if found is None:
            raise _unknown(customer)
        return found

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
            raise _unknown(customer)
        return Response(json.dumps(as_json(found), ensure_ascii=False), media_type="application/json")

    return routes


def _unknown(customer: str) -> ProblemError:
    detail = f"Nothing is recorded about a customer {customer}: check the id, or register it (RegisterCustomer)."
    return ProblemError(HTTPStatus.NOT_FOUND, detail, NOT_FOUND)


def _moment(name: str, text: str, zone: str) -> datetime:
    # A plus sign in an address means a space to servers, and few callers write %2B before an offset.
    written = re.sub(r"(T\S+) (\d\d:?\d\d)$", r"\1+\2", text)
    try:
        return moment(written, zone)
    except NotAMomentError as error:
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, f"{name}: {error}") from None
