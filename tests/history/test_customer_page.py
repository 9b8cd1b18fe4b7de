"""One customer on one page."""

from __future__ import annotations

from datetime import datetime

from domain.customer.record_commands import MergeCustomer
from history.customer_page import CustomerPage, customer_page
from history.customer_parts import spells
from history.customers import Asked, customers
from history.replay import replay
from history.wording import EVENT_NAMES
from projections import customer as row_of
from runtime.composition import CODEC
from tests.domain.asked import (
    MONDAY,
    PLAYBOOKS,
    SALES,
    classify,
    contact,
    days,
    judge,
    lose,
    open_project,
    open_ticket,
    register,
    stage_done,
    won,
)
from tests.history.office import Office

MERGE = MergeCustomer(customer="C5", into="C2", reason="the same company", approver="m1", actor=SALES)


async def page(office: Office, customer: str = "C1", as_of: datetime | None = None) -> CustomerPage:
    found = await customer_page(office.store, CODEC, PLAYBOOKS, customer, office.now, as_of)
    assert found is not None
    return found


async def test_a_page_tells_class_projects_tickets_and_contacts(office: Office) -> None:
    await office.take(register(), classify(), open_project("P1"), *won("P1"), open_project("P2"), lose("P2"))
    await office.take(open_ticket("T1"), contact("2026-04-01"), open_project("P3"))
    told = await page(office)
    assert (told.customer.status, told.customer.value_class) == ("active", "vip")
    assert [(one.value_class, one.evidence) for one in told.classes] == [("vip", "board paper")]
    assert {one.project: one.outcome for one in told.projects} == {"P1": "", "P3": "", "P2": "lost"}
    assert told.projects[-1].project == "P2"
    assert (told.customer.deals_open, [one.ticket for one in told.tickets]) == (1, ["T1"])
    assert [one.summary for one in told.contacts] == ["talked"]
    assert any("2026-04-01" in one.text for one in told.ahead)
    assert {"CustomerRegistered", "FunnelOpened"} & {one.type for one in told.timeline}


async def test_a_page_as_of_a_day_knows_nothing_of_what_came_later(office: Office) -> None:
    await office.take(register(), MONDAY + days(10), classify(), open_project("P1"), *won("P1"))
    then = await page(office, as_of=MONDAY + days(1))
    assert (then.customer.status, then.customer.value_class, then.projects, then.events_count) == ("potential", "", (), 1)
    assert await customer_page(office.store, CODEC, PLAYBOOKS, "C1", office.now, MONDAY - days(1)) is None


async def test_a_day_to_come_is_not_told_as_if_it_had_come(office: Office) -> None:
    await office.take(register())
    then = await page(office, as_of=office.now + days(3000))
    assert (then.as_of, then.spells[-1].until) == (office.now, (await page(office)).spells[-1].until)


async def test_a_project_stands_so_since_its_stage_or_its_end_whatever_happened_around_it_since(office: Office) -> None:
    await office.take(register(), classify(), open_project("P1"), open_project("P2"))
    await office.take(MONDAY + days(2), stage_done("F1", project="P2"), lose("P1"))
    await office.take(MONDAY + days(40), judge("recovery-P1.1"), judge("funnel-P2"))
    told = {one.project: one.since for one in (await page(office)).projects}
    assert told == {"P1": MONDAY + days(2), "P2": MONDAY + days(2)}


async def test_states_follow_each_other_without_a_gap(office: Office) -> None:
    await office.take(register(), classify(), MONDAY + days(10), open_project("P1"), *won("P1"))
    told = (await page(office)).spells
    assert [one.status for one in told] == ["potential", "active"]
    assert told[0].until == told[1].since
    assert (told[-1].until, told[-1].because) == (None, EVENT_NAMES["CustomerActivated"])


async def test_a_group_is_told_up_and_down_and_who_went_into_it_beside(office: Office) -> None:
    await office.take(*(register(f"C{number}") for number in (1, 2, 3, 4, 5)), open_project("P5", "C5"), MERGE)
    parents = {"C2": "C1", "C3": "C2", "C4": "C3"}
    rows = [dict(row) | {"parent": parents.get(row["customer"], "")} for row in await office.store.rows(row_of.TABLE)]
    await office.store.replace_rows(row_of.TABLE, rows)
    told = await page(office, "C2")
    assert [(one.customer, one.depth) for one in told.above] == [("C1", -1)]
    assert [(one.customer, one.depth) for one in told.below] == [("C3", 1), ("C4", 2)]
    assert [one.customer for one in told.merged] == ["C5"]
    assert [(one.project, one.customer) for one in told.projects] == [("P5", "C5")]


async def test_before_a_duplicate_went_into_it_nothing_of_that_is_on_the_page(office: Office) -> None:
    await office.take(register("C2"), register("C5"), open_project("P5", "C5"), MONDAY + days(10), MERGE)
    then = await page(office, "C2", as_of=MONDAY + days(5))
    assert (then.merged, then.projects, then.customer.deals_open) == ((), (), 0)
    now = await page(office, "C2")
    assert ([one.customer for one in now.merged], [one.project for one in now.projects]) == (["C5"], ["P5"])


async def test_the_page_says_of_a_customer_what_the_list_says(office: Office) -> None:
    await office.take(register(), classify(), open_project("P1"), contact("2026-04-01"))
    [listed] = (await customers(office.store, PLAYBOOKS, Asked(), 10, office.now)).customers
    assert (await page(office)).customer == listed


async def test_of_somebody_unknown_there_is_no_page(office: Office) -> None:
    assert await customer_page(office.store, CODEC, PLAYBOOKS, "C9", office.now) is None


async def test_the_spells_end_in_the_state_that_the_events_add_up_to(office: Office) -> None:
    await office.take(register(), classify(), open_project("P1"), *won("P1"))
    told = await replay(office.store, CODEC, "C1")
    assert told is not None
    state = told.states["customer-C1"]
    last = spells(told.events, "customer-C1")[-1]
    assert (last.status, bool(last.step)) == (state.status, state.life.cooling)
