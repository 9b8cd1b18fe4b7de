"""The project: a row of phases that follow each other, each begun when the one before has ended."""

from __future__ import annotations

import pytest

from domain import project, streams
from domain.catalogue import decider_of
from domain.clocks import ClocksReleased
from domain.funnel import ReopenDeal
from domain.messages import OWN_IDS, SYSTEM, Command, own_id
from domain.phases import CompletePhase, ReopenProject
from domain.playbook import Phase
from domain.project import PhaseEntered, ProjectClosed, ProjectOpened, ProjectReopened
from domain.refusals import AlreadyExistsError, ClocksNotHeldError, NotFoundError
from tests.domain.asked import (
    MONDAY,
    PLAYBOOKS,
    SALES,
    accept,
    at,
    condition,
    deliver_all,
    evidence,
    in_support,
    lose,
    offer,
    on,
    open_project,
    reach,
    register,
    release,
    stage_done,
    started,
    won,
)
from tests.domain.scenario import World, due_moments, given

PROJECT = "project-P1"


def complete(phase: Phase) -> CompletePhase:
    return CompletePhase(project="P1", phase=phase, actor=SYSTEM)


def test_a_project_opens_under_the_newest_playbook_and_with_its_customers_value_class() -> None:
    world = given(started()).world
    opened = world.events[PROJECT][0]
    assert isinstance(opened, ProjectOpened)
    assert opened.origin.playbook == PLAYBOOKS.latest().ref
    assert opened.origin.value_class == "vip"
    assert opened.playbook_reason == "the standard one: no other playbook serves this project"


def test_a_project_needs_a_registered_customer() -> None:
    given().when(open_project()).then_refused(project.CustomerUnknownError)


def test_a_project_needs_a_playbook_that_is_there() -> None:
    given(register()).when(open_project(playbook="lean")).then_refused(project.PlaybookUnknownError)
    given(register()).when(open_project(playbook="standard")).then(ProjectOpened)


def test_a_project_opens_once() -> None:
    given(started()).when(open_project()).then_refused(AlreadyExistsError)


def test_the_phases_follow_each_other_from_the_lead_to_support() -> None:
    world = given(in_support()).world
    phases = [event.phase for event in world.events[PROJECT] if isinstance(event, PhaseEntered)]
    assert phases == ["handoff-delivery", "implementation", "handoff-support", "support"]
    assert world.events[PROJECT][-1] == ProjectClosed(occurred_at=MONDAY, outcome="delivered")
    assert world.view(PROJECT).closed


@pytest.mark.parametrize("phase", ["funnel"])
def test_a_phase_that_has_not_ended_is_not_left(phase: Phase) -> None:
    given(started()).when(complete(phase)).then_refused(project.PhaseNotCompleteError)


def test_a_phase_that_has_not_begun_or_is_past_changes_nothing() -> None:
    given(started()).when(complete("implementation")).then()
    given(started(), *won()).when(complete("funnel")).then()


def test_a_lost_deal_closes_its_project() -> None:
    world = given(started(), lose()).world
    assert world.events[PROJECT][-1] == ProjectClosed(occurred_at=MONDAY, outcome="lost")
    assert world.view(PROJECT).code == "closed"


def reopen() -> ReopenDeal:
    return ReopenDeal(project="P1", reason="they ask again", approver="m1", approver_role="manager", actor=SALES)


def test_a_reopened_deal_runs_its_project_again_and_may_be_lost_again() -> None:
    world = given(started(), lose(), reopen()).world
    assert world.events[PROJECT][-1] == ProjectReopened(occurred_at=MONDAY, times=1)
    assert not world.view(PROJECT).closed

    world.tell(lose())
    assert world.events[PROJECT][-1] == ProjectClosed(occurred_at=MONDAY, outcome="lost")
    assert [type(event).__name__ for event in world.events["customer-C1"]].count("KeepContactPlanned") == 2

    world.tell(reopen(), won())
    assert world.state(PROJECT).phase == "handoff-delivery"


def test_the_project_does_not_believe_a_reopening_that_the_deal_does_not_know_of() -> None:
    given(started(), lose()).when(ReopenProject(project="P1", actor=SYSTEM)).then()


def test_a_project_that_others_deliver_closes_with_its_win_and_the_customer_hears_of_it() -> None:
    world = given(register(), open_project(delivery="elsewhere"), *won()).world
    assert world.events[PROJECT][-1] == ProjectClosed(occurred_at=MONDAY, outcome="won")
    assert "handoff-P1-delivery" not in world.events
    assert world.view("customer-C1").code == "active"


