"""The handoff: an offer that the receiver answers; the giver has the duty until then."""

from __future__ import annotations

import pytest

from domain import handoff
from domain.handoff import (
    ConditionLapsed,
    ConditionMet,
    HandoffAccepted,
    HandoffEscalated,
    HandoffOffered,
    HandoffOverdue,
    HandoffReturned,
    MeetCondition,
    OpenHandoff,
)
from domain.messages import SYSTEM, Command
from domain.refusals import AlreadyExistsError, DateInPastError, NotFoundError
from domain.streams import HandoffKind
from tests.domain.asked import (
    DELIVERY,
    MONDAY,
    SALES,
    SUPPORT,
    accept,
    at,
    condition,
    contract,
    deliver_all,
    give_back,
    handed_to_delivery,
    offer,
    started,
    utc,
    won,
)
from tests.domain.scenario import due_moments, given

G1, G2 = "handoff-P1-delivery", "handoff-P1-support"
WON: list[Command] = [*started(), *won()]
DELIVERED: list[Command] = [*handed_to_delivery(), *deliver_all()]


def meet(name: str = "c1") -> MeetCondition:
    return MeetCondition(project="P1", kind="delivery", condition=name, reference="minutes", actor=SALES)


def test_the_win_opens_the_handoff_and_the_giver_must_act() -> None:
    world = given(WON).world
    assert (world.view(G1).code, world.view(G1).waiting_for) == ("preparing", "sales")
    assert len(world.view(G1).missing) == 9  # the promises bring themselves


def test_a_complete_offer_waits_for_the_receiver() -> None:
    world = given(WON).when(offer()).then(HandoffOffered)
    assert (world.view(G1).code, world.view(G1).waiting_for) == ("offered", "delivery")
    assert world.view(G1).needs_human
    assert world.view(G1).missing == ()


def test_an_offer_without_a_required_item_is_refused_with_what_is_missing() -> None:
    given(WON).when(offer(without=("promises", "risks"))).then_refused(handoff.ChecklistIncompleteError, "risks")


def test_items_that_the_checklist_does_not_have_are_refused() -> None:
    given(WON).when(offer(items={"horoscope": "x"})).then_refused(handoff.ItemUnknownError)
    given(WON, offer()).when(give_back("horoscope")).then_refused(handoff.ItemUnknownError)


def test_nothing_is_answered_before_it_is_offered() -> None:
    refused = given(WON).when(accept()).then_refused(handoff.HandoffNotOfferedError)
    assert len(refused.unmet) == 9
    given(WON).when(give_back("risks")).then_refused(handoff.HandoffNotOfferedError)
    given(WON, offer(), give_back("risks")).when(accept()).then_refused(handoff.HandoffNotOfferedError, "risks")


def test_an_offer_is_not_made_twice() -> None:
    given(WON, offer()).when(offer()).then_refused(handoff.HandoffAlreadyOfferedError)


@pytest.mark.parametrize("answer", [accept(actor=SALES), give_back("risks", actor=SUPPORT)], ids=["accept", "return"])
def test_only_the_receiver_answers(answer: Command) -> None:
    given(WON, offer()).when(answer).then_refused(handoff.NotTheReceiverError)


def test_acceptance_starts_the_implementation() -> None:
    world = given(WON, offer()).when(accept()).then(HandoffAccepted(occurred_at=MONDAY, round=1, conditions=()))
    assert world.view(G1).closed
    assert world.view("project-P1").code == "implementation"
    assert world.view("implementation-P1").code == "M1"


@pytest.mark.parametrize("asked", [offer(), accept(), give_back("risks")], ids=lambda command: command.command)
def test_what_is_accepted_is_not_handed_over_again(asked: Command) -> None:
    given(WON, offer(), accept()).when(asked).then_refused(handoff.HandoffAcceptedAlreadyError)


