"""A store full of customers, for measuring: 100,000 of them with more than a million events, the same ones every time.

    python -m benchmarks.population --url sqlite:////tmp/many.db [--customers 100000] [--lives 2000] [--without-decisions]

Some thousand lives are led through the real command handler (`benchmarks/lives.py`); each is then told of many customers, with
other ids, names, owners, industries and regions, on which no decision depends. So the events are those that the system would
have made: `verify` and `rebuild --check` agree with them. They are written past the store, many in a transaction, as only a
benchmark may."""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import sqlalchemy as sa

from benchmarks import lives
from domain.playbook import Playbooks
from eventstore.opening import open_store
from eventstore.port import Decision, StoredEvent
from eventstore.schema import DECISIONS, EVENTS, WRITTEN_ALONG, Instant, to_text
from runtime.composition import core_of
from runtime.settings import Settings

CUSTOMERS = 100_000
LIVES = 2_000
CHUNK = 2_000
"""Customers that are written in one transaction; their events come mixed, in the order of their times."""
ENDS = datetime(2026, 11, 1, tzinfo=UTC)
INDUSTRIES = (
    "machinery",
    "chemicals",
    "food",
    "textiles",
    "retail",
    "logistics",
    "pharma",
    "energy",
    "electronics",
    "services",
)
REGIONS = ("north", "east", "south", "west", "central", "north-east", "south-west", "coast")
OWNERS = 400
COLUMNS = (*(field.name for field in fields(StoredEvent)), "ordinal")
_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class Template:
    """A life as text: every value of every row, with placeholders in it, and what kind of value each one is."""

    text: str
    shapes: tuple[tuple[str, int, int], ...]
    """Of each group of rows: the table, how many values a row has, how many rows."""


@dataclass(slots=True)
class Population:
    """What was made."""

    customers: int = 0
    events: int = 0
    rows: int = 0
    seconds: float = 0.0


async def populate(
    url: str, customers: int = CUSTOMERS, of_lives: int = LIVES, *, decisions: bool = True, seed: int = 7
) -> Population:
    """Fill a new store; answers how much was written."""
    started = time.perf_counter()
    store = await open_store(url)
    playbooks = await core_of(store, Settings(_env_file=None)).keep_playbooks()
    await store.close()
    writer = await _writer(url)
    made = Population(customers=customers)
    try:
        templates = [await _template(playbooks, seed * 1_000_000 + number, decisions) for number in range(of_lives)]
        chance = random.Random(seed)
        position = 0
        for start in range(0, customers, CHUNK):
            tables = _chunk(templates, range(start, min(customers, start + CHUNK)), chance)
            tables["events"].sort(key=lambda row: row[COLUMNS.index("recorded_at")])
            for row in tables["events"]:
                position += 1
                row[0] = str(position)
            made.events += len(tables["events"])
            made.rows += sum(len(rows) for name, rows in tables.items() if name not in ("events", "decisions"))
            await writer.write(tables)
        await writer.finish()
    finally:
        await writer.close()
    made.seconds = time.perf_counter() - started
    return made


async def _template(playbooks: Playbooks, number: int, decisions: bool) -> Template:
    life = await lives.life(playbooks, number, ENDS)
    ordinals: dict[tuple[str, str], int] = {}
    events = []
    for event in life.events:
        key = event.stream, event.command_id
        ordinals[key] = ordinals.get(key, -1) + 1
        events.append([*(getattr(event, name) for name in COLUMNS[:-1]), ordinals[key]])
    groups = {"events": events, **{name: [list(row.values()) for row in rows] for name, rows in life.rows.items()}}
    groups.pop("outbox", None)  # What nobody has been told: in memory there is no channel.
    if decisions:
        groups["decisions"] = [list(asdict(one).values()) for one in life.decisions]
    shapes = tuple((name, len(rows[0]), len(rows)) for name, rows in groups.items() if rows)
    values = [_as_text(value) for name, _, _ in shapes for row in groups[name] for value in row]
    return Template(_SEPARATOR.join(values), shapes)


