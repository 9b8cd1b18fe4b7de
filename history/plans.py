"""Industry, customer and project plans 规划 as people read them: the list, and one plan at any date with its tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from pydantic import AwareDatetime

from domain import plan, streams
from domain.messages import Frozen, Health, Name
from domain.plan import KIND_NAMES, STATUS_NAMES, Figure, Measure, Target, coverage, next_review_on
from domain.playbook import Playbooks
from domain.playbook.plans import PlanKind
from domain.standing import Unmet
from eventstore.codec import Codec
from eventstore.port import EventStore
from eventstore.schema import PLANS, TARGETS
from history.counting import number, total
from history.paging import Order, page
from history.plan_figures import figures
from history.rollup import money

MOST_CHILDREN = 500
"""How many plans below are shown; all of them are summed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlansAsked:
    """Which plans are wanted; None asks nothing."""

    closed: bool | None = False
    kind: PlanKind | None = None
    owner: str | None = None
    unit: str | None = None
    industry: str | None = None
    customer: str | None = None
    project: str | None = None
    parent: str | None = None
    gaps: bool = False
    """Only those with a gap."""


class PlanListed(Frozen):
    """A plan in a list. Its figures are those of its latest review."""

    plan: str
    kind: PlanKind
    kind_name: Name
    name: str
    about: str
    """The industry, customer or project."""
    customer: str
    project: str
    parent: str
    version: int
    starts_on: date
    ends_on: date
    owner: str
    owner_unit: str
    status: str
    status_name: Name
    currency: str
    target: str
    """`2026/all/won`: the target that stands for the plan; empty for a plan without one."""
    amount: Decimal | None
    actual: Decimal | None
    weighted: Decimal | None
    coverage: int | None
    """In percent of the target."""
    gaps: int
    next_review_on: date | None
    last_review_on: date | None
    review_late: bool
    open_actions: int
    overdue_actions: int


class PlanList(Frozen):
    """Plans, those with an overdue review first, then the next review first; `count` says how many fit."""

    plans: tuple[PlanListed, ...]
    count: int
    next: str = ""
    """What `after` must be for the following ones; empty when there are none."""
    as_of: AwareDatetime


class VersionTold(Frozen):
    """A version of a plan."""

    version: int
    at: AwareDatetime
    name: str
    starts_on: date
    ends_on: date
    market_analysis: str
    product_strategy: str
    information: str
    reason: str


class TargetVersionTold(Frozen):
    """A version of a target."""

    version: int
    at: AwareDatetime
    amount: Decimal
    reason: str
    taken_from: str
    """The plan that it comes from; empty for one that was set here."""


class PartTold(Frozen):
    """What a plan below was given of a target."""

    plan: str
    amount: Decimal


class TargetTold(Frozen):
    """A target with what is there of it, what is expected, and how it rolls down and up."""

    target: str
    period: str
    first: date
    last: date
    service_line: str
    measure: Measure
    amount: Decimal
    taken_from: str
    versions: tuple[TargetVersionTold, ...]
    actual: Decimal
    weighted: Decimal
    unweighted: Decimal
    coverage: int | None
    missing: Decimal
    """What of the target is neither there nor weighted in the pipeline; 0 when it is covered."""
    gap_since: date | None
    """Since which review there is a gap on record."""
    allocated: tuple[PartTold, ...]
    unallocated: Decimal
    """Below 0 when the target was lowered from above."""
    below: Decimal
    """The sum of the same target at the plans below."""
    difference: Decimal
    """`below` less the target."""


class ActionTold(Frozen):
    """An action of a plan."""

    action: str
    what: str
    owner: str
    due_on: date
    status: str
    gap: str
    by_itself: bool
    moves: int
    escalated: bool
    added_at: AwareDatetime
    ended_at: AwareDatetime | None
    result: str


class FigureSeen(Frozen):
    """A target as a review saw it."""

    target: str
    amount: Decimal
    actual: Decimal
    weighted: Decimal
    coverage: int | None


class RecordTold(Frozen):
    """What people found in a review."""

    at: AwareDatetime
    findings: str
    decisions: tuple[str, ...]
    by: str


