"""What events say of a plan's targets: actuals of a period, and the pipeline that is expected in it, as of any moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from domain.messages import Money
from domain.plan import ALL_LINES, Figure, State, Target
from domain.playbook.plans import PlanKind
from eventstore.port import EventStore
from eventstore.schema import PLANS
from history.counting import Scope, counted, number, open_at, total
from history.rollup import Actual, actuals, money, weigh


class Expected:
    """The open deals that are expected in a period, in one currency; without those that their owners leave out."""

    def __init__(self, rows: Iterable[Any], currency: str) -> None:
        mine = [row for row in rows if row["currency"] == currency]
        self.weighted = sum((weigh(row["weighted"]) for row in mine), Decimal(0))
        self.unweighted = sum((money(row["amount"]) for row in mine), Decimal(0))
        self.others = sum(int(row["count"]) for row in rows if row["currency"] not in (currency, ""))


def scope_of(state: State, service_line: str = ALL_LINES) -> Scope:
    """Whose money and deals a plan is about."""
    line = None if service_line == ALL_LINES else service_line
    match state.kind:
        case "industry":
            wide = Scope(industry=state.industry, region=state.region or None, unit=state.unit or None)
            return replace(wide, service_line=line)
        case "customer":
            return Scope(customer=state.root.customer, service_line=line)
        case _:
            return Scope(project=state.root.project, service_line=line)


async def figures(
    store: EventStore, state: State, targets: Sequence[Target], at: datetime, zone: str
) -> tuple[list[Figure], int]:
    """The figures of these targets as of a moment, and how many deals and facts of money of their measures are left out because
    they are in another currency than the plan. Costs two queries for each period and service line."""
    groups: dict[tuple[date, date, str], list[Target]] = {}
    for one in targets:
        groups.setdefault((one.first, one.last, one.service_line), []).append(one)
    found: list[Figure] = []
    others = 0
    for (first, last, line), group in groups.items():
        scope = scope_of(state, line)
        came = await actuals(store, scope, first, last, at, zone)
        # What is still open when a period is over cannot come in it any more, whatever day somebody has forecast.
        over = last < at.astimezone(ZoneInfo(zone)).date()
        to_come = Expected([] if over else await _expected(store, scope, first, last, at), state.currency)
        others += sum(_left_out(one, came, to_come, state.currency) for one in group if _counts_alone(one, targets))
        found += [_figure(one, came, to_come, state.currency) for one in group]
    return found, others


def _left_out(target: Target, came: Sequence[Actual], to_come: Expected, currency: str) -> int:
    """How many deals and facts of money a target does not count because of their currency."""
    facts = sum(one.count for one in came if one.measure == target.measure and one.currency != currency)
    return facts + (to_come.others if target.measure == "won" else 0)


def _counts_alone(target: Target, targets: Sequence[Target]) -> bool:
    """False when another target of the same measure has all of its days and lines in it: what a quarter leaves out, the year
    leaves out as well, and it is told once."""
    return not any(
        other.measure == target.measure
        and other.first <= target.first
        and target.last <= other.last
        and other.service_line in (ALL_LINES, target.service_line)
        and (other.first, other.last, other.service_line) != (target.first, target.last, target.service_line)
        for other in targets
    )


def _figure(target: Target, came: Sequence[Actual], to_come: Expected, currency: str) -> Figure:
    """Only deals that are won are expected from the pipeline: what of them will be delivered or paid in the period, it does
    not say. More taken back than came in counts as nothing."""
    fitting = (one.amount for one in came if one.measure == target.measure and one.currency == currency)
    actual = max(sum(fitting, Decimal(0)), Decimal(0))
    counts = target.measure == "won"
    return Figure(
        period=target.period,
        service_line=target.service_line,
        measure=target.measure,
        actual=Money(amount=actual, currency=currency),
        weighted=Money(amount=to_come.weighted if counts else Decimal(0), currency=currency),
        unweighted=Money(amount=to_come.unweighted if counts else Decimal(0), currency=currency),
    )


async def _expected(store: EventStore, scope: Scope, first: date, last: date, at: datetime) -> Sequence[Any]:
    spans = open_at(at, scope)
    of = counted(spans, scope, None)
    on = spans.c.expected_on  # No BETWEEN: PostgreSQL takes no bound that says its collation.
    query = (
        sa.select(
            spans.c.currency,
            total(spans.c.amount_minor).label("amount"),
            total(spans.c.amount_minor * spans.c.win_rate).label("weighted"),
            number(sa.true()).label("count"),
        )
        .select_from(of.source)
        .where(*of.where, spans.c.outcome == "", spans.c.category != "omitted")
        .where(on >= first.isoformat(), on <= last.isoformat())
        .group_by(spans.c.currency)
        .order_by(spans.c.currency)
    )
    return await store.query(query)


async def due(store: EventStore, kind: PlanKind, on: date, set_by: datetime, after: str, limit: int) -> list[str]:
    """The plans of a kind whose next review is due by a date, that were set by a moment: those after one of them, in order."""
    table = PLANS.c
    query = (
        sa.select(table.plan)
        .where(table.kind == kind, table.closed.is_(False), table.next_review_on != "")
        .where(table.next_review_on <= on.isoformat(), table.set_at <= set_by, table.plan > after)
        .order_by(table.plan)
        .limit(limit)
    )
    return [str(row["plan"]) for row in await store.query(query)]
