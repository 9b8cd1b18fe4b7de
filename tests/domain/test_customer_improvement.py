"""Repeated tickets become an improvement case of the customer, and a case becomes a lead."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain import customer
from domain.customer import (
    CaseDismissed,
    CaseTurnedIntoLead,
    DismissCase,
    ImprovementCaseOpened,
    TurnIntoLead,
)
from domain.funnel import EvidenceRecorded
from domain.messages import Command
from domain.ticket import PatternNoticed, TicketAcknowledged, TicketResolved
from tests.domain.asked import MONDAY, SALES, classify, open_project, open_ticket, register
from tests.domain.scenario import Given, Told
from tests.domain.serving import rules_with, under
from tests.domain.ticketing import resolve

CUSTOMER = "customer-C1"
RULES = rules_with(pattern={"tickets": 3, "days": 30, "owner": "sales", "need_criterion": "need_in_customers_words"})
THEIRS = [register(), classify()]


def given(*told: Told) -> Given:
    return under(RULES, THEIRS, *told)


def solved(*tickets: str, **fields: Any) -> list[Command]:
    """Tickets about one product and of one category, each opened and resolved."""
    given_ = {"product": "GL", "category": "posting"} | fields
    return [one for name in tickets for one in (open_ticket(name, **given_), resolve(name))]


def turn(case: str = "I1", project: str = "P2") -> TurnIntoLead:
    return TurnIntoLead(
        customer="C1", case=case, project=project, name="Posting by itself", need="每月都要手工过账", actor=SALES
    )


def dismiss(case: str = "I1") -> DismissCase:
    return DismissCase(customer="C1", case=case, reason="fixed in the next release", actor=SALES)


def test_the_third_ticket_that_is_alike_within_the_days_is_a_pattern_and_opens_a_case() -> None:
    told = given(solved("T1", "T2"), open_ticket("T3", product="GL", category="posting"))
    world = told.when(resolve("T3")).then(TicketAcknowledged, TicketResolved, PatternNoticed)
    [case] = [one for one in world.events[CUSTOMER] if isinstance(one, ImprovementCaseOpened)]
    assert (case.case, case.product, case.category, case.tickets, case.who) == (
        "I1",
        "GL",
        "posting",
        ("T1", "T2", "T3"),
        "sales",
    )
    view = world.view(CUSTOMER)
    assert ([(one.code, one.who) for one in view.missing], view.needs_human) == ([("I1", "sales")], True)


@pytest.mark.parametrize(
    "third",
    [
        {"product": "AR"},
        {"category": "printing"},
        {"product": ""},
        {"category": ""},
    ],
    ids=["another product", "another category", "no product", "no category"],
)
def test_tickets_that_are_not_alike_are_no_pattern(third: dict[str, str]) -> None:
    world = given(solved("T1", "T2"), solved("T3", **third)).world
    assert world.state(CUSTOMER).cases == ()


def test_tickets_of_another_customer_or_of_long_ago_do_not_count() -> None:
    others = [register("C2"), classify(customer="C2"), *solved("T1", customer="C2")]
    assert given(others, solved("T2", "T3")).world.state(CUSTOMER).cases == ()
    late = given(solved("T1"), MONDAY + timedelta(days=31), solved("T2", "T3")).world
    assert late.state(CUSTOMER).cases == ()
    assert [one.case for one in late.tell(solved("T4")).state(CUSTOMER).cases] == ["I1"]


def test_there_is_one_open_case_for_a_product_and_category() -> None:
    world = given(solved("T1", "T2", "T3", "T4", "T5", "T6")).world
    assert [one.case for one in world.state(CUSTOMER).cases] == ["I1"]


def test_tickets_of_an_earlier_case_do_not_make_another_one() -> None:
    told = given(solved("T1", "T2", "T3"))
    world = told.when(dismiss()).then(CaseDismissed)
    assert world.view(CUSTOMER).missing == ()
    world.tell(solved("T4", "T5"))
    assert len(world.state(CUSTOMER).cases) == 1
    world.tell(solved("T6"))
    assert [one.tickets for one in world.state(CUSTOMER).open_cases] == [("T4", "T5", "T6")]


def test_a_case_becomes_a_lead_whose_funnel_carries_the_need_in_the_customers_words() -> None:
    told = given(solved("T1", "T2", "T3"))
    world = told.when(turn()).then(CaseTurnedIntoLead)
    assert world.state("project-P2").came_from == "customer-C1 I1"
    [need] = [one for one in world.events["funnel-P2"] if isinstance(one, EvidenceRecorded)]
    assert (need.criterion, need.note) == ("need_in_customers_words", "每月都要手工过账")
    assert world.view("funnel-P2").code == "F1"
    assert "need_in_customers_words" not in [one.code for one in world.view("funnel-P2").missing]


def test_a_case_is_decided_on_once_and_makes_no_project_that_there_is() -> None:
    told = given(solved("T1", "T2", "T3"), open_project("P9"))
    told.when(turn(project="P9")).then_refused(customer.LeadKnownError)
    told.when(dismiss("I2")).then_refused(customer.CaseUnknownError)
    told.when(turn()).then(CaseTurnedIntoLead)
    told.when(dismiss()).then_refused(customer.CaseUnknownError)


def test_operators_are_not_told_of_a_case_in_the_words_that_somebody_wrote() -> None:
    told = [
        str(given(solved("T1", "T2", "T3", product=product)).world.view(CUSTOMER).missing[0].name)
        for product in ("GL", "王小明 138")
    ]
    assert told[0].count("GL/posting") == 2
    assert "王小明" not in told[1]
    assert "I1: 3 tickets" in told[1]