class ReviewTold(Frozen):
    """A review that was held."""

    review_on: date
    at: AwareDatetime
    late: bool
    as_of: AwareDatetime | None
    """The moment that its figures are of."""
    other_currencies: int
    figures: tuple[FigureSeen, ...]
    records: tuple[RecordTold, ...]


class PlanTold(Frozen):
    """One plan at a moment."""

    plan: str
    at: AwareDatetime
    kind: PlanKind
    kind_name: Name
    industry: str
    region: str
    unit: str
    customer: str
    project: str
    parent: str
    name: str
    starts_on: date
    ends_on: date
    owner: str
    owner_unit: str
    currency: str
    status: str
    status_name: Name
    health: Health
    waiting_for: str
    needs_human: bool
    reason: str
    missing: tuple[Unmet, ...]
    next_review_on: date | None
    versions: tuple[VersionTold, ...]
    targets: tuple[TargetTold, ...]
    other_currencies: int
    """Deals and facts of money that are in another currency, and in no figure here."""
    actions: tuple[ActionTold, ...]
    reviews: tuple[ReviewTold, ...]
    """The latest first."""
    children: tuple[PlanListed, ...]
    """The plans below as they stand now."""
    children_count: int
    playbook: str
    time_zone: str


async def plans(store: EventStore, asked: PlansAsked, limit: int, now: datetime, after: str | None = None) -> PlanList:
    """The plans that fit, those with an overdue review first, then the next review first, from after the place `after` (see
    `history.paging`). Costs two queries."""
    table = PLANS.c
    wanted = {
        "closed": asked.closed,
        "kind": asked.kind,
        "owner": asked.owner,
        "owner_unit": asked.unit,
        "industry": asked.industry,
        "customer": asked.customer,
        "project": asked.project,
        "parent": asked.parent,
    }
    where = [table[name] == value for name, value in wanted.items() if value is not None]
    if asked.gaps:
        where.append(table.gaps > 0)
    order = Order(table.plan, ((table.closed, False), (table.listed, False)))
    rows, following = await page(store, sa.select(PLANS).where(*where), order, limit, after)
    [counted] = await store.query(sa.select(number(sa.true()).label("count")).select_from(PLANS).where(*where))
    return PlanList(plans=tuple(_listed(row) for row in rows), count=int(counted["count"]), next=following, as_of=now)


def _listed(row: Any) -> PlanListed:
    told = {name: row[name] for name in PlanListed.model_fields if name in row}
    for name in ("next_review_on", "last_review_on"):
        told[name] = row[name] or None
    return PlanListed(
        **told,
        kind_name=KIND_NAMES[row["kind"]],
        status_name=STATUS_NAMES[row["status"]],
        about=row["project"] or row["customer"] or " ".join(one for one in (row["industry"], row["region"]) if one),
        amount=money(row["target_minor"]) if row["target"] else None,
        actual=money(row["actual_minor"]) if row["actual_minor"] is not None else None,
        weighted=money(row["weighted_minor"]) if row["weighted_minor"] is not None else None,
    )


async def plan_told(
    store: EventStore, codec: Codec, playbooks: Playbooks, named: str, at: datetime, *, now: bool = True
) -> PlanTold | None:
    """One plan as it was at a moment, its figures as of then; None when there was none. Costs a read of its stream, two
    queries for each period and service line of its targets, and three for the plans below."""
    stored = [one for one in await store.read(streams.plan(named)) if now or one.occurred_at <= at]
    if not stored:
        return None
    state = plan.DECIDER.fold(codec.decode(one) for one in stored)
    rules = playbooks.of(state)
    zone = rules.calendar.time_zone
    targets = sorted(state.targets.values(), key=lambda one: (one.first, -one.last.toordinal(), one.key))
    found, others = await figures(store, state, targets, at, zone)
    below = await _below(store, named, at)
    children = await plans(store, PlansAsked(closed=None, parent=named), MOST_CHILDREN, at)
    by_key = {plan.key_of(one.period, one.service_line, one.measure): one for one in found}
    view = plan.DECIDER.view(state, rules)
    content = state.content
    return PlanTold(
        plan=named,
        at=at,
        kind=state.kind,
        kind_name=KIND_NAMES[state.kind],
        industry=state.industry,
        region=state.region,
        unit=state.unit,
        customer=state.root.customer,
        project=state.root.project,
        parent=state.parent,
        name=content.name,
        starts_on=content.starts_on,
        ends_on=content.ends_on,
        owner=state.owner_now,
        owner_unit=state.unit_now,
        currency=state.currency,
        status=state.status,
        status_name=STATUS_NAMES[state.status],
        health=view.health,
        waiting_for=view.waiting_for,
        needs_human=view.needs_human,
        reason=view.reason,
        missing=view.missing,
        next_review_on=next_review_on(state, rules),
        versions=tuple(_version(one) for one in state.versions),
        targets=tuple(_target(one, by_key[one.key], below.get(one.key, Decimal(0))) for one in targets),
        other_currencies=others,
        actions=tuple(_action(one) for one in state.actions),
        reviews=tuple(_review(one) for one in reversed(state.reviews)),
        children=children.plans,
        children_count=children.count,
        playbook=str(rules.ref),
        time_zone=zone,
    )


