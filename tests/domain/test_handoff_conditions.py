"""Dated conditions of an acceptance: a clock opens the gate again when one lapses, and only the receiver moves a date."""

from __future__ import annotations

from datetime import date

import pytest

from domain import handoff
from domain.handoff import (
    ConditionLapsed,
    ConditionMet,
    ConditionRescheduled,
    HandoffAccepted,
    HandoffEscalated,
    HandoffOverdue,
    gate_open,
)
from domain.messages import Command
from domain.refusals import DateInPastError
from tests.domain.asked import DELIVERY, SALES, SUPPORT, accept, at, condition, deliver_all, give_back, offer, started, utc, won
from tests.domain.ledgers import meet_condition, move_condition
from tests.domain.scenario import Given, due_moments, given

G1 = "handoff-P1-delivery"
OFFERED: list[Command] = [*started(), *won(), offer()]
PRESALES = SALES.model_copy(update={"id": "v1", "role": "presales"})


def conditional(*conditions: handoff.Condition) -> Given:
    return given(OFFERED, accept(conditions=conditions or (condition(due_on="2026-04-01"),)))


def lapsed() -> Given:
    return Given(conditional().when_clocks_are_judged(G1, at("2026-04-02 09:00")).then(ConditionLapsed))


def test_a_condition_is_open_without_opening_the_gate_until_its_date() -> None:
    world = conditional().world
    assert gate_open(world.state(G1)) == []
    assert [one.code for one in world.view(G1).missing] == ["c1"]
    assert world.view(G1).code == "accepted"


def test_a_lapsed_condition_opens_the_gate_again_and_names_who_must_act() -> None:
    world = lapsed().world
    [unmet] = gate_open(world.state(G1))
    assert unmet.code == "c1"
    view = world.view(G1)
    assert (view.code, view.waiting_for, view.duty, view.needs_human) == ("reopened", "sales", "delivery", True)


def test_a_reopened_gate_does_not_take_the_project_back() -> None:
    world = lapsed().world
    assert world.view("project-P1").code == "implementation"
    assert world.state(G1).completed
    given_ = Given(world)
    given_.when(accept()).then_refused(handoff.HandoffAcceptedAlreadyError)
    given_.when(give_back("risks")).then_refused(handoff.HandoffAcceptedAlreadyError)


@pytest.mark.parametrize("mended", [meet_condition(), move_condition("2026-04-20")], ids=["met", "new date"])
def test_the_gate_is_shut_again_when_the_condition_is_met_or_has_a_new_date(mended: Command) -> None:
    world = lapsed().world.tell(mended)
    assert gate_open(world.state(G1)) == []
    assert world.view(G1).code == "accepted"
    assert not world.view(G1).needs_human


def test_one_condition_that_lapsed_is_enough_to_keep_the_gate_open() -> None:
    both = (condition(due_on="2026-04-01"), condition("c2", due_on="2026-04-01"))
    world = conditional(*both).when_clocks_are_judged(G1, at("2026-04-02 09:00")).then(ConditionLapsed, ConditionLapsed)
    world.tell(meet_condition("c1"))
    assert [one.code for one in gate_open(world.state(G1))] == ["c2"]


def test_a_condition_is_met_by_the_giver_or_by_the_role_that_it_names() -> None:
    named = condition().model_copy(update={"who": "presales"})
    conditional(named).when(meet_condition(actor=PRESALES)).then(ConditionMet)
    conditional(named).when(meet_condition()).then(ConditionMet)
    conditional(named).when(meet_condition(actor=DELIVERY)).then_refused(handoff.NotYourConditionError)
    conditional().when(meet_condition(actor=PRESALES)).then_refused(handoff.NotYourConditionError)
    assert conditional(named).world.view(G1).waiting_for == "presales"


def test_a_condition_names_a_role_of_the_playbook() -> None:
    stranger = condition().model_copy(update={"who": "astrologer"})
    given(OFFERED).when(accept(conditions=(stranger,))).then_refused(handoff.RoleUnknownError)
    given(OFFERED).when(accept(conditions=(condition(),))).then(HandoffAccepted)


def test_only_the_receiver_agrees_to_a_new_date() -> None:
    conditional().when(move_condition("2026-05-01", actor=SALES)).then_refused(handoff.NotTheReceiverError)
    conditional().when(move_condition("2026-05-01", actor=SUPPORT)).then_refused(handoff.NotTheReceiverError)
    world = conditional().when(move_condition("2026-05-01")).then(ConditionRescheduled)
    event = world.events[G1][-1]
    assert isinstance(event, ConditionRescheduled)
    assert (event.due_before, event.due_on) == (date(2026, 4, 1), date(2026, 5, 1))


