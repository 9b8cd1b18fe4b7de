"""The list of customers 客户: who is in which state, what comes next on the ladder and when, and who must act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

import sqlalchemy as sa
from pydantic import AwareDatetime

from domain.customer import STATE_NAMES
from domain.messages import Frozen, Health, Money, Name
from domain.playbook import Playbooks
from eventstore.port import EventStore
from eventstore.schema import CUSTOMERS, DEALS
from history.places import place, read_place

Sort = Literal["next", "contact", "since", "revenue", "name", "customer"]
"""`next`: whose next ladder date comes first; `contact`: whom nobody has spoken to for longest; `since`: the latest change of
state; `revenue`: the largest; else by name or id."""
ORDERS: Mapping[Sort, tuple[str, bool]] = {
    "next": ("next_step_at", False),
    "contact": ("last_contact_at", False),
    "since": ("since", True),
    "revenue": ("revenue_minor", True),
    "name": ("name", False),
    "customer": ("customer", False),
}
"""The column of each order, and whether it falls."""
KEY = "customer"
STEP_NAMES: Mapping[str, Name] = {"cooling": Name(en="cooling", zh="冷却")}
"""A step of the ladder inside a state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which customers are wanted; None asks nothing."""

    status: str | None = None
    step: str | None = None
    value_class: str | None = None
    owner: str | None = None
    unit: str | None = None
    industry: str | None = None
    region: str | None = None
    group: str | None = None
    """A customer with everything below it in its group 集团."""
    asleep_within: float | None = None
    """Days from now within which it goes dormant if nothing more is heard of it."""
    needs_person: bool = False
    search: str | None = None
    """Some letters of the id or the name."""
    merged: bool = False
    """Also those that went into another; a search finds them anyway."""


class CustomerListed(Frozen):
    """A customer in a list."""

    customer: str
    name: str
    industry: str
    region: str
    market: str
    value_class: str
    """Empty while nobody has decided it."""
    value_class_name: Name | None
    status: str
    status_name: Name
    step: str
    """`cooling`: a step of the ladder inside the state; else empty."""
    step_name: Name | None
    since: AwareDatetime | None
    """Since when it stands so."""
    owner: str
    """Staff id."""
    owner_unit: str
    parent: str
    merged_into: str
    """The customer that this one went into; else empty."""
    mode: str
    """The code of the business mode 经营模式 that serves its value class, by the table of now; empty where none does."""
    last_contact_at: AwareDatetime | None
    next_contact_at: AwareDatetime | None
    """The first moment of the day of the next planned contact."""
    next_step: str
    """`cooling` or `dormant`: what comes next on the ladder if nothing more is heard of it; else empty."""
    next_step_name: Name | None
    next_step_at: AwareDatetime | None
    dormant_at: AwareDatetime | None
    running: int
    """Running projects."""
    contracts_valid: int
    deals_open: int
    """Of those that went into it too."""
    amounts_open: tuple[Money, ...]
    """What its open deals come to, by currency."""
    who: str
    """The role that must act next; empty when nobody has to."""
    who_name: Name | None
    health: Health
    needs_human: bool
    reason: str
    revenue: Money
    class_review: bool
    """True while somebody must look at its value class again."""
    registered_at: AwareDatetime | None


class CustomerCount(Frozen):
    """How many customers of one class stand so."""

    status: str
    step: str
    value_class: str
    count: int


class CustomerList(Frozen):
    """Customers in the order that was asked for; those without a date in it come last."""

    customers: tuple[CustomerListed, ...]
    """At most as many as were asked for."""
    count: int
    """How many fit in all."""
    counts: tuple[CustomerCount, ...]
    """The same by status, step and value class."""
    next: str
    """What `after` must be for the following ones; empty when there are none. It names the place where this page ends, so that
    a customer that goes elsewhere in the list meanwhile takes no other with it."""
    as_of: AwareDatetime


async def customers(
    store: EventStore,
    playbooks: Playbooks,
    asked: Asked,
    limit: int,
    now: datetime,
    sort: Sort = "next",
    after: str | None = None,
) -> CustomerList:
    """The customers that fit, from after the place `after` in that order: the `next` of the page before, or a customer's id,
    which means where it stands now. Costs three or four queries, each of them bounded by what is shown or answered from an
    index. Raises LookupError for an `after` that there is not."""
    fits = _fits(asked, now)
    rows = await _page(store, fits, sort, limit + 1, after)
    shown = rows[:limit]
    counts = await store.query(_counted(fits))
    deals = await _open_deals(store, [row["customer"] for row in shown])
    return CustomerList(
        customers=tuple(listed(row, playbooks, deals.get(row["customer"], {})) for row in shown),
        count=sum(row["count"] for row in counts),
        counts=tuple(CustomerCount(**row) for row in counts),
        next=place(shown[-1], KEY, *_written(CUSTOMERS.c[ORDERS[sort][0]])) if len(rows) > limit else "",
        as_of=now,
    )


def _fits(asked: Asked, now: datetime) -> list[sa.ColumnElement[bool]]:
    table = CUSTOMERS.c
    equal = {
        table.status: asked.status,
        table.step: asked.step,
        table.value_class: asked.value_class,
        table.owner: asked.owner,
        table.owner_unit: asked.unit,
        table.industry: asked.industry,
        table.region: asked.region,
    }
    fits = [column == value for column, value in equal.items() if value is not None]
    if asked.group is not None:
        fits.append(table.customer.in_(below(asked.group)))
    if asked.asleep_within is not None:
        fits.append(table.dormant_at <= now + timedelta(days=asked.asleep_within))
    if asked.needs_person:
        fits.append(table.needs_human.is_(True))
    if asked.search is not None:
        # Apart, so that the narrow index of what is sought is looked through, and not the table.
        names = CUSTOMERS.alias("names")
        found = sa.select(names.c.customer).where(names.c.sought.contains(asked.search.casefold(), autoescape=True))
        fits.append(table.customer.in_(found))
    elif not asked.merged:
        fits.append(table.merged_into == "")
    return fits


def below(customer: str) -> sa.Select[Any]:
    """A customer and everything below it in its group, as ids."""
    group = sa.select(CUSTOMERS.c.customer).where(CUSTOMERS.c.customer == customer).cte("group", recursive=True)
    children = sa.select(CUSTOMERS.c.customer).where(CUSTOMERS.c.parent == group.c.customer)
    group = group.union(children)
    return sa.select(group.c.customer)


async def _page(
    store: EventStore, fits: Sequence[sa.ColumnElement[bool]], sort: Sort, limit: int, after: str | None
) -> Sequence[Mapping[str, Any]]:
    """The rows of one page: first those that have a date in that order, then those that have none. Two questions, because one
    with both cannot be answered in the order of an index on every database."""
    name, falls = ORDERS[sort]
    column, last = CUSTOMERS.c[name], None
    if after is not None:
        last = read_place(after, KEY, *_written(column)) or await kept(store, after)
        if last is None:
            raise LookupError(after)
    rows: list[Mapping[str, Any]] = []
    if last is None or last[name] is not None:
        there = [*fits, *([column.is_not(None)] if column.nullable else [])]
        rows += await store.query(_ordered([*there, *_beyond(column, last, falls)], column, falls).limit(limit))
    if column.nullable and len(rows) < limit:
        without = [*fits, column.is_(None)]
        if last is not None and last[name] is None:
            without.append(CUSTOMERS.c.customer > last["customer"])
        rows += await store.query(_ordered(without, None, False).limit(limit - len(rows)))
    return rows


def _written(column: sa.Column[Any]) -> Sequence[sa.Column[Any]]:
    """What a place says of its order: nothing in that of a text, for a name is long and hardly ever becomes another one."""
    return () if isinstance(column.type, sa.Text) else (column,)


async def kept(store: EventStore, customer: str) -> Mapping[str, Any] | None:
    """A customer's row; None if there is no such customer."""
    found = await store.query(sa.select(CUSTOMERS).where(CUSTOMERS.c.customer == customer))
    return found[0] if found else None


