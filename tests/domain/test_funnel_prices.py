"""Profit first: a price inside its limits opens the gate, one outside asks for an approval by the size of the deal."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from domain import funnel
from domain.decider import Decider
from domain.funnel import (
    ApprovalGiven,
    ApprovalLapsed,
    ApprovalOverdue,
    ApprovalRefused,
    ApprovalRequested,
    DealWon,
    EvidenceRecorded,
    EvidenceWithdrawn,
    PriceQuoted,
)
from domain.messages import Actor
from history.wording import particulars
from tests.domain.asked import (
    MONDAY,
    QUOTED,
    at,
    classify,
    evidence,
    open_project,
    prepared,
    quote,
    register,
    stage_done,
    started,
    win,
)
from tests.domain.funnelling import DEAL, DIRECTOR, EXECUTIVE, MANAGER, approve, back, person, refuse, withdraw
from tests.domain.scenario import given
from workflows import display

NOTHING_ELSE = prepared()[:-1]  # what the others bring, without the price


def too_low(price: str = "900000", **fields: Any) -> funnel.QuotePrice:
    """Half of the list price: outside the discount limit of every value class."""
    return quote(price=price, list_price=str(int(price) * 2), cost="1", **fields)


def test_a_price_inside_the_limits_meets_its_criterion_with_discount_and_margin_on_record() -> None:
    world = given(started()).when(quote("800", "1000", "600")).then(PriceQuoted, EvidenceRecorded)
    quoted, proof = world.events[DEAL][-2:]
    assert isinstance(quoted, PriceQuoted)
    assert (quoted.quote, quoted.discount_percent, quoted.margin_percent) == ("Q1", Decimal("20.00"), Decimal("25.00"))
    assert (quoted.discount_limit, quoted.margin_floor, quoted.inside) == (Decimal(25), Decimal(25), True)
    assert isinstance(proof, EvidenceRecorded)
    assert (proof.criterion, proof.reference, proof.given_by) == ("price_within_margin", "quote Q1", "u1")


def test_the_margin_may_be_given_instead_of_the_cost() -> None:
    world = (
        given(started()).when(quote("800", "1000", "", margin_percent=Decimal("24.99"))).then(PriceQuoted, ApprovalRequested)
    )
    quoted = world.events[DEAL][-2]
    assert isinstance(quoted, PriceQuoted)
    assert quoted.margin_percent == Decimal("24.99")


@pytest.mark.parametrize(
    ("price", "cost", "inside"),
    [
        ("750", "100", True),  # a discount of exactly 25 %
        ("749.99", "100", False),
        ("1000", "750", True),  # a margin of exactly 25 %
        ("1000", "750.01", False),
        ("1100", "1", True),  # above the list
        ("1000", "2000", False),  # at a loss
    ],
)
def test_what_lies_exactly_on_a_limit_is_inside_and_a_cent_beyond_is_not(price: str, cost: str, inside: bool) -> None:
    world = given(started()).when(quote(price, "1000", cost))
    world.then(PriceQuoted, EvidenceRecorded if inside else ApprovalRequested)


@pytest.mark.parametrize(
    ("value_class", "revenue", "inside"),
    [("vip", "2500000000", True), ("other_large", "2500000000", False), ("entry", "4000000", False), ("", "7", False)],
)
def test_each_value_class_has_its_own_limits(value_class: str, revenue: str, inside: bool) -> None:
    classified = [classify(value_class)] if value_class else []
    world = given(register(revenue=revenue), classified, open_project()).when(quote("780", "1000", "100"))
    world.then(PriceQuoted, EvidenceRecorded if inside else ApprovalRequested)


@pytest.mark.parametrize(
    ("price", "role"),
    [
        ("999999.99", "manager"),
        ("1000000", "manager"),
        ("1000000.01", "director"),
        ("5000000", "director"),
        ("5000001", "executive"),
    ],
)
def test_who_approves_depends_on_the_size_of_the_deal(price: str, role: str) -> None:
    asked = given(started()).when(quote(price, "90000000", "1")).then(PriceQuoted, ApprovalRequested).events[DEAL][-1]
    assert isinstance(asked, ApprovalRequested)
    assert (asked.subject, asked.quote, asked.role) == ("price", "Q1", role)


def test_a_deal_in_another_currency_is_approved_at_the_highest_tier() -> None:
    dollars = {"price": "10", "list_price": "100", "cost": "1"}
    asked = quote().model_copy(update={})
    written = asked.model_dump(mode="json") | {name: {"amount": amount, "currency": "USD"} for name, amount in dollars.items()}
    world = given(started()).when(funnel.QuotePrice.model_validate(written)).then(PriceQuoted, ApprovalRequested)
    asked_for = world.events[DEAL][-1]
    assert isinstance(asked_for, ApprovalRequested)
    assert asked_for.role == "executive"


def test_an_approved_price_meets_its_criterion_and_the_gate_opens() -> None:
    deal = given(started(), NOTHING_ELSE, too_low()).world
    deal.tell(win())
    assert deal.state(DEAL).stage == "F5"
    assert [one.code for one in deal.view(DEAL).missing] == ["price_within_margin"]
    assert deal.view(DEAL).waiting_for == "manager"
    deal.tell(approve(MANAGER))
    assert deal.state(DEAL).outcome == "won"
    proof = next(event for event in deal.events[DEAL] if isinstance(event, EvidenceRecorded) and event.criterion in QUOTED)
    assert (proof.reference, proof.given_by) == ("quote Q1, approval A1", "m1")


@pytest.mark.parametrize("actor", [DIRECTOR, EXECUTIVE, person("m1", "sales")])
def test_another_role_does_not_approve_the_price(actor: Actor) -> None:
    given(started(), too_low()).when(approve(actor)).then_refused(funnel.ApproverRoleError)


def test_nobody_approves_their_own_price() -> None:
    given(started(), too_low(actor=MANAGER)).when(approve(MANAGER)).then_refused(funnel.SelfApprovalError)
    given(started(), too_low()).when(approve(person("u1", "manager"))).then_refused(funnel.SelfApprovalError)


def test_a_refused_price_needs_another_quote() -> None:
    no = given(started(), too_low())
    no.when(refuse(MANAGER)).then(ApprovalRefused)
    no.when(approve(MANAGER)).then_refused(funnel.ApprovalUnknownError)
    no.when(too_low("950000")).then(PriceQuoted, ApprovalRequested)
    no.when(quote()).then(PriceQuoted, ApprovalLapsed, EvidenceRecorded)


def test_a_newer_quote_takes_the_place_of_the_older_and_of_what_it_had_proved() -> None:
    deal = given(started(), quote())
    world = deal.when(too_low()).then(PriceQuoted, EvidenceWithdrawn, ApprovalRequested)
    assert "price_within_margin" not in world.state(DEAL).evidence
    deal.when(quote()).then(PriceQuoted, ApprovalLapsed, EvidenceRecorded)
    deal.when(approve(MANAGER)).then_refused(funnel.ApprovalUnknownError)


def test_a_document_does_not_stand_for_a_price() -> None:
    refused = (
        given(started()).when(evidence("price_within_margin")).then_refused(funnel.QuoteNeededError, "price_within_margin")
    )
    assert "QuotePrice" in refused.detail


def test_after_its_gate_a_price_outside_the_limits_needs_a_step_back() -> None:
    done = stage_done("F1", "F2", "F3", "F4", "F5")
    deal = given(started(), prepared(), done)
    assert deal.world.state(DEAL).stage == "F6"
    refused = deal.when(too_low()).then_refused(funnel.QuotePassedError)
    assert "ReturnStage to F5" in refused.detail
    deal.when(quote("1190000")).then(PriceQuoted, EvidenceRecorded)
    price = [piece.id for piece in deal.world.state(DEAL).pieces if piece.criterion == "price_within_margin"]
    deal.world.tell(back("F5", *price), too_low())
    assert deal.world.state(DEAL).stage == "F5"
    assert deal.world.tell(approve(MANAGER)).state(DEAL).stage == "F6"


def test_a_withdrawn_price_is_quoted_again() -> None:
    deal = given(started(), quote())
    deal.when(withdraw("E1")).then(EvidenceWithdrawn)
    deal.when(quote()).then(PriceQuoted, EvidenceRecorded)


@pytest.mark.parametrize(
    "wrong",
    [
        quote(cost=""),
        quote(margin_percent=Decimal(30)),
        quote(list_price="0"),
        quote(price="0"),
    ],
    ids=["no margin", "margin twice", "no list price", "for nothing"],
)
def test_amounts_that_do_not_fit_together_are_refused(wrong: funnel.QuotePrice) -> None:
    given(started()).when(wrong).then_refused(funnel.QuoteInconsistentError)


def test_one_quote_has_one_currency() -> None:
    written = quote().model_dump(mode="json") | {"cost": {"amount": "1", "currency": "USD"}}
    given(started()).when(funnel.QuotePrice.model_validate(written)).then_refused(funnel.QuoteInconsistentError)


def test_the_time_to_approve_a_price_runs_by_its_own_tier() -> None:
    late = given(started(), too_low())
    late.when_clocks_are_judged(DEAL, at("2026-03-03 10:00")).then(ApprovalOverdue)
    late.when(approve(DIRECTOR)).then(ApprovalGiven, EvidenceRecorded)


def test_a_deal_is_won_at_the_price_that_was_quoted() -> None:
    world = given(started(), NOTHING_ELSE, quote("1100000")).world
    world.tell(win())
    won = world.events[DEAL][-1]
    assert isinstance(won, DealWon)
    assert won.amount is not None
    assert won.amount.amount == Decimal(1100000)


def test_no_price_is_shown_in_views_clocks_words_nor_search_attributes() -> None:
    world = given(started(), NOTHING_ELSE, quote("876543.21", "1987654.32", "1")).world
    decider: Decider[Any] = funnel.DECIDER
    state = world.state(DEAL)
    shown = [
        world.view(DEAL).model_dump_json(),
        str(display.attributes(world.view(DEAL))),
        *(f"{clock.name} {clock.text}" for clock in decider.clocks(state, world.playbooks.of(state))),
        *(particulars(event) for event in world.events[DEAL]),
        given(started()).when(too_low(occurred_at=MONDAY)).world.view(DEAL).model_dump_json(),
    ]
    for secret in ("876543", "876,543", "1987654", "1,987,654", "55.9"):
        assert not [text for text in shown if secret in text]
