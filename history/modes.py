"""The business modes 经营模式 as people read them: whom each serves, with what, and how many customers and projects it has."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from domain.messages import Frozen, Name
from domain.playbook import Modes, Playbooks, choose
from domain.refusals import RefusalError
from eventstore.port import EventStore
from eventstore.schema import CUSTOMERS, PROJECT_MODES


class ModeListed(Frozen):
    """A business mode, with what is in it."""

    code: str
    name: Name
    value_classes: tuple[str, ...]
    """Those that it serves; empty for any that no other mode names."""
    owning_unit: str
    product_line: str
    strategy: Name | None
    playbook: str
    """The one that it names; else those that its classes' projects come under when they open now."""
    customers: int
    """Customers of a class that this mode alone serves; duplicates and invalid ones aside."""
    projects: int
    """Projects that were opened in it."""
    running: int
    """Those of them that run."""
    of_other_units: int
    """Running projects of another unit than the one that owns the mode."""


class ModeList(Frozen):
    """The table of business modes in its newest version, in its own order."""

    version: str
    by_class: bool
    """True when a project that names no mode gets the one that serves its customer's class."""
    modes: tuple[ModeListed, ...]
    customers_without: int
    """Customers that no mode, or more than one, serves: those that are not classified among them."""
    projects_without: int
    """Projects that were opened in no mode."""
    unknown: dict[str, int]
    """Projects by modes that are not in the table any more."""


async def modes(store: EventStore, playbooks: Playbooks, value_class: str | None = None) -> ModeList:
    """The modes with how many customers and projects are in each, or only those that serve a value class; what is in none is
    counted for all of them. Costs two queries."""
    table = playbooks.modes or Modes(version="")
    customers, projects = await _customers(store), await _projects(store)
    by_mode: dict[str, int] = {}
    for their_class, count in customers.items():
        serving = table.serving(their_class)
        code = serving[0].code if len(serving) == 1 else ""
        by_mode[code] = by_mode.get(code, 0) + count
    known = {mode.code for mode in table.modes}
    listed = tuple(
        ModeListed(
            code=mode.code,
            name=mode.name,
            value_classes=mode.value_classes,
            owning_unit=mode.owning_unit,
            product_line=mode.product_line,
            strategy=mode.strategy,
            playbook=mode.playbook or ", ".join(_chosen(playbooks, mode.code, mode.value_classes)),
            customers=by_mode.get(mode.code, 0),
            projects=sum(row["n"] for row in projects if row["mode"] == mode.code),
            running=sum(row["n"] for row in projects if row["mode"] == mode.code and row["running"]),
            of_other_units=sum(
                row["n"]
                for row in projects
                if row["mode"] == mode.code and row["running"] and mode.owning_unit not in ("", row["owner_unit"])
            ),
        )
        for mode in (table.modes if value_class is None else table.serving(value_class))
    )
    unknown: dict[str, int] = {}
    for row in projects:
        if row["mode"] and row["mode"] not in known:
            unknown[row["mode"]] = unknown.get(row["mode"], 0) + row["n"]
    return ModeList(
        version=table.version,
        by_class=table.by_class,
        modes=listed,
        customers_without=by_mode.get("", 0),
        projects_without=sum(row["n"] for row in projects if not row["mode"]),
        unknown=unknown,
    )


def _chosen(playbooks: Playbooks, mode: str, value_classes: tuple[str, ...]) -> list[str]:
    found: dict[str, None] = {}
    for value_class in value_classes or ("",):
        try:
            found[choose(playbooks, mode, value_class, "")[0].playbook] = None
        except (RefusalError, KeyError):
            continue  # Which one it is must be named when a project opens.
    return list(found)


async def _customers(store: EventStore) -> dict[str, int]:
    table = CUSTOMERS
    statement = (
        sa.select(table.c.value_class, sa.func.count().label("n"))
        .where(table.c.merged_into == "", table.c.status != "invalid")
        .group_by(table.c.value_class)
    )
    return {row["value_class"]: row["n"] for row in await store.query(statement)}


async def _projects(store: EventStore) -> list[dict[str, Any]]:
    table = PROJECT_MODES
    of = (table.c.mode, table.c.owner_unit, table.c.running)
    statement = sa.select(*of, sa.func.count().label("n")).group_by(*of).order_by(table.c.mode, table.c.owner_unit)
    return [dict(row) for row in await store.query(statement)]
