"""Deliverables are reviewed by somebody else, and open defects stop a milestone until a count says that they are gone."""

from __future__ import annotations

from typing import Any

import pytest

from domain import implementation
from domain.handoff import HandoffOffered, SevereProblemsOpenError
from domain.implementation import (
    DECIDER,
    DefectsCounted,
    DeliverableReviewed,
    DeliverableSubmitted,
    RecordDefects,
    Review,
    ReviewDeliverables,
)
from domain.messages import Actor, ActorKind
from tests.domain.asked import (
    DELIVERY,
    MILESTONES,
    REVIEWER,
    SALES,
    accept,
    defects,
    deliver_all,
    deliverables,
    offer,
    reach,
    ready,
    reviewed,
    signed,
    submit,
)
from tests.domain.implementing import BEGUN, WORK, after, missing, recorded, types
from tests.domain.scenario import Told, given

M1 = submit(*deliverables(MILESTONES["M1"]))
PROGRAM = Actor(kind=ActorKind.INTEGRATION, id="dms", role="delivery")


def rejected(code: str, findings: str = "no test cases", actor: Actor = REVIEWER) -> ReviewDeliverables:
    review = Review(deliverable=code, verdict="rejected", findings=findings)
    return ReviewDeliverables(project="P1", reviews=(review,), actor=actor)


def test_a_deliverable_that_the_playbook_has_reviewed_stops_its_milestone_until_it_is_accepted() -> None:
    given(BEGUN, M1).when(signed("M1")).then_refused(implementation.MilestoneNotReadyError, "review:master_plan")
    assert "MilestoneSignedOff" in types(after(M1, reviewed("master_plan")), signed("M1"))


def test_a_review_is_on_record_with_the_person_whose_review_it_is() -> None:
    world = given(BEGUN, M1).when(rejected("master_plan")).then(DeliverableReviewed)
    told = world.events[WORK][-1]
    assert isinstance(told, DeliverableReviewed)
    assert (told.milestone, told.deliverable, told.verdict) == ("M1", "master_plan", "rejected")
    assert (told.findings, told.reviewed_by) == ("no test cases", "d2")


def test_nobody_reviews_what_they_have_submitted_themselves_nor_in_anothers_name() -> None:
    begun = given(BEGUN, M1)
    begun.when(reviewed("master_plan", actor=DELIVERY)).then_refused(implementation.SelfReviewError)
    by_another_name = Actor(kind=ActorKind.PERSON, id="d9", role="delivery", on_behalf_of="d1")
    begun.when(reviewed("master_plan", actor=by_another_name)).then_refused(implementation.SelfReviewError)
    in_anothers_name = Actor(kind=ActorKind.PERSON, id="d1", role="delivery", on_behalf_of="d2")
    begun.when(reviewed("master_plan", actor=in_anothers_name)).then_refused(implementation.SelfReviewError)
    shouting = Actor(kind=ActorKind.PERSON, id="D1", role="delivery")
    begun.when(reviewed("master_plan", actor=shouting)).then_refused(implementation.SelfReviewError)


def test_who_let_it_be_submitted_does_not_review_it_either() -> None:
    clerk = Actor(kind=ActorKind.PERSON, id="d5", role="delivery", on_behalf_of="d2")
    given(BEGUN, submit("master_plan", actor=clerk)).when(reviewed("master_plan")).then_refused(implementation.SelfReviewError)


def test_a_program_has_no_opinion_of_its_own() -> None:
    given(BEGUN, M1).when(reviewed("master_plan", actor=PROGRAM)).then_refused(implementation.ReviewerNotNamedError)
    for_somebody = PROGRAM.model_copy(update={"on_behalf_of": "d2"})
    world = given(BEGUN, M1).when(reviewed("master_plan", actor=for_somebody)).then(DeliverableReviewed)
    assert world.state(WORK).deliveries["master_plan"].reviewed_by == "d2"


def test_reviews_are_for_the_roles_of_the_playbook() -> None:
    given(BEGUN, M1).when(reviewed("master_plan", actor=SALES)).then_refused(implementation.RoleNotAllowedError)


def test_what_is_rejected_must_be_submitted_again_and_then_reviewed_again() -> None:
    world = after(M1, rejected("master_plan"))
    assert missing(world)[0] == "master_plan"
    assert "master_plan" not in world.state(WORK).submitted
    given(BEGUN, M1, rejected("master_plan")).when(signed("M1")).then_refused(
        implementation.MilestoneNotReadyError, "master_plan"
    )
    world.tell(submit("master_plan"))
    assert missing(world)[0] == "review:master_plan"
    world.tell(reviewed("master_plan"))
    assert "MilestoneSignedOff" in types(world, signed("M1"))


def test_what_is_submitted_again_after_its_acceptance_needs_another_review() -> None:
    world = after(M1, reviewed("master_plan"), submit("master_plan"))
    assert missing(world)[0] == "review:master_plan"
    assert world.state(WORK).deliveries["master_plan"].number == 2


def test_a_rejection_says_what_is_wrong() -> None:
    given(BEGUN, M1).when(rejected("master_plan", findings=" ")).then_refused(implementation.FindingsMissingError)


def test_only_what_is_in_is_reviewed() -> None:
    given(BEGUN).when(reviewed("master_plan")).then_refused(implementation.DeliverableNotInError)
    given(BEGUN, M1, rejected("master_plan")).when(reviewed("master_plan")).then_refused(implementation.DeliverableNotInError)
    given(BEGUN).when(reviewed("fairy_tale")).then_refused(implementation.DeliverableUnknownError)
    given(BEGUN, reach("M1")).when(reviewed("master_plan")).then_refused(implementation.MilestoneSignedAlreadyError)


