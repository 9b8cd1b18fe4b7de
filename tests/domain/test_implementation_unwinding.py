"""A cancelled project's implementation ends in whatever state it is, and says what it has undone and what is left to settle."""

from __future__ import annotations

import pytest

from domain import implementation
from domain.cancelling import PartUnwound, ProjectCancelledError
from domain.implementation import DeliverablesArchived, LiveUnitsLeft, MilestonesStopped, PaymentsToSettle
from domain.messages import Command
from tests.domain.asked import (
    MILESTONES,
    SUPPORT,
    accept,
    at,
    deliver_all,
    excuse,
    in_support,
    offer,
    paid,
    reach,
    ready,
    settle,
    signed,
    submit,
)
from tests.domain.implementing import BEGUN, PILOT, UNWIND, WORK, after, judged, shown, types, units
from tests.domain.scenario import Told, World, given


def unwound(*told: Told) -> World:
    return after(*told, UNWIND)


def found(world: World, kind: type) -> list[object]:
    return [event for event in world.events[WORK] if isinstance(event, kind)]


def test_what_was_just_begun_stops_its_milestones_and_has_nothing_else_to_undo() -> None:
    assert types(after(), UNWIND) == ["MilestonesStopped", "PartUnwound"]


def test_everything_that_is_undone_or_left_is_a_fact_of_its_own() -> None:
    world = unwound(reach("M1"), *ready("M2"), signed("M2"), submit("configuration"))
    [stopped] = found(world, MilestonesStopped)
    [archived] = found(world, DeliverablesArchived)
    [payments] = found(world, PaymentsToSettle)
    assert isinstance(stopped, MilestonesStopped)
    assert isinstance(archived, DeliverablesArchived)
    assert isinstance(payments, PaymentsToSettle)
    assert stopped.milestones == ("M3", "M4", "M5", "M6", "M7")
    assert {"master_plan", "solution", "configuration"} <= set(archived.deliverables)
    assert (payments.due, payments.received) == (("M2",), ("M1",))
    [ended] = found(world, PartUnwound)
    assert isinstance(ended, PartUnwound)
    assert ended.what == ("MilestonesStopped", "DeliverablesArchived", "PaymentsToSettle")


def test_what_the_customer_works_with_already_is_named() -> None:
    everywhere = unwound(reach("M1", "M2", "M3", "M4", "M5"))
    assert [one.units for one in found(everywhere, LiveUnitsLeft) if isinstance(one, LiveUnitsLeft)] == [("",)]
    in_pilot = [command for code in ("M3", "M4", "M5") for command in (*ready(code, unit="pilot"), signed(code, unit="pilot"))]
    piloted = unwound(units(), reach("M1", "M2"), in_pilot)
    assert [one.units for one in found(piloted, LiveUnitsLeft) if isinstance(one, LiveUnitsLeft)] == [(PILOT.unit,)]


STATES: dict[str, list[Told]] = {
    "just begun": [],
    "with units": [units()],
    "late": [at("2026-05-01 10:00"), submit("master_plan")],
    "excused": [excuse("M1")],
    "an override expired": [excuse("M1", expires_on="2026-03-03"), at("2026-03-09 10:00"), submit("master_plan")],
    "signed, not paid": [ready("M1"), signed("M1")],
    "live": [reach("M1", "M2", "M3", "M4", "M5")],
    "accepted": [reach(*(code for code in MILESTONES if code != "M7"))],
}


@pytest.mark.parametrize("state", STATES)
def test_in_whatever_state_it_is_it_ends_its_clocks_stop_and_nothing_more_is_taken(state: str) -> None:
    world = unwound(*STATES[state])
    assert (shown(world).code, shown(world).closed) == ("cancelled", True)
    world.tell(at("2027-05-01 10:00"))
    assert judged(world) == []
    again: list[Command] = [submit("solution"), signed("M1"), excuse("M2"), units(), paid("M1")]
    scene = given()
    scene.world = world
    for command in again:
        scene.when(command).then_refused(ProjectCancelledError)
    assert types(world, UNWIND) == []


def test_the_payments_are_settled_afterwards_each_once() -> None:
    world = unwound(reach("M1"), *ready("M2"), signed("M2"))
    assert types(world, settle("M1", "refunded")) == ["PaymentSettled"]
    assert types(world, settle("M2", "waived")) == ["PaymentSettled"]
    assert {code: one.settled for code, one in world.state(WORK).payments.items()} == {"M1": "refunded", "M2": "waived"}
    scene = given()
    scene.world = world
    scene.when(settle("M1")).then_refused(implementation.NothingToSettleError)
    assert shown(world).closed


def test_nothing_is_settled_that_was_never_owed_nor_by_anybody_nor_before_the_end() -> None:
    ended = given(BEGUN, reach("M1"), UNWIND)
    ended.when(settle("M5")).then_refused(implementation.NothingToSettleError)
    ended.when(settle("M1", actor=SUPPORT)).then_refused(implementation.RoleNotAllowedError)
    given(BEGUN, reach("M1")).when(settle("M1")).then_refused(implementation.NothingToSettleError)


def test_an_implementation_that_has_ended_has_nothing_to_undo() -> None:
    ended = given(in_support()).world
    assert types(ended, UNWIND) == ["PartUnwound"]


def test_a_payment_that_is_still_owed_after_the_last_milestone_is_to_be_settled() -> None:
    told = [command for command in in_support() if command != paid("M6")]
    ended = given(told).world
    assert not shown(ended).closed
    assert types(ended, UNWIND) == ["PaymentsToSettle", "PartUnwound"]


def test_what_is_left_to_settle_is_named_with_who_sees_to_it_until_it_is_settled() -> None:
    world = unwound(reach("M1"), ready("M2"), signed("M2"))
    view = world.view(WORK)
    assert (view.code, view.closed, view.waiting_for) == ("cancelled", True, "sales")
    assert [one.code for one in view.missing] == ["M1", "M2"]
    assert "M1, M2" in view.reason
    world.tell(settle("M1", "kept"))
    assert [one.code for one in world.view(WORK).missing] == ["M2"]
    world.tell(settle("M2", "waived"))
    assert world.view(WORK).reason == ""
    assert world.view(WORK).missing == ()


def test_a_delivered_and_paid_project_leaves_nothing_to_settle() -> None:
    assert unwound(deliver_all(), offer("support"), accept("support")).view(WORK).missing == ()
