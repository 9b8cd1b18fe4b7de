"""Where a page of a list ended: an id, and the value that its row was in order by, then.

The value goes with the id because rows change while somebody pages: a customer that is spoken to goes to the end of the list of
whom nobody has spoken to for longest, and whoever went on after it from there would miss all that lay between."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from eventstore.schema import Instant

LARGEST = 2**63
PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}(@[0-9A-Z:.-]{0,40})?$"
"""An id, or a place as `place` writes it."""


def place(row: Mapping[str, Any], key: str, column: sa.Column[Any]) -> str:
    """The place of a row in the order of a column, then of its key: `C7@2026-03-02T01:00:00.000000Z`; `C7@` without a value.
    In the order of a text it is the id alone: a name is long, and hardly ever another one."""
    if isinstance(column.type, sa.Text):
        return str(row[key])
    value = row[column.name]
    if isinstance(value, datetime):
        value = value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return f"{row[key]}@{'' if value is None else value}"


def read_place(text: str, key: str, column: sa.Column[Any]) -> dict[str, Any] | None:
    """The values that a place names; None for an id alone. Raises LookupError for what is no place in that order."""
    of_key, at, written = text.partition("@")
    if not at:
        return None
    try:
        return {key: of_key, column.name: _read(written, column)}
    except (ValueError, OverflowError):
        raise LookupError(text) from None


def _read(written: str, column: sa.Column[Any]) -> Any:
    if not written and column.nullable:
        return None
    if isinstance(column.type, Instant):
        moment = datetime.fromisoformat(written)
        if moment.tzinfo is None:
            raise ValueError(written)
        return moment.astimezone(UTC)
    if isinstance(column.type, sa.BigInteger) and abs(number := int(written)) < LARGEST:
        return number
    raise ValueError(written)
