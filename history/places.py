"""Where a page of a list ended: an id, and the values that its row was in order by, then.

The values go with the id because rows change while somebody pages: a customer that is spoken to goes to the end of the list of
whom nobody has spoken to for longest, and whoever went on after it from there would miss all that lay between."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from eventstore.schema import Instant

LARGEST = 2**63
PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}(@[0-9A-Z:.-]{0,40}){0,4}$"
"""An id, or a place as `place` writes it."""


def place(row: Mapping[str, Any], key: str, *columns: sa.Column[Any]) -> str:
    """The place of a row in the order of columns, then of its key: `C7@2026-03-02T01:00:00.000000Z`; `C7@` without a value. A
    text among them must be a code or a date: words are long, and hold more letters than an address does."""
    return "@".join((str(row[key]), *(_written(row[column.name]) for column in columns)))


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return "" if value is None else str(value)


def read_place(text: str, key: str, *columns: sa.Column[Any]) -> dict[str, Any] | None:
    """The values that a place names; None for an id alone. Raises LookupError for what is no place in that order."""
    of_key, *written = text.split("@")
    if not written:
        return None
    try:
        values = {column.name: _read(one, column) for column, one in zip(columns, written, strict=True)}
    except (ValueError, OverflowError):
        raise LookupError(text) from None
    return {key: of_key, **values}


def _read(written: str, column: sa.Column[Any]) -> Any:
    if not written and column.nullable:
        return None
    if isinstance(column.type, Instant):
        moment = datetime.fromisoformat(written)
        if moment.tzinfo is None:
            raise ValueError(written)
        return moment.astimezone(UTC)
    if isinstance(column.type, sa.Boolean) and written in ("0", "1"):
        return written == "1"
    if isinstance(column.type, sa.Integer) and abs(number := int(written)) < LARGEST:
        return number
    if isinstance(column.type, sa.Text):
        return written
    raise ValueError(written)
