"""The view: in every state it says where the work stands, who must act, by when, and what is missing."""

from __future__ import annotations

import pytest

from domain.messages import Command
from domain.standing import View
from tests.domain.asked import (
    RULES,
    SUPPORT,
    accept,
    at,
    condition,
    deliver_all,
    give_back,
    handed_to_delivery,
    in_support,
    judge,
    lose,
    offer,
    open_ticket,
    prepared,
    reach,
    register,
    shelve,
    stage_done,
    started,
    submit,
    utc,
    won,
)
from tests.domain.scenario import Told, given

SHELVED: list[Told] = [started(), shelve("2026-06-01")]
STATES: dict[str, tuple[list[Told], str]] = {
    "potential": ([register()], "customer-C1"),
    "active": ([started(), *won()], "customer-C1"),
    "funnel": ([started()], "project-P1"),
    "closed": ([started(), lose()], "project-P1"),
    "F1": ([started()], "funnel-P1"),
    "F6": ([started(), prepared(), stage_done("F1", "F2", "F3", "F4", "F5")], "funnel-P1"),
    "shelved": (SHELVED, "funnel-P1"),
    "won": ([started(), *won()], "funnel-P1"),
    "lost": ([started(), lose()], "funnel-P1"),
    "preparing": ([started(), *won()], "handoff-P1-delivery"),
    "offered": ([started(), *won(), offer()], "handoff-P1-delivery"),
    "returned": ([started(), *won(), offer(), give_back("risks")], "handoff-P1-delivery"),
    "accepted": ([started(), *won(), offer(), accept(conditions=(condition(),))], "handoff-P1-delivery"),
    "M1": ([handed_to_delivery()], "implementation-P1"),
    "M7": ([handed_to_delivery(), deliver_all()], "implementation-P1"),
    "completed": ([in_support()], "implementation-P1"),
    "early_life": ([in_support()], "support-P1"),
    "in_service": ([in_support(), at("2026-05-01"), judge("support-P1")], "support-P1"),
    "renewal_window": ([in_support(), at("2027-08-15"), judge("support-P1")], "support-P1"),
    "lapsed": ([in_support(), at("2028-01-01"), judge("support-P1"), at("2028-01-02"), judge("support-P1")], "support-P1"),
    "new": ([register(), open_ticket()], "ticket-T1"),
}


def shown(code: str) -> View:
    told, stream = STATES[code]
    return given(*told).world.view(stream)


@pytest.mark.parametrize("code", STATES)
def test_each_state_shows_itself_in_both_languages_and_says_whose_it_is(code: str) -> None:
    view = shown(code)
    assert view.code == code
    assert view.name.en
    assert view.name.zh
    assert view.customer == "C1"
    assert view.owner_unit == "north"


def test_a_stage_or_milestone_is_called_by_its_code_and_a_status_by_words_alone() -> None:
    assert shown("F1").title == "F1: Lead qualified 线索确认"
    assert shown("M7").title.startswith("M7: ")
    assert shown("returned").title == "Handoff from sales to delivery: returned 销售向交付移交：已退回"
    assert shown("new").title == "new 新建"


@pytest.mark.parametrize("code", STATES)
def test_whoever_is_waited_for_is_a_role_of_the_playbook(code: str) -> None:
    view = shown(code)
    assert view.waiting_for in {"", *RULES.roles}
    assert {one.who for one in view.missing} <= set(RULES.roles)


@pytest.mark.parametrize("code", STATES)
def test_where_a_person_is_needed_it_says_why_and_who(code: str) -> None:
    view = shown(code)
    if view.needs_human:
        assert view.reason
        assert view.waiting_for
    assert not (view.closed and view.needs_human)


def test_the_views_that_close_are_those_of_ended_work() -> None:
    assert {code for code in STATES if shown(code).closed} == {"closed", "won", "lost", "completed", "lapsed"}


def test_a_view_tells_nothing_personal_or_priced() -> None:
    for code in STATES:
        told = shown(code).model_dump_json()
        assert not any(secret in told for secret in ("华星", "王", "1200000", "2500000000", "无法登录", "talked", "no budget"))


def test_the_deal_lists_what_its_stage_still_lacks_and_by_when() -> None:
    view = shown("F1")
    assert [one.code for one in view.missing] == [item.code for item in RULES.funnel.stages[0].criteria]
    assert view.due_at == utc(at("2026-03-16 18:00"))


def test_a_milestone_lists_deliverables_and_signers() -> None:
    partly: list[Command] = [*handed_to_delivery(), *reach("M1"), submit("solution")]
    view = given(partly).world.view("implementation-P1")
    assert [one.code for one in view.missing] == [
        "blueprint_needs_report",
        "review:solution",
        "gap_list",
        "static_data_plan",
        "steering_committee",
    ]
    assert view.waiting_for == "delivery"


def test_the_last_milestone_misses_nothing_but_the_handoff() -> None:
    assert shown("M7").missing == ()


def test_codes_that_operators_filter_by_are_the_roles_of_the_playbook() -> None:
    assert shown("new").waiting_for == SUPPORT.role
