"""The ordinary queries, in SQLAlchemy Core, the same for both databases. The hot paths have their own SQL in the adapters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from eventstore.port import Decision, NoticeChange, StoredEvent
from eventstore.records import columns, complete, in_utc, ordering, read_model, replaceable, told_in_utc
from eventstore.schema import DECISIONS, EVENTS, OUTBOX, PLAYBOOKS, STANDINGS

EVENT_COLUMNS = tuple(field.name for field in fields(StoredEvent))
"""The columns of `events` in the order of `StoredEvent`'s fields."""

_DECISION_COLUMNS = [DECISIONS.c[field.name] for field in fields(Decision)]


def decision_values(decision: Decision) -> dict[str, Any]:
    """A decision as a row of `decisions`."""
    return asdict(told_in_utc(decision))


def to_decision(row: Sequence[Any]) -> Decision:
    """A row of `select_decisions` as a decision."""
    return Decision(*row)


def to_numbered(row: Sequence[Any]) -> tuple[int, Decision]:
    """A row of `select_all_decisions` as a decision with its number."""
    return row[0], Decision(*row[1:])


def insert_refusal(dialect: str, decision: Decision) -> sa.Executable:
    """Keeps a refusal once."""
    insert = postgresql.insert(DECISIONS) if dialect == "postgresql" else sqlite.insert(DECISIONS)
    return insert.values(decision_values(decision)).on_conflict_do_nothing()


def select_decisions(stream: str, limit: int) -> sa.Select[Any]:
    """A stream's decisions, the newest first, in the order of `Decision`'s fields."""
    return sa.select(*_DECISION_COLUMNS).where(DECISIONS.c.stream == stream).order_by(DECISIONS.c.id.desc()).limit(limit)


def select_all_decisions(after: tuple[str, int], limit: int) -> sa.Select[Any]:
    """Decisions with their numbers, stream by stream, from after a place in that order."""
    place = sa.tuple_(DECISIONS.c.stream, DECISIONS.c.id)
    query = sa.select(DECISIONS.c.id, *_DECISION_COLUMNS).where(place > sa.tuple_(*after))
    return query.order_by(DECISIONS.c.stream, DECISIONS.c.id).limit(limit)


def select_rows(table: str, where: Mapping[str, Any] | None, order_by: Sequence[str], limit: int) -> sa.Select[Any]:
    """Rows of a read model; nulls come last on every database."""
    model = read_model(table)
    wanted = where or {}
    query = sa.select(model)
    for column in columns(model, wanted):
        query = query.where(column == wanted[column.name])
    order = [column.desc() if falls else column.asc() for column, falls in ordering(model, order_by)]
    return query.order_by(*(one.nulls_last() for one in order)).limit(limit)


def select_streams(category: str, after: str, limit: int, value_classes: Sequence[str]) -> sa.Select[Any]:
    """The streams of a kind, by their standings, from after one of them. The bounds let the primary key find them: `.` is what
    follows `-`."""
    standings, first = STANDINGS.c, f"{category}-"
    query = sa.select(standings.stream).where(standings.stream > max(after, first), standings.stream < f"{category}.")
    if value_classes:
        query = query.where(standings.value_class.in_(value_classes))
    return query.order_by(standings.stream).limit(limit)


def replacement(table: str, rows: Sequence[Mapping[str, Any]]) -> tuple[sa.Delete, sa.Insert, list[dict[str, Any]]]:
    """What empties a read model and fills it anew: of two rows with one key the later one stays."""
    model = replaceable(table)
    keys = [column.name for column in model.primary_key]
    unique = {tuple(row[key] for key in keys): row for row in (complete(model, values) for values in rows)}
    return sa.delete(model), sa.insert(model), list(unique.values())


def change_notices(change: NoticeChange) -> tuple[Any, dict[str, Any]]:
    """Changes notices that have the expected status, and answers them as they are then: the statement and its values."""
    values: dict[str, Any] = {
        "those": list(change.ids),
        "was": list(change.was),
        "becomes": change.becomes,
        "now": in_utc(change.at),
        "trouble": change.error,
    }
    if change.untouched_since is not None:
        values["before"] = in_utc(change.untouched_since)
    return _change_notices(change.tried, change.afresh, change.untouched_since is not None), values


@cache
def _change_notices(tried: bool, afresh: bool, untouched: bool) -> Any:
    """Made once: each notice needs two, and to put one together costs more than to carry it out."""
    known: sa.BindParameter[Any] = sa.bindparam("those", expanding=True)
    was: sa.BindParameter[Any] = sa.bindparam("was", expanding=True)
    update = sa.update(OUTBOX).where(OUTBOX.c.id.in_(known), OUTBOX.c.status.in_(was))
    if untouched:
        update = update.where(OUTBOX.c.changed_at < sa.bindparam("before"))
    tries: Any = (sa.literal(0) if afresh else OUTBOX.c.tries) + int(tried)
    values = {
        "status": sa.bindparam("becomes"),
        "changed_at": sa.bindparam("now"),
        "error": sa.bindparam("trouble"),
        "tries": tries,
    }
    return update.values(values).returning(OUTBOX)


def count_notices() -> sa.Select[Any]:
    """How many notices there are, by status."""
    return sa.select(OUTBOX.c.status, sa.func.count().label("number")).group_by(OUTBOX.c.status)


def insert_playbook(dialect: str, name: str, version: str, document: str) -> sa.Executable:
    """Keeps a playbook unless that version is kept already."""
    insert = postgresql.insert(PLAYBOOKS) if dialect == "postgresql" else sqlite.insert(PLAYBOOKS)
    return insert.values(name=name, version=version, document=document).on_conflict_do_nothing()


def select_playbook(name: str, version: str) -> sa.Select[tuple[str]]:
    """The document that is kept."""
    return sa.select(PLAYBOOKS.c.document).where(PLAYBOOKS.c.name == name, PLAYBOOKS.c.version == version)


def select_playbooks() -> sa.Select[Any]:
    """Every kept playbook."""
    return sa.select(PLAYBOOKS).order_by(PLAYBOOKS.c.name, PLAYBOOKS.c.version)


def upsert(table: str, parameter: str) -> str:
    """SQLite's statement that writes one whole row; `parameter` is the driver's placeholder."""
    model = read_model(table)
    names = [column.name for column in model.c]
    keys = ", ".join(column.name for column in model.primary_key)
    changes = ", ".join(f'"{name}" = excluded."{name}"' for name in names if not model.c[name].primary_key)
    quoted = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(parameter for _ in names)
    return f'INSERT INTO "{table}" ({quoted}) VALUES ({values}) ON CONFLICT ({keys}) DO UPDATE SET {changes}'


assert set(EVENT_COLUMNS) | {"ordinal"} == set(EVENTS.c.keys())
