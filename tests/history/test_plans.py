"""Plans as people read them: figures from events at any date, targets that roll down and up, lists in order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from domain.funnel import ForecastDeal
from domain.messages import Money
from domain.plan import DECIDER, ClosePlan, CompleteAction, due_targets
from eventstore.opening import open_store
from history import plan_figures
from history.plans import PlansAsked, PlanTold, plan_told, plans, plans_about
from runtime.composition import CODEC
from runtime.rebuilding import rebuild
from tests.domain.asked import AMOUNT, MONDAY, PLAYBOOKS, SALES, at, classify, judge, open_project, prepared, register, win
from tests.domain.planning import (
    action,
    allocate,
    customer_plan,
    day,
    figure,
    industry_plan,
    project_plan,
    record,
    review,
    set_plan,
    target,
    three_levels,
    yuan,
)
from tests.history.office import Office

ZONE = "Asia/Shanghai"
FIRST_REVIEW = at("2026-04-01 06:30")


# Not an async fixture: within a running loop pytest cannot make the async one that it asks for.
@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    return "memory://" if request.param == "memory" else str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
async def office(url: str) -> AsyncIterator[Office]:
    store = await open_store(url)
    yield Office(store)
    await store.close()


async def told(office: Office, plan: str = "K1", when: Any = None) -> PlanTold:
    found = await plan_told(office.store, CODEC, PLAYBOOKS, plan, when or office.now, now=when is None)
    assert found is not None
    return found


def expect(project: str, on: str, amount: int = 400_000) -> ForecastDeal:
    return ForecastDeal.model_validate(
        {"project": project, "expected_on": on, "amount": yuan(amount), "reason": "said so", "actor": SALES}
    )


async def test_coverage_is_what_is_won_and_weighted_in_the_period_at_any_date(office: Office) -> None:
    """The won deal counts from its win on; the open one with its win rate, if it is expected in the period."""
    await office.take(*three_levels(), target(2_000_000), target(2_000_000, period="2026H1"), classify())
    await office.take(open_project("P2"), expect("P2", "2026-08-01"), expect("P1", "2026-09-01", 1_000_000))
    before = office.now
    await office.take(at("2026-05-04 10:00"), *prepared(), win())
    now = {one.period: one for one in (await told(office)).targets}
    assert now["2026"].actual == AMOUNT.amount
    assert (now["2026"].weighted, now["2026"].unweighted) == (Decimal("40000"), Decimal("400000"))
    assert (now["2026"].coverage, now["2026"].missing) == (62, Decimal("760000"))
    assert (now["2026H1"].weighted, now["2026H1"].coverage) == (Decimal(0), 60)
    [then, _] = (await told(office, when=before)).targets
    assert then.actual == 0
    assert then.weighted == Decimal("40000") + Decimal("100000")


async def test_a_deal_that_its_owner_leaves_out_covers_no_target(office: Office) -> None:
    left_out = expect("P1", "2026-09-01", 1_000_000).model_copy(update={"category": "omitted"})
    await office.take(*three_levels(), target(2_000_000), left_out)
    [figure_] = (await told(office)).targets
    assert (figure_.weighted, figure_.unweighted, figure_.coverage) == (Decimal(0), Decimal(0), 0)


async def test_when_a_period_is_over_no_open_deal_is_expected_in_it_any_more(office: Office) -> None:
    await office.take(*three_levels(), target(2_000_000, period="2026Q1"), expect("P1", "2026-03-25", 1_000_000))
    [last_day] = (await told(office, when=at("2026-03-31 23:59"))).targets
    [after] = (await told(office, when=at("2026-04-01 00:00"))).targets
    assert (last_day.weighted, last_day.coverage) == (Decimal("100000"), 5)
    assert (after.weighted, after.unweighted, after.coverage) == (Decimal(0), Decimal(0), 0)


async def test_an_industry_plan_counts_its_customers_and_a_project_plan_its_project_alone(office: Office) -> None:
    await office.take(
        *three_levels(), classify(), open_project("P2"), register("C2", industry="retail"), open_project("P3", "C2")
    )
    for project in ("P1", "P2", "P3"):
        await office.take(*prepared(project), win(project))
    await office.take(*(target(10_000_000, plan) for plan in ("I1", "K1", "J1")))
    won = {plan: (await told(office, plan)).targets[0].actual / AMOUNT.amount for plan in ("I1", "K1", "J1")}
    assert won == {"I1": 2, "K1": 2, "J1": 1}


async def test_a_target_rolls_down_and_the_sum_below_is_shown_against_it(office: Office) -> None:
    await office.take(*three_levels(), customer_plan("K2"), target(100, "I1"), allocate({"K1": 60, "K2": 30}))
    early = office.now
    await office.take(at("2026-03-10 09:00"), target(50, "K1", reason="own view"))
    [whole] = (await told(office, "I1")).targets
    assert [(part.plan, part.amount) for part in whole.allocated] == [("K1", Decimal(60)), ("K2", Decimal(30))]
    assert (whole.unallocated, whole.below, whole.difference) == (Decimal(10), Decimal(80), Decimal(-20))
    [then] = (await told(office, "I1", early)).targets
    assert (then.below, then.difference) == (Decimal(90), Decimal(-10))
    [mine] = (await told(office, "K1")).targets
    assert [(one.version, one.amount, one.taken_from) for one in mine.versions] == [
        (1, Decimal(60), "I1"),
        (2, Decimal(50), ""),
    ]


async def test_a_closed_plan_below_is_not_in_the_sum_from_then_on(office: Office) -> None:
    await office.take(*three_levels(), target(100, "I1"), allocate({"K1": 60}))
    open_then = office.now
    await office.take(at("2026-03-10 09:00"), ClosePlan(plan="K1", reason="merged", actor=SALES))
    assert (await told(office, "I1")).targets[0].below == 0
    assert (await told(office, "I1", open_then)).targets[0].below == 60


async def test_another_currency_is_left_out_and_counted(office: Office) -> None:
    await office.take(*three_levels(), set_plan("X1", "customer", customer="C1", currency="USD"))
    amount = yuan(5, "USD")
    await office.take(target(5, "X1").model_copy(update={"amount": amount}), classify(), *prepared(), win())
    shown = await told(office, "X1")
    assert (shown.targets[0].actual, shown.other_currencies) == (Decimal(0), 1)


async def test_what_another_currency_leaves_out_is_counted_once_however_many_periods_it_lies_in(office: Office) -> None:
    dollars = expect("P1", "2026-05-20").model_copy(update={"amount": Money(amount=Decimal(1000), currency="USD")})
    years = [target(100, period=period) for period in ("2026", "2026H1", "2026Q2")]
    await office.take(*three_levels(), *years, target(100, period="2026", measure="collected"), dollars)
    assert (await told(office)).other_currencies == 1


async def test_a_plan_is_told_with_versions_actions_reviews_and_the_plans_below(office: Office) -> None:
    await office.take(*three_levels(), target(100), action("2026-03-20"), FIRST_REVIEW, review("2026-04-01", figure(10, 20)))
    await office.take(record(), CompleteAction(plan="K1", action="A1", result="met", actor=SALES))
    shown = await told(office)
    assert [(one.action, one.status) for one in shown.actions] == [("A1", "done"), ("A2", "open")]
    [held] = shown.reviews
    assert ([one.coverage for one in held.figures], held.records[0].decisions) == ([30], ("two visits more",))
    assert [one.plan for one in shown.children] == ["J1"]
    assert (shown.targets[0].gap_since, shown.next_review_on) == (day("2026-04-01"), day("2026-05-01"))


async def test_before_it_was_set_there_was_no_plan(office: Office) -> None:
    await office.take(*three_levels())
    assert await plan_told(office.store, CODEC, PLAYBOOKS, "K1", at("2026-03-01"), now=False) is None
    assert await plan_told(office.store, CODEC, PLAYBOOKS, "K9", MONDAY) is None


async def test_the_list_has_late_reviews_first_then_the_next_review_and_is_limited(office: Office) -> None:
    await office.take(*three_levels(), customer_plan("K2"))
    found = await plans(office.store, PlansAsked(), 2, office.now)
    assert ([one.plan for one in found.plans], found.count) == (["J1", "I1"], 4)

    await office.take(at("2026-04-05 09:00"), judge("plan-K2").model_copy(update={"command_id": "x"}))
    assert (await plans(office.store, PlansAsked(), 9, office.now)).plans[0].plan == "K2"


async def test_the_list_is_narrowed_by_kind_owner_customer_parent_and_gaps(office: Office) -> None:
    await office.take(*three_levels(), customer_plan("K2", owner="u9"), target(100), FIRST_REVIEW)
    await office.take(review("2026-04-01", figure(79)), ClosePlan(plan="J1", reason="done", actor=SALES))

    async def ids(**asked: Any) -> list[str]:
        return [one.plan for one in (await plans(office.store, PlansAsked(**asked), 9, office.now)).plans]

    assert await ids(kind="industry") == ["I1"]
    assert await ids(owner="u9") == ["K2"]
    assert await ids(parent="I1") == ["K2", "K1"]
    assert await ids(gaps=True) == ["K1"]
    assert await ids(project="P1") == []
    assert await ids(project="P1", closed=None) == ["J1"]
    [one] = (await plans(office.store, PlansAsked(gaps=True), 9, office.now)).plans
    assert (one.target, one.amount, one.actual, one.coverage) == ("2026/all/won", Decimal(100), Decimal(79), 79)


async def test_pages_of_customers_and_projects_find_their_plans(office: Office) -> None:
    await office.take(*three_levels())
    assert [one.plan for one in await plans_about(office.store, customer="C1")] == ["K1"]
    assert [one.plan for one in await plans_about(office.store, project="P1")] == ["J1"]


async def test_due_are_the_open_plans_of_a_kind_whose_date_has_come_page_by_page(office: Office) -> None:
    await office.take(*three_levels(), customer_plan("K2"), customer_plan("K3"), ClosePlan(plan="K3", reason="x", actor=SALES))
    when = FIRST_REVIEW
    assert await plan_figures.due(office.store, "customer", day("2026-03-31"), when, "", 9) == []
    assert await plan_figures.due(office.store, "customer", day("2026-04-01"), when, "", 1) == ["K1"]
    assert await plan_figures.due(office.store, "customer", day("2026-04-01"), when, "K1", 9) == ["K2"]
    assert await plan_figures.due(office.store, "customer", day("2026-04-01"), at("2026-03-01"), "", 9) == []
    await office.take(when, review("2026-04-01"))
    assert await plan_figures.due(office.store, "customer", day("2026-04-01"), when, "", 9) == ["K2"]


async def test_a_review_looks_at_targets_that_have_begun_and_were_not_over_at_the_last_one(office: Office) -> None:
    periods = ("2026", "2026Q1", "2026Q2", "2026Q3")
    await office.take(*three_levels(), *(target(1, period=one) for one in periods))

    async def due(on: str) -> set[str]:

        state = DECIDER.fold(CODEC.decode(one) for one in await office.store.read("plan-K1"))
        return {one.period for one in due_targets(state, day(on))}

    assert await due("2026-04-01") == {"2026", "2026Q1", "2026Q2"}
    await office.take(FIRST_REVIEW, review("2026-04-01"))
    assert await due("2026-05-01") == {"2026", "2026Q2"}


async def test_rows_of_plans_are_rebuilt_to_what_they_were(office: Office) -> None:
    await office.take(*three_levels(), target(100, "I1"), allocate({"K1": 60}), action("2026-03-20"), FIRST_REVIEW)
    await office.take(review("2026-04-01", figure(10)), target(70, reason="more"), target(5, "J1"))
    tables = ("plans", "targets", "plan_actions")
    written = {name: [dict(row) for row in await office.store.rows(name)] for name in tables}
    assert all(written.values())
    for name in tables:
        await office.store.replace_rows(name, [])
    await rebuild(office.store, PLAYBOOKS)
    assert {name: [dict(row) for row in await office.store.rows(name)] for name in tables} == written


async def test_the_industry_of_a_plan_is_written_as_at_its_customers(office: Office) -> None:
    await office.take(register(), industry_plan("I2", industry="machinery", region=""), customer_plan(parent="I2"))
    await office.take(open_project(), project_plan())
    assert (await told(office, "J1")).customer == "C1"
