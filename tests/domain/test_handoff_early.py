"""Work before the receiver has signed: a recorded decision, limited in days and cost, ended by a clock."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import ValidationError

from domain import handoff
from domain.cancelling import PartUnwound, Unwind
from domain.decider import Context
from domain.handoff import (
    AllowEarlyStart,
    EarlyStartAllowed,
    EarlyStartEnded,
    EarlyWorkRecorded,
    HandoffAccepted,
    HandoffCancelled,
)
from domain.implementation import ImplementationStarted
from domain.messages import SYSTEM, Command, Money
from domain.playbook import Playbooks
from domain.promises import PromiseReleased
from tests.domain.asked import (
    MONDAY,
    PLAYBOOKS,
    RULES,
    SALES,
    accept,
    at,
    condition,
    offer,
    on,
    promise,
    started,
    utc,
    won,
)
from tests.domain.ledgers import MANAGER, allow_early_start, cny, early_work
from tests.domain.scenario import Given, due_moments, given

G1 = "handoff-P1-delivery"
WON: list[Command] = [*started(), promise(), *won()]


def begun() -> Given:
    return given(WON, allow_early_start())


def test_an_early_start_is_a_decision_on_record_with_its_limits_and_its_end() -> None:
    world = given(WON).when(allow_early_start()).then(EarlyStartAllowed)
    event = world.events[G1][-1]
    assert isinstance(event, EarlyStartAllowed)
    assert (event.approver, event.requested_by, event.days, event.cost) == ("m1", "d1", 5, cny("50000"))
    assert event.ends_at == utc(at("2026-03-09 18:00"))
    assert "0 of 5 days" in world.view(G1).reason
    assert "50000" not in world.view(G1).reason


def test_it_is_allowed_by_the_role_of_the_playbook_for_somebody_else() -> None:
    given(WON).when(allow_early_start(actor=SALES)).then_refused(handoff.EarlyStartNotApprovedError)
    given(WON).when(allow_early_start(requested_by="m1")).then_refused(handoff.EarlyStartNotApprovedError)
    helped = MANAGER.model_copy(update={"on_behalf_of": "d1"})
    given(WON).when(allow_early_start(actor=helped)).then_refused(handoff.EarlyStartNotApprovedError)


@pytest.mark.parametrize("wish", [allow_early_start(days=11), allow_early_start(cost="100000.01"), allow_early_start(cost="0")])
def test_the_playbook_limits_days_and_cost(wish: AllowEarlyStart) -> None:
    if wish.cost.amount == 0:
        wish = wish.model_copy(update={"cost": Money(amount=Decimal(1), currency="EUR")})
    given(WON).when(wish).then_refused(handoff.EarlyStartBeyondLimitError)
    given(WON).when(allow_early_start(days=10, cost="100000")).then(EarlyStartAllowed)


def test_all_early_starts_of_a_project_share_the_limits() -> None:
    again = begun()
    again.when(allow_early_start()).then_refused(handoff.EarlyStartRunningError)
    again.world.now = at("2026-03-10 10:00")
    again.when(allow_early_start(days=6)).then_refused(handoff.EarlyStartBeyondLimitError)
    world = again.when(allow_early_start(days=5)).then(
        handoff.HandoffOverdue, handoff.HandoffEscalated, EarlyStartEnded, EarlyStartAllowed
    )
    assert "early-start-ended-2" in due_moments(world, G1)


def test_there_is_no_early_start_to_support() -> None:
    with pytest.raises(ValidationError):
        allow_early_start(kind="support")


def test_a_playbook_without_early_starts_allows_none() -> None:
    delivery = RULES.handoffs["delivery"].model_copy(update={"early_start": None})
    bare = RULES.model_copy(update={"handoffs": {**RULES.handoffs, "delivery": delivery}})
    world = given(WON).world
    context = Context(now=MONDAY, at=MONDAY, playbooks=Playbooks([bare]))
    with pytest.raises(handoff.EarlyStartNotForeseenError):
        handoff.decide(allow_early_start(), world.state(G1), context)


def test_early_work_is_recorded_up_to_the_limits_and_no_further() -> None:
    begun_ = begun()
    begun_.when(early_work("5.5", "1")).then_refused(handoff.EarlyWorkBeyondLimitError)
    begun_.when(early_work("1", "50000.01")).then_refused(handoff.EarlyWorkBeyondLimitError)
    euros = early_work().model_copy(update={"cost": Money(amount=Decimal(1), currency="EUR")})
    begun_.when(euros).then_refused(handoff.EarlyWorkBeyondLimitError)
    begun_.when(early_work("3", "30000")).then(EarlyWorkRecorded)
    begun_.when(early_work("2.5", "1")).then_refused(handoff.EarlyWorkBeyondLimitError)
    world = begun_.when(early_work("2", "20000")).then(EarlyWorkRecorded)
    state = world.state(G1)
    assert (state.early_days, state.early_cost) == (Decimal(5), cny("50000"))
    assert "5 of 5 days" in world.view(G1).reason


def test_early_work_is_the_receivers_and_lies_in_the_allowed_time() -> None:
    given(WON).when(early_work()).then_refused(handoff.EarlyWorkNotAllowedError)
    begun().when(early_work(actor=SALES)).then_refused(handoff.NotTheReceiverError)
    later = begun()
    later.world.now = at("2026-03-10 10:00")
    later.when(early_work()).then_refused(handoff.EarlyWorkNotAllowedError)
    later.when(on(at("2026-03-04 10:00"), early_work())).then(EarlyWorkRecorded)


def test_the_end_without_a_signature_needs_a_person_and_is_told_once() -> None:
    begun_ = given(WON, allow_early_start(), offer())
    begun_.world.tell(MONDAY, accept(conditions=()))
    assert due_moments(begun_.world, G1) == {}
    late = given(WON, allow_early_start(days=1), offer())
    world = late.when_clocks_are_judged(G1, at("2026-03-03 18:00")).then(EarlyStartEnded)
    event = world.events[G1][-1]
    assert isinstance(event, EarlyStartEnded)
    assert event.who == "manager"
    assert world.view(G1).needs_human
    assert "stop the work" in world.view(G1).reason
    late.when_clocks_are_judged(G1, at("2026-03-03 18:30")).then()


def test_after_the_acceptance_nothing_is_early_any_more() -> None:
    signed = given(WON, allow_early_start(), early_work(), offer(), accept())
    signed.when(early_work()).then_refused(handoff.HandoffAcceptedAlreadyError)
    signed.when(allow_early_start()).then_refused(handoff.HandoffAcceptedAlreadyError)
    assert signed.world.state(G1).early_days == Decimal(2)
    assert signed.world.view(G1).reason == ""


# Cancelled


def unwind(*, latest: bool = False) -> Unwind:
    return Unwind(of=G1, reason="the customer is bankrupt", approver="m1", latest=latest, actor=SYSTEM)


def test_a_cancelled_handoff_says_what_was_open_and_what_the_early_work_had_cost() -> None:
    world = (
        given(WON, allow_early_start(), early_work(), offer())
        .when(unwind())
        .then(HandoffCancelled, PromiseReleased, PartUnwound)
    )
    event = world.events[G1][-3]
    assert isinstance(event, HandoffCancelled)
    assert (event.status, event.early_days, event.early_cost) == ("offered", Decimal(2), cny("20000"))
    assert world.view(G1).closed
    assert handoff.DECIDER.next_clock(world.state(G1), PLAYBOOKS) is None


def test_of_an_accepted_handoff_only_the_open_conditions_end_and_the_promises_are_no_longer_its() -> None:
    given(WON, offer(), accept()).when(unwind()).then(PartUnwound)
    world = given(WON, offer(), accept(conditions=(condition(),))).when(unwind()).then(HandoffCancelled, PartUnwound)
    event = world.events[G1][-2]
    assert isinstance(event, HandoffCancelled)
    assert (event.status, event.conditions) == ("accepted", ("c1",))
    assert handoff.gate_open(world.state(G1)) == []


def test_an_accepted_handoff_whose_implementation_had_not_begun_releases_the_promises() -> None:
    given(WON, offer(), accept()).when(unwind(latest=True)).then(PromiseReleased, PartUnwound)


def test_the_implementation_begins_with_what_was_used_before_it() -> None:
    world = given(WON, allow_early_start(), early_work(), offer(), accept()).world
    began = world.events["implementation-P1"][0]
    assert isinstance(began, ImplementationStarted)
    assert (began.early_days, began.early_cost) == (Decimal(2), cny("20000"))


def test_a_handoff_that_is_accepted_after_an_early_start_can_be_accepted_in_time() -> None:
    given(WON, allow_early_start(), offer()).when(accept()).then(HandoffAccepted)