def test_a_returned_handoff_goes_back_to_its_giver_with_the_named_gaps() -> None:
    world = given(WON, offer()).when(give_back("risks", "scope")).then(HandoffReturned)
    assert (world.view(G1).code, world.view(G1).waiting_for) == ("returned", "sales")
    assert [one.code for one in world.view(G1).missing] == ["scope", "risks"]
    assert world.view("project-P1").code == "handoff-delivery"
    assert world.state("funnel-P1").outcome == "won"


def test_a_gap_must_be_brought_again_and_nothing_else() -> None:
    returned = given(WON, offer(), give_back("risks"))
    returned.when(offer(items={})).then_refused(handoff.ChecklistIncompleteError, "risks")
    world = returned.when(offer(items={"risks": "doc-risks-2"})).then(HandoffOffered)
    offered = world.events[G1][-1]
    assert isinstance(offered, HandoffOffered)
    assert (offered.round, offered.items) == (2, {"risks": "doc-risks-2"})


def test_a_gap_closed_in_the_same_document_stays_closed() -> None:
    twice = given(WON, offer(), give_back("risks"), offer(items={"risks": "doc-risks"}), give_back("scope"))
    assert "risks" in twice.world.state(G1).items
    twice.when(offer(items={"scope": "doc-scope-2"})).then(HandoffOffered)


def test_a_handoff_opens_once_and_only_in_its_phase() -> None:
    def opening(kind: HandoffKind, project: str = "P1") -> OpenHandoff:
        return OpenHandoff(project=project, kind=kind, actor=SYSTEM)

    given(WON).when(opening("delivery")).then_refused(AlreadyExistsError)
    given(WON).when(opening("support")).then_refused(handoff.PhaseNotReachedError)
    given(started()).when(opening("delivery")).then_refused(handoff.PhaseNotReachedError)
    given().when(opening("delivery", "P9")).then_refused(NotFoundError)


def test_a_handoff_to_support_hands_over_a_contract() -> None:
    given(DELIVERED).when(offer("support", service_contract=None)).then_refused(
        handoff.ServiceContractMissingError, "service_contract"
    )
    given(DELIVERED).when(offer("support")).then(HandoffOffered)


def test_the_contract_of_a_returned_offer_need_not_be_given_again() -> None:
    returned = given(DELIVERED, offer("support"), give_back("training_done", kind="support"))
    again = offer("support", items={"training_done": "list-2"}, service_contract=None)
    world = returned.when(again).then(HandoffOffered)
    world.tell(accept("support"))
    assert world.state("support-P1").service_code == "SC1"


@pytest.mark.parametrize(
    "wrong",
    [
        contract("2026-11-01", "2026-10-31"),
        contract("2026-11-01", "2026-11-01"),
        contract("2026-11-01", "2027-10-31", notice="2026-10-31"),
        contract("2026-11-01", "2027-10-31", notice="2027-11-01"),
    ],
)
def test_a_service_period_makes_sense(wrong: handoff.ServiceContract) -> None:
    given(DELIVERED).when(offer("support", service_contract=wrong)).then_refused(handoff.ServicePeriodWrongError)


# Clocks


def test_the_giver_has_working_days_and_the_receiver_working_hours() -> None:
    assert due_moments(given(WON).world, G1) == {"handoff-giver-overdue-1": utc(at("2026-03-05 18:00"))}
    friday = at("2026-03-06 17:00")
    world = given(WON, friday, offer()).world
    # 16 working hours from Friday 17:00: one on Friday, eight on Monday, seven on Tuesday
    assert due_moments(world, G1) == {"handoff-receiver-overdue-1": utc(at("2026-03-10 17:00"))}


def test_the_side_that_is_late_is_named_once_with_the_true_due_time() -> None:
    late = given(WON)
    world = late.when_clocks_are_judged(G1, at("2026-03-06 09:00")).then(HandoffOverdue)
    fact = world.events[G1][-1]
    assert isinstance(fact, HandoffOverdue)
    assert (fact.occurred_at, fact.side, fact.who, fact.round) == (utc(at("2026-03-05 18:00")), "giver", "sales", 1)
    assert world.view(G1).health == "overdue"
    late.when_clocks_are_judged(G1, at("2026-05-09 09:00")).then(HandoffEscalated)
    late.when_clocks_are_judged(G1, at("2026-06-09 09:00")).then()


