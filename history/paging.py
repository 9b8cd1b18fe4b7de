"""A list in pages: its order, what comes after a place in it, and the place where a page ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from eventstore.port import EventStore
from history.places import place, read_place


@dataclass(frozen=True, slots=True)
class Order:
    """The order of a list: by its columns, those without a value last, and by its key."""

    key: sa.Column[Any]
    columns: tuple[tuple[sa.Column[Any], bool], ...]
    """Each with whether it falls."""

    def by(self) -> list[sa.ColumnElement[Any]]:
        """To be ordered by."""
        found: list[sa.ColumnElement[Any]] = []
        for column, falls in self.columns:
            found += [column.is_(None)] if column.nullable else []
            found.append(column.desc() if falls else column)
        return [*found, self.key]

    def beyond(self, last: Mapping[str, Any]) -> sa.ColumnElement[bool]:
        """What comes after a row."""
        further: list[sa.ColumnElement[bool]] = []
        same: list[sa.ColumnElement[bool]] = []
        for column, falls in (*self.columns, (self.key, False)):
            value = last[column.name]
            if value is None:
                same.append(column.is_(None))
                continue  # Nothing comes after those without a value.
            here = sa.literal(value, column.type)
            there = column < here if falls else column > here
            further.append(sa.and_(*same, sa.or_(there, column.is_(None)) if column.nullable else there))
            same.append(column == here)
        return sa.or_(*further)

    def place(self, row: Mapping[str, Any]) -> str:
        """The place of a row."""
        return place(row, self.key.name, *(column for column, _ in self.columns))

    def read(self, written: str) -> Mapping[str, Any] | None:
        """The values that a place names; None for an id alone. Raises LookupError for what is no place in this order."""
        return read_place(written, self.key.name, *(column for column, _ in self.columns))


async def page(
    store: EventStore, rows: sa.Select[Any], order: Order, limit: int, after: str | None
) -> tuple[Sequence[Mapping[str, Any]], str]:
    """The rows of one page, from after the place `after`: the place that the page before has ended with, or an id, which means
    where it stands now; and the place that this one ends with, empty when nothing follows. Raises LookupError for an `after`
    that there is not."""
    if after is not None:
        last = order.read(after) or await _kept(store, order.key, after)
        rows = rows.where(order.beyond(last))
    found = await store.query(rows.order_by(*order.by()).limit(limit + 1))
    shown = found[:limit]
    return shown, order.place(shown[-1]) if len(found) > limit else ""


async def _kept(store: EventStore, key: sa.Column[Any], named: str) -> Mapping[str, Any]:
    for row in await store.query(sa.select(key.table).where(key == named)):
        return row
    raise LookupError(named)
