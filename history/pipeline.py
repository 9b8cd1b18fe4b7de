"""The pipeline 商机储备 at a moment, for people: the open deals by stage or by anything else, in words and in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from pydantic import AwareDatetime

from domain.messages import Frozen, Name
from domain.playbook import Playbook
from eventstore.port import EventStore
from history import rollup
from history.counting import By, Scope
from history.rollup import InPipeline

BY_NAMES: Mapping[By, Name] = {
    "stage": Name(en="stage", zh="阶段"),
    "owner": Name(en="owner", zh="负责人"),
    "unit": Name(en="unit", zh="部门"),
    "class": Name(en="value class", zh="价值分类"),
    "industry": Name(en="industry", zh="行业"),
    "region": Name(en="region", zh="区域"),
    "group": Name(en="group", zh="集团"),
    "customer": Name(en="customer", zh="客户"),
    "product_line": Name(en="product line", zh="产品线"),
    "service_line": Name(en="service line", zh="服务线"),
    "mode": Name(en="business mode", zh="经营模式"),
    "project": Name(en="project", zh="项目"),
}
"""What figures are told apart by, in words."""
UNSAID = Name(en="not said", zh="未注明")


class PipelineLine(InPipeline):
    """One line, with the name of its key."""

    name: Name | None = None
    """In words, where the playbook or this program has some."""
    win_rate: int | None = None
    """Percent: of a stage, by the newest playbook."""


class Pipeline(Frozen):
    """The pipeline at a moment."""

    as_of: AwareDatetime
    known_at: AwareDatetime | None = None
    """As far as it was known then; None for all that is known now."""
    by: By
    scope: dict[str, str]
    until: date
    """The last day of `expected`."""
    zone: str
    count: int
    """How many lines there are, shown or not."""
    lines: Sequence[PipelineLine]
    totals: Sequence[InPipeline]
    """One line for each currency."""


async def pipeline_at(
    store: EventStore, playbook: Playbook, scope: Scope, at: datetime, by: By, until: date, limit: int = 100
) -> Pipeline:
    """The pipeline at a moment; stages in their order, anything else with the greatest amount first."""
    zone = playbook.calendar.time_zone
    # Stages are few: all of them are asked for, and put in their own order.
    ordered, totals, count = await rollup.pipeline(
        store, scope, at, by, None if by == "stage" else limit, zone=zone, until=until
    )
    if by == "stage":
        order = {stage.code: place for place, stage in enumerate(playbook.funnel.stages)}
        ordered = sorted(ordered, key=lambda one: (order.get(one.key, len(order)), one.key, one.currency))[:limit]
    return Pipeline(
        as_of=at,
        by=by,
        scope=scope.asked,
        until=until,
        zone=zone,
        count=count,
        lines=[_line(one, by, playbook) for one in ordered],
        totals=totals,
    )


def _line(one: InPipeline, by: By, playbook: Playbook) -> PipelineLine:
    rate = next((stage.win_rate for stage in playbook.funnel.stages if by == "stage" and stage.code == one.key), None)
    return PipelineLine(**one.model_dump(), name=name_of(one.key, by, playbook), win_rate=rate)


def name_of(key: str, by: By, playbook: Playbook) -> Name | None:
    """A key in words: stages and value classes by the newest playbook."""
    if not key:
        return UNSAID
    if by == "stage":
        return next((stage.name for stage in playbook.funnel.stages if stage.code == key), None)
    value_class = playbook.customers.value_class(key) if by == "class" else None
    return value_class.name if value_class is not None else None


def quarter(day: date) -> tuple[date, date]:
    """The first and the last day of the quarter that a day lies in."""
    first = date(day.year, day.month - (day.month - 1) % 3, 1)
    following = date(first.year + first.month // 10, first.month % 12 + 3 if first.month < 10 else 1, 1)
    return first, date.fromordinal(following.toordinal() - 1)
