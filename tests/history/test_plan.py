"""A plan that explains itself, read from the store: baselines, forecast, causes, what passing time does, comparisons."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from domain.messages import Money
from eventstore.memory import MemoryStore
from eventstore.port import EventStore
from history.plan import FORECAST, PlanTold, PlanUnknownError, plan_told
from runtime.composition import CODEC
from tests.domain.asked import MONDAY, PLAYBOOKS, at, handed_to_delivery, reach, ready, signed, started
from tests.domain.test_cancelling import cancel
from tests.domain.test_changes import COLLEAGUE, MANAGER, approve, request, sign, withdraw
from tests.domain.test_plan import delay, reestimate
from tests.domain.test_risks import issue, risk
from tests.history.office import Office


@pytest.fixture
def store() -> EventStore:
    return MemoryStore()


async def told(store: EventStore, now: datetime = MONDAY, *compared: str) -> PlanTold:
    pair = (compared[0], compared[1]) if compared else None
    return await plan_told(store, CODEC, PLAYBOOKS, "P1", now, pair)


def on(moment: datetime | None) -> str:
    assert moment is not None
    return moment.astimezone(MONDAY.tzinfo).date().isoformat()


async def test_each_milestone_shows_what_was_planned_expected_and_reached_and_every_cause(
    store: EventStore,
) -> None:
    await Office(store).take(*handed_to_delivery(), *reach("M1"), reestimate("M3", 46), request(), approve(), sign())
    plan = await told(store)
    by_code = {one.milestone: one for one in plan.milestones}
    assert [(one.version, one.cause) for one in plan.baselines] == [(1, "start"), (2, "CR1")]
    assert by_code["M1"].signed_at == MONDAY
    third = by_code["M3"]
    assert {version: on(when) for version, when in third.planned.items()} == {1: "2026-06-18", 2: "2026-07-03"}
    assert [(one.kind, one.what, one.working_days) for one in third.causes] == [
        ("signed", "M1", -10),
        ("estimate", "M3", 6),
        ("change", "CR1", 10),
    ]
    assert third.causes[0].via == ("M1", "M2", "M3")
    assert (third.working_days, third.driver) == (-4, "after M2")
    assert all(one.critical for code, one in by_code.items() if code != "M1")
    assert "go-live 上线" in plan.outlook


async def test_the_causes_add_up_from_the_first_plan_to_what_is_expected_now(store: EventStore) -> None:
    await Office(store).take(*handed_to_delivery(), delay("M2", "2026-05-08"), *reach("M1"), reestimate("M3", 46))
    plan = await told(store, at("2026-06-15 10:00"))
    for one in plan.milestones:
        if one.causes:
            assert one.causes[0].before == one.planned[1]
            assert one.causes[-1].after == one.forecast
        for earlier, later in zip(one.causes, one.causes[1:], strict=False):
            assert earlier.after == later.before


async def test_time_that_passes_is_a_cause_without_an_event(store: EventStore) -> None:
    await Office(store).take(*handed_to_delivery())
    before = await told(store, at("2026-03-13 10:00"))
    assert not [one for one in before.milestones if one.causes]
    later = await told(store, at("2026-03-20 10:00"))
    last = later.milestones[-1].causes[-1]
    assert (last.kind, last.what, last.reference, last.working_days) == ("today", "M1", "", 4)
    assert last.via == ("M1", "M2", "M3", "M4", "M5", "M6", "M7")
    assert later.outlook.endswith("most by 主要原因 not signed by today 今日仍未签署 M1 +4")


async def test_open_orders_say_what_they_would_make_of_the_plan_and_risks_and_issues_are_listed(store: EventStore) -> None:
    small = request("CR2", days={"M1": 2})
    await Office(store).take(*handed_to_delivery(), request(), small, approve("CR2", COLLEAGUE), risk(), issue(), *reach("M1"))
    plan = await told(store)
    first, second = plan.changes
    assert first.proposed is not None
    assert {one.milestone: one.working_days for one in first.proposed.moved}["M3"] == 10
    assert second.proposed is None
    assert "M1 is signed off" in second.obstacle
    assert [(one.id, one.owner, one.due_on) for one in (*plan.risks, *plan.issues)] == [
        ("R1", "d1", date(2026, 3, 6)),
        ("I1", "d2", date(2026, 3, 6)),
    ]


async def test_any_two_versions_are_compared_and_the_forecast_with_any(store: EventStore) -> None:
    await Office(store).take(*handed_to_delivery(), reestimate("M3", 46), request(), approve(), sign())
    compared = (await told(store, MONDAY, "1", "2")).comparison
    assert compared is not None
    assert {one.milestone: one.working_days for one in compared.moved} == dict.fromkeys(("M3", "M4", "M5", "M6", "M7"), 10)
    against = (await told(store, MONDAY, "2", "forecast")).comparison
    assert against is not None
    assert {one.working_days for one in against.moved} == {6}
    with pytest.raises(PlanUnknownError, match=r"compare two of 1, 2, forecast"):
        await told(store, MONDAY, "1", "9")


async def test_dates_in_a_year_whose_holidays_are_not_announced_are_said_to_be_so(store: EventStore) -> None:
    await Office(store).take(*handed_to_delivery())
    assert (await told(store)).provisional == ""
    await Office(store).take(reestimate("M3", 1200, command_id="long"))
    assert "CN" in (await told(store)).provisional


async def test_a_plan_that_there_is_not_is_told_in_one_sentence(store: EventStore) -> None:
    await Office(store).take(*started())
    with pytest.raises(PlanUnknownError, match="begins when delivery accepts"):
        await told(store)


async def test_two_baselines_differ_by_the_change_orders_between_them(store: EventStore) -> None:
    await Office(store).take(*handed_to_delivery(), reestimate("M3", 46), request(), approve(), sign())
    plan = await told(store, MONDAY, "1", "2")
    assert {one.causes for one in plan.explained} == {("change order 变更单 CR1",)}
    assert plan.comparison is not None
    assert [one.milestone for one in plan.explained] == [one.milestone for one in plan.comparison.moved]


async def test_the_forecast_differs_from_a_baseline_by_facts_that_add_up_to_the_difference(store: EventStore) -> None:
    await Office(store).take(*handed_to_delivery(), *reach("M1"), reestimate("M3", 46), request(), approve(), sign())
    plan = await told(store, MONDAY, "2", FORECAST)
    assert plan.comparison is not None
    days = {one.milestone: one.working_days for one in plan.comparison.moved}
    causes = {one.milestone: one.causes for one in plan.explained}
    assert causes["M3"] == ("signed off 已签署 M1 -10", "new estimate 重新估算 M3 +6: x")
    assert days["M3"] == -4


async def test_nothing_is_expected_of_a_plan_that_a_cancellation_stopped(store: EventStore) -> None:
    await Office(store).take(*handed_to_delivery(), *reach("M1"), cancel())
    plan = await told(store, MONDAY, "1", FORECAST)
    assert plan.cancelled_at == MONDAY
    assert plan.outlook == ""
    assert not any(one.critical for one in plan.milestones)
    assert [one.milestone for one in plan.milestones if one.forecast] == ["M1"]
    assert "project cancelled 项目取消" in {one.causes[-1] for one in plan.explained}


async def test_the_payments_of_the_contract_stand_beside_what_change_orders_cost(store: EventStore) -> None:
    dear = request("CR2", days={"M4": 2}, cost=Money(amount=Decimal("30000")))
    refused = [request("CR3", days={"M5": 2}, cost=Money(amount=Decimal("9"))), withdraw("CR3")]
    work = [*handed_to_delivery(), *reach("M1"), *ready("M2"), signed("M2"), request(), approve(), sign()]
    await Office(store).take(*work, dear, approve("CR2"), sign("CR2"), *refused)
    plan = await told(store)
    shown = {one.what: (str(one.amount), one.status.en) for one in plan.payments}
    assert shown == {
        "M1": ("360,000.00 CNY", "received"),
        "M2": ("360,000.00 CNY", "due"),
        "M5": ("360,000.00 CNY", "not due yet"),
        "M6": ("120,000.00 CNY", "not due yet"),
        "CR2": ("30,000.00 CNY", "agreed, beside the price"),
    }


async def test_many_small_change_orders_are_shown_as_the_large_one_that_they_are(store: EventStore) -> None:
    small = [request(f"CR{number}", days={"M3": 3}, cost=Money(amount=Decimal("20000"))) for number in range(1, 7)]
    await Office(store).take(*handed_to_delivery(), *small)
    plan = await told(store)
    assert {one.approver for one in plan.changes} == {"delivery"}
    assert plan.changes_in_sum is not None
    assert (plan.changes_in_sum.orders, plan.changes_in_sum.days, plan.changes_in_sum.approver) == (6, 18, "executive")
    assert [str(one) for one in plan.changes_in_sum.cost] == ["120,000.00 CNY"]


async def test_a_change_order_explains_only_the_dates_that_it_moved(store: EventStore) -> None:
    late = [request("CR2", days={"M6": 4}), approve("CR2", MANAGER), sign("CR2")]
    await Office(store).take(*handed_to_delivery(), request(), approve(), sign(), *late)
    causes = {one.milestone: one.causes for one in (await told(store, MONDAY, "1", "3")).explained}
    assert causes["M3"] == ("change order 变更单 CR1",)
    assert causes["M6"] == ("change order 变更单 CR1", "change order 变更单 CR2")
