"""The implementation: milestones as a graph, each signed off when its deliverables are in."""

from __future__ import annotations

import pytest

from domain import implementation
from domain.implementation import (
    CompleteHandover,
    DeliverableSubmitted,
    ForecastMoved,
    ImplementationStarted,
    MilestoneOverdue,
    MilestoneSignedOff,
    PlanBaselined,
    StartImplementation,
)
from domain.messages import SYSTEM, Command
from domain.refusals import AlreadyExistsError, NotFoundError
from tests.domain.asked import (
    MILESTONES,
    MONDAY,
    accept,
    at,
    defects,
    deliver_all,
    deliverables,
    give_back,
    in_support,
    judge,
    offer,
    promise,
    reach,
    ready,
    reviewed,
    signed,
    started,
    submit,
    utc,
    won,
)
from tests.domain.implementing import BEGUN, WORK, after, types
from tests.domain.scenario import due_moments, given


def test_the_accepted_handoff_starts_the_implementation_with_its_promises_and_a_baseline() -> None:
    world = given(started(), promise("pr1"), *won(), offer(), accept()).world
    began, baseline = world.events[WORK]
    assert isinstance(began, ImplementationStarted)
    assert [one.promise for one in began.promises] == ["pr1"]
    assert isinstance(baseline, PlanBaselined)
    assert baseline.plan_version == 1
    assert list(baseline.planned) == list(MILESTONES)
    assert baseline.planned["M1"] == utc(at("2026-03-16 18:00"))
    assert sorted(baseline.planned.values()) == list(baseline.planned.values())


def test_an_implementation_starts_once_and_only_with_an_accepted_handoff() -> None:
    start = StartImplementation(project="P1", actor=SYSTEM)
    given(BEGUN).when(start).then_refused(AlreadyExistsError)
    given(started(), *won()).when(start).then_refused(implementation.HandoffNotAcceptedError)
    given(started()).when(start).then_refused(NotFoundError)


def test_deliverables_are_recorded_with_their_milestone() -> None:
    world = given(BEGUN).when(submit("master_plan", "solution")).then(DeliverableSubmitted, DeliverableSubmitted)
    of = [event.milestone for event in world.events[WORK] if isinstance(event, DeliverableSubmitted)]
    assert of == ["M1", "M2"]


def test_a_deliverable_that_no_milestone_has_is_refused() -> None:
    given(BEGUN).when(submit("master_plan", "fairy_tale")).then_refused(implementation.DeliverableUnknownError)


def test_a_milestone_is_signed_when_its_deliverables_and_signatures_are_in() -> None:
    world = after(ready("M1"))
    assert types(world, signed("M1")) == ["MilestoneSignedOff", "PaymentFellDue"]
    assert world.view(WORK).code == "M2"


def test_a_milestone_that_lacks_something_names_all_of_it() -> None:
    given(BEGUN).when(signed("M2")).then_refused(implementation.MilestoneNotReadyError, "M1", *deliverables(MILESTONES["M2"]))
    given(BEGUN, ready("M1")).when(signed("M1", by=("vendor_project_manager",))).then_refused(
        implementation.MilestoneNotReadyError, "customer_project_manager"
    )


def test_what_is_not_required_need_not_come() -> None:
    without = tuple(code for code in deliverables(MILESTONES["M3"]) if code != "custom_code")
    world = after(reach("M1", "M2"), submit(*without), reviewed("test_report"), defects())
    assert types(world, signed("M3")) == ["MilestoneSignedOff"]


def test_milestones_out_of_order_are_refused() -> None:
    given(BEGUN, ready("M3")).when(signed("M3")).then_refused(implementation.MilestoneNotReadyError, "M2")


def test_only_its_signers_sign_a_milestone() -> None:
    given(BEGUN).when(signed("M1", by=("the_cat",))).then_refused(implementation.SignerUnknownError)


def test_a_milestone_that_is_not_there_is_refused() -> None:
    given(BEGUN).when(signed("M1").model_copy(update={"milestone": "M9"})).then_refused(implementation.MilestoneUnknownError)


def test_what_is_signed_is_not_changed() -> None:
    given(BEGUN, reach("M1")).when(signed("M1")).then_refused(implementation.MilestoneSignedAlreadyError)
    given(BEGUN, reach("M1")).when(submit("master_plan")).then_refused(implementation.MilestoneSignedAlreadyError)


def test_cutover_goes_live_and_acceptance_accepts() -> None:
    world = after(reach("M1", "M2", "M3", "M4"), ready("M5"))
    assert types(world, signed("M5")) == ["MilestoneSignedOff", "WentLive", "PaymentFellDue"]
    assert world.state(WORK).went_live_at == MONDAY
    world.tell(ready("M6"))
    assert types(world, signed("M6")) == ["MilestoneSignedOff", "ProjectAccepted", "PaymentFellDue"]
    assert world.view("project-P1").code == "handoff-support"


def test_the_last_milestone_is_signed_by_the_handoff_and_by_nothing_else() -> None:
    delivered = given(BEGUN, deliver_all())
    delivered.when(signed("M7")).then_refused(implementation.SignedByHandoffError)
    complete = CompleteHandover(project="P1", actor=SYSTEM)
    delivered.when(complete).then_refused(implementation.HandoffNotAcceptedError)

    world = delivered.world.tell(offer("support"), give_back("training_done", kind="support"))
    world.tell(offer("support", items={"training_done": "list-2"}), accept("support"))
    last = next(event for event in reversed(world.events[WORK]) if isinstance(event, MilestoneSignedOff))
    assert (last.milestone, last.completion) == ("M7", "handoff to support accepted, round 2")
    assert world.view(WORK).closed


def test_the_handover_completes_once() -> None:
    given(in_support()).when(CompleteHandover(project="P1", actor=SYSTEM)).then()
    given(BEGUN).when(CompleteHandover(project="P1", actor=SYSTEM)).then_refused(NotFoundError)


def test_each_planned_date_that_passes_is_recorded_once_with_the_one_who_must_act() -> None:
    late = given(BEGUN)
    world = late.when_clocks_are_judged(WORK, at("2026-04-30 09:00")).then(MilestoneOverdue, ForecastMoved)
    first = world.events[WORK][-2]
    assert first == MilestoneOverdue(occurred_at=utc(at("2026-03-16 18:00")), milestone="M1", plan_version=1, who="delivery")
    assert world.view(WORK).reason == "milestone late 里程碑逾期: M1"
    late.when_clocks_are_judged(WORK, at("2026-04-30 10:00")).then()


def test_a_milestone_whose_turn_comes_after_its_planned_date_is_late_from_then_on() -> None:
    world = given(BEGUN, at("2026-04-30 09:00"), reach("M1"), judge(WORK)).world
    [overdue] = [event for event in world.events[WORK] if isinstance(event, MilestoneOverdue) and event.milestone == "M2"]
    assert overdue.occurred_at == at("2026-04-30 09:00")


def test_a_milestone_signed_late_is_not_late_any_more() -> None:
    world = given(BEGUN, at("2026-03-20 09:00"), reach("M1")).world
    assert world.state(WORK).overdue == ()
    assert world.view(WORK).health == "ok"
    assert "milestone-M1-overdue-1" not in due_moments(world, WORK)


@pytest.mark.parametrize("command", [submit("master_plan"), signed("M1")])
def test_nothing_is_delivered_before_the_start(command: Command) -> None:
    given(started(), *won()).when(command).then_refused(NotFoundError)
