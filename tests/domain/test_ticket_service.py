"""Whether a service contract covers a ticket: one that none covers is taken, marked, and settled by somebody."""

from __future__ import annotations

from typing import Any

import pytest

from domain import ticket
from domain.messages import Command
from domain.refusals import NotFoundError
from domain.ticket import ServiceSettled, TicketOpened
from tests.domain.asked import at, classify, in_support, judge, open_ticket, register, started
from tests.domain.scenario import World, given
from tests.domain.ticketing import CALLER, cancel, close, resolve, settle_service, take

T = "ticket-T1"
IN_SERVICE = at("2026-12-01 10:00")
SERVED: list[Any] = [in_support(), IN_SERVICE]
"""A customer under contract SC1 from 2026-11-01 to 2027-10-31."""
LAPSED = at("2027-11-02 10:00")


def mark(world: World) -> str:
    opened = world.events[T][0]
    assert isinstance(opened, TicketOpened)
    assert opened.in_service is not bool(opened.mark)
    return opened.mark


@pytest.mark.parametrize(
    ("before", "asked", "expected"),
    [
        (SERVED, open_ticket(project="P1"), ""),
        (SERVED, open_ticket(project="P1", service_code="SC1"), ""),
        (SERVED, open_ticket(project="P1", service_code="SC7"), "unknown_code"),
        ([in_support()], open_ticket(project="P1"), "not_begun"),
        ([in_support(), LAPSED, judge("support-P1")], open_ticket(project="P1"), "lapsed"),
        ([in_support(), LAPSED], open_ticket(project="P1"), "lapsed"),
        ([started()], open_ticket(project="P1", service_code="SC1"), "no_contract"),
        (CALLER, open_ticket(), "no_code"),
        (CALLER, open_ticket(service_code="SC1"), "unknown_code"),
        (SERVED, open_ticket(service_code="SC7"), "unknown_code"),
        (SERVED, open_ticket(service_code=" sc1 "), ""),
        ([in_support(), LAPSED, judge("support-P1")], open_ticket(service_code="SC1"), "lapsed"),
        (SERVED, open_ticket(project="P1", service_code=" sc1 "), ""),
    ],
    ids=[
        "in service",
        "right code",
        "wrong code",
        "not begun",
        "lapsed",
        "over",
        "no contract",
        "no code",
        "no contract of that code",
        "none of the customer's contracts",
        "without its project",
        "without its project, lapsed",
        "as typed",
    ],
)
def test_a_ticket_is_taken_whatever_its_service_code_and_marked(before: list[Any], asked: Command, expected: str) -> None:
    assert mark(given(before).when(asked).then(TicketOpened)) == expected


def test_the_period_is_checked_for_the_day_on_which_the_ticket_was_opened() -> None:
    later: list[Any] = [in_support(), LAPSED, judge("support-P1")]
    assert mark(given(later).when(open_ticket(project="P1", occurred_at=IN_SERVICE)).then(TicketOpened)) == ""
    last_day = at("2027-10-31 17:59")
    assert mark(given(later).when(open_ticket(project="P1", occurred_at=last_day)).then(TicketOpened)) == ""


def test_a_service_code_names_the_project_of_its_contract() -> None:
    world = given(SERVED, open_ticket(service_code="sc1")).world
    assert world.state(T).root.project == "P1"
    assert given(SERVED, open_ticket(service_code="SC7")).world.state(T).root.project == ""


def test_another_customers_code_covers_nothing() -> None:
    two: list[Any] = [SERVED, register("C2", revenue="3000000000"), classify("other_large", customer="C2")]
    assert mark(given(two).when(open_ticket(customer="C2", service_code="SC1")).then(TicketOpened)) == "unknown_code"
    given(two).when(open_ticket(customer="C2", project="P1", service_code="SC1")).then_refused(NotFoundError)


def test_an_unserved_ticket_names_who_settles_it_until_that_is_done() -> None:
    world = given(CALLER, open_ticket(), take()).world
    view = world.view(T)
    assert (view.needs_human, world.state(T).settled_by, world.state(T).settler) == (True, "sales", "u1")
    assert ("service", "sales") in [(one.code, one.who) for one in view.missing]
    assert view.reason == "not in service, to settle: no service code given 服务待确认：未提供服务编码"
    world.tell(settle_service())
    assert not world.view(T).needs_human
    assert not world.state(T).in_service


def test_an_unserved_ticket_has_its_clocks_like_any_other() -> None:
    world = given(CALLER, open_ticket()).world
    assert world.view(T).due_at is not None


@pytest.mark.parametrize("how", ["goodwill", "billed"])
def test_service_is_settled_once(how: str) -> None:
    world = given(CALLER, open_ticket()).when(settle_service(how)).then(ServiceSettled)
    assert world.state(T).settled == how
    given(CALLER, open_ticket(), settle_service(how)).when(settle_service()).then_refused(ticket.ServiceInOrderError)
    given(SERVED, open_ticket(project="P1")).when(settle_service()).then_refused(ticket.ServiceInOrderError)
    given(CALLER, open_ticket(), cancel()).when(settle_service()).then_refused(ticket.ServiceInOrderError)


def test_a_bill_is_settled_even_when_the_ticket_is_closed() -> None:
    world = given(CALLER, open_ticket(), resolve(), close()).when(settle_service("billed")).then(ServiceSettled)
    assert world.view(T).closed


def test_a_contract_that_was_found_covers_the_ticket_if_it_did_when_it_was_opened() -> None:
    found = settle_service("covered", project="P1")
    world = given(SERVED, open_ticket()).when(found).then(ServiceSettled)
    assert (world.state(T).in_service, world.state(T).settled) == (True, "covered")
    given(SERVED, open_ticket(occurred_at=at("2026-05-01 10:00"))).when(found).then_refused(ticket.ServiceNotValidError)
    given(SERVED, open_ticket()).when(settle_service("covered")).then_refused(ticket.ServiceNotValidError)
    strangers: list[Any] = [SERVED, register("C2", revenue="3000000000"), classify("other_large", customer="C2")]
    given(strangers, open_ticket(customer="C2")).when(found).then_refused(ticket.ServiceNotValidError)