def test_a_new_date_is_another_one_to_come_of_an_open_condition() -> None:
    conditional().when(move_condition("2026-04-01")).then_refused(handoff.ConditionDateSameError)
    conditional().when(move_condition("2026-03-01")).then_refused(DateInPastError)
    conditional().when(move_condition("2026-05-01", "c9")).then_refused(handoff.ConditionUnknownError)


def test_the_new_date_has_a_clock_of_its_own_and_lapses_like_the_first() -> None:
    moved = Given(lapsed().world.tell(move_condition("2026-04-20")))
    assert due_moments(moved.world, G1) == {"condition-c1-lapsed-2": at("2026-04-21")}
    world = moved.when_clocks_are_judged(G1, at("2026-04-21 09:00")).then(ConditionLapsed)
    assert world.view(G1).code == "reopened"


def test_a_lapse_that_nobody_mends_is_escalated_once() -> None:
    world = lapsed().when_clocks_are_judged(G1, at("2026-04-02 20:00")).then(HandoffEscalated)
    event = world.events[G1][-1]
    assert isinstance(event, HandoffEscalated)
    # Eight working hours from midnight: the whole of 2 April, which ends at 18:00.
    assert (event.occurred_at, event.to, event.who, event.condition) == (utc(at("2026-04-02 18:00")), "manager", "sales", "c1")
    assert "manager" in world.view(G1).reason
    assert due_moments(world, G1) == {}


# Turns that are late


def test_a_late_giver_and_a_late_receiver_are_each_called_for_once_a_turn() -> None:
    sold = given(started(), *won())
    world = sold.when_clocks_are_judged(G1, at("2026-03-09 09:00")).then(HandoffOverdue, HandoffEscalated)
    event = world.events[G1][-1]
    assert isinstance(event, HandoffEscalated)
    assert (event.to, event.who, event.round, event.occurred_at) == ("manager", "sales", 1, utc(at("2026-03-06 18:00")))
    sold.when_clocks_are_judged(G1, at("2026-05-09 09:00")).then()
    world.tell(offer())
    assert not world.state(G1).escalated
    later = sold.when_clocks_are_judged(G1, at("2026-06-09 09:00")).then(HandoffOverdue, HandoffEscalated)
    event = later.events[G1][-1]
    assert isinstance(event, HandoffEscalated)
    assert (event.who, event.round) == ("delivery", 1)


def test_a_turn_that_is_taken_between_the_two_is_not_escalated() -> None:
    late = given(started(), *won())
    late.when_clocks_are_judged(G1, at("2026-03-06 09:00")).then(HandoffOverdue)
    world = late.world.tell(offer())
    assert set(due_moments(world, G1)) == {"handoff-receiver-overdue-1"}


def test_the_giver_keeps_the_duty_until_the_acceptance() -> None:
    world = given(started(), *won()).world
    for told in ([], [offer()], [give_back("risks")], [offer(items={"risks": "doc-2"})]):
        assert world.tell(told).view(G1).duty == "sales"
    assert world.tell(accept()).view(G1).duty == "delivery"


def test_nobody_answers_an_offer_of_their_own_in_another_role() -> None:
    offered = given(started(), *won(), offer())
    both = SALES.model_copy(update={"role": "delivery"})
    offered.when(accept(actor=both)).then_refused(handoff.SelfAnswerError)
    offered.when(give_back("risks", actor=both)).then_refused(handoff.SelfAnswerError)
    offered.when(accept(actor=DELIVERY.model_copy(update={"on_behalf_of": SALES.id}))).then_refused(handoff.SelfAnswerError)


def test_only_the_giver_offers() -> None:
    given(started(), *won()).when(offer(actor=DELIVERY)).then_refused(handoff.NotTheGiverError)
    given(started(), *won()).when(offer(actor=PRESALES)).then_refused(handoff.NotTheGiverError)


@pytest.mark.parametrize("asked", [offer("support"), accept("support")], ids=lambda asked: asked.command)
def test_what_delivery_accepted_under_a_lapsed_condition_is_not_handed_on_to_support(asked: Command) -> None:
    world = conditional(condition(due_on="2026-09-01")).world.tell(deliver_all(), at("2026-08-31 10:00"))
    if isinstance(asked, handoff.AcceptHandoff):
        world.tell(offer("support"))
    world.now = at("2026-09-02 09:00")  # Nobody has judged the clock of the condition yet.
    Given(world).when(asked).then_refused(handoff.ConditionsLapsedError, "c1")
    world.tell(meet_condition())
    assert world.take(asked)