def test_the_customer_is_owed_word_of_the_contract_however_far_the_project_has_gone_on() -> None:
    world = given(in_support()).world
    owed = {one.command.command_id for one in project.DECIDER.owes(world.state(PROJECT))}
    assert own_id("contract-P1") in owed


@pytest.mark.parametrize("life", [in_support(), [*started(), lose()]], ids=["delivered", "lost"])
def test_every_word_that_is_owed_has_an_id_that_no_caller_can_take(life: list[Command]) -> None:
    world = given(life).world
    owed = [one.command for stream, state in world.states.items() for one in decider_of(stream).owes(state)]
    assert {streams.category(command.stream) for command in owed} >= {"customer", "project"}
    assert all(str(command.command_id).startswith(OWN_IDS) for command in owed)


# Bringing the past along


def past_deal() -> World:
    """A deal of last year, told now, its clocks held."""
    opened = on(at("2025-03-03 10:00"), open_project(hold_clocks=True))
    return given(on(at("2025-03-03 09:00"), register()), opened).world


def test_held_clocks_judge_nothing() -> None:
    world = past_deal().tell(on(at("2025-06-02 10:00"), stage_done("F1")))
    assert due_moments(world, "funnel-P1") == {}
    assert world.state("funnel-P1").stage == "F2"
    assert not any(type(event).__name__ in ("StageOverdue", "DealStalled") for event in world.events["funnel-P1"])


def test_release_judges_each_clock_once_against_now() -> None:
    world = past_deal().tell(on(at("2026-02-02 10:00"), stage_done("F1")), release(project="P1"))
    # F2 has 20 working days (Spring Festival in between), which end after now; 30 days without a step ended before now.
    assert [type(event).__name__ for event in world.events["funnel-P1"][-2:]] == ["StageAdvanced", "ClocksReleased"]
    world.now = at("2027-01-01")
    world.take(evidence("budget"))
    names = [type(event).__name__ for event in world.events["funnel-P1"]]
    assert names.count("StageOverdue") == names.count("DealStalled") == 1


def test_a_release_of_something_long_overdue_records_each_fact_once_with_its_true_due_time() -> None:
    world = past_deal().tell(release(project="P1"))
    facts = {type(event).__name__: event.occurred_at for event in world.events["funnel-P1"][1:]}
    assert list(facts)[:3] == ["ClocksReleased", "StageOverdue", "DealStalled"]
    assert len(facts) == len(world.events["funnel-P1"][1:])
    assert facts["StageOverdue"] == at("2025-03-17 18:00")
    assert facts["ClocksReleased"] == MONDAY


def test_clocks_that_run_cannot_be_released() -> None:
    given(started()).when(release(project="P1")).then_refused(ClocksNotHeldError)
    world = past_deal().tell(release(project="P1"))
    given_again = given()
    given_again.world = world
    given_again.when(release(project="P1")).then_refused(ClocksNotHeldError)
    given().when(release(project="P9")).then_refused(NotFoundError)


def test_what_begins_after_the_release_is_not_held() -> None:
    world = past_deal().tell(release(project="P1"), *won())
    assert not world.state("handoff-P1-delivery").held


def test_what_begins_before_the_release_is_held_and_released_with_the_project() -> None:
    world = past_deal().tell(*won(), offer(), accept())
    assert world.state("implementation-P1").held
    world.tell(release(project="P1"))
    assert not world.state("implementation-P1").held
    assert world.events["implementation-P1"][-1] == ClocksReleased(occurred_at=MONDAY)


def test_the_handoff_to_support_and_the_implementation_are_released_together() -> None:
    world = past_deal().tell(*won(), offer(), accept(), deliver_all(), release(project="P1"))
    assert not world.state("implementation-P1").held
    assert not world.state("handoff-P1-support").held


def test_conditions_of_an_acceptance_in_the_past_are_released_too() -> None:
    agreed = accept(conditions=(condition(due_on="2026-02-27"),))
    world = past_deal().tell(*(on(at("2026-02-02 10:00"), told) for told in (*won(), offer(), agreed)), reach("M1"))
    world.tell(release(project="P1"))
    assert not world.state("handoff-P1-delivery").held
    assert world.view("handoff-P1-delivery").health == "overdue"