def test_what_need_not_come_stops_a_milestone_once_it_has_come_and_was_rejected() -> None:
    told = (reach("M1", "M2"), ready("M3"), rejected("custom_code", "does not compile"))
    given(BEGUN, told).when(signed("M3")).then_refused(implementation.MilestoneNotReadyError, "custom_code")


def test_a_deliverable_named_twice_in_one_command_is_recorded_once() -> None:
    world = given(BEGUN).when(submit("master_plan", "master_plan")).then(DeliverableSubmitted)
    assert world.state(WORK).deliveries["master_plan"].number == 1


# --- defects --------------------------------------------------------------------------------------------------------------


def user_test_but_for(*told: Told) -> tuple[Told, ...]:
    return (reach("M1", "M2"), submit(*deliverables(MILESTONES["M3"])), reviewed("test_report"), *told)


def test_without_a_count_the_user_test_is_not_passed() -> None:
    given(BEGUN, user_test_but_for()).when(signed("M3")).then_refused(
        implementation.MilestoneNotReadyError, "defects:1", "defects:2"
    )


@pytest.mark.parametrize(
    ("one", "two", "unmet"), [(1, 0, ["defects:1"]), (0, 1, ["defects:2"]), (2, 3, ["defects:1", "defects:2"])]
)
def test_an_open_defect_of_severity_one_or_two_stops_it(one: int, two: int, unmet: list[str]) -> None:
    refused = (
        given(BEGUN, user_test_but_for(defects(one, two)))
        .when(signed("M3"))
        .then_refused(implementation.MilestoneNotReadyError)
    )
    assert [item.code for item in refused.unmet] == unmet
    assert str(one or two) in refused.unmet[0].name.en


def test_defects_of_severity_three_and_four_stop_nothing() -> None:
    world = after(user_test_but_for(defects()))
    assert world.state(WORK).defects[""].counts == {"1": 0, "2": 0, "3": 4, "4": 9}
    assert types(world, signed("M3")) == ["MilestoneSignedOff"]


def test_the_latest_count_counts() -> None:
    world = after(user_test_but_for(defects(one=3), defects()))
    assert types(world, signed("M3")) == ["MilestoneSignedOff"]
    given(BEGUN, user_test_but_for(defects(), defects(two=1))).when(signed("M3")).then_refused(
        implementation.MilestoneNotReadyError, "defects:2"
    )


def test_a_severity_that_was_not_counted_is_not_taken_for_none() -> None:
    only_one = defects().model_copy(update={"counts": {"1": 0}})
    given(BEGUN, user_test_but_for(only_one)).when(signed("M3")).then_refused(
        implementation.MilestoneNotReadyError, "defects:2"
    )


def test_defects_are_counted_by_those_whom_the_playbook_names() -> None:
    given(BEGUN).when(defects(actor=SALES)).then_refused(implementation.RoleNotAllowedError)
    [counted] = recorded(after(), defects())
    assert isinstance(counted, DefectsCounted)


def test_open_problems_of_class_a_are_those_of_severity_one_in_the_latest_counts() -> None:
    assert after().state(WORK).open_severe == 0
    assert after(defects(one=4), defects(one=2)).state(WORK).open_severe == 2


def test_support_takes_nothing_over_while_a_problem_of_class_a_is_open() -> None:
    delivered = [*deliver_all(), defects(one=1)]
    refused = given(BEGUN, delivered).when(offer("support")).then_refused(SevereProblemsOpenError, "severe_problems")
    assert refused.unmet[0].who == "delivery"
    found_later = [*deliver_all(), offer("support"), defects(one=1)]
    given(BEGUN, found_later).when(accept("support")).then_refused(SevereProblemsOpenError, "severe_problems")
    assert after(found_later, defects(), accept("support")).view("handoff-P1-support").closed


def test_what_a_decision_rests_on_is_named_as_its_proof() -> None:
    world = after(M1, submit("master_plan"), defects(), defects())
    proofs = {one.what: one.id for one in DECIDER.proofs(world.state(WORK))}
    assert proofs["master_plan"] == "master_plan-2"
    assert proofs["defects"] == "defects-2"
    signed_off = after(reach("M1"), ready("M2")).state(WORK)
    assert "master_plan" not in {one.what for one in DECIDER.proofs(signed_off)}


def counted(**counts: int) -> RecordDefects:
    told: dict[Any, int] = {severity.removeprefix("s"): number for severity, number in counts.items()}
    return RecordDefects(project="P1", counts=told, reference="defect list", actor=DELIVERY)


def test_a_defect_of_severity_one_that_is_found_after_the_user_test_stops_the_cutover_and_the_go_live() -> None:
    refused = given(BEGUN, reach("M1", "M2", "M3"), ready("M4"), defects(one=1)).when(signed("M4"))
    refused.then_refused(implementation.MilestoneNotReadyError, "defects:1")
    live = given(BEGUN, reach("M1", "M2", "M3", "M4"), ready("M5"), defects(one=1)).when(signed("M5"))
    live.then_refused(implementation.MilestoneNotReadyError, "defects:1")
    assert "WentLive" in types(after(reach("M1", "M2", "M3", "M4"), ready("M5"), defects(one=1), defects()), signed("M5"))


def test_silence_about_a_severity_closes_none_of_its_defects() -> None:
    silent = given(BEGUN, deliver_all(), counted(s1=3, s2=0), counted(s3=2))
    assert silent.world.state(WORK).defects[""].counts == {"1": 3, "3": 2, "4": 9}
    silent.when(offer("support")).then_refused(SevereProblemsOpenError)
    given(BEGUN, deliver_all(), counted(s1=3), counted(s1=0)).when(offer("support")).then(HandoffOffered)
