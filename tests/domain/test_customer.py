"""The customer: the project passes, the customer stays."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from domain import customer
from domain.customer import (
    ContactDue,
    ContactRecorded,
    ContractSigned,
    CustomerActivated,
    CustomerClassified,
    CustomerRegistered,
    KeepContactPlanned,
    NoteContract,
    NoteLostDeal,
)
from domain.customer.life_events import ProjectBegun
from domain.messages import SYSTEM, Money
from domain.refusals import AlreadyExistsError, DateInPastError, NotFoundError
from tests.domain.asked import (
    MONDAY,
    at,
    classify,
    contact,
    lose,
    open_project,
    register,
    started,
    utc,
    won,
)
from tests.domain.scenario import due_moments, given

CUSTOMER = "customer-C1"


@pytest.mark.parametrize(
    ("revenue", "market"),
    [
        ("0", "entry"),
        ("4999999.99", "entry"),
        ("5000000", "small"),
        ("99999999.99", "small"),
        ("100000000", "medium"),
        ("1999999999.99", "medium"),
        ("2000000000", "large"),
    ],
)
def test_the_revenue_decides_the_market_lower_bound_included(revenue: str, market: str) -> None:
    world = given().when(register(revenue=revenue)).then(CustomerRegistered)
    assert world.state(CUSTOMER).market == market
    assert world.view(CUSTOMER).code == "potential"


def test_a_customer_is_registered_once() -> None:
    given(register()).when(register()).then_refused(AlreadyExistsError)


def test_a_revenue_in_another_currency_does_not_tell_the_market() -> None:
    euros = register().model_copy(update={"revenue": Money(amount=Decimal(7), currency="EUR")})
    given().when(euros).then_refused(customer.CurrencyNotCnyError)


def test_the_value_class_belongs_to_the_market() -> None:
    given(register()).when(classify("vip")).then(CustomerClassified)
    refused = given(register()).when(classify("small")).then_refused(customer.WrongValueClassError)
    assert "strategic, vip, other_large" in refused.detail


def test_an_unclassified_customer_shows_what_is_missing() -> None:
    world = given(register()).world
    assert [one.code for one in world.view(CUSTOMER).missing] == ["value_class"]
    assert given(register(), classify()).world.view(CUSTOMER).missing == ()


def test_the_first_contract_makes_a_customer_active_and_the_second_is_only_noted() -> None:
    world = given(started(), *won()).world
    assert [type(event) for event in world.events[CUSTOMER][-2:]] == [ContractSigned, CustomerActivated]
    world = given(started(), *won(), open_project("P2"), *won("P2")).world
    assert [type(event) for event in world.events[CUSTOMER][-3:]] == [CustomerActivated, ProjectBegun, ContractSigned]
    assert world.state(CUSTOMER).contracts == ("P1", "P2")


def test_a_contract_or_a_loss_is_noted_once() -> None:
    given(started(), *won()).when(NoteContract(customer="C1", project="P1", actor=SYSTEM)).then()
    given(started(), lose()).when(NoteLostDeal(customer="C1", project="P1", actor=SYSTEM)).then()


def test_a_contract_is_noted_only_of_a_deal_that_is_won_and_a_loss_of_one_that_is_lost() -> None:
    given(started()).when(NoteContract(customer="C1", project="P1", actor=SYSTEM)).then_refused(customer.DealNotDecidedError)
    given(started()).when(NoteLostDeal(customer="C1", project="P1", actor=SYSTEM)).then_refused(customer.DealNotDecidedError)
    given(started()).when(NoteContract(customer="C1", project="P9", actor=SYSTEM)).then_refused(NotFoundError)


def test_the_deal_of_another_customer_makes_nobody_active() -> None:
    won_one, lost_one = [*started(), *won(), register("C2")], [*started(), lose(), register("C2")]
    given(won_one).when(NoteContract(customer="C2", project="P1", actor=SYSTEM)).then_refused(NotFoundError)
    given(lost_one).when(NoteLostDeal(customer="C2", project="P1", actor=SYSTEM)).then_refused(NotFoundError)


def test_a_loss_without_a_date_plans_the_next_contact_after_the_days_of_the_playbook() -> None:
    world = given(started(), lose()).world
    assert KeepContactPlanned(occurred_at=MONDAY, project="P1", on=date(2026, 5, 31)) in world.events[CUSTOMER]


def test_the_days_to_the_next_contact_are_counted_where_the_business_is() -> None:
    world = given(started(), utc(at("2026-03-03 07:00")), lose()).world
    assert world.state(CUSTOMER).next_contact_on == date(2026, 6, 1)


def test_the_earlier_of_two_planned_contacts_counts() -> None:
    assert given(started(), contact("2026-04-01"), lose()).world.state(CUSTOMER).next_contact_on == date(2026, 4, 1)
    assert given(started(), contact("2026-08-01"), lose()).world.state(CUSTOMER).next_contact_on == date(2026, 5, 31)


def test_the_next_contact_lies_ahead() -> None:
    given(register()).when(contact("2026-03-01")).then_refused(DateInPastError)


def test_a_planned_contact_that_has_not_taken_place_is_due_once_and_calls_for_a_person() -> None:
    planned = given(started(), contact("2026-04-01"))
    world = planned.when_clocks_are_judged(CUSTOMER, at("2026-04-02 09:00")).then(
        ContactDue(occurred_at=at("2026-04-01"), on=date(2026, 4, 1), who="sales")
    )
    assert world.view(CUSTOMER).needs_human
    assert (world.view(CUSTOMER).health, world.view(CUSTOMER).waiting_for) == ("overdue", "sales")
    planned.when_clocks_are_judged(CUSTOMER, at("2027-04-02 09:00")).then()


def test_a_contact_answers_the_due_one_and_plans_the_next() -> None:
    world = (
        given(started(), contact("2026-04-01"), at("2026-04-03")).when(contact("2026-05-01")).then(ContactDue, ContactRecorded)
    )
    assert not world.view(CUSTOMER).needs_human
    assert list(due_moments(world, CUSTOMER).values()) == [at("2026-05-01")]


def test_the_same_date_planned_twice_has_two_clocks_of_different_names() -> None:
    first = due_moments(given(started(), contact("2026-04-01")).world, CUSTOMER)
    again = due_moments(given(started(), contact("2026-04-01"), contact("2026-04-01")).world, CUSTOMER)
    assert not set(first) & set(again)


def test_a_command_to_a_customer_that_is_not_registered_is_refused() -> None:
    given().when(contact()).then_refused(NotFoundError)