def test_the_next_side_and_the_next_round_have_clocks_of_their_own() -> None:
    world = given(WON, at("2026-03-09 10:00"), offer()).world
    assert not world.state(G1).overdue
    assert set(due_moments(world, G1)) == {"handoff-receiver-overdue-1"}
    world.tell(give_back("risks"))
    assert set(due_moments(world, G1)) == {"handoff-giver-overdue-2"}


def test_a_condition_keeps_the_handoff_open_until_it_is_met() -> None:
    world = (
        given(WON, offer(), accept(conditions=(condition(),)))
        .when(meet())
        .then(ConditionMet(occurred_at=MONDAY, condition="c1", reference="minutes"))
    )
    assert world.view(G1).closed
    before = given(WON, offer(), accept(conditions=(condition(), condition("c2"))), meet()).world
    assert not before.view(G1).closed
    assert before.view(G1).waiting_for == "sales"


def test_a_condition_lapses_after_its_date_and_can_still_be_met() -> None:
    conditional = given(WON, offer(), accept(conditions=(condition(due_on="2026-04-01"),)))
    conditional.when_clocks_are_judged(G1, at("2026-04-01 23:59")).then()
    world = conditional.when_clocks_are_judged(G1, at("2026-04-02 10:00")).then(
        ConditionLapsed(occurred_at=at("2026-04-02"), condition="c1", who="sales")
    )
    assert (world.view(G1).health, world.view(G1).needs_human) == ("overdue", True)
    assert world.view(G1).due_at == at("2026-04-02")
    conditional.when_clocks_are_judged(G1, at("2026-05-05 10:00")).then(HandoffEscalated)
    conditional.when_clocks_are_judged(G1, at("2026-06-05 10:00")).then()
    world = conditional.when(meet()).then(ConditionMet)
    assert (world.view(G1).health, world.view(G1).closed) == ("ok", True)


def test_conditions_are_dated_to_come_and_told_apart() -> None:
    offered = given(WON, offer())
    offered.when(accept(conditions=(condition(due_on="2026-03-01"),))).then_refused(DateInPastError)
    offered.when(accept(conditions=(condition(), condition(due_on="2026-06-01")))).then_refused(handoff.ConditionTwiceError)


def test_a_condition_may_be_met_all_through_its_date_and_is_shown_as_due_when_that_is_over() -> None:
    conditional = given(WON, offer(), accept(conditions=(condition(due_on="2026-04-01"),))).world
    assert conditional.view(G1).due_at == due_moments(conditional, G1)["condition-c1-lapsed"] == at("2026-04-02")


def test_a_lapsed_condition_that_was_met_at_last_is_no_reason_any_more() -> None:
    both = (condition(due_on="2026-04-01"), condition("c2", due_on="2026-06-01"))
    conditional = given(WON, offer(), accept(conditions=both))
    conditional.when_clocks_are_judged(G1, at("2026-04-02 10:00")).then(ConditionLapsed)
    view = conditional.when(meet()).then(ConditionMet).view(G1)
    assert (view.health, view.needs_human, view.reason) == ("ok", False, "")


def test_a_condition_that_is_not_open_cannot_be_met() -> None:
    given(WON, offer(), accept()).when(meet()).then_refused(handoff.ConditionUnknownError)
    given(WON, offer(), accept(conditions=(condition(),)), meet()).when(meet()).then_refused(handoff.ConditionUnknownError)


def test_a_condition_does_not_hold_the_implementation_up() -> None:
    world = given(WON, offer(), accept(conditions=(condition(),))).world
    assert world.view("implementation-P1").waiting_for == DELIVERY.role