def _beyond(column: sa.Column[Any], last: Mapping[str, Any] | None, falls: bool) -> list[sa.ColumnElement[bool]]:
    if last is None:
        return []
    here = sa.tuple_(column, CUSTOMERS.c.customer)
    there = sa.tuple_(sa.literal(last[column.name], column.type), sa.literal(last["customer"], CUSTOMERS.c.customer.type))
    return [here < there if falls else here > there]


def _ordered(fits: Sequence[sa.ColumnElement[bool]], column: sa.Column[Any] | None, falls: bool) -> sa.Select[Any]:
    key = CUSTOMERS.c.customer
    order = (
        [key.desc() if falls else key]
        if column is None or column is key
        else [one.desc() if falls else one for one in (column, key)]
    )
    return sa.select(CUSTOMERS).where(*fits).order_by(*order)


def _counted(fits: Sequence[sa.ColumnElement[bool]]) -> sa.Select[Any]:
    by = (CUSTOMERS.c.status, CUSTOMERS.c.step, CUSTOMERS.c.value_class)
    return sa.select(*by, sa.func.count().label("count")).where(*fits).group_by(*by).order_by(*by)


async def _open_deals(store: EventStore, ids: Sequence[str]) -> Mapping[str, Mapping[str, tuple[int, int]]]:
    """Of each customer, its open deals by currency: how many, and what they come to in hundredths."""
    whose = sa.case((CUSTOMERS.c.merged_into == "", CUSTOMERS.c.customer), else_=CUSTOMERS.c.merged_into).label("whose")
    theirs = [
        sa.select(CUSTOMERS.c.customer, whose).where(one.in_(ids)) for one in (CUSTOMERS.c.customer, CUSTOMERS.c.merged_into)
    ]
    them = sa.union(*theirs).subquery()
    amount = sa.cast(sa.func.sum(DEALS.c.amount_minor), sa.BigInteger).label("amount")
    asked = (
        sa.select(them.c.whose, DEALS.c.currency, sa.func.count().label("count"), amount)
        .join(DEALS, DEALS.c.customer == them.c.customer)
        .where(DEALS.c.open.is_(True))
        .group_by(them.c.whose, DEALS.c.currency)
        .order_by(them.c.whose, DEALS.c.currency)
    )
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for row in await store.query(asked):
        found.setdefault(row["whose"], {})[row["currency"]] = (row["count"], row["amount"])
    return found


