"""What the figures are counted from, in SQL: the stretches that hold at a moment, and whose each of them is.

What belongs to a customer that was merged into another counts for the one that is left; industry, region and group are those
of that customer now, for they are who the customer is; class, owner and unit are those of the deal, as they were then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any, Literal

import sqlalchemy as sa

from eventstore.schema import CUSTOMERS, DEAL_SPANS
from projections.deal_span import LASTING

By = Literal[
    "customer",
    "group",
    "industry",
    "region",
    "unit",
    "class",
    "owner",
    "product_line",
    "service_line",
    "mode",
    "stage",
    "project",
]
"""What figures are told apart by."""
REACHES = ((0, 1, 2, 3), (4, 5), (6, 7), (8, 9), (10, 11), (12, 13, 14, 15, 16, 17))
"""Open stretches of up to 2 ** 17 days, longer than calendars know. Those of a few reaches are looked for together, as far back
as the longest of them goes: a part of a question for each reach costs more than the few rows that are looked at in vain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which deals and money are counted; None asks nothing."""

    industry: str | None = None
    region: str | None = None
    unit: str | None = None
    value_class: str | None = None
    owner: str | None = None
    customer: str | None = None
    """With what was merged into it."""
    project: str | None = None
    group: str | None = None
    """The customer at the top of a group 集团, and all below it."""
    service_line: str | None = None
    product_line: str | None = None
    mode: str | None = None

    @property
    def narrow(self) -> bool:
        """True when few rows can fit, so that they are looked for by what they belong to, and not by the moment."""
        return self.customer is not None or self.project is not None

    @property
    def asked(self) -> dict[str, str]:
        """What is asked, by name."""
        return {one.name: getattr(self, one.name) for one in fields(self) if getattr(self, one.name) is not None}


ALL = Scope()


def open_at(at: datetime, scope: Scope) -> sa.FromClause:
    """The stretches of deals that were open or on the shelf at a moment."""
    table = DEAL_SPANS
    if scope.narrow:
        holds = sa.or_(table.c.until_at.is_(None), table.c.until_at > at)
        return sa.select(table).where(table.c.reach >= LASTING, table.c.from_at <= at, holds).subquery("spans")
    parts = [sa.select(table).where(table.c.reach == LASTING, table.c.from_at <= at)]
    for reaches in REACHES:
        longest = 2 ** reaches[-1]
        earliest = at - timedelta(days=longest) if (at.year - 1) * 365 > longest else None
        among = table.c.reach.in_([sa.literal_column(str(reach)) for reach in reaches])
        part = sa.select(table).where(among, table.c.from_at <= at, table.c.until_at > at)
        parts.append(part if earliest is None else part.where(table.c.from_at > earliest))
    return sa.union_all(*parts).subquery("spans")


@dataclass(frozen=True, slots=True)
class Counted:
    """Where figures come from: the tables, what they are told apart by, and what must hold."""

    source: sa.FromClause
    key: sa.ColumnElement[str]
    where: Sequence[sa.ColumnElement[bool]]


def counted(source: sa.FromClause, scope: Scope, by: By | None, deal: sa.FromClause | None = None) -> Counted:
    """Deals or money within a scope, told apart `by` something; `deal` says more about the project of a fact of money."""
    made = source
    where: list[sa.ColumnElement[bool]] = []
    customer: sa.ColumnElement[str] = source.c.customer
    about: dict[str, sa.ColumnElement[str]] = {
        "unit": source.c.owner_unit,
        "class": source.c.value_class,
        "owner": source.c.owner,
        "project": source.c.project,
    }
    if deal is not None:
        own = source.c.service_line
        made = made.outerjoin(deal, sa.and_(deal.c.project == source.c.project, deal.c.entry == 1))
        about["service_line"] = sa.case((own != "", own), else_=sa.func.coalesce(deal.c.service_line, ""))
        about |= {name: sa.func.coalesce(deal.c[name], "") for name in ("product_line", "mode")}
    else:
        about |= {name: source.c[name] for name in ("service_line", "product_line", "mode", "stage") if name in source.c}
    if {by, *scope.asked} & {"customer", "group", "industry", "region"}:
        heirs = heirs_of_merged()
        made = made.outerjoin(heirs, heirs.c.customer == customer)
        customer = sa.func.coalesce(heirs.c.heir, customer)
        about["customer"] = customer
        if {by, *scope.asked} & {"industry", "region"}:
            who = CUSTOMERS.alias("who")
            made = made.outerjoin(who, who.c.customer == customer)
            about |= {name: sa.func.coalesce(who.c[name], "") for name in ("industry", "region")}
        if by == "group":
            tops = _tops(heirs)
            made = made.outerjoin(tops, tops.c.customer == customer)
            about["group"] = sa.func.coalesce(tops.c.top, customer)
        if scope.group is not None:
            where.append(customer.in_(sa.select(_members(heirs, scope.group).c.customer)))
        if scope.customer is not None:
            where.append(source.c.customer.in_(sa.select(merged_into(scope.customer).c.customer)))
    names = {"value_class": "class"}
    for name, value in scope.asked.items():
        if name not in ("group", "customer"):
            where.append(about[names.get(name, name)] == value)
    return Counted(made, about[by] if by is not None else sa.literal(""), where)


# Each of these is made once, so that two of them may stand in one statement: under one name there is one thing.


@cache
def heirs_of_merged() -> sa.FromClause:
    """Who is left of each customer that was merged, at the end of what may be a row of mergers."""
    one, next_one, left = CUSTOMERS.alias("merged"), CUSTOMERS.alias("onward"), CUSTOMERS.alias("remaining")
    # `> ''` and not `<> ''`: only so the index is used, and most customers were never merged.
    first = sa.select(one.c.customer, one.c.merged_into.label("heir")).where(one.c.merged_into > "")
    steps = first.cte("mergers", recursive=True)
    further = sa.select(steps.c.customer, next_one.c.merged_into).join(next_one, next_one.c.customer == steps.c.heir)
    steps = steps.union(further.where(next_one.c.merged_into > ""))
    last = sa.select(steps.c.customer, steps.c.heir).join(left, left.c.customer == steps.c.heir)
    return last.where(left.c.merged_into == "").cte("heirs")


@lru_cache(maxsize=64)
def merged_into(customer: str) -> sa.FromClause:
    """A customer and all that were merged into it, directly or through others."""
    other = CUSTOMERS.alias("other")
    all_of_it = sa.select(sa.literal(customer, CUSTOMERS.c.customer.type).label("customer")).cte("all_of_it", recursive=True)
    return all_of_it.union(sa.select(other.c.customer).join(all_of_it, other.c.merged_into == all_of_it.c.customer))


@cache
def _parents(heirs: sa.FromClause) -> sa.FromClause:
    """The parent company of each customer that has one; of one that was merged, the one that is left."""
    child, heir = CUSTOMERS.alias("child"), heirs.alias("heir_of_parent")
    found = sa.select(child.c.customer, sa.func.coalesce(heir.c.heir, child.c.parent).label("parent"))
    return found.outerjoin_from(child, heir, heir.c.customer == child.c.parent).where(child.c.parent > "").cte("parents")


@cache
def _tops(heirs: sa.FromClause) -> sa.FromClause:
    """The top of the group that a customer belongs to; nothing for one without a parent."""
    parents = _parents(heirs)
    climb = sa.select(parents.c.customer, parents.c.parent.label("top")).cte("climb", recursive=True)
    above, higher = parents.alias("above"), parents.alias("higher")
    climb = climb.union(sa.select(climb.c.customer, above.c.parent).join(above, above.c.customer == climb.c.top))
    top = sa.select(climb.c.customer, climb.c.top).outerjoin(higher, higher.c.customer == climb.c.top)
    return top.where(higher.c.customer.is_(None)).cte("tops")


@lru_cache(maxsize=64)
def _members(heirs: sa.FromClause, group: str) -> sa.FromClause:
    """A customer and all that are below it."""
    parents = _parents(heirs)
    members = sa.select(sa.literal(group, CUSTOMERS.c.customer.type).label("customer")).cte("members", recursive=True)
    return members.union(sa.select(parents.c.customer).join(members, parents.c.parent == members.c.customer))


def total(column: sa.ColumnElement[Any], when: sa.ColumnElement[bool] | None = None) -> sa.ColumnElement[int]:
    """An exact sum of whole numbers, 0 where there is nothing; only of the rows that fit, if `when` is given."""
    value = column if when is None else sa.case((when, column), else_=0)
    return sa.cast(sa.func.coalesce(sa.func.sum(value), 0), sa.BigInteger)


def number(when: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    """How many rows fit."""
    return total(sa.literal_column("1"), when)
