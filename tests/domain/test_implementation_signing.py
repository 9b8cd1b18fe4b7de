"""Who signs a milestone off: named people of both sides, each for one side, while the handoff's conditions hold."""

from __future__ import annotations

from domain import implementation
from domain.handoff import MeetCondition
from domain.implementation import Signature, SignOffMilestone
from domain.messages import Actor, ActorKind
from tests.domain.asked import (
    DELIVERY,
    SALES,
    SUPPORT,
    accept,
    at,
    condition,
    handed_to_delivery,
    judge,
    on,
    reach,
    ready,
    signed,
)
from tests.domain.implementing import BEGUN, WORK, after, missing, types
from tests.domain.scenario import World, given

READY = ready("M1")


def by(milestone: str = "M1", actor: Actor = DELIVERY, **people: str) -> SignOffMilestone:
    signatures = tuple(Signature(role=role, signed_by=name) for role, name in people.items())
    return SignOffMilestone(project="P1", milestone=milestone, signatures=signatures, completion="minutes", actor=actor)


def test_who_signed_stays_on_record() -> None:
    world = after(READY, by(vendor_project_manager="d3", customer_project_manager="林工"))
    assert [(one.role, one.signed_by) for one in world.state(WORK).signatures["M1"]] == [
        ("vendor_project_manager", "d3"),
        ("customer_project_manager", "林工"),
    ]


def test_one_person_does_not_sign_for_both_sides() -> None:
    begun = given(BEGUN, READY)
    begun.when(by(vendor_project_manager="d3", customer_project_manager="d3")).then_refused(implementation.SignatureTwiceError)
    begun.when(by(vendor_project_manager="d3", customer_project_manager=" \uff243 ")).then_refused(
        implementation.SignatureTwiceError
    )


def test_a_role_signs_once() -> None:
    twice = (Signature(role="vendor_project_manager", signed_by="d3"), Signature(role="vendor_project_manager", signed_by="d4"))
    both = (*twice, Signature(role="customer_project_manager", signed_by="林工"))
    given(BEGUN, READY).when(signed("M1", signatures=both)).then_refused(implementation.SignatureTwiceError)


def test_who_has_signed_for_one_side_never_signs_for_the_other() -> None:
    kick_off = (READY, by(vendor_project_manager="d3", customer_project_manager="林工"))
    given(BEGUN, kick_off, ready("M2")).when(by("M2", steering_committee="D3")).then_refused(
        implementation.SignerNotTheirsError
    )
    assert "MilestoneSignedOff" in types(after(kick_off, ready("M2")), by("M2", steering_committee="林工"))


def test_who_records_the_sign_off_does_not_sign_for_the_customer() -> None:
    given(BEGUN, READY).when(by(vendor_project_manager="d3", customer_project_manager="d1")).then_refused(
        implementation.SignerNotTheirsError
    )
    behind = Actor(kind=ActorKind.PERSON, id="d7", role="delivery", on_behalf_of="林工")
    given(BEGUN, READY).when(by(actor=behind, vendor_project_manager="d3", customer_project_manager="林工")).then_refused(
        implementation.SignerNotTheirsError
    )
    assert "MilestoneSignedOff" in types(after(READY), by(vendor_project_manager="d1", customer_project_manager="林工"))


def test_delivery_runs_the_sign_off_and_nobody_else_does() -> None:
    for actor in (SALES, SUPPORT, DELIVERY.model_copy(update={"role": ""})):
        given(BEGUN, READY).when(signed("M1", actor=actor)).then_refused(implementation.RoleNotAllowedError)


# --- conditions of the handoff --------------------------------------------------------------------------------------------


def with_a_condition() -> World:
    to_be_met = accept(conditions=(condition("c1", "2026-03-10"),))
    return given(handed_to_delivery()[:-1], to_be_met, ready("M1"), at("2026-03-12 10:00"), judge("handoff-P1-delivery")).world


def test_a_lapsed_condition_of_the_handoff_stops_every_sign_off_until_it_is_met() -> None:
    world = with_a_condition()
    scene = given()
    scene.world = world
    refused = scene.when(signed("M1")).then_refused(implementation.MilestoneNotReadyError, "c1")
    assert refused.unmet[0].who == "sales"
    world.tell(MeetCondition(project="P1", kind="delivery", condition="c1", reference="minutes", actor=SALES))
    assert "MilestoneSignedOff" in types(world, signed("M1"))


def test_a_condition_stops_the_sign_off_from_its_date_on_even_before_its_own_clock_has_been_judged() -> None:
    to_be_met = accept(conditions=(condition("c1", "2026-03-10"),))
    in_time = given(handed_to_delivery()[:-1], to_be_met, ready("M1"), at("2026-03-10 23:59")).world
    assert "MilestoneSignedOff" in types(in_time, signed("M1"))
    late = given(handed_to_delivery()[:-1], to_be_met, ready("M1"), at("2026-03-11 00:00"))
    late.when(signed("M1")).then_refused(implementation.MilestoneNotReadyError, "c1")
    said_to_be_earlier = on(at("2026-03-09 10:00"), signed("M1"))
    late.when(said_to_be_earlier).then_refused(implementation.MilestoneNotReadyError, "c1")


def test_a_condition_that_is_still_to_come_stops_nothing() -> None:
    to_be_met = accept(conditions=(condition("c1", "2026-03-10"),))
    world = given(handed_to_delivery()[:-1], to_be_met, ready("M1")).world
    assert "MilestoneSignedOff" in types(world, signed("M1"))


def test_the_view_names_who_must_sign() -> None:
    assert missing(after(reach("M1"), ready("M2"))) == ["steering_committee"]
