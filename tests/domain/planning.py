"""Commands to industry, customer and project plans as tests ask them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from domain.messages import SYSTEM, Command, Money
from domain.plan import (
    AddAction,
    AllocateTarget,
    Figure,
    RecordReview,
    ReviewPlan,
    SetPlan,
    SetTarget,
    Share,
)
from tests.domain.asked import SALES, open_project, register

day = date.fromisoformat


def yuan(amount: str | int, currency: str = "CNY") -> Money:
    return Money(amount=Decimal(amount), currency=currency)


def set_plan(plan: str, kind: Any, starts: str = "2026-01-01", ends: str = "2026-12-31", **fields: Any) -> SetPlan:
    given: dict[str, Any] = {"name": "规划", "owner": "u1", "owner_unit": "north", "actor": SALES} | fields
    return SetPlan(plan=plan, kind=kind, starts_on=day(starts), ends_on=day(ends), **given)


def industry_plan(plan: str = "I1", **fields: Any) -> SetPlan:
    return set_plan(plan, "industry", **({"industry": "machinery"} | fields))


def customer_plan(plan: str = "K1", **fields: Any) -> SetPlan:
    return set_plan(plan, "customer", **({"customer": "C1", "parent": "I1"} | fields))


def project_plan(plan: str = "J1", **fields: Any) -> SetPlan:
    return set_plan(plan, "project", **({"project": "P1", "parent": "K1"} | fields))


def target(amount: str | int, plan: str = "K1", period: str = "2026", **fields: Any) -> SetTarget:
    return SetTarget(plan=plan, period=period, amount=yuan(amount), **({"actor": SALES} | fields))


def allocate(shares: dict[str, int], plan: str = "I1", period: str = "2026", **fields: Any) -> AllocateTarget:
    parts = tuple(Share(plan=below, amount=yuan(amount)) for below, amount in shares.items())
    return AllocateTarget(plan=plan, period=period, shares=parts, **({"actor": SALES} | fields))


def action(due: str, plan: str = "K1", **fields: Any) -> AddAction:
    given: dict[str, Any] = {"what": "visit the board", "actor": SALES} | fields
    return AddAction(plan=plan, due_on=day(due), **given)


def figure(actual: int, weighted: int = 0, period: str = "2026", **fields: Any) -> Figure:
    given: dict[str, Any] = {"service_line": "all", "measure": "won", "unweighted": yuan(weighted * 2)} | fields
    return Figure(period=period, actual=yuan(actual), weighted=yuan(weighted), **given)


def review(on: str, *figures: Figure, plan: str = "K1") -> ReviewPlan:
    return ReviewPlan(plan=plan, review_on=day(on), figures=figures, actor=SYSTEM)


def record(plan: str = "K1", on: str | None = None) -> RecordReview:
    decided = ("two visits more",)
    return RecordReview(plan=plan, review_on=day(on) if on else None, findings="too thin", decisions=decided, actor=SALES)


def three_levels() -> list[Command]:
    """An industry plan, a customer plan under it, a project plan under that."""
    return [register(), open_project(), industry_plan(), customer_plan(), project_plan()]