async def _below(store: EventStore, named: str, at: datetime) -> dict[str, Decimal]:
    """What the plans below had as targets at a moment, by target."""
    child, target = PLANS.c, TARGETS.c
    query = (
        sa.select(target.target, total(target.amount_minor).label("minor"))
        .select_from(PLANS.join(TARGETS, target.plan == child.plan))
        .where(child.parent == named, target.since <= at, sa.or_(target.until.is_(None), target.until > at))
        .where(sa.or_(child.closed_at.is_(None), child.closed_at > at))
        .group_by(target.target)
        .order_by(target.target)
    )
    return {row["target"]: money(row["minor"]) for row in await store.query(query)}


def _version(one: Any) -> VersionTold:
    return VersionTold(version=one.version, at=one.at, reason=one.reason, **one.content.model_dump())


def _target(one: Target, figure: Figure, below: Decimal) -> TargetTold:
    whole = one.amount.amount
    there = figure.actual.amount + figure.weighted.amount
    return TargetTold(
        target=one.key,
        period=one.period,
        first=one.first,
        last=one.last,
        service_line=one.service_line,
        measure=one.measure,
        amount=whole,
        taken_from=one.taken_from,
        versions=tuple(
            TargetVersionTold(version=v.version, at=v.at, amount=v.amount.amount, reason=v.reason, taken_from=v.parent)
            for v in one.versions
        ),
        actual=figure.actual.amount,
        weighted=figure.weighted.amount,
        unweighted=figure.unweighted.amount,
        coverage=coverage(one.amount, figure.actual, figure.weighted),
        missing=max(whole - there, Decimal(0)),
        gap_since=one.gap_since,
        allocated=tuple(PartTold(plan=part.plan, amount=part.amount.amount) for part in one.parts),
        unallocated=whole - one.allocated,
        below=below,
        difference=below - whole,
    )


def _action(one: Any) -> ActionTold:
    told = {name: getattr(one, name) for name in ActionTold.model_fields}
    return ActionTold(**told)


def _review(one: Any) -> ReviewTold:
    seen = tuple(
        FigureSeen(
            target=plan.key_of(figure.period, figure.service_line, figure.measure),
            amount=figure.target.amount,
            actual=figure.actual.amount,
            weighted=figure.weighted.amount,
            coverage=figure.percent,
        )
        for figure in one.figures
    )
    records = tuple(
        RecordTold(at=record.occurred_at, findings=record.findings, decisions=record.decisions, by=record.by)
        for record in one.records
    )
    return ReviewTold(
        review_on=one.review_on,
        at=one.at,
        late=one.late,
        as_of=one.as_of,
        other_currencies=one.other_currencies,
        figures=seen,
        records=records,
    )


async def plans_about(store: EventStore, *, customer: str = "", project: str = "", limit: int = 20) -> Sequence[PlanListed]:
    """The open plans about a customer (project plans aside) or about a project, for their pages."""
    kind: PlanKind = "project" if project else "customer"
    where = [PLANS.c.project == project if project else PLANS.c.customer == customer, PLANS.c.kind == kind]
    query = sa.select(PLANS).where(*where, PLANS.c.closed.is_(False)).order_by(PLANS.c.ends_on.desc(), PLANS.c.plan)
    return [_listed(row) for row in await store.query(query.limit(limit))]
