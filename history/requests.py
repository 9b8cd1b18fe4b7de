"""Product requests 产品需求 as people read them: what is due next, who and what money stands behind each, what was answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from pydantic import AwareDatetime

from domain import request, streams
from domain.messages import Frozen, Health, Money, Name
from domain.playbook import Playbooks
from domain.request import KIND_NAMES, STATUS_NAMES, Backer
from eventstore.codec import Codec
from eventstore.port import EventStore
from eventstore.schema import PRODUCT_REQUESTS, REQUEST_BACKERS
from history.paging import Order, page

ROW = PRODUCT_REQUESTS.c
ORDER = Order(ROW.request, ((ROW.open, True), (ROW.due_at, False), (ROW.value_minor, True)))
"""Open ones first, the next due first; behind them those with the most money behind them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which requests are wanted; None asks nothing."""

    open: bool | None = True
    """Those that are to be answered or delivered; None for all."""
    product_line: str | None = None
    division: str | None = None
    status: str | None = None
    customer: str | None = None
    """Those that this customer stands behind."""
    overdue: bool = False


class RequestListed(Frozen):
    """A request in a list."""

    request: str
    kind: str
    kind_name: Name
    title: str
    product_line: str
    division: str
    industry: str
    region: str
    status: str
    status_name: Name
    open: bool
    overdue: bool
    escalated_to: str
    customers: int
    """How many stand behind it."""
    deals: int
    value: Money
    """What hangs on it."""
    raised_by: str
    raised_at: AwareDatetime
    reopened: int
    due_at: AwareDatetime | None
    """By when it must be answered, or be there."""
    answered_at: AwareDatetime | None
    release: str
    planned_on: date | None
    moved: int
    """How often the planned day was moved."""
    delivered_at: AwareDatetime | None
    escalation: str


class RequestList(Frozen):
    """Open requests first, the next due first; behind them those with the most money behind them."""

    requests: tuple[RequestListed, ...]
    """At most as many as were asked for."""
    count: int
    """How many fit in all."""
    next: str = ""
    """What `after` must be for the following ones; empty when there are none."""
    as_of: AwareDatetime


class RequestStory(Frozen):
    """One request, with everybody behind it."""

    listed: RequestListed
    who: str
    """The role that must act next; empty when nobody has to."""
    who_name: Name | None
    health: Health
    reason: str
    observation: str
    evidence: str
    answer: str
    """In words."""
    answered_by: str
    behind: tuple[Backer, ...]


async def requests(store: EventStore, asked: Asked, limit: int, now: AwareDatetime, after: str | None = None) -> RequestList:
    """The requests that fit, from after the place `after` (see `history.paging`). Costs two queries."""
    table = PRODUCT_REQUESTS
    where = list(_where(asked))
    rows, following = await page(store, sa.select(table).where(*where), ORDER, limit, after)
    [counted] = await store.query(sa.select(sa.func.count().label("n")).select_from(table).where(*where))
    return RequestList(requests=tuple(_listed(row) for row in rows), count=counted["n"], next=following, as_of=now)


def _where(asked: Asked) -> Sequence[sa.ColumnElement[bool]]:
    table, found = PRODUCT_REQUESTS, []
    if asked.open is not None:
        found.append(table.c.open.is_(asked.open))
    for name in ("product_line", "division", "status"):
        if (wanted := getattr(asked, name)) is not None:
            found.append(table.c[name] == wanted)
    if asked.overdue:
        found.append(table.c.overdue.is_(True))
    if asked.customer is not None:
        behind = sa.select(REQUEST_BACKERS.c.request).where(REQUEST_BACKERS.c.customer == asked.customer)
        found.append(table.c.request.in_(behind))
    return found


def _listed(row: Mapping[str, Any]) -> RequestListed:
    same = {name: row[name] for name in RequestListed.model_fields if name in row and name != "planned_on"}
    return RequestListed(
        **same,
        kind_name=KIND_NAMES[row["kind"]],
        status_name=STATUS_NAMES[row["status"]],
        value=Money(amount=(Decimal(row["value_minor"]) / 100).quantize(Decimal("0.01")), currency=row["currency"]),
        release=row["in_release"],
        planned_on=date.fromisoformat(row["planned_on"]) if row["planned_on"] else None,
    )


async def request_story(store: EventStore, codec: Codec, playbooks: Playbooks, named: str) -> RequestStory | None:
    """One request; None when there is none of that id. Costs two queries."""
    rows = await store.query(sa.select(PRODUCT_REQUESTS).where(PRODUCT_REQUESTS.c.request == named))
    if not rows:
        return None
    stored = await store.read(streams.request(named))
    state = request.DECIDER.fold(codec.decode(one) for one in stored)
    rules = playbooks.of(state)
    view = request.DECIDER.view(state, rules)
    return RequestStory(
        listed=_listed(rows[0]),
        who=view.waiting_for,
        who_name=rules.roles.get(view.waiting_for),
        health=view.health,
        reason=view.reason,
        observation=state.observation,
        evidence=state.evidence,
        answer=state.text,
        answered_by=state.answered_by,
        behind=state.backers,
    )
