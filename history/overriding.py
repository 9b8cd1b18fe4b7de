"""Overrides 特批放行 over all projects: listed, and counted by person and by what became of them and of their deals."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from pydantic import AwareDatetime

from domain.messages import Frozen
from eventstore.port import EventStore

TABLE = "overrides"
ALL = 1_000_000_000

Outcome = Literal["open", "settled", "expired"]
Person = Literal["approver", "asked_by"]
"""Whose overrides are counted: those that somebody approved, or those that somebody asked for."""


class OverrideKept(Frozen):
    """A gate that was passed without its proofs."""

    project: str
    customer: str
    stream: str
    number: int
    gate: str
    missing: tuple[str, ...]
    """The codes of what was missing then."""
    reason: str
    asked_by: str
    approver: str
    given_at: AwareDatetime
    expires_on: str
    outcome: Outcome
    """`open`: it excuses what is missing; `settled`: everything has come; `expired`: it had not come in time."""
    deal: str
    """What became of the deal: `won`, `lost`, `cancelled`, or empty while it is open."""


class Tally(Frozen):
    """A person's overrides, counted."""

    person: str
    overrides: int
    open: int
    settled: int
    expired: int
    deals_won: int
    deals_lost: int
    deals_open: int


async def overrides(store: EventStore, asked: Mapping[str, str | None]) -> Sequence[OverrideKept]:
    """The overrides whose fields are as `asked` (a None asks nothing), the newest first. Costs one query."""
    where = {name: value for name, value in asked.items() if value is not None}
    return [_kept(row) for row in await store.rows(TABLE, where, order_by=("-given_at",), limit=ALL)]


def tallies(found: Iterable[OverrideKept], by: Person = "approver") -> Sequence[Tally]:
    """The overrides counted by person, the one with the most first; a person who was not recorded is counted as empty."""
    whose: dict[str, list[OverrideKept]] = {}
    for one in found:
        whose.setdefault(str(getattr(one, by)), []).append(one)
    counted = [_tally(person, theirs) for person, theirs in whose.items()]
    return sorted(counted, key=lambda one: (-one.overrides, one.person))


def _tally(person: str, theirs: Sequence[OverrideKept]) -> Tally:
    outcomes, deals = [one.outcome for one in theirs], [one.deal for one in theirs]
    return Tally(
        person=person,
        overrides=len(theirs),
        open=outcomes.count("open"),
        settled=outcomes.count("settled"),
        expired=outcomes.count("expired"),
        deals_won=deals.count("won"),
        deals_lost=len(deals) - deals.count("won") - deals.count(""),
        deals_open=deals.count(""),
    )


def _kept(row: Mapping[str, Any]) -> OverrideKept:
    told = {name: row[name] for name in OverrideKept.model_fields if name != "missing"}
    return OverrideKept(**told, missing=tuple(json.loads(row["missing"])))
