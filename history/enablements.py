"""Enablements 赋能 as people read them: which unit may sell which product line until when, and how many deals wait for it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from pydantic import AwareDatetime

from domain.enablement import STATUS_NAMES, Competence
from domain.messages import Frozen, Name
from domain.playbook import ENABLEMENT, Playbooks
from domain.playbook.enablement import folded
from eventstore.port import EventStore
from eventstore.schema import DEALS, ENABLEMENTS, STANDINGS


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which enablements are wanted; None asks nothing."""

    unit: str | None = None
    product_line: str | None = None
    expiring: bool = False
    """Only those whose end is announced, or over."""


class EnablementListed(Frozen):
    """A product line of a unit."""

    unit: str
    product_line: str
    status: str
    """`enabled`, `expiring` (its end is announced), `expired`, `withdrawn`; `none` for one that deals wait for."""
    status_name: Name
    since: AwareDatetime | None
    valid_until: date | None
    """None without an end."""
    enabled_by: str
    renewed: int
    evidence: tuple[Competence, ...]
    waiting: int
    """Open deals of the unit and the line that lack it at the gate where they stand."""


class EnablementList(Frozen):
    """What deals wait for first, then what ends next; the rest by unit and product line."""

    enablements: tuple[EnablementListed, ...]
    count: int
    """How many fit in all."""
    next: str = ""
    """What `after` must be for the following ones; empty when there are none."""


async def enablements(
    store: EventStore, playbooks: Playbooks, asked: Asked, limit: int, after: str | None = None
) -> EnablementList:
    """The enablements that fit, and the product lines of units that deals wait for in vain, from after the place `after`: the
    `next` of the page before. Costs one query, and where any playbook asks for an enablement another one over the open deals.
    Raises LookupError for an `after` that is no place."""
    table = ENABLEMENTS
    where = [] if asked.unit is None else [table.c.unit == asked.unit]
    if asked.product_line is not None:
        where.append(table.c.line_key == folded(asked.product_line))
    if asked.expiring:
        where.append(sa.or_(table.c.expiring.is_(True), table.c.status == "expired"))
    rows = await store.query(sa.select(table).where(*where).order_by(table.c.unit, table.c.line_key))
    ask = any(one.enablement.asks for one in playbooks)
    waiting = await _waiting(store) if ask else {}
    found = [_listed(row, waiting.pop((row["unit"], row["line_key"]), (0, ""))[0]) for row in rows]
    if not asked.expiring:
        found += [_awaited(unit, told, count) for (unit, line), (count, told) in waiting.items() if _fits(asked, unit, line)]
    found.sort(key=lambda one: (*_ahead(one), one.product_line))
    first = _first_after(found, after) if after is not None else 0
    shown = found[first : first + limit]
    following = _place(shown[-1]) if first + limit < len(found) else ""
    return EnablementList(enablements=tuple(shown), count=len(found), next=following)


def _ahead(one: EnablementListed) -> tuple[bool, date, str]:
    return not one.waiting, one.valid_until or date.max, one.unit


def _place(one: EnablementListed) -> str:
    """A product line is what somebody wrote; in a place it is told apart by a mark."""
    mark = sha256(folded(one.product_line).encode()).hexdigest()[:16].upper()
    return f"{one.unit}@{int(not one.waiting)}@{(one.valid_until or date.max).isoformat()}@{mark}"


def _first_after(found: Sequence[EnablementListed], after: str) -> int:
    """Where the page after a place begins; one that is not there any more leaves out none of those that stood beside it."""
    places = [_place(one) for one in found]
    if after in places:
        return places.index(after) + 1
    try:
        unit, waiting, until, _ = after.split("@")
        then = bool(int(waiting)), date.fromisoformat(until), unit
    except ValueError:
        raise LookupError(after) from None
    return sum(_ahead(one) < then for one in found)


def _fits(asked: Asked, unit: str, line: str) -> bool:
    return asked.unit in (None, unit) and (asked.product_line is None or folded(asked.product_line) == line)


async def _waiting(store: EventStore) -> dict[tuple[str, str], tuple[int, str]]:
    """How many open deals lack an enablement, by unit and folded product line, with the line as one of them writes it."""
    lacking = sa.and_(STANDINGS.c.stream == "funnel-" + DEALS.c.project, STANDINGS.c.missing.like(f'%"{ENABLEMENT}"%'))
    statement = (
        sa.select(DEALS.c.owner_unit, DEALS.c.product_line, sa.func.count().label("n"))
        .join(STANDINGS, lacking)
        .where(DEALS.c.open.is_(True))
        .group_by(DEALS.c.owner_unit, DEALS.c.product_line)
        .order_by(DEALS.c.owner_unit, DEALS.c.product_line)
    )
    found: dict[tuple[str, str], tuple[int, str]] = {}
    for row in await store.query(statement):
        key = row["owner_unit"], folded(row["product_line"])
        found[key] = found.get(key, (0, ""))[0] + row["n"], row["product_line"]
    return found


def _listed(row: Mapping[str, Any], waiting: int) -> EnablementListed:
    status = "expiring" if row["expiring"] else row["status"]
    return EnablementListed(
        unit=row["unit"],
        product_line=row["product_line"],
        status=status,
        status_name=STATUS_NAMES[status],
        since=row["since"],
        valid_until=date.fromisoformat(row["valid_until"]) if row["valid_until"] else None,
        enabled_by=row["enabled_by"],
        renewed=row["renewed"],
        evidence=tuple(Competence.model_validate(one) for one in json.loads(row["evidence"])),
        waiting=waiting,
    )


def _awaited(unit: str, line: str, waiting: int) -> EnablementListed:
    return EnablementListed(
        unit=unit,
        product_line=line,
        status="none",
        status_name=STATUS_NAMES["none"],
        since=None,
        valid_until=None,
        enabled_by="",
        renewed=0,
        evidence=(),
        waiting=waiting,
    )
