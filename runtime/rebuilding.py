"""Read models against the log: compared row by row, or made anew from the first event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.playbook import Playbooks
from eventstore.port import EventStore
from eventstore.records import complete, read_model
from history.log import Ledger
from projections.rows import TABLES, rows
from runtime.composition import CODEC

ALL_ROWS = 1_000_000_000
ROW = "(row)"
"""The column of a drift that concerns a whole row."""

Key = tuple[Any, ...]
Tables = Mapping[str, Mapping[Key, Mapping[str, Any]]]
"""Rows by table and primary key."""


@dataclass(frozen=True, slots=True)
class Drift:
    """One value that is not what the events say."""

    table: str
    key: str
    column: str
    """`(row)` when the whole row is missing or must not be there."""
    kept: Any
    rebuilt: Any


async def drifts(store: EventStore, playbooks: Playbooks) -> list[Drift]:
    """Where the read models differ from what the log says; empty when they agree. May run while others write."""
    ledger = Ledger(store, CODEC)
    await ledger.catch_up()
    found = _differences(await _kept(store), _rebuilt(ledger, playbooks))
    if not found:
        return []
    # Somebody may have written between the two looks: what still differs in the same way is drift.
    await ledger.catch_up()
    again = set(_differences(await _kept(store), _rebuilt(ledger, playbooks)))
    return [drift for drift in found if drift in again]


async def rebuild(store: EventStore, playbooks: Playbooks) -> dict[str, int]:
    """Make every read model anew from the log; answers the number of rows by table.

    What others append meanwhile is taken in by going over it again, until nothing new has come."""
    ledger = Ledger(store, CODEC)
    await ledger.catch_up()
    while True:
        rebuilt = _rebuilt(ledger, playbooks)
        for table, found in rebuilt.items():
            await store.replace_rows(table, list(found.values()))
        # A row that somebody wrote between our reading and our replacing is lost: its event is new to us now.
        if not await ledger.catch_up():
            return {table: len(found) for table, found in rebuilt.items()}


async def _kept(store: EventStore) -> Tables:
    kept: dict[str, dict[Key, Mapping[str, Any]]] = {}
    for table in TABLES:
        found = await store.rows(table, limit=ALL_ROWS)
        kept[table] = {_key(table, row): row for row in found}
    return kept


def _rebuilt(ledger: Ledger, playbooks: Playbooks) -> Tables:
    rebuilt: dict[str, dict[Key, Mapping[str, Any]]] = {table: {} for table in TABLES}
    for stream, state in ledger.states.items():
        for change in rows(stream, state, ledger.versions[stream], playbooks):
            row = complete(read_model(change.table), change.values)
            rebuilt[change.table][_key(change.table, row)] = row
    return rebuilt


def _key(table: str, row: Mapping[str, Any]) -> Key:
    return tuple(row[column.name] for column in read_model(table).primary_key)


def _differences(kept: Tables, rebuilt: Tables) -> list[Drift]:
    found = []
    for table in TABLES:
        for key in sorted(kept[table].keys() | rebuilt[table].keys()):
            found += _row_differences(table, "/".join(map(str, key)), kept[table].get(key), rebuilt[table].get(key))
    return found


def _row_differences(table: str, key: str, kept: Mapping[str, Any] | None, rebuilt: Mapping[str, Any] | None) -> list[Drift]:
    if kept is None or rebuilt is None:
        return [Drift(table, key, ROW, "missing" if kept is None else "there", "missing" if rebuilt is None else "there")]
    return [Drift(table, key, name, kept[name], value) for name, value in rebuilt.items() if kept[name] != value]
