"""Reactivations 唤醒 and recoveries 丢单挽回 in lists, whom to wake next, and the effect of waking against those left alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

import sqlalchemy as sa
from pydantic import AwareDatetime

from domain.effect import Arm, Comparison, over_strata
from domain.messages import Frozen, Money, Name
from domain.reactivation import OUTCOME_NAMES, STATUS_NAMES
from domain.recovery import OUTCOME_NAMES as RECOVERY_OUTCOMES
from eventstore.port import EventStore
from eventstore.schema import CUSTOMERS, REACTIVATIONS, RECOVERIES
from history.counting import heirs_of_merged, merged_into
from history.paging import Order, page

OPEN = Name(en="being recovered", zh="挽回中")
ROW = REACTIVATIONS.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which reactivations or recoveries are wanted; None asks nothing."""

    open: bool = True
    """Only those on which somebody works."""
    value_class: str | None = None
    customer: str | None = None
    owner: str | None = None
    unit: str | None = None
    overdue: bool = False


class ReactivationListed(Frozen):
    """A reactivation in a list."""

    reactivation: str
    customer: str
    name: str
    """The customer's."""
    value_class: str
    owner: str
    owner_unit: str
    by_itself: bool
    begun_from: str
    held_out: bool
    """True for one that was drawn to be left alone, whatever became of that."""
    broken: bool
    """True when an approver has broken that."""
    status: str
    status_name: Name
    outcome: str
    outcome_name: Name | None
    begun_at: AwareDatetime
    ended_at: AwareDatetime | None
    horizon_at: AwareDatetime
    """Until when a return counts."""
    back_at: AwareDatetime | None
    back_how: str
    business_at: AwareDatetime | None
    business_how: str
    budget: Money | None
    spent: Money | None
    steps_done: int
    steps_left: int
    next_step: str
    due_at: AwareDatetime | None
    overdue: int
    try_again_on: str


class ReactivationList(Frozen):
    """Those that are worked on first, the next due first; the others behind them, the newest first."""

    reactivations: tuple[ReactivationListed, ...]
    count: int
    """How many fit in all."""
    next: str = ""
    """What `after` must be for the following ones; empty when there are none."""
    as_of: AwareDatetime


class RecoveryListed(Frozen):
    """A recovery in a list."""

    recovery: str
    customer: str
    goes_on_for: str
    """The customer that stands for its own, where that was merged as a duplicate; empty otherwise."""
    name: str
    """Of the customer that it goes on for."""
    project: str
    value_class: str
    owner: str
    owner_unit: str
    after: str
    cause: str
    competitor: str
    reviewed: bool
    contacts_kept: int
    contacts_left: int
    next_contact_on: str
    attempt_on: str
    next_project: str
    outcome: str
    outcome_name: Name
    waiting_for: str
    due_at: AwareDatetime | None
    overdue: bool
    begun_at: AwareDatetime
    ended_at: AwareDatetime | None


class RecoveryList(Frozen):
    """Open ones first, the next due first."""

    recoveries: tuple[RecoveryListed, ...]
    count: int
    next: str = ""
    """What `after` must be for the following ones; empty when there are none."""
    as_of: AwareDatetime


async def reactivations(
    store: EventStore, asked: Asked, limit: int, now: datetime, after: str | None = None
) -> ReactivationList:
    """The reactivations that fit, from after the place `after` (see `history.paging`). Costs two queries, whatever their
    number."""
    fits = _fits(REACTIVATIONS, asked, ROW.open, ROW.overdue > 0)
    order = Order(ROW.reactivation, ((ROW.open, True), (ROW.due_at, False), (ROW.begun_at, True)))
    rows, following = await page(store, _with_name(REACTIVATIONS).where(*fits), order, limit, after)
    count = await _count(store, REACTIVATIONS, fits)
    return ReactivationList(reactivations=tuple(_listed(row) for row in rows), count=count, next=following, as_of=now)


