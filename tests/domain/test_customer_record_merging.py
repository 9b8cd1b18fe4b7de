"""Duplicates: two records of one customer become one, and neither loses its history, a right, a timer or a promise."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain import streams
from domain.customer import DismissCase, NotePattern, RecordContact, TurnIntoLead
from domain.customer.events import CustomerActivated
from domain.customer.record_commands import (
    ChangeOwner,
    EndContract,
    MergeCustomer,
    NoteMerge,
    RecordContract,
    SetGroupParent,
    UndoMerge,
)
from domain.customer.record_events import AbsorbedChanged, CustomerAbsorbed, CustomerMerged, DuplicateReleased, MergeReversed
from domain.customer.refusals import (
    ApproverNotOtherError,
    ContractUnknownError,
    CustomerMergedError,
    GroupCycleError,
    MergeNotPossibleError,
)
from domain.messages import SYSTEM, Command
from domain.refusals import NotFoundError
from domain.ticket import ServiceNotValidError, SettleService
from tests.domain.asked import (
    MONDAY,
    SALES,
    SUPPORT,
    accept,
    at,
    classify,
    contact,
    days,
    deliver_all,
    in_support,
    lose,
    offer,
    open_project,
    open_ticket,
    register,
    started,
    won,
)
from tests.domain.scenario import World, due_moments, fold_again, given

C7, C8 = streams.customer("C7"), streams.customer("C8")
BOTH = [register("C7"), classify(customer="C7"), register("C8", name="华星集团有限公司"), classify(customer="C8")]


def merge(duplicate: str = "C8", into: str = "C7", **fields: Any) -> MergeCustomer:
    asked: dict[str, Any] = {"reason": "the same company", "approver": "m1", "actor": SALES} | fields
    return MergeCustomer(customer=duplicate, into=into, **asked)


def test_a_duplicate_goes_into_the_other_and_says_where() -> None:
    world = given(BOTH).when(merge()).then(CustomerMerged)
    assert isinstance(world.events[C7][-1], CustomerAbsorbed)
    assert world.view(C8).closed
    assert "C7" in world.view(C8).reason
    assert list(world.state(C7).record.absorbed) == ["C8"]
    assert due_moments(world, C8) == {}


def test_what_people_ask_of_a_duplicate_is_refused_and_names_the_survivor() -> None:
    merged = given(BOTH, merge())
    refused: list[Command] = [contact(customer="C8"), classify(customer="C8"), merge("C8", "C7"), register("C8")]
    refused += [open_project("P9", "C8"), open_ticket("T9", "C8")]
    for command in refused:
        assert "C7" in merged.when(command).then_refused(CustomerMergedError).detail


def test_nobody_is_merged_into_themselves_nor_into_one_that_is_merged_or_unknown() -> None:
    given(BOTH).when(merge("C7", "C7")).then_refused(MergeNotPossibleError)
    given(BOTH).when(merge(into="C99")).then_refused(NotFoundError)
    given(BOTH, merge(), register("C9")).when(merge("C9", "C8")).then_refused(MergeNotPossibleError)
    given(BOTH, merge()).when(merge("C7", "C8")).then_refused(MergeNotPossibleError)
    given(BOTH).when(merge(approver="u1")).then_refused(ApproverNotOtherError)
    given(BOTH).when(NoteMerge(customer="C7", of="C8", actor=SYSTEM)).then()


def test_the_survivor_counts_the_duplicates_projects_and_contracts_and_hears_of_what_becomes_of_them() -> None:
    world = World().tell(BOTH, open_project("P1", "C8"), merge())
    assert list(world.state(C7).life.running) == ["P1"]
    assert world.state(C7).status == "potential"
    world.tell(MONDAY + days(1), *won())
    assert world.state(C8).contracts == ("P1",)
    assert world.state(C7).status == "active"
    assert CustomerActivated in map(type, world.events[C7])
    changes = [type(one) for one in world.events[C7]].count(AbsorbedChanged)
    assert changes >= 1
    world.tell(offer(), accept(), *deliver_all(), offer("support"), accept("support"))
    assert list(world.state(C7).life.running) == []
    assert world.state(C7).life.contracts == world.state(C8).life.contracts
    for stream in (C7, C8):
        assert fold_again(world, stream) == world.state(stream)


def test_a_planned_contact_of_the_duplicate_is_kept_by_the_survivor() -> None:
    world = World().tell(BOTH, contact("2026-04-01", "C8"), merge())
    assert world.state(C7).next_contact_on == date(2026, 4, 1)
    assert any(name.startswith("contact-2026-04-01") for name in due_moments(world, C7))
    earlier = World().tell(BOTH, contact("2026-04-01", "C8"), contact("2026-03-20", "C7"), merge())
    assert earlier.state(C7).next_contact_on == date(2026, 3, 20)
    made = world.tell(MONDAY + days(1), RecordContact(customer="C7", channel="call", summary="talked", actor=SALES))
    made.tell(open_project("P2", "C7"))
    assert made.state(C7).next_contact_on is None


ALIKE = ("T1", "T2", "T3", "T4", "T5")


def alike(customer: str) -> NotePattern:
    """Word of tickets that are alike."""
    return NotePattern(customer=customer, product="ERP", category="report", tickets=ALIKE, actor=SYSTEM)


def with_case(customer: str) -> list[Command]:
    return [*(open_ticket(one, customer) for one in ALIKE), alike(customer)]


def test_an_open_improvement_case_of_the_duplicate_is_decided_on_at_the_survivor() -> None:
    world = World().tell(BOTH, *with_case("C8"), merge())
    [case] = world.state(C7).open_cases
    assert (case.case, case.product, len(case.tickets)) == ("I1", "ERP", 5)
    world.take(DismissCase(customer="C7", case="I1", reason="solved", actor=SALES))
    assert world.state(C7).open_cases == ()
    late = World().tell(BOTH, *with_case("C8")[:-1], merge(), alike("C8"))
    assert [one.case for one in late.state(C7).open_cases] == ["I1"]
    late.take(TurnIntoLead(customer="C7", case="I1", project="P5", name="reports", need="faster", actor=SALES))
    assert late.state("project-P5").root.customer == "C7"


def test_the_duplicates_service_contract_serves_tickets_of_either() -> None:
    lived = [*in_support("P1", "C8"), register("C7"), classify(customer="C7")]
    world = World().tell(lived, merge())
    world.tell(open_ticket("T1", "C8", "P1"), open_ticket("T2", "C7", "P1"), open_ticket("T3", "C7", service_code="SC1"))
    for ticket in ("T1", "T2", "T3"):
        assert world.state(streams.ticket(ticket)).root.project == "P1", ticket


def test_merges_follow_each_other_and_word_goes_all_the_way() -> None:
    world = World().tell(BOTH, register("C6"), classify(customer="C6"), open_project("P1", "C8"), merge(), merge("C7", "C6"))
    assert list(world.state("customer-C6").life.running) == ["P1"]
    world.tell(MONDAY + days(1), *won())
    assert world.state("customer-C6").status == "active"
    assert world.state("customer-C6").record.absorbed["C7"].held.signed == ("P1",)


def test_the_survivors_new_owner_takes_the_duplicates_deals_too() -> None:
    world = World().tell(BOTH, open_project("P1", "C8"), merge())
    world.take(ChangeOwner(customer="C7", owner="u9", owner_unit="south", reason="left", with_deals=True, actor=SALES))
    assert world.state("funnel-P1").owner_now == "u9"


@pytest.mark.parametrize("first", range(3))
@pytest.mark.parametrize("ring", [("C8", "C7"), ("C7", "C8"), ("C9", "C7", "C8"), ("C8", "C7", "C9")])
def test_customers_that_are_merged_round_into_each_other_at_once_do_not_all_vanish(ring: tuple[str, ...], first: int) -> None:
    from domain.customer import DECIDER

    dates: dict[str, Any] = {"starts_on": date(2026, 3, 1), "ends_on": date(2027, 2, 28)}
    agreed = [
        RecordContract(customer=one, contract="K1", service_line="training", reference="doc", actor=SALES, **dates)
        for one in ring
    ]
    world = World().tell(BOTH, register("C9"), agreed)
    # Each decision was made before any word arrived.
    for duplicate, into in zip(ring, (*ring[1:], ring[0]), strict=True):
        stream = streams.customer(duplicate)
        state = world.state(stream)
        fact = CustomerMerged(occurred_at=world.now, into=into, reason="same", approver="m1")
        world.events[stream].append(fact)
        world.states[stream] = DECIDER.apply(state, fact)
    for told in range(len(ring)):
        world.settle(streams.customer(ring[(told + first) % len(ring)]))
    merged = {one: world.state(streams.customer(one)).record.merged_into for one in ring}
    assert [one for one in ring if not merged[one]] == ["C7"]
    assert MergeReversed in map(type, world.events[C7])
    others = {f"contract:{way}/K1" for way in ("C8", "C9/C8", "C9", "C8/C9")}
    held = set(world.state(C7).life.contracts)
    assert (len(held), held - others) == (len(ring), {"contract:K1"})


def test_a_subsidiary_that_takes_over_its_parent_belongs_to_nobody() -> None:
    below = SetGroupParent(customer="C7", parent="C8", reason="group", actor=SALES)
    world = World().tell(BOTH, below, merge())
    assert world.state(C7).record.parent == ""


def test_deals_of_the_duplicate_go_on_where_they_stood() -> None:
    world = World().tell(started("P1", "C8"), register("C7"), classify(customer="C7"))
    before = (world.view("funnel-P1"), due_moments(world, "funnel-P1"))
    world.tell(MONDAY + days(1), merge())
    assert (world.view("funnel-P1"), due_moments(world, "funnel-P1")) == before


def below(customer: str, parent: str) -> SetGroupParent:
    return SetGroupParent(customer=customer, parent=parent, reason="group", actor=SALES)


def test_a_group_has_no_ring_by_way_of_a_merge() -> None:
    everybody = [*BOTH, register("C9")]
    merged = given(everybody, below("C9", "C8"), merge())
    merged.when(below("C7", "C9")).then_refused(GroupCycleError)
    world = World().tell(everybody, below("C9", "C8"), below("C7", "C9"), merge())
    assert world.state(C7).record.parent == ""
    assert world.state("customer-C9").record.parent == "C8"


def test_a_contract_of_the_duplicate_is_ended_where_it_was_recorded_and_counts_no_more() -> None:
    dates: dict[str, Any] = {"starts_on": date(2026, 3, 1), "ends_on": date(2027, 2, 28)}
    agreed = RecordContract(customer="C8", contract="K1", service_line="training", reference="doc", actor=SALES, **dates)
    own = agreed.model_copy(update={"customer": "C7"})
    world = World().tell(BOTH, own, agreed, merge())
    assert set(world.state(C7).life.contracts) == {"contract:K1", "contract:C8/K1"}
    world.take(EndContract(customer="C8", contract="K1", reason="terminated", actor=SALES))
    assert set(world.state(C7).life.contracts) == {"contract:K1"}
    other = World().tell(BOTH, agreed, merge())
    with pytest.raises(ContractUnknownError, match="recorded at C8"):
        other.take(EndContract(customer="C7", contract="K1", reason="terminated", actor=SALES))


UNDO = UndoMerge(customer="C8", reason="two companies after all", approver="m1", actor=SALES)


def test_a_merge_that_was_a_mistake_is_taken_back_and_each_has_its_own_again() -> None:
    world = World().tell(BOTH, open_project("P1", "C8"), contact("2026-04-01", "C8"), *with_case("C8"), merge())
    world.now = MONDAY + days(3)
    undone = world.take(UNDO)
    assert [type(one) for one in undone] == [MergeReversed]
    assert DuplicateReleased in map(type, world.events[C7])
    survivor, duplicate = world.state(C7), world.state(C8)
    assert (list(survivor.life.running), list(survivor.record.absorbed), survivor.open_cases) == ([], [], ())
    assert (list(duplicate.life.running), duplicate.next_contact_on) == (["P1"], date(2026, 4, 1))
    assert [one.case for one in duplicate.open_cases] == ["I1"]
    assert not world.view(C8).closed
    world.tell(contact(customer="C8"))
    for stream in (C7, C8):
        assert fold_again(world, stream) == world.state(stream)


def test_a_contact_that_was_planned_during_the_merge_is_kept_when_it_is_taken_back() -> None:
    lost = given(register("C7"), register("C8"), open_project("P2", "C8"), merge(), lose("P2", "2026-05-31")).world
    lost.take(UndoMerge(customer="C8", reason="not the same", approver="m2", actor=SALES))
    assert lost.state("customer-C8").next_contact_on == date(2026, 5, 31)
    assert "contact-2026-05-31-due-1" in due_moments(lost, "customer-C8")


def test_after_a_merge_was_taken_back_it_may_be_merged_again_and_both_hear_of_it() -> None:
    world = World().tell(BOTH, open_project("P1", "C8"), merge(), UNDO, MONDAY + days(1), merge())
    assert list(world.state(C7).life.running) == ["P1"]
    world.tell(MONDAY + days(2), *won())
    assert world.state(C7).status == "active"


def test_only_a_merged_customer_is_taken_back_and_somebody_else_approves_it() -> None:
    given(BOTH).when(UNDO).then_refused(MergeNotPossibleError)
    given(BOTH, merge()).when(UNDO.model_copy(update={"approver": "u1"})).then_refused(ApproverNotOtherError)


def test_a_ticket_of_the_survivor_is_settled_by_the_duplicates_contract() -> None:
    lived = [*in_support("P1", "C8"), register("C7"), classify(customer="C7"), register("C9"), classify(customer="C9")]
    world = World().tell(lived, merge(), at("2026-11-03 10:00"), open_ticket("T1", "C7"), open_ticket("T2", "C9"))
    settle = SettleService(ticket="T1", how="covered", project="P1", reason="looked up", actor=SUPPORT)
    assert world.state("ticket-T1").in_service is False
    world.tell(settle)
    assert world.state("ticket-T1").settled == "covered"
    with pytest.raises(ServiceNotValidError):
        world.take(settle.model_copy(update={"ticket": "T2"}))
