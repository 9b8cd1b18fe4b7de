"""The first lines of a figure, the totals of all and how many there are, in one statement: nothing is summed twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from eventstore.port import EventStore
from history.counting import total

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Lines:
    """What a figure comes to, each row with `key`, `currency` and its sums."""

    shown: Sequence[Row]
    """The first lines; the order is for the caller to make again."""
    totals: Sequence[Row]
    """One of each currency, in their order, without a key."""
    count: int
    """How many lines there are, shown or not."""


async def lines(
    store: EventStore,
    grouped: sa.Select[Any],
    limit: int | None,
    order: Callable[[sa.FromClause], Sequence[sa.ColumnElement[Any]]],
) -> Lines:
    """The lines of a SELECT that has a row for each key and currency, the first by an order."""
    made = grouped.cte("lines")
    sums = [column for column in made.c if column.key not in ("key", "currency")]
    first = sa.select(made, sa.literal_column("0").label("lines")).order_by(*order(made)).limit(limit).subquery("shown")
    everything = sa.select(
        sa.literal("").label("key"),
        made.c.currency,
        *(total(column).label(column.key) for column in sums),
        sa.func.count().label("lines"),
    ).group_by(made.c.currency)
    both = sa.union_all(sa.select(first), everything).subquery("told")
    shown: list[Row] = []
    totals: list[Row] = []
    for row in await store.query(sa.select(both)):
        (totals if row["lines"] else shown).append(row)
    return Lines(shown, sorted(totals, key=lambda one: str(one["currency"])), sum(one["lines"] for one in totals))
