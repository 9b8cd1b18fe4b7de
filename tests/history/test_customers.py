"""The list of customers: what is asked for, in the order that is asked for, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from eventstore.opening import open_store
from eventstore.port import EventStore
from history.customers import Asked, CustomerList, Sort, customers
from projections import customer
from tests.domain.asked import MONDAY, PLAYBOOKS, classify, contact, days, on, open_project, register, won
from tests.domain.scenario import given
from tests.history.office import Office


def row(number: int, **fields: Any) -> Mapping[str, Any]:
    """A row like a real one, with these values in it."""
    state = given([register(f"C{number}")]).world.state(f"customer-C{number}")
    return dict(customer.row(state, PLAYBOOKS).values) | fields


# Not an async fixture: within a running loop pytest cannot make the async one that it asks for.
@pytest.fixture(params=["memory", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    return "memory://" if request.param == "memory" else str(request.getfixturevalue("postgresql_url"))


@pytest.fixture
async def store(url: str) -> AsyncIterator[EventStore]:
    opened = await open_store(url)
    yield opened
    await opened.close()


async def found(
    store: EventStore, asked: Asked, limit: int = 100, sort: Sort = "next", after: str | None = None
) -> CustomerList:
    return await customers(store, PLAYBOOKS, asked, limit, MONDAY, sort, after)


async def ids(store: EventStore, **asked: Any) -> list[str]:
    return [one.customer for one in (await found(store, Asked(**asked))).customers]


async def test_pages_follow_each_other_without_a_gap_or_a_twin_in_every_order(store: EventStore) -> None:
    rows = [
        row(
            number,
            next_step_at=MONDAY + timedelta(days=number % 3) if number % 4 else None,
            last_contact_at=MONDAY if number % 2 else None,
            since=MONDAY - timedelta(days=number % 2),
            revenue_minor=number % 5,
            name=f"n{number % 3}",
        )
        for number in range(1, 24)
    ]
    await store.replace_rows(customer.TABLE, rows)
    orders: tuple[Sort, ...] = ("next", "contact", "since", "revenue", "name", "customer")
    for sort in orders:
        whole = [one.customer for one in (await found(store, Asked(), sort=sort)).customers]
        assert sorted(whole) == sorted(one["customer"] for one in rows)
        told: list[str] = []
        after: str | None = None
        while after != "":
            page = await found(store, Asked(), limit=5, sort=sort, after=after)
            told += [one.customer for one in page.customers]
            after = page.next
            assert page.count == len(rows)
        assert told == whole, sort


async def test_who_moves_to_the_end_between_two_pages_takes_nobody_along(store: EventStore) -> None:
    def told(number: int, hours: int) -> Mapping[str, Any]:
        moment = MONDAY + timedelta(hours=hours)
        return row(number, next_step_at=moment, last_contact_at=moment, since=moment, revenue_minor=hours)

    ends: Mapping[Sort, int] = {"next": 99, "contact": 99, "since": 0, "revenue": 0}
    for sort, end in ends.items():
        rows = {f"C{number}": told(number, number) for number in range(1, 7)}
        await store.replace_rows(customer.TABLE, list(rows.values()))
        first = await found(store, Asked(), limit=2, sort=sort)
        last = first.customers[-1].customer
        rows[last] = told(int(last[1:]), end)
        await store.replace_rows(customer.TABLE, list(rows.values()))
        rest = await found(store, Asked(), limit=9, sort=sort, after=first.next)
        seen = [one.customer for one in (*first.customers, *rest.customers)]
        assert sorted(one for one in seen if one != last) == sorted(set(rows) - {last}), sort


async def test_to_go_on_after_what_is_no_place_in_that_order_is_an_error(store: EventStore) -> None:
    wrong: tuple[tuple[Sort, str], ...] = (
        ("revenue", "C1@"),
        ("revenue", f"C1@{2**63}"),
        ("since", "C1@soon"),
        ("since", "C1@2026-03-02"),
        ("next", "C1@0001-01-01T00:00:00+14:00"),
        ("name", "C1@7"),
    )
    for sort, after in wrong:
        with pytest.raises(LookupError):
            await found(store, Asked(), sort=sort, after=after)


async def test_whose_next_step_comes_first_is_first_and_who_has_none_is_last(store: EventStore) -> None:
    late, soon, none = row(1, next_step_at=MONDAY + timedelta(days=9)), row(2, next_step_at=MONDAY), row(3, next_step_at=None)
    await store.replace_rows(customer.TABLE, [late, none, soon])
    assert await ids(store) == ["C2", "C1", "C3"]


async def test_only_customers_like_that_are_listed_and_counted(store: EventStore) -> None:
    await store.replace_rows(
        customer.TABLE,
        [
            row(1, status="active", step="cooling", value_class="vip", owner="u1", dormant_at=MONDAY + timedelta(days=20)),
            row(2, status="dormant", value_class="vip", owner="u2", industry="retail", region="south"),
            row(3, status="active", value_class="small", owner_unit="south", needs_human=True),
            row(4, merged_into="C1"),
        ],
    )
    assert await ids(store, status="active") == ["C1", "C3"]
    assert await ids(store, step="cooling") == ["C1"]
    assert await ids(store, value_class="vip", owner="u2") == ["C2"]
    assert await ids(store, industry="retail", region="south") == ["C2"]
    assert await ids(store, unit="south", needs_person=True) == ["C3"]
    assert await ids(store, asleep_within=30) == ["C1"]
    assert await ids(store, asleep_within=10) == []
    listed = await found(store, Asked(value_class="vip"))
    assert [(one.status, one.step, one.count) for one in listed.counts] == [("active", "cooling", 1), ("dormant", "", 1)]


async def test_a_customer_is_listed_with_the_moment_since_when_it_is_known(office: Office) -> None:
    await office.take(register(), classify(), MONDAY + timedelta(days=900), contact())
    [one] = (await found(office.store, Asked())).customers
    assert one.registered_at == MONDAY


async def test_a_search_takes_letters_as_they_are_in_any_case(store: EventStore) -> None:
    plain = row(1, name="Hua Star", sought=customer.sought("C1", "Hua Star"))
    percent = row(2, name="100% 贯通", sought=customer.sought("C2", "100% 贯通"))
    await store.replace_rows(customer.TABLE, [plain, percent])
    assert await ids(store, search="HUA s") == ["C1"]
    assert await ids(store, search="%") == ["C2"]
    assert await ids(store, search="贯") == ["C2"]
    assert await ids(store, search="c1") == ["C1"]


async def test_one_that_went_into_another_is_found_and_not_listed(store: EventStore) -> None:
    await store.replace_rows(customer.TABLE, [row(1), row(2, merged_into="C1")])
    assert await ids(store) == ["C1"]
    assert await ids(store, merged=True) == ["C1", "C2"]
    assert await ids(store, search="c2") == ["C2"]


async def test_a_group_is_a_customer_with_everything_below_it_even_where_it_runs_in_a_ring(store: EventStore) -> None:
    rows = [row(1), row(2, parent="C1"), row(3, parent="C2"), row(4, parent="C5"), row(5, parent="C4")]
    await store.replace_rows(customer.TABLE, rows)
    assert await ids(store, group="C1") == ["C1", "C2", "C3"]
    assert await ids(store, group="C4") == ["C4", "C5"]


async def test_to_go_on_after_a_customer_that_there_is_not_is_an_error(store: EventStore) -> None:
    with pytest.raises(LookupError):
        await found(store, Asked(), after="C99")


async def test_a_customer_is_listed_with_its_open_deals_and_those_of_whom_it_took_in(office: Office) -> None:
    await office.take(register(), classify(), contact(), register("C2"), open_project("P1"), open_project("P2", "C2"))
    into = [dict(one) | {"merged_into": "C1"} for one in await office.store.rows(customer.TABLE, {"customer": "C2"})]
    kept = await office.store.rows(customer.TABLE, {"customer": "C1"})
    await office.store.replace_rows(customer.TABLE, [*kept, *into])
    [one] = (await found(office.store, Asked())).customers
    assert (one.deals_open, [str(amount) for amount in one.amounts_open]) == (2, ["2,400,000.00 CNY"])
    assert str(one.value_class_name).startswith("VIP large customer")


def test_a_row_is_searched_by_name_and_id() -> None:
    state = replace(given([register("C7")]).world.state("customer-C7"), name="Hua STAR")
    assert customer.row(state, PLAYBOOKS).values["sought"] == "c7 hua star"


def test_the_next_planned_contact_is_the_morning_of_its_day() -> None:
    state = given([register(), contact("2026-04-01")]).world.state("customer-C1")
    assert customer.row(state, PLAYBOOKS).values["next_contact_at"] - MONDAY < days(30)


def test_a_row_tells_since_when_the_customer_stands_so() -> None:
    then = MONDAY - days(30)
    told = [on(then, register()), on(then, open_project(hold_clocks=True)), *(on(MONDAY - days(10), one) for one in won())]
    values = customer.row(given(told).world.state("customer-C1"), PLAYBOOKS).values
    assert (values["status"], values["since"]) == ("active", MONDAY - days(10))