async def recoveries(store: EventStore, asked: Asked, limit: int, now: datetime, after: str | None = None) -> RecoveryList:
    """The recoveries that fit, from after the place `after` (see `history.paging`). Costs two queries, however many."""
    own = RECOVERIES.c
    fits = _fits(RECOVERIES, asked, own.open, own.overdue.is_(True))
    order = Order(own.recovery, ((own.open, True), (own.due_at, False), (own.begun_at, True)))
    rows, following = await page(store, _with_name(RECOVERIES).where(*fits), order, limit, after)
    told = (
        RecoveryListed(**_known(RecoveryListed, row), outcome_name=RECOVERY_OUTCOMES.get(row["outcome"], OPEN)) for row in rows
    )
    count = await _count(store, RECOVERIES, fits)
    return RecoveryList(recoveries=tuple(told), count=count, next=following, as_of=now)


def _fits(table: sa.Table, asked: Asked, is_open: Any, is_late: Any) -> list[Any]:
    equal = {"value_class": asked.value_class, "owner": asked.owner, "owner_unit": asked.unit}
    fits = [table.c[name] == value for name, value in equal.items() if value is not None]
    if asked.customer is not None:
        fits.append(table.c.customer.in_(sa.select(merged_into(asked.customer).c.customer)))
    if asked.open:
        fits.append(is_open.is_(True))
    return [*fits, is_late] if asked.overdue else fits


def _with_name(table: sa.Table) -> sa.Select[Any]:
    """The rows with the customer that stands for theirs, and its name."""
    heirs = heirs_of_merged()
    heir, name = sa.func.coalesce(heirs.c.heir, ""), sa.func.coalesce(CUSTOMERS.c.name, "").label("name")
    joined = table.outerjoin(heirs, heirs.c.customer == table.c.customer)
    joined = joined.outerjoin(CUSTOMERS, CUSTOMERS.c.customer == sa.func.coalesce(heirs.c.heir, table.c.customer))
    return sa.select(table, heir.label("goes_on_for"), name).select_from(joined)


async def _count(store: EventStore, table: sa.Table, fits: Sequence[Any]) -> int:
    [row] = await store.query(sa.select(sa.func.count().label("n")).select_from(table).where(*fits))
    return int(row["n"])


def _known(shape: type[Frozen], row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in shape.model_fields if name in row}


def _listed(row: Mapping[str, Any]) -> ReactivationListed:
    return ReactivationListed(
        **_known(ReactivationListed, row),
        status_name=STATUS_NAMES[row["status"]],
        outcome_name=OUTCOME_NAMES[row["outcome"]] if row["outcome"] else None,
        budget=_money(row["budget_minor"], row["currency"]),
        spent=_money(row["spent_minor"], row["currency"]),
    )


def _money(minor: int | None, currency: str) -> Money | None:
    return Money(amount=Decimal(minor) / 100, currency=currency) if minor is not None and currency else None


# Whom to wake next


class Sleeper(Frozen):
    """A sleeping customer that may be reactivated."""

    customer: str
    name: str
    value_class: str
    status: str
    """`dormant` or `cooling`."""
    since: AwareDatetime | None
    """Since when."""
    tried: int
    """How often it was tried before."""


async def sleepers(
    store: EventStore, value_class: str | None, limit: int, today: date, status: Literal["dormant", "cooling"] = "dormant"
) -> Sequence[Sleeper]:
    """Those that sleep longest of a value class (of all without one), without those that are being woken, are left alone, or
    were tried a short time ago."""
    own = CUSTOMERS.c
    runs = sa.exists().where(ROW.customer == own.customer, sa.or_(ROW.outcome == "", ROW.try_again_on > today.isoformat()))
    tried = sa.select(sa.func.count()).where(ROW.customer == own.customer).scalar_subquery().label("tried")
    stands = own.status == "dormant" if status == "dormant" else own.step == "cooling"
    fits = [stands, own.merged_into == "", ~runs]
    if value_class is not None:
        fits.append(own.value_class == value_class)
    statement = (
        sa.select(own.customer, own.name, own.value_class, own.since, tried).where(*fits).order_by(own.since, own.customer)
    )
    # In the order of their index, which ends when there are enough; those of which nobody knows since when come last.
    rows = list(await store.query(statement.where(own.since.is_not(None)).limit(limit)))
    if len(rows) < limit:
        rows += await store.query(statement.where(own.since.is_(None)).limit(limit - len(rows)))
    return [Sleeper(**{**dict(row), "status": status}) for row in rows]


# The effect


