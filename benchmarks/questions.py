"""Every list and figure of customers and plans, as the command line and the API ask for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, get_args

from domain.playbook import Playbooks
from eventstore.port import EventStore
from history import customers as listing
from history import enablements, figures, plans, reactivations, requests, rollup
from history.counting import By, Scope
from history.customer_page import customer_page
from history.figures import FiguresAsked
from runtime.composition import CODEC

Question = tuple[str, Callable[[], Awaitable[Any]]]

ZONE = "Asia/Shanghai"
SHOWN = 50
"""Rows of a page."""
BACK = timedelta(days=500)
"""How far back a figure of the past is asked for."""


async def questions(store: EventStore, playbooks: Playbooks, ends: datetime) -> list[Question]:
    """The questions, each with what it is called; `ends` is the moment at which the lives that are asked about end."""
    [first] = await store.rows("customers", None, ["-running", "customer"], 1)
    [listed] = await store.rows("customers", None, ["customer"], 1)
    planned = await store.rows("plans", None, ["plan"], 1)
    return [
        *_lists(store, playbooks, ends, first),
        *_pages(store, playbooks, ends, first),
        *_figures(store, ends, listed),
        *_asked(store, playbooks, ends),
        *_plans(store, playbooks, ends, listed, planned[0] if planned else None),
    ]


def _plans(store: EventStore, playbooks: Playbooks, now: datetime, row: Any, plan: Any) -> Iterator[Question]:
    every = plans.PlansAsked(closed=None)
    yield "plans", partial(plans.plans, store, plans.PlansAsked(), SHOWN, now)
    yield "plans, closed ones too", partial(plans.plans, store, every, SHOWN, now)
    yield "plans with a gap", partial(plans.plans, store, plans.PlansAsked(gaps=True), SHOWN, now)
    of_one: dict[str, Any] = {"owner": row["owner"], "unit": row["owner_unit"], "customer": row["customer"], "kind": "customer"}
    for name, value in of_one.items():
        fields: dict[str, Any] = {name: value}
        yield f"plans of one {name}", partial(plans.plans, store, plans.PlansAsked(**fields), SHOWN, now)
    if plan is not None:
        yield "the page of a plan", partial(plans.plan_told, store, CODEC, playbooks, plan["plan"], now)
        then = now - timedelta(days=30)
        yield "the page of a plan back then", partial(plans.plan_told, store, CODEC, playbooks, plan["plan"], then, now=False)
    for name, asked in (("industry", row["industry"]),):
        yield (
            f"what a plan of an {name} rolls up",
            partial(rollup.actuals, store, Scope(industry=asked), date(now.year, 1, 1), date(now.year, 12, 31), now, ZONE),
        )
    asleep = reactivations.Asked()
    yield "reactivations", partial(reactivations.reactivations, store, asleep, SHOWN, now)
    yield "recoveries", partial(reactivations.recoveries, store, asleep, SHOWN, now)
    yield "whom to reactivate", partial(reactivations.sleepers, store, None, SHOWN, now.date())
    yield "who is cooling", partial(reactivations.sleepers, store, None, SHOWN, now.date(), "cooling")
    yield "the effect of reactivations", partial(reactivations.effects, store, now)
    yield "product requests", partial(requests.requests, store, requests.Asked(), SHOWN, now)
    yield "enablements", partial(enablements.enablements, store, playbooks, enablements.Asked(), SHOWN)


def _asked(store: EventStore, playbooks: Playbooks, now: datetime) -> Iterator[Question]:
    """The figures as the doors ask for them, with their totals, and the check of what was believed."""
    for by in get_args(By):
        now_ = FiguresAsked(by=by)
        yield f"`pipeline` by {by}", partial(figures.pipeline_asked, store, CODEC, playbooks, now_, now)
        yield f"`forecast` by {by}", partial(figures.forecast_asked, store, CODEC, playbooks, now_, now)
        then = FiguresAsked(by=by, at=now - BACK)
        yield f"`forecast` back then by {by}, checked", partial(figures.forecast_asked, store, CODEC, playbooks, then, now)


def _lists(store: EventStore, playbooks: Playbooks, now: datetime, row: Any) -> Iterator[Question]:
    def ask(**options: Any) -> Callable[[], Awaitable[Any]]:
        sort, after = options.pop("sort", "next"), options.pop("after", None)
        return partial(listing.customers, store, playbooks, listing.Asked(**options), SHOWN, now, sort, after)

    for sort in get_args(listing.Sort):
        yield f"customers by {sort}", ask(sort=sort)
    yield "customers, a later page", ask(after=row["customer"])
    for name, value in (
        ("status", "dormant"),
        ("status", "potential"),
        ("step", "cooling"),
        ("value_class", "entry"),
        ("owner", row["owner"]),
        ("unit", row["owner_unit"]),
        ("industry", row["industry"]),
        ("region", row["region"]),
        ("group", row["customer"]),
        ("asleep_within", 60.0),
        ("needs_person", True),
        ("search", "0004711"),
        ("search", "no such name"),
    ):
        yield f"customers with {name} {value}", ask(**{name: value})
    for sort in get_args(listing.Sort):
        yield f"potential customers of a unit by {sort}", ask(status="potential", unit=row["owner_unit"], sort=sort)


def _pages(store: EventStore, playbooks: Playbooks, now: datetime, row: Any) -> Iterator[Question]:
    for name, customer in (("a busy", row["customer"]), ("another", "C0000001")):
        yield f"the page of {name} customer", partial(customer_page, store, CODEC, playbooks, customer, now)
        yield (
            f"the page of {name} customer back then",
            partial(customer_page, store, CODEC, playbooks, customer, now, now - BACK),
        )


def _figures(store: EventStore, now: datetime, row: Any) -> Iterator[Question]:
    everything = Scope()
    for when, moment in (("now", now), ("back then", now - BACK)):
        yield f"pipeline {when}", partial(rollup.pipeline, store, everything, moment)
        for by in get_args(By):
            yield f"pipeline {when} by {by}", partial(rollup.pipeline, store, everything, moment, by, SHOWN)
    year = date(now.year, 1, 1), date(now.year, 12, 31)
    for days, (since, until) in (("this year", year), ("ever", (date(2000, 1, 1), year[1]))):
        yield f"won, delivered, collected {days}", partial(rollup.actuals, store, everything, since, until, now, ZONE)
        for by in [one for one in get_args(By) if one != "stage"]:
            yield (
                f"won, delivered, collected {days} by {by}",
                partial(rollup.actuals, store, everything, since, until, now, ZONE, by),
            )
    scopes = {"industry": "industry", "region": "region", "unit": "owner_unit", "value_class": "value_class", "owner": "owner"}
    for name, column in {**scopes, "group": "customer", "customer": "customer"}.items():
        scope = Scope(**{name: row[column]})
        yield f"pipeline of one {name}", partial(rollup.pipeline, store, scope, now)
        yield f"won, delivered, collected of one {name}", partial(rollup.actuals, store, scope, *year, now, ZONE)
