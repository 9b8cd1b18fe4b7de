"""The forecast 预测 for a period as it stood on a day, and the belief check 预测检验: what was forecast, against what came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import sqlalchemy as sa
from pydantic import AwareDatetime

from domain.effect import Arm, wilson
from domain.messages import Frozen, Name
from domain.playbook import Playbook
from eventstore.port import EventStore
from eventstore.schema import DEAL_SPANS
from history.counting import By, Scope, counted, number, open_at, total
from history.pipeline import name_of
from history.rollup import bounds, local_day, money, weigh
from projections.deal_span import DECIDED

FEW = 10
"""Of fewer deals than these nothing is concluded."""
NEAR = Decimal("0.1")
"""How far what came may lie from what was believed and still count as about right, as a part of it."""
TOO_FEW = Name(en="too few to tell", zh="样本太少，无法判断")


class ForecastLine(Frozen):
    """What is forecast for the period under one key in one currency."""

    key: str
    name: Name | None
    currency: str
    won: Decimal
    """Signed in the period already."""
    won_count: int
    commit: Decimal
    commit_count: int
    best_case: Decimal
    best_case_count: int
    pipeline: Decimal
    pipeline_count: int
    weighted: Decimal
    """Commit, best case and pipeline, each amount times its win rate."""
    past_count: int
    """How many of these are past the day on which they were expected."""
    undated_count: int
    """Open deals of which nobody has said when; in no sum."""
    omitted_count: int
    """Open deals that their owners leave out; in no sum."""


class BeliefLine(Frozen):
    """What was forecast under one key in one currency, and what came of it."""

    key: str
    name: Name | None
    currency: str
    count: int
    """Deals in the forecast of that day."""
    believed: Decimal
    """Their amounts times their win rates, as they were then."""
    committed: Decimal
    """What was committed then, and what of it came."""
    committed_came: Decimal
    came: Decimal
    """What they were signed for by the end of the period."""
    came_count: int
    slipped_count: int
    """Still open, and expected later by now."""
    lost_count: int
    """Lost or cancelled."""
    shelved_count: int
    open_count: int
    """Still open, and nobody has said anything else."""
    unforeseen: Decimal
    """Signed by the end of the period without having been in that forecast."""
    unforeseen_count: int
    ratio: Decimal | None
    """What came as a part of what was believed; None where nothing was."""
    bias: Name


class RateLine(Frozen):
    """The win rate that was believed in a stage, and the one that came true."""

    stage: str
    name: Name | None
    believed: Decimal
    """Percent, on average of the deals."""
    count: int
    decided: int
    won: int
    actual: Decimal | None
    """Percent of those that are decided."""
    low: Decimal | None
    """Between here and `high` the true rate lies in 95 of 100 cases (Wilson)."""
    high: Decimal | None
    verdict: Name


class Belief(Frozen):
    """What was believed on a day, against what came."""

    by_then: AwareDatetime
    """What came is told as of this moment."""
    over: bool
    """False while the period is not over: then more may come."""
    count: int
    """How many lines there are, shown or not."""
    lines: Sequence[BeliefLine]
    totals: Sequence[BeliefLine]
    """One line for each currency, of all lines."""
    rates: Sequence[RateLine]


class Forecast(Frozen):
    """The forecast for a period."""

    as_of: AwareDatetime
    known_at: AwareDatetime | None = None
    since: date
    until: date
    zone: str
    by: By
    scope: dict[str, str]
    count: int
    """How many lines there are, shown or not."""
    lines: Sequence[ForecastLine]
    totals: Sequence[ForecastLine]
    belief: Belief | None = None


async def forecast_at(
    store: EventStore, playbook: Playbook, scope: Scope, at: datetime, since: date, until: date, by: By, limit: int = 100
) -> Forecast:
    """The forecast for the days from `since` to `until` as it stood at a moment."""
    zone = playbook.calendar.time_zone
    lines, count = await _lines(store, playbook, scope, at, since, until, by, limit)
    totals, _ = await _lines(store, playbook, scope, at, since, until, None, None)
    return Forecast(
        as_of=at,
        since=since,
        until=until,
        zone=zone,
        by=by,
        scope=scope.asked,
        count=count,
        lines=lines,
        totals=totals,
    )


async def _lines(
    store: EventStore,
    playbook: Playbook,
    scope: Scope,
    at: datetime,
    since: date,
    until: date,
    by: By | None,
    limit: int | None,
) -> tuple[list[ForecastLine], int]:
    """The first lines, or all, and how many there are: told apart by customer or project, as many as deals."""
    zone = playbook.calendar.time_zone
    both = _open(scope, at, until, zone, by), _won(scope, at, since, until, zone, by)
    sums: dict[tuple[str, str], dict[str, Any]] = {}
    for query in both:  # The first of both are among the first of each.
        ordered = query.order_by(sa.literal_column("2"), sa.literal_column("1")).limit(limit)
        for row in await store.query(ordered):
            sums.setdefault((row["key"], row["currency"]), {}).update(row)
    shown = sorted(sums, key=lambda one: (one[1], one[0]))[:limit]
    count = len(sums) if limit is None or len(sums) < limit else await _count(store, both)
    return [_line(key, currency, sums[key, currency], by, playbook) for key, currency in shown], count


async def _count(store: EventStore, queries: Sequence[sa.Select[Any]]) -> int:
    """How many lines queries have together."""
    keys = [sa.select(one.c["key"], one.c.currency) for one in (query.subquery() for query in queries)]
    [row] = await store.query(sa.select(sa.func.count().label("n")).select_from(sa.union(*keys).subquery()))
    return int(row["n"])


def _line(key: str, currency: str, found: Mapping[str, Any], by: By | None, playbook: Playbook) -> ForecastLine:
    told: dict[str, Any] = {one: found.get(one, 0) for one in ForecastLine.model_fields if one.endswith("_count")}
    told |= {one: money(found.get(one, 0)) for one in ("won", "commit", "best_case", "pipeline")}
    name = name_of(key, by, playbook) if by is not None else None
    return ForecastLine(key=key, name=name, currency=currency, weighted=weigh(found.get("weighted", 0)), **told)


def _in_forecast(spans: sa.FromClause, until: date) -> sa.ColumnElement[bool]:
    dated = sa.and_(spans.c.expected_on != "", spans.c.expected_on <= until.isoformat())
    return sa.and_(spans.c.outcome == "", spans.c.category != "omitted", dated)


def _open(scope: Scope, at: datetime, until: date, zone: str, by: By | None) -> sa.Select[Any]:
    spans = open_at(at, scope)
    of = counted(spans, scope, by)
    within = _in_forecast(spans, until)
    parts: list[sa.ColumnElement[Any]] = []
    for category in ("commit", "best_case", "pipeline"):
        of_it = sa.and_(within, spans.c.category == category)
        parts += [total(spans.c.amount_minor, of_it).label(category), number(of_it).label(f"{category}_count")]
    open_, today = spans.c.outcome == "", local_day(at, zone).isoformat()
    return (
        sa.select(
            of.key.label("key"),
            spans.c.currency,
            *parts,
            total(spans.c.amount_minor * spans.c.win_rate, within).label("weighted"),
            number(sa.and_(within, spans.c.expected_on < today)).label("past_count"),
            number(sa.and_(open_, spans.c.expected_on == "", spans.c.category != "omitted")).label("undated_count"),
            number(sa.and_(open_, spans.c.category == "omitted")).label("omitted_count"),
        )
        .select_from(of.source)
        .where(*of.where)
        .group_by(sa.literal_column("1"), spans.c.currency)
    )


def _won_between(after: sa.ColumnElement[bool], until: sa.ColumnElement[bool], at: datetime) -> sa.FromClause:
    """The deals that were won in a time, and were still won at a moment."""
    table = DEAL_SPANS
    holds = sa.or_(table.c.until_at.is_(None), table.c.until_at > at)
    found = sa.select(table).where(
        table.c.reach == DECIDED, table.c.outcome == "won", table.c.from_at <= at, after, until, holds
    )
    return found.subquery("won")


def _won(scope: Scope, at: datetime, since: date, until: date, zone: str, by: By | None) -> sa.Select[Any]:
    first, end = bounds(since, until, zone)
    won = _won_between(DEAL_SPANS.c.from_at >= first, DEAL_SPANS.c.from_at < end, at)
    return _won_query(won, counted(won, scope, by), "won")


def _won_query(won: sa.FromClause, of: Any, name: str, *where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    minor, count = total(won.c.amount_minor).label(name), sa.func.count().label(f"{name}_count")
    query = sa.select(of.key.label("key"), won.c.currency, minor, count).select_from(of.source)
    return query.where(*of.where, *where).group_by(sa.literal_column("1"), won.c.currency)


async def belief(
    store: EventStore, playbook: Playbook, scope: Scope, on: datetime, until: date, by: By, now: datetime, limit: int = 100
) -> Belief:
    """What was forecast at the moment `on` for the time until the end of the day `until`, against what had come by then, or by
    now where that is still ahead."""
    zone = playbook.calendar.time_zone
    _, end = bounds(until, until, zone)
    then = min(end - datetime.resolution, now)  # The first moment after the period is not in it.
    lines: dict[tuple[str, str], dict[str, Any]] = {}
    for row in await store.query(_fates(scope, on, then, until, by)):
        _add(lines, row)
    for row in await store.query(_unforeseen(scope, on, then, until, by)):
        line = lines.setdefault((row["key"], row["currency"]), {})
        line |= {"unforeseen": row["unforeseen"], "unforeseen_count": row["unforeseen_count"]}
    shown = sorted(lines, key=lambda one: (one[1], one[0]))[:limit]
    found = [_belief_line(key, by, playbook, lines[key]) for key in shown]
    sums = _by_currency(lines)
    totals = [_belief_line(key, None, playbook, sums[key]) for key in sorted(sums)]
    rates = _rates(await store.query(_stages(scope, on, then)), playbook)
    return Belief(by_then=then, over=end <= now, count=len(lines), lines=found, totals=totals, rates=rates)


def _later(spans: sa.FromClause, then: datetime) -> tuple[sa.FromClause, sa.ColumnElement[bool]]:
    """How each deal stood later, with what joins the two."""
    later = DEAL_SPANS.alias("later")
    holds = sa.or_(later.c.until_at.is_(None), later.c.until_at > then)
    return later, sa.and_(later.c.project == spans.c.project, later.c.from_at <= then, holds)


def _fate(later: sa.FromClause, until: date | None) -> sa.ColumnElement[str]:
    slipped = later.c.expected_on > (until.isoformat() if until else "9999")
    return sa.case(
        (later.c.outcome == "won", "won"),
        (later.c.outcome.in_(("lost", "cancelled")), "lost"),
        (later.c.outcome == "shelved", "shelved"),
        (slipped, "slipped"),
        else_="open",
    ).label("fate")


def _fates(scope: Scope, on: datetime, then: datetime, until: date, by: By) -> sa.Select[Any]:
    spans = open_at(on, scope)
    of = counted(spans, scope, by)
    later, same = _later(spans, then)
    fate = _fate(later, until)
    known = (of.key.label("key"), spans.c.currency, later.c.currency.label("came_in"), spans.c.category, fate)
    return (
        sa.select(
            *known,
            sa.func.count().label("count"),
            total(spans.c.amount_minor).label("amount"),
            total(spans.c.amount_minor * spans.c.win_rate).label("weighted"),
            total(later.c.amount_minor).label("came"),
        )
        .select_from(of.source.join(later, same))
        .where(_in_forecast(spans, until), *of.where)
        .group_by(sa.literal_column("1"), spans.c.currency, later.c.currency, spans.c.category, fate)
    )


def _unforeseen(scope: Scope, on: datetime, then: datetime, until: date, by: By) -> sa.Select[Any]:
    won = _won_between(DEAL_SPANS.c.from_at > on, DEAL_SPANS.c.from_at <= then, then)
    spans = open_at(on, scope)
    foreseen = sa.select(spans.c.project).where(_in_forecast(spans, until))
    # Not a join: a planner that expects few of them would go through all of them for each deal.
    return _won_query(won, counted(won, scope, by), "unforeseen", won.c.project.not_in(foreseen))


def _stages(scope: Scope, on: datetime, then: datetime) -> sa.Select[Any]:
    spans = open_at(on, scope)
    of = counted(spans, scope, "stage")
    later, same = _later(spans, then)
    fate = _fate(later, None)
    query = sa.select(spans.c.stage, fate, sa.func.count().label("count"), total(spans.c.win_rate).label("rates"))
    query = query.select_from(of.source.join(later, same)).where(spans.c.outcome == "", *of.where)
    return query.group_by(spans.c.stage, fate)


def _add(lines: dict[tuple[str, str], dict[str, Any]], row: Mapping[str, Any]) -> None:
    line = lines.setdefault((row["key"], row["currency"]), {})

    def more(name: str, value: int, of: dict[str, Any] = line) -> None:
        of[name] = of.get(name, 0) + value

    more("count", row["count"])
    more("weighted", row["weighted"])
    more(f"{row['fate']}_count", row["count"])
    if row["category"] == "commit":
        more("committed", row["amount"])
    if row["fate"] == "won":  # Signed in another currency than was expected, it came in that one.
        came_in = lines.setdefault((row["key"], row["came_in"]), {})
        more("came", row["came"], came_in)
        if row["category"] == "commit":
            more("committed_came", row["came"], came_in)


def _by_currency(lines: Mapping[tuple[str, str], Mapping[str, int]]) -> dict[tuple[str, str], dict[str, int]]:
    sums: dict[tuple[str, str], dict[str, int]] = {}
    for (_, currency), found in lines.items():
        line = sums.setdefault(("", currency), {})
        for name, value in found.items():
            line[name] = line.get(name, 0) + value
    return sums


def _belief_line(key: tuple[str, str], by: By | None, playbook: Playbook, found: Mapping[str, Any]) -> BeliefLine:
    believed, came, count = weigh(found.get("weighted", 0)), money(found.get("came", 0)), found.get("count", 0)
    ratio = (came / believed).quantize(Decimal("0.01"), ROUND_HALF_UP) if believed else None
    counts = {f"{fate}_count": found.get(f"{fate}_count", 0) for fate in ("slipped", "lost", "shelved", "open", "unforeseen")}
    return BeliefLine(
        key=key[0],
        name=name_of(key[0], by, playbook) if by is not None else None,
        currency=key[1],
        count=count,
        believed=believed,
        committed=money(found.get("committed", 0)),
        committed_came=money(found.get("committed_came", 0)),
        came=came,
        came_count=found.get("won_count", 0),
        unforeseen=money(found.get("unforeseen", 0)),
        ratio=ratio,
        bias=_bias(count, believed, came),
        **counts,
    )


def _bias(count: int, believed: Decimal, came: Decimal) -> Name:
    if not count or not believed:
        return Name(en="nothing was forecast", zh="当时没有预测")
    if count < FEW:
        return TOO_FEW
    if came < believed * (1 - NEAR):
        return Name(en="less came than was believed", zh="偏乐观：实际少于预测")
    if came > believed * (1 + NEAR):
        return Name(en="more came than was believed", zh="偏保守：实际多于预测")
    return Name(en="about right", zh="基本相符")


def _rates(rows: Iterable[Mapping[str, Any]], playbook: Playbook) -> list[RateLine]:
    stages: dict[str, dict[str, int]] = {}
    for row in rows:
        sums = stages.setdefault(row["stage"], {})
        for name, value in (("count", row["count"]), ("rates", row["rates"]), (row["fate"], row["count"])):
            sums[name] = sums.get(name, 0) + value
    order = {stage.code: place for place, stage in enumerate(playbook.funnel.stages)}
    return [
        _rate(stage, stages[stage], playbook) for stage in sorted(stages, key=lambda one: (order.get(one, len(order)), one))
    ]


def _rate(stage: str, sums: Mapping[str, int], playbook: Playbook) -> RateLine:
    won, decided = sums.get("won", 0), sums.get("won", 0) + sums.get("lost", 0)
    believed = (Decimal(sums["rates"]) / sums["count"]).quantize(Decimal("0.1"), ROUND_HALF_UP)
    interval = wilson(Arm(n=decided, yes=won))
    low, high = (_percent(interval.low), _percent(interval.high)) if interval else (None, None)
    return RateLine(
        stage=stage,
        name=name_of(stage, "stage", playbook),
        believed=believed,
        count=sums["count"],
        decided=decided,
        won=won,
        actual=_percent(won / decided) if decided else None,
        low=low,
        high=high,
        verdict=_verdict(believed, decided, low, high),
    )


def _verdict(believed: Decimal, decided: int, low: Decimal | None, high: Decimal | None) -> Name:
    if decided < FEW or low is None or high is None:
        return TOO_FEW
    if believed < low:
        return Name(en="more are won than was believed", zh="实际赢率高于设定")
    if believed > high:
        return Name(en="fewer are won than was believed", zh="实际赢率低于设定")
    return Name(en="no difference can be told", zh="与设定无可辨差异")


def _percent(share: float) -> Decimal:
    return (Decimal(share) * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