class Effect(Frozen):
    """What reactivating has come to, of one value class or over all that can be compared."""

    value_class: str
    """Empty for all."""
    came_back: Comparison
    """Awake again within the horizon: as they were drawn, whatever was done (intention to treat)."""
    business: Comparison
    """A new project or contract within the horizon. Nobody has to ask the customer for that to be seen."""
    as_treated: Comparison
    """Awake again, with those whose hold-out was broken counted among the treated. Who they were somebody chose: it only shows
    how much that may matter."""
    broken: int
    """Hold-outs that were broken."""
    waiting: int
    """Whose horizon has not come: they count later, so that those who come back early do not count alone."""
    spent: Money | None
    """On the treated whose horizon has passed; None with no cost, or with several currencies."""
    per_return: Money | None
    """What was spent for each of the treated who came back."""
    per_gain: Money | None
    """What was spent for each who came back because of it; None unless an effect is shown."""


class Effects(Frozen):
    """The effect over all value classes, each compared within itself, and by value class."""

    overall: Effect
    by_class: tuple[Effect, ...]
    as_of: AwareDatetime


async def effects(store: EventStore, now: datetime, value_class: str | None = None) -> Effects:
    """How many came back of those who were woken, and of those left alone; only whose horizon has passed. Costs one query."""
    ripe = (ROW.horizon_at <= now).label("ripe")
    counted = {
        "n": sa.func.count(),
        "back": sa.func.count(ROW.back_at),
        "business": sa.func.count(ROW.business_at),
        "spent": sa.func.sum(ROW.spent_minor),
    }
    keys = (ROW.value_class, ROW.held_out, ROW.broken, ROW.currency)
    statement = sa.select(*keys, ripe, *(_whole(what).label(name) for name, what in counted.items())).group_by(*keys, ripe)
    if value_class is not None:
        statement = statement.where(ROW.value_class == value_class)
    rows = await store.query(statement)
    classes = sorted({str(row["value_class"]) for row in rows})
    by_class = tuple(_effect(code, [row for row in rows if row["value_class"] == code]) for code in classes)
    return Effects(overall=_effect("", rows), by_class=by_class, as_of=now)


def _whole(what: Any) -> Any:
    return sa.cast(what, sa.BigInteger)


def _effect(value_class: str, rows: Sequence[Mapping[str, Any]]) -> Effect:
    ripe = [row for row in rows if row["ripe"]]
    came_back = _compared(ripe, "back")
    treated = [row for row in ripe if not row["held_out"]]
    spent = _spent(treated)
    returned = sum(row["back"] for row in treated)
    gained = sum(row["n"] for row in treated) * (came_back.difference or 0)
    return Effect(
        value_class=value_class,
        came_back=came_back,
        business=_compared(ripe, "business"),
        as_treated=_compared(ripe, "back", as_treated=True),
        broken=sum(row["n"] for row in ripe if row["broken"]),
        waiting=sum(row["n"] for row in rows if not row["ripe"]),
        spent=spent,
        per_return=_each(spent, returned),
        per_gain=_each(spent, gained) if came_back.verdict == "helps" else None,
    )


def _compared(rows: Sequence[Mapping[str, Any]], what: str, *, as_treated: bool = False) -> Comparison:
    classes = sorted({str(row["value_class"]) for row in rows})
    strata = []
    for code in classes:
        of_class = [row for row in rows if row["value_class"] == code]
        alone = [row["held_out"] and not (as_treated and row["broken"]) for row in of_class]
        strata.append(
            (
                _arm([row for row, left in zip(of_class, alone, strict=True) if not left], what),
                _arm([row for row, left in zip(of_class, alone, strict=True) if left], what),
            )
        )
    return over_strata(strata)


def _arm(rows: Iterable[Mapping[str, Any]], what: str) -> Arm:
    of = list(rows)
    return Arm(n=sum(row["n"] for row in of), yes=sum(row[what] for row in of))


def _spent(rows: Iterable[Mapping[str, Any]]) -> Money | None:
    sums: dict[str, int] = {}
    for row in rows:
        if row["spent"]:
            sums[row["currency"]] = sums.get(row["currency"], 0) + row["spent"]
    return _money(next(iter(sums.values())), next(iter(sums))) if len(sums) == 1 else None


def _each(spent: Money | None, count: float) -> Money | None:
    if spent is None or count <= 0:
        return None
    each = (spent.amount / Decimal(str(count))).quantize(Decimal("0.01"))
    return Money(amount=each, currency=spent.currency)
