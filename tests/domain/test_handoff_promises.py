"""Handoffs lose no promise: the ledger brings itself, the receiver takes over every one, support only dated ones."""

from __future__ import annotations

from datetime import date

from domain import handoff
from domain.handoff import HandoffAccepted, HandoffOffered
from domain.messages import Command
from domain.promises import PromiseChanged
from tests.domain.asked import accept, at, checklist, deliver_all, give_back, offer, promise, started, won
from tests.domain.ledgers import change, keep, ledger
from tests.domain.scenario import Given, World, given

G1, G2 = "handoff-P1-delivery", "handoff-P1-support"
WON: list[Command] = [*started(), promise("pr1"), promise("pr2"), *won()]
WITHOUT = {code: reference for code, reference in checklist("delivery").items() if code != "promises"}


def offered(world: World, stream: str = G1) -> HandoffOffered:
    return [event for event in world.events[stream] if isinstance(event, HandoffOffered)][-1]


def test_the_ledger_is_attached_to_the_offer_by_itself() -> None:
    world = given(WON).when(offer(items=WITHOUT)).then(HandoffOffered)
    assert [one.promise for one in offered(world).promises] == ["pr1", "pr2"]
    assert "pr1, pr2" in offered(world).items["promises"]


def test_the_acceptance_names_every_promise_that_binds_us() -> None:
    world = given(WON, keep("pr1", "handoff-delivery"), offer()).when(accept()).then(HandoffAccepted)
    accepted = world.events[G1][-1]
    assert isinstance(accepted, HandoffAccepted)
    assert accepted.promises == ("pr2",)
    given(WON, offer()).when(accept(promises=("pr1", "pr2"))).then(HandoffAccepted)


def test_an_acceptance_that_leaves_a_promise_out_is_refused_with_its_name() -> None:
    given(WON, offer()).when(accept(promises=("pr1",))).then_refused(handoff.PromisesLeftOutError, "pr2")
    given(WON, offer()).when(accept(promises=())).then_refused(handoff.PromisesLeftOutError, "pr1", "pr2")
    given(WON, offer()).when(accept(promises=("pr1", "pr2", "pr3"))).then_refused(handoff.PromisesLeftOutError)


def test_a_promise_that_came_after_the_offer_is_not_accepted_unseen() -> None:
    late = given(WON, offer(), promise("pr3", at="handoff-delivery"))
    late.when(accept()).then_refused(handoff.PromisesSinceOfferError, "pr3")
    late.when(accept(promises=("pr1", "pr2", "pr3"))).then(HandoffAccepted)


def test_a_promise_that_was_changed_after_the_offer_is_not_accepted_unseen() -> None:
    changed = given(WON, offer(), change("pr2", "handoff-delivery", text="other words"))
    changed.when(accept()).then_refused(handoff.PromisesSinceOfferError, "pr2")
    changed.world.tell(give_back("risks"), offer(items={"risks": "doc-risks-2"}))
    changed.when(accept()).then(HandoffAccepted)


def test_a_promise_kept_after_the_offer_stands_in_nobodys_way() -> None:
    given(WON, offer(), keep("pr2", "handoff-delivery")).when(accept()).then(HandoffAccepted)


def test_promises_found_wanting_must_change_or_be_answered_before_the_next_offer() -> None:
    returned = given(WON, offer(), give_back("promises"))
    returned.when(offer(items={})).then_refused(handoff.ChecklistIncompleteError, "promises")
    assert [one.code for one in returned.world.view(G1).missing] == ["promises"]
    answered = given(WON, offer(), give_back("promises"))
    answered.when(offer(items={"promises": "minutes: there are no others"})).then(HandoffOffered)
    returned.world.tell(promise("pr3", at="handoff-delivery"))
    world = returned.when(offer(items={})).then(HandoffOffered)
    assert [one.promise for one in offered(world).promises] == ["pr1", "pr2", "pr3"]


# To support


def delivered(*told: Command) -> Given:
    return given(started(), promise("pr1"), promise("pr2"), *won(), offer(), accept(), *told, deliver_all())


def test_support_takes_no_promise_over_that_has_no_date() -> None:
    open_ones = delivered()
    assert [one.code for one in open_ones.world.view(G2).missing][-2:] == ["pr1", "pr2"]
    refused = open_ones.when(offer("support")).then_refused(handoff.PromisesOpenError, "pr1", "pr2")
    assert "KeepPromise" in refused.detail


def test_a_promise_is_kept_or_dated_on_the_way_to_support() -> None:
    open_ones = delivered(keep("pr1", "implementation"))
    open_ones.when(offer("support")).then_refused(handoff.PromisesOpenError, "pr2")
    open_ones.when(change("pr2", "handoff-support", "2027-01-31")).then(PromiseChanged)
    open_ones.when(offer("support")).then(HandoffOffered)
    world = open_ones.when(accept("support")).then(HandoffAccepted)
    assert [(one.promise, one.status) for one in ledger(world, "support")] == [("pr1", "kept"), ("pr2", "changed")]


def test_a_date_that_is_over_is_no_date_for_support() -> None:
    dated = delivered(keep("pr1", "implementation"), change("pr2", "implementation", "2026-03-10"))
    dated.world.now = at("2026-03-11 09:00")
    dated.when(offer("support")).then_refused(handoff.PromisesOpenError, "pr2")


def test_a_dated_promise_of_the_sale_goes_through_to_support() -> None:
    sold = [*started(), promise("pr1", due_on=date(2027, 3, 31)), *won(), offer(), accept(), *deliver_all()]
    world = given(sold, offer("support"), accept("support")).world
    [promised] = ledger(world, "support")
    assert (promised.status, promised.due_on, promised.steps) == ("open", date(2027, 3, 31), ())
