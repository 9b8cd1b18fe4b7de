"""Lists in pages: requests, plans, reactivations and recoveries follow each other without a gap or a twin."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from eventstore.opening import open_store
from eventstore.port import EventStore
from eventstore.schema import ENABLEMENTS, PLANS, PRODUCT_REQUESTS, REACTIVATIONS, RECOVERIES
from history import enablements, plans, reactivations, requests
from tests.domain.asked import MONDAY, PLAYBOOKS

MANY = 23
PLAIN: Mapping[type[Any], Any] = {sa.Boolean: False, sa.Integer: 0, sa.Text: ""}
Row = Mapping[str, Any]
Pages = Callable[[EventStore, int, str | None], Awaitable[Any]]


@pytest.fixture(params=["memory", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    return "memory://" if request.param == "memory" else str(request.getfixturevalue("postgresql_url"))


@pytest.fixture
async def store(url: str) -> AsyncIterator[EventStore]:
    opened = await open_store(url)
    yield opened
    await opened.close()


def row(table: sa.Table, **fields: Any) -> Row:
    """A row with these values, and nothing in particular in its other columns."""
    plain = {one.name: None if one.nullable else _plain(one) for one in table.columns}
    return plain | {name: value for name, value in fields.items() if name in table.c}


def _plain(column: sa.Column[Any]) -> Any:
    return next((value for kind, value in PLAIN.items() if isinstance(column.type, kind)), MONDAY)


def rows(table: sa.Table, key: str) -> list[Row]:
    """Rows that differ in what lists are in order by, many of them alike there and some without a value."""
    return [
        row(
            table,
            **{key: f"X{number}"},
            kind="need" if table is PRODUCT_REQUESTS else "customer",
            status="running" if table is REACTIVATIONS else "asked" if table is PRODUCT_REQUESTS else "set",
            open=number % 3 > 0,
            closed=number % 3 == 0,
            due_at=MONDAY + timedelta(days=number % 4) if number % 4 else None,
            begun_at=MONDAY - timedelta(days=number % 2),
            horizon_at=MONDAY,
            value_minor=number % 5,
            currency="CNY",
            listed=f"{number % 3}2026-03-0{number % 7 + 1}" if number % 5 else "2",
            starts_on="2026-01-01",
            ends_on="2026-12-31",
        )
        for number in range(MANY)
    ]


LISTS: Mapping[str, tuple[sa.Table, str, str, Pages]] = {
    "requests": (
        PRODUCT_REQUESTS,
        "request",
        "requests",
        lambda store, limit, after: requests.requests(store, requests.Asked(open=None), limit, MONDAY, after),
    ),
    "plans": (
        PLANS,
        "plan",
        "plans",
        lambda store, limit, after: plans.plans(store, plans.PlansAsked(closed=None), limit, MONDAY, after),
    ),
    "reactivations": (
        REACTIVATIONS,
        "reactivation",
        "reactivations",
        lambda store, limit, after: reactivations.reactivations(store, reactivations.Asked(open=False), limit, MONDAY, after),
    ),
    "recoveries": (
        RECOVERIES,
        "recovery",
        "recoveries",
        lambda store, limit, after: reactivations.recoveries(store, reactivations.Asked(open=False), limit, MONDAY, after),
    ),
}


@pytest.mark.parametrize("named", LISTS)
async def test_pages_of_a_list_follow_each_other_without_a_gap_or_a_twin(store: EventStore, named: str) -> None:
    table, key, items, pages = LISTS[named]
    await store.replace_rows(table.name, rows(table, key))
    whole = [getattr(one, key) for one in getattr(await pages(store, 99, None), items)]
    assert sorted(whole) == sorted(f"X{number}" for number in range(MANY))
    told: list[str] = []
    after: str | None = None
    while after != "":
        page = await pages(store, 4, after)
        told += [getattr(one, key) for one in getattr(page, items)]
        assert page.count == MANY
        after = page.next
    assert told == whole


@pytest.mark.parametrize("named", LISTS)
async def test_an_id_means_where_it_stands_now_and_what_is_no_place_is_an_error(store: EventStore, named: str) -> None:
    table, key, items, pages = LISTS[named]
    await store.replace_rows(table.name, rows(table, key))
    whole = [getattr(one, key) for one in getattr(await pages(store, 99, None), items)]
    rest = await pages(store, 99, whole[10])
    assert [getattr(one, key) for one in getattr(rest, items)] == whole[11:]
    for wrong in ("nobody", "X1@", "X1@1@soon@1", "X1@1@1@1@1"):
        with pytest.raises(LookupError):
            await pages(store, 9, wrong)


async def test_enablements_are_told_in_pages_as_well(store: EventStore) -> None:
    lines = [
        row(
            ENABLEMENTS,
            unit=f"north-{number % 2}",
            line_key=f"财务云{number}",
            product_line=f"财务云 {number}",
            status="enabled",
            valid_until=date(2026, 12, number % 3 + 1).isoformat() if number % 3 else "",
            evidence="[]",
        )
        for number in range(9)
    ]
    await store.replace_rows(ENABLEMENTS.name, lines)

    async def page(limit: int, after: str | None = None) -> enablements.EnablementList:
        return await enablements.enablements(store, PLAYBOOKS, enablements.Asked(), limit, after)

    whole = [one.product_line for one in (await page(99)).enablements]
    told: list[str] = []
    after: str | None = None
    while after != "":
        found = await page(2, after)
        told += [one.product_line for one in found.enablements]
        after = found.next
    assert (told, len(told)) == (whole, 9)
    first = await page(2)
    gone = first.enablements[-1].product_line
    await store.replace_rows(ENABLEMENTS.name, [one for one in lines if one["product_line"] != gone])
    rest = [one.product_line for one in (await page(99, first.next)).enablements]
    assert set(whole) - {gone} <= {*rest, first.enablements[0].product_line}
    with pytest.raises(LookupError):
        await page(2, "north-0")
