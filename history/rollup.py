"""Roll-ups 汇总 at any date: what was won, delivered and collected over a period, and the pipeline at a moment.

Figures are sums in SQL over `money` and `deal_spans`, exact to the cent, each currency apart. `at` is the moment as of which
they are told: whatever happened later is not in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from domain.messages import Frozen
from eventstore.port import EventStore
from eventstore.schema import DEAL_SPANS, MONEY
from history.counting import ALL, By, Scope, counted, number, open_at, total
from history.lines import lines

__all__ = ["ALL", "Actual", "By", "InPipeline", "Measure", "Scope", "actuals", "bounds", "money", "pipeline", "weigh"]

Measure = Literal["won", "delivered", "collected"]
CENT = Decimal("0.01")
_FIRST_DAY, _LAST_DAY = date.min + timedelta(days=2), date.max - timedelta(days=2)


class Actual(Frozen):
    """What came in one currency: below zero where more was taken back than came."""

    key: str
    """What it is told apart by; empty for all in one."""
    measure: Measure
    currency: str
    amount: Decimal
    count: int
    """How many facts of money; one that takes another back counts against it."""


class InPipeline(Frozen):
    """The open deals of one key in one currency; those on the shelf stand apart and are in no other sum."""

    key: str
    currency: str
    """Empty for deals whose amount nobody has said."""
    count: int
    amount: Decimal
    weighted: Decimal
    """Each amount times its win rate, summed, and then rounded to the cent."""
    expected_count: int
    """Those expected by the day that was asked for."""
    expected: Decimal
    past_count: int
    """Those whose expected day is over."""
    past: Decimal
    undated_count: int
    """Those of which nobody has said when."""
    stalled_count: int
    stalled: Decimal
    shelved_count: int
    shelved: Decimal


async def actuals(
    store: EventStore,
    scope: Scope,
    since: date,
    until: date,
    at: datetime,
    zone: str,
    by: By | None = None,
) -> Sequence[Actual]:
    """What was won, delivered and collected from the day `since` to the end of the day `until`, in the time zone `zone`, as far
    as it had happened `at` that moment; in the order of keys, measures and currencies.

    Told apart by what a deal is, never by its stage: money has none. Raises `KeyError` then."""
    first, end = bounds(since, until, zone)
    table, deal = MONEY, None
    if {by, *scope.asked} & {"service_line", "product_line", "mode"}:
        deal = DEAL_SPANS.alias("deal")
    of = counted(table, scope, by, deal)
    sign = sa.case((table.c.amount_minor < 0, -1), else_=1)
    key = of.key.label("key")
    query = (
        sa.select(key, table.c.kind, table.c.currency, total(table.c.amount_minor).label("minor"), total(sign).label("count"))
        .select_from(of.source)
        .where(table.c.kind.in_(("won", "delivered", "collected")), table.c.at >= first, table.c.at < end, table.c.at <= at)
        .where(*of.where)
        .group_by(sa.literal_column("1"), table.c.kind, table.c.currency)
        .order_by(sa.literal_column("1"), table.c.kind.desc(), table.c.currency)
    )
    return [
        Actual(key=row["key"], measure=row["kind"], currency=row["currency"], amount=money(row["minor"]), count=row["count"])
        for row in await store.query(query)
    ]


async def pipeline(
    store: EventStore,
    scope: Scope,
    at: datetime,
    by: By | None = None,
    limit: int | None = None,
    *,
    zone: str = "UTC",
    until: date | None = None,
) -> tuple[Sequence[InPipeline], Sequence[InPipeline], int]:
    """The pipeline at a moment: its lines, in each currency those with the greatest amount first, at most so many; the totals
    of all lines by currency; and how many lines there are. The database sorts and counts: told apart by customer or project
    there are as many lines as open deals. `until` is the day by which deals are expected in `expected`, `zone` where the days
    are told."""
    found = await lines(
        store,
        _pipeline(scope, at, by, zone, until),
        limit,
        lambda line: (line.c.currency, line.c.amount.desc(), line.c["count"].desc(), line.c["key"]),
    )
    shown = sorted(found.shown, key=lambda one: (one["currency"], -one["amount"], -one["count"], one["key"]))
    return [_in_pipeline(row) for row in shown], [_in_pipeline(row) for row in found.totals], found.count


def _pipeline(scope: Scope, at: datetime, by: By | None, zone: str, until: date | None) -> sa.Select[Any]:
    spans = open_at(at, scope)
    of = counted(spans, scope, by)
    open_, shelved = spans.c.outcome == "", spans.c.outcome == "shelved"
    amount, dated = spans.c.amount_minor, spans.c.expected_on != ""
    today = local_day(at, zone).isoformat()
    expected = sa.and_(open_, dated, spans.c.expected_on <= (until.isoformat() if until else ""))
    past, stalled = sa.and_(open_, dated, spans.c.expected_on < today), sa.and_(open_, spans.c.stalled)
    return (
        sa.select(
            of.key.label("key"),
            spans.c.currency,
            number(open_).label("count"),
            total(amount, open_).label("amount"),
            total(amount * spans.c.win_rate, open_).label("weighted"),
            number(sa.and_(open_, spans.c.expected_on == "")).label("undated_count"),
            *_counted_and_summed("expected", expected, amount),
            *_counted_and_summed("past", past, amount),
            *_counted_and_summed("stalled", stalled, amount),
            *_counted_and_summed("shelved", shelved, amount),
        )
        .select_from(of.source)
        .where(*of.where)
        .group_by(sa.literal_column("1"), spans.c.currency)
    )


def _counted_and_summed(
    name: str, when: sa.ColumnElement[bool], amount: sa.ColumnElement[int]
) -> tuple[sa.ColumnElement[int], sa.ColumnElement[int]]:
    return number(when).label(f"{name}_count"), total(amount, when).label(name)


_FIELDS = tuple(InPipeline.model_fields)


def _in_pipeline(row: Mapping[str, Any]) -> InPipeline:
    values = {name: row[name] for name in _FIELDS}
    for name in ("amount", "expected", "past", "stalled", "shelved"):
        values[name] = money(values[name])
    values["weighted"] = weigh(values["weighted"])
    return InPipeline(**values)


def bounds(since: date, until: date, zone: str) -> tuple[datetime, datetime]:
    """The first moment of a period of days, both included, and the first moment after it.

    The first and the last day that there are mean as early and as late as can be told: not every zone has their midnight."""
    where = ZoneInfo(zone)
    after = min(until, _LAST_DAY) + timedelta(days=1)
    midnight = [datetime.combine(day, time.min, where) for day in (max(since, _FIRST_DAY), max(after, _FIRST_DAY))]
    return midnight[0].astimezone(UTC), midnight[1].astimezone(UTC)


def local_day(at: datetime, zone: str) -> date:
    """The date of a moment in a time zone."""
    return at.astimezone(ZoneInfo(zone)).date()


def money(minor: int) -> Decimal:
    """An amount that was summed in hundredths."""
    return Decimal(minor) / 100


def weigh(summed: int) -> Decimal:
    """A sum of hundredths times percent, to the cent."""
    return (Decimal(summed) / 10_000).quantize(CENT, ROUND_HALF_UP)