def listed(row: Mapping[str, Any], playbooks: Playbooks, deals: Mapping[str, tuple[int, int]]) -> CustomerListed:
    """A customer's row in the words of the newest standard playbook, beside its open deals by currency."""
    rules = playbooks.latest()
    value_class = rules.customers.value_class(row["value_class"])
    told = {name: row[name] for name in CustomerListed.model_fields if name in row}
    return CustomerListed(
        **told,
        value_class_name=value_class.name if value_class else None,
        status_name=named(row["status"]),
        step_name=named(row["step"]) if row["step"] else None,
        next_step_name=named(row["next_step"]) if row["next_step"] else None,
        deals_open=sum(count for count, _ in deals.values()),
        amounts_open=tuple(money(minor, currency) for currency, (_, minor) in deals.items() if currency),
        mode=_mode(row["value_class"], playbooks),
        who=row["waiting_for"],
        who_name=rules.roles.get(row["waiting_for"]),
        revenue=money(row["revenue_minor"], "CNY"),
    )


def _mode(value_class: str, playbooks: Playbooks) -> str:
    serving = playbooks.modes.serving(value_class) if playbooks.modes is not None else ()
    return serving[0].code if len(serving) == 1 else ""


def named(code: str) -> Name:
    """What people call a state of a customer or a step of the ladder."""
    states: Mapping[str, Name] = STATE_NAMES
    return STEP_NAMES.get(code) or states.get(code) or Name(en=code, zh=code)


def money(minor: int, currency: str) -> Money:
    """An amount that is kept in hundredths."""
    return Money(amount=Decimal(minor).scaleb(-2), currency=currency)
