"""What every adapter does alike: checks what it is given, and makes the records that it stores and answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from eventstore.failures import RejectedValueError
from eventstore.port import Append, Decision, StoredEvent, StoreError
from eventstore.schema import READ_MODELS, WRITTEN_ALONG


def checked(append: Append) -> Append:
    """The append itself; raises `StoreError` when it has no events, no command id, or a time without its offset."""
    if not append.events:
        raise StoreError(f"an append to {append.stream} has no events: a command that changes nothing is not appended")
    if not append.command_id:
        raise StoreError(f"an append to {append.stream} has no command id")
    for moment in (append.recorded_at, *(event.occurred_at for event in append.events)):
        in_utc(moment)
    return append


def in_utc(moment: datetime) -> datetime:
    """The same instant in UTC; raises `StoreError` for a time that does not say its offset."""
    if moment.tzinfo is UTC:
        return moment
    if moment.utcoffset() is None:
        raise StoreError(f"the time {moment.isoformat()} has no offset: give it in UTC or with its time zone")
    return moment.astimezone(UTC)


def stored(append: Append, version: int, position: int) -> list[StoredEvent]:
    """The append's events as they are stored, the first of them at this version and position."""
    recorded_at = in_utc(append.recorded_at)
    return [
        StoredEvent(
            position + index,
            append.stream,
            version + index,
            event.type,
            event.schema_version,
            event.data,
            in_utc(event.occurred_at),
            recorded_at,
            append.actor,
            append.command_id,
            append.correlation_id,
            append.causation_id,
            append.customer,
            append.project,
            append.playbook,
        )
        for index, event in enumerate(append.events)
    ]


def read_model(name: str) -> sa.Table:
    """The table of a read model, or the outbox; raises `StoreError` for a name that is neither."""
    try:
        return WRITTEN_ALONG[name]
    except KeyError:
        raise StoreError(f"there is no read model {name!r}, only {', '.join(sorted(WRITTEN_ALONG))}") from None


def replaceable(name: str) -> sa.Table:
    """The table of a read model that may be made anew from the events; raises `StoreError` for any other."""
    model = read_model(name)
    if name not in READ_MODELS:
        raise StoreError(f"{name} cannot be made anew: what has become of its rows is known nowhere else")
    return model


def complete(table: sa.Table, values: Mapping[str, Any]) -> dict[str, Any]:
    """A row with all of the table's columns in their order, times in UTC; a column that may be null may be left out.

    Raises `StoreError` for an unknown column and for a missing one."""
    unknown = values.keys() - table.c.keys()
    missing = [column.name for column in table.c if not column.nullable and values.get(column.name) is None]
    if unknown or missing:
        raise RejectedValueError(f"a row of {table.name} has unknown columns {sorted(unknown)} and lacks the columns {missing}")
    row = {name: values.get(name) for name in table.c.keys()}  # noqa: SIM118 (a column collection iterates its columns)
    return {name: in_utc(value) if isinstance(value, datetime) else value for name, value in row.items()}


def selecting(statement: sa.Select[Any]) -> sa.Select[Any]:
    """The statement itself; raises `StoreError` for one that is no SELECT, for a question changes nothing."""
    if not isinstance(statement, sa.Select):
        raise StoreError(f"a question to the store is a SELECT, not a {type(statement).__name__}")
    return statement


def by_name(rows: Sequence[sa.Row[Any]]) -> Sequence[Mapping[str, Any]]:
    """Rows by the names of their columns; of many rows faster than each row's own mapping."""
    names = rows[0]._fields if rows else ()
    return [dict(zip(names, row, strict=True)) for row in rows]


def columns(table: sa.Table, names: Iterable[str]) -> list[sa.Column[Any]]:
    """The table's columns of these names; raises `StoreError` for a name that is none."""
    try:
        return [table.c[name] for name in names]
    except KeyError as error:
        raise StoreError(f"{table.name} has no column {error}") from None


def ordering(table: sa.Table, order_by: Sequence[str]) -> list[tuple[sa.Column[Any], bool]]:
    """The columns that rows are ordered by, each with whether it falls (`-name`), and last the primary key.

    Raises `StoreError` for a name that is none."""
    named = columns(table, (name.removeprefix("-") for name in order_by))
    falls = [name.startswith("-") for name in order_by]
    return [*zip(named, falls, strict=True), *((column, False) for column in table.primary_key)]


def in_order(rows: Iterable[dict[str, Any]], order: Sequence[tuple[sa.Column[Any], bool]]) -> list[dict[str, Any]]:
    """Rows sorted in Python as the databases do; nulls last in either direction."""
    found = list(rows)
    for column, falls in reversed(order):
        name = column.name
        there = sorted((row for row in found if row[name] is not None), key=lambda row: row[name], reverse=falls)
        found = there + [row for row in found if row[name] is None]
    return found


def told_in_utc(decision: Decision) -> Decision:
    """The decision with its moments in UTC; raises `StoreError` for one that does not say its offset."""
    moment = decision.moment and in_utc(decision.moment)
    return replace(decision, decided_at=in_utc(decision.decided_at), moment=moment)
