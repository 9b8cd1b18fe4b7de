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
from history.lines import lines
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
    found = await lines(
        store,
        _summed(_open(scope, at, until, zone, by), _won(scope, at, since, until, zone, by)),
        limit,
        lambda line: (line.c.currency, line.c["key"]),
    )
    shown = sorted(found.shown, key=lambda one: (one["currency"], one["key"]))
    return Forecast(
        as_of=at,
        since=since,
        until=until,
        zone=zone,
        by=by,
        scope=scope.asked,
        count=found.count,
        lines=[_line(row, by, playbook) for row in shown],
        totals=[_line(row, None, playbook) for row in found.totals],
    )


def _summed(*queries: sa.Select[Any]) -> sa.Select[Any]:
    """Sums by key and currency from several queries, each of which knows some of them: one row for each key and currency."""
    names = list(dict.fromkeys(str(column.key) for query in queries for column in query.selected_columns))
    nothing = sa.cast(sa.literal_column("0"), sa.BigInteger)
    parts = []
    for number_, query in enumerate(queries):
        part = query.subquery(f"part{number_}")
        parts.append(sa.select(*(part.c[name] if name in part.c else nothing.label(name) for name in names)))
    every = sa.union_all(*parts).subquery("parts")
    sums = [total(every.c[name]).label(name) for name in names if name not in ("key", "currency")]
    return sa.select(every.c["key"], every.c.currency, *sums).group_by(every.c["key"], every.c.currency)


def _line(found: Mapping[str, Any], by: By | None, playbook: Playbook) -> ForecastLine:
    key, currency = found["key"], found["currency"]
    told: dict[str, Any] = {one: found[one] for one in ForecastLine.model_fields if one.endswith("_count")}
    told |= {one: money(found[one]) for one in ("won", "commit", "best_case", "pipeline")}
    name = name_of(key, by, playbook) if by is not None else None
    return ForecastLine(key=key, name=name, currency=currency, weighted=weigh(found["weighted"]), **told)


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
    known = _known_deals(scope, on, then, until, by)
    grouped = _summed(_fates(known), _came(known), _unforeseen(scope, on, then, until, by, known))
    found = await lines(store, grouped, limit, lambda line: (line.c.currency, line.c["key"]))
    shown = sorted(found.shown, key=lambda one: (one["currency"], one["key"]))
    return Belief(
        by_then=then,
        over=end <= now,
        count=found.count,
        lines=[_belief_line(row, by, playbook) for row in shown],
        totals=[_belief_line(row, None, playbook) for row in found.totals],
        rates=_rates(await store.query(_stages(scope, on, then)), playbook),
    )


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


def _known_deals(scope: Scope, on: datetime, then: datetime, until: date, by: By) -> sa.CTE:
    """The deals of the forecast of a moment, each with how it stood later."""
    spans = open_at(on, scope)
    of = counted(spans, scope, by)
    later, same = _later(spans, then)
    query = sa.select(
        of.key.label("key"),
        spans.c.project,
        spans.c.currency,
        spans.c.category,
        spans.c.amount_minor,
        spans.c.win_rate,
        later.c.currency.label("came_in"),
        later.c.amount_minor.label("came"),
        _fate(later, until),
    )
    return query.select_from(of.source.join(later, same)).where(_in_forecast(spans, until), *of.where).cte("known")


def _fates(known: sa.CTE) -> sa.Select[Any]:
    fates = {fate: number(known.c.fate == fate) for fate in ("slipped", "lost", "shelved", "open")}
    return sa.select(
        known.c["key"],
        known.c.currency,
        total(sa.literal_column("1")).label("count"),
        total(known.c.amount_minor * known.c.win_rate).label("weighted"),
        total(known.c.amount_minor, known.c.category == "commit").label("committed"),
        number(known.c.fate == "won").label("came_count"),
        *(sums.label(f"{fate}_count") for fate, sums in fates.items()),
    ).group_by(known.c["key"], known.c.currency)


def _came(known: sa.CTE) -> sa.Select[Any]:
    """What came: signed in another currency than was expected, it came in that one."""
    came, committed = total(known.c.came), total(known.c.came, known.c.category == "commit")
    query = sa.select(known.c["key"], known.c.came_in.label("currency"), came.label("came"), committed.label("committed_came"))
    return query.where(known.c.fate == "won").group_by(known.c["key"], known.c.came_in)


def _unforeseen(scope: Scope, on: datetime, then: datetime, until: date, by: By, known: sa.CTE) -> sa.Select[Any]:
    won = _won_between(DEAL_SPANS.c.from_at > on, DEAL_SPANS.c.from_at <= then, then)
    if scope.asked:  # Foreseen is foreseen: also by an owner who is not asked about.
        spans = open_at(on, scope)
        foreseen = sa.select(spans.c.project).where(_in_forecast(spans, until))
    else:
        foreseen = sa.select(known.c.project)
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


def _belief_line(found: Mapping[str, Any], by: By | None, playbook: Playbook) -> BeliefLine:
    key, count = found["key"], found["count"]
    believed, came = weigh(found["weighted"]), money(found["came"])
    ratio = (came / believed).quantize(Decimal("0.01"), ROUND_HALF_UP) if believed else None
    return BeliefLine(
        key=key,
        name=name_of(key, by, playbook) if by is not None else None,
        currency=found["currency"],
        count=count,
        believed=believed,
        committed=money(found["committed"]),
        committed_came=money(found["committed_came"]),
        came=came,
        unforeseen=money(found["unforeseen"]),
        ratio=ratio,
        bias=_bias(count, believed, came),
        **{one: found[one] for one in BeliefLine.model_fields if one.endswith("_count")},
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
