"""Reactivations and recoveries in lists, whom to wake next, and the effect, from the read models alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.customer.record_commands import MergeCustomer, UndoMerge
from domain.funnel import LoseDeal
from domain.messages import Money
from domain.reactivating import StartReactivation
from domain.recovery import RecordCause
from eventstore.memory import MemoryStore
from history.reactivations import Asked, effects, reactivations, recoveries, sleepers
from tests.domain.asked import SALES, at, classify, judge, lose, register, started
from tests.history.office import Office

NOW = datetime(2027, 1, 1, tzinfo=UTC)
PAST, AHEAD = NOW - timedelta(days=1), NOW + timedelta(days=1)


def row(number: int, **fields: Any) -> dict[str, Any]:
    """A row of the read model: one of class `small` that was woken, has not come back, and whose horizon has passed."""
    told = dict.fromkeys(
        ("owner", "owner_unit", "begun_from", "outcome", "back_how", "business_how", "next_step", "try_again_on"), ""
    )
    flags = dict.fromkeys(("by_itself", "held_out", "broken", "open"), False)
    counts = dict.fromkeys(("spent_minor", "steps_done", "steps_left", "overdue"), 0)
    none = dict.fromkeys(("ended_at", "back_at", "business_at", "budget_minor", "due_at"))
    own = {"reactivation": f"C{number}.1", "customer": f"C{number}", "number": 1, "value_class": "small", "currency": "CNY"}
    return {**told, **flags, **counts, **none, **own, "status": "closed", "begun_at": PAST, "horizon_at": PAST, **fields}


async def filled(*groups: tuple[int, dict[str, Any]]) -> MemoryStore:
    """A store with so many rows of each kind."""
    store = MemoryStore()
    every: list[dict[str, Any]] = []
    for count, fields in groups:
        every += [row(len(every) + number, **fields) for number in range(count)]
    await store.replace_rows("reactivations", every)
    return store


async def test_the_effect_counts_only_whose_horizon_has_passed_and_as_they_were_drawn() -> None:
    alone = {"held_out": True}
    store = await filled(
        (30, {"back_at": PAST, "spent_minor": 10_000}),
        (70, {}),
        (6, {**alone, "back_at": PAST}),
        (50, alone),
        (4, {**alone, "broken": True, "back_at": PAST}),
        (9, {"horizon_at": AHEAD, "back_at": PAST}),
    )
    found = (await effects(store, NOW)).overall
    assert (found.came_back.treated.n, found.came_back.treated.yes) == (100, 30)
    assert (found.came_back.left_alone.n, found.came_back.left_alone.yes) == (60, 10)
    assert (found.as_treated.treated.n, found.as_treated.left_alone.n) == (104, 56)
    assert (found.broken, found.waiting) == (4, 9)
    assert found.came_back.interval is not None
    assert (round(found.came_back.interval.low, 4), round(found.came_back.interval.high, 4)) == (-0.0063, 0.2541)
    assert found.came_back.verdict == "not_shown"
    assert (found.spent, found.per_return, found.per_gain) == (yuan("3000.00"), yuan("100.00"), None)


async def test_where_an_effect_is_shown_it_is_told_what_each_gain_has_cost() -> None:
    store = await filled((80, {"back_at": PAST, "spent_minor": 10_000}), (20, {}), (40, {"held_out": True, "back_at": PAST}))
    await store.replace_rows(
        "reactivations", [*(await store.rows("reactivations")), *(row(1000 + one, held_out=True) for one in range(60))]
    )
    found = (await effects(store, NOW)).overall
    assert found.came_back.verdict == "helps"
    assert found.came_back.difference == pytest.approx(0.4)
    assert found.per_gain == yuan("200.00")  # 8,000 for 40 more than would have come anyway


async def test_classes_are_compared_within_themselves() -> None:
    """In neither class does waking change anything; thrown together it would look so."""
    alone: dict[str, Any] = {"held_out": True}
    back: dict[str, Any] = {"back_at": PAST}
    vip: dict[str, Any] = {"value_class": "vip"}
    vips = [(90, vip | back), (10, vip), (9, vip | alone | back), (1, vip | alone)]
    store = await filled(*vips, (1, back), (9, {}), (10, alone | back), (90, alone))
    found = await effects(store, NOW)
    assert [one.value_class for one in found.by_class] == ["small", "vip"]
    assert found.overall.came_back.difference == pytest.approx(0)
    assert [one.came_back.verdict for one in found.by_class] == ["too_few", "too_few"]
    assert [one.value_class for one in (await effects(store, NOW, "vip")).by_class] == ["vip"]


async def test_the_list_has_those_that_are_worked_on_the_next_due_first(office: Office) -> None:
    await office.take(register("C1"), classify("vip", "C1"), register("C2"), classify("vip", "C2"))
    await office.take(at("2026-09-02 00:00"), judge("customer-C1"), at("2026-09-03 00:00"), judge("customer-C2"))
    found = await reactivations(office.store, Asked(), 1, office.now)
    assert (found.count, [one.reactivation for one in found.reactivations]) == (2, ["C1.1"])
    [one] = found.reactivations
    assert (one.name, one.next_step, one.status, one.budget) == ("华星集团", "review_account", "running", yuan("50000"))
    assert (await reactivations(office.store, Asked(customer="C2"), 9, office.now)).count == 1
    assert (await reactivations(office.store, Asked(value_class="small"), 9, office.now)).count == 0
    assert (await reactivations(office.store, Asked(overdue=True), 9, office.now)).count == 0


async def test_those_that_sleep_longest_are_chosen_and_none_that_is_being_woken(office: Office) -> None:
    small = {"revenue": "7000000"}
    for number, day in enumerate(("02", "03", "04"), start=1):
        await office.take(at(f"2026-03-{day} 10:00"), register(f"C{number}", **small), classify("small", f"C{number}"))
    await office.take(at("2027-06-01 10:00"), *(judge(f"customer-C{number}") for number in (3, 2, 1)))
    today = office.now.date()
    found = await sleepers(office.store, "small", 2, today)
    assert [(one.customer, one.status, one.tried) for one in found] == [("C1", "dormant", 0), ("C2", "dormant", 0)]
    await office.take(StartReactivation(customer="C1", reason="longest asleep", actor=SALES))
    assert [one.customer for one in await sleepers(office.store, None, 9, today)] == ["C2", "C3"]
    assert await sleepers(office.store, "vip", 9, today) == []


async def test_a_lost_deal_is_in_the_list_of_recoveries_with_its_cause(office: Office) -> None:
    lost: LoseDeal = lose()
    await office.take(*started(), lost)
    await office.take(RecordCause(recovery="P1.1", cause="price", text="too dear", competitor="K", actor=SALES))
    found = await recoveries(office.store, Asked(), 9, office.now)
    [one] = found.recoveries
    assert (one.recovery, one.project, one.cause, one.competitor, one.waiting_for) == ("P1.1", "P1", "price", "K", "manager")
    assert one.outcome_name.en == "being recovered"
    assert (await recoveries(office.store, Asked(overdue=True), 9, office.now)).count == 0


async def test_the_recovery_of_a_duplicate_is_listed_with_the_customer_that_it_goes_on_for(office: Office) -> None:
    told: dict[str, Any] = {"reason": "same", "approver": "m1", "approver_role": "manager", "actor": SALES}
    await office.take(*started(), lose(), register("C2", name="Huaxing Group"))
    await office.take(MergeCustomer(customer="C1", into="C2", **told))
    for asked in (Asked(customer="C2"), Asked(customer="C1")):
        [one] = (await recoveries(office.store, asked, 9, office.now)).recoveries
        assert (one.recovery, one.customer, one.goes_on_for, one.name) == ("P1.1", "C1", "C2", "Huaxing Group")
    await office.take(UndoMerge(customer="C1", **told))
    assert (await recoveries(office.store, Asked(customer="C2"), 9, office.now)).count == 0
    [one] = (await recoveries(office.store, Asked(), 9, office.now)).recoveries
    assert (one.goes_on_for, one.name) == ("", "华星集团")


def yuan(amount: str) -> Money:
    return Money.model_validate({"amount": amount})