def _as_text(value: Any) -> str:
    if value is None:
        return "\x00"
    if isinstance(value, bool):
        return "1" if value else "0"
    return to_text(value) if isinstance(value, datetime) else str(value)


def _chunk(templates: Sequence[Template], numbers: range, chance: random.Random) -> dict[str, list[list[Any]]]:
    tables: dict[str, list[list[Any]]] = {"events": []}
    for number in numbers:
        template = templates[number % len(templates)]
        values = iter(_named(template.text, number, chance).split(_SEPARATOR))
        for table, width, count in template.shapes:
            into = tables.setdefault(table, [])
            into += ([None if (value := next(values)) == "\x00" else value for _ in range(width)] for _ in range(count))
    return tables


def _named(text: str, number: int, chance: random.Random) -> str:
    for placeholder, value in (
        (lives.MARK, f"{number:07d}"),
        (lives.OWNER, f"u{chance.randrange(OWNERS):03d}"),
        (lives.INDUSTRY, chance.choice(INDUSTRIES)),
        (lives.REGION, chance.choice(REGIONS)),
        (lives.NAME, f"client {number:07d} 客户"),
    ):
        text = text.replace(placeholder, value)
    return text


class _SqliteWriter:
    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.execute("PRAGMA cache_size = -400000")

    async def write(self, tables: dict[str, list[list[Any]]]) -> None:
        self._connection.execute("BEGIN")
        for table, rows in tables.items():
            names = ", ".join(f'"{name}"' for name in columns(table))
            marks = ", ".join("?" for _ in columns(table))
            self._connection.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)
        self._connection.execute("COMMIT")

    async def finish(self) -> None:
        self._connection.execute("ANALYZE")
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    async def close(self) -> None:
        self._connection.close()


class _PostgresqlWriter:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def write(self, tables: dict[str, list[list[Any]]]) -> None:
        async with self._connection.transaction():
            for table, rows in tables.items():
                kinds = [_kind(_tables()[table].c[name]) for name in columns(table)]
                typed = [
                    [value if value is None or kind is None else kind(value) for kind, value in zip(kinds, row, strict=True)]
                    for row in rows
                ]
                await self._connection.copy_records_to_table(table, records=typed, columns=columns(table))

    async def finish(self) -> None:
        await self._connection.execute("ANALYZE")

    async def close(self) -> None:
        await self._connection.close()


def columns(table: str) -> list[str]:
    """The columns that are written, in this order; decisions are numbered by the database."""
    if table == "events":
        return list(COLUMNS)
    if table == "decisions":
        return [field.name for field in fields(Decision)]
    return [column.name for column in WRITTEN_ALONG[table].c]


def _tables() -> dict[str, sa.Table]:
    return {**WRITTEN_ALONG, "events": EVENTS, "decisions": DECISIONS}


def _kind(column: sa.Column[Any]) -> Any:
    if isinstance(column.type, Instant):
        return datetime.fromisoformat
    if isinstance(column.type, sa.Boolean):
        return lambda value: value == "1"
    return int if isinstance(column.type, sa.Integer) else None


async def _writer(url: str) -> _SqliteWriter | _PostgresqlWriter:
    where = sa.make_url(url)
    if where.get_backend_name() == "sqlite":
        return _SqliteWriter(Path(str(where.database)))
    return _PostgresqlWriter(await asyncpg.connect(where.set(drivername="postgresql").render_as_string(hide_password=False)))


def main() -> None:
    """Fill a store and say how long it took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.population", description="Fill a new store with customers.")
    parser.add_argument("--url", required=True, help="a store that does not exist yet, or an empty PostgreSQL database")
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    parser.add_argument("--lives", type=int, default=LIVES, help="different lives among them")
    parser.add_argument("--without-decisions", action="store_true", help="half the size; `verify` will miss them")
    asked = parser.parse_args()
    made = asyncio.run(populate(asked.url, asked.customers, asked.lives, decisions=not asked.without_decisions))
    print(json.dumps(asdict(made)))


if __name__ == "__main__":
    main()
