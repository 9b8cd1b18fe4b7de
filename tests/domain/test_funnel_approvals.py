"""Approvals at gates: asked for by themselves, answered by whom the playbook names, late ones passed on and up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain import funnel
from domain.funnel import (
    ApprovalEscalated,
    ApprovalGiven,
    ApprovalLapsed,
    ApprovalOverdue,
    ApprovalRefused,
    ApprovalRequested,
    DealLost,
    DealResumed,
    DealShelved,
    Evidence,
    EvidenceRecorded,
    EvidenceWithdrawn,
    GateOverridden,
    RecordEvidence,
    RevisitDue,
    StageAdvanced,
    StagesSwapped,
)
from domain.messages import Actor
from tests.domain.asked import (
    MONDAY,
    SALES,
    STAGES,
    at,
    evidence,
    judge,
    lose,
    override,
    prepared,
    resume,
    shelve,
    stage_done,
    started,
    utc,
)
from tests.domain.funnelling import (
    APPROVAL,
    DEAL,
    DIRECTOR,
    EXECUTIVE,
    MANAGER,
    approve,
    person,
    playbook,
    refuse,
    reopen,
    request,
    under,
    withdraw,
)
from tests.domain.scenario import Given, Told, due_moments

RULES = playbook({"F1": {"approval": APPROVAL}})
FOUR = STAGES["F1"][:-1]


def another_paper() -> RecordEvidence:
    """A proof of the same criterion as before, but not the same proof."""
    return RecordEvidence(project="P1", evidence=(Evidence(criterion="owner", reference="another paper"),), actor=SALES)


def asked_for(*told: Told) -> Given:
    return under(RULES, started(), stage_done("F1"), *told)


def test_an_approval_is_asked_for_by_itself_when_the_last_required_evidence_is_in() -> None:
    under(RULES, started()).when(evidence(*FOUR)).then(*[EvidenceRecorded] * 4)
    world = under(RULES, started(), evidence(*FOUR)).when(evidence(STAGES["F1"][-1])).then(EvidenceRecorded, ApprovalRequested)
    asked = world.events[DEAL][-1]
    assert isinstance(asked, ApprovalRequested)
    assert (asked.approval, asked.subject, asked.stage, asked.role, asked.asked_by) == ("A1", "gate", "F1", "manager", ("u1",))
    view = world.view(DEAL)
    assert (view.code, view.waiting_for, [one.code for one in view.missing]) == ("F1", "manager", ["approval"])
    assert view.due_at == utc(at("2026-03-03 10:00"))  # eight working hours from Monday 10:00


def test_the_gate_is_passed_when_it_is_approved() -> None:
    world = asked_for().when(approve()).then(ApprovalGiven, StageAdvanced)
    assert world.state(DEAL).stage == "F2"


@pytest.mark.parametrize("actor", [SALES, DIRECTOR, EXECUTIVE, person("m2", ""), person("s1", "Manager")])
def test_nobody_else_approves_while_the_role_has_time(actor: Actor) -> None:
    asked_for().when(approve(actor)).then_refused(funnel.ApproverRoleError)
    asked_for().when(refuse(actor)).then_refused(funnel.ApproverRoleError)


@pytest.mark.parametrize(
    "actor",
    [person("u1", "manager"), person("m2", "manager", on_behalf_of="u1")],
    ids=["the asker", "in the asker's name"],
)
def test_nobody_approves_what_they_asked_for(actor: Actor) -> None:
    asked_for().when(approve(actor)).then_refused(funnel.SelfApprovalError)


def test_nobody_approves_what_was_asked_for_in_their_name_nor_their_own_deal() -> None:
    assistant = person("a1", "sales", on_behalf_of="m1")
    asked = under(RULES, started(), stage_done("F1", actor=assistant))
    asked.when(approve(MANAGER)).then_refused(funnel.SelfApprovalError)
    asked.when(approve(person("a1", "manager"))).then_refused(funnel.SelfApprovalError)
    asked.when(approve(person("u1", "manager"))).then_refused(funnel.SelfApprovalError)  # the deal's owner
    asked.when(approve(person("m2", "manager"))).then(ApprovalGiven, StageAdvanced)


def test_an_approval_that_is_late_passes_to_the_deputy_and_then_up_each_once_at_its_true_time() -> None:
    late = asked_for()
    world = late.when_clocks_are_judged(DEAL, at("2026-03-03 10:00")).then(ApprovalOverdue)
    assert world.view(DEAL).waiting_for == "director"
    assert (world.view(DEAL).health, world.view(DEAL).needs_human) == ("overdue", True)
    late.when(approve(EXECUTIVE)).then_refused(funnel.ApproverRoleError)

    late.when_clocks_are_judged(DEAL, at("2026-03-03 14:59")).then()
    late.when_clocks_are_judged(DEAL, at("2026-03-06 09:00")).then(
        ApprovalEscalated(occurred_at=utc(at("2026-03-03 15:00")), approval="A1", to="executive")
    )
    assert world.view(DEAL).waiting_for == "executive"
    late.when_clocks_are_judged(DEAL, at("2026-03-10 09:00")).then()


@pytest.mark.parametrize("actor", [MANAGER, DIRECTOR, EXECUTIVE])
def test_once_it_was_escalated_each_of_them_may_answer(actor: Actor) -> None:
    asked_for(at("2026-03-06 09:00")).when(approve(actor)).then(
        ApprovalOverdue, ApprovalEscalated, ApprovalGiven, StageAdvanced
    )


def test_without_a_deputy_it_is_escalated_at_once_and_without_anybody_above_it_stays_overdue() -> None:
    no_deputy = playbook({"F1": {"approval": {"role": "manager", "within": 8, "escalate_to": "executive"}}})
    world = under(no_deputy, started(), stage_done("F1")).when_clocks_are_judged(DEAL, at("2026-03-04 09:00"))
    happened = world.then(ApprovalOverdue, ApprovalEscalated).events[DEAL][-2:]
    assert [event.occurred_at for event in happened] == [utc(at("2026-03-03 10:00"))] * 2

    alone = playbook({"F1": {"approval": {"role": "manager", "within": 8}}})
    under(alone, started(), stage_done("F1")).when_clocks_are_judged(DEAL, at("2026-03-12 09:00")).then(ApprovalOverdue)


def test_the_time_to_approve_stands_still_over_the_spring_festival() -> None:
    friday = at("2026-02-13 16:00")  # two working hours before nine days off and a made-up working Saturday on the 14th
    late = under(RULES, at("2026-02-13 09:00"), started(), friday, stage_done("F1")).world
    assert due_moments(late, DEAL)["approval-A1-overdue"] == utc(at("2026-02-14 16:00"))


def test_a_refused_gate_stays_shut_until_something_has_changed_and_it_is_asked_for_anew() -> None:
    no = asked_for()
    world = no.when(refuse()).then(ApprovalRefused)
    assert (world.view(DEAL).code, world.view(DEAL).needs_human) == ("F1", True)
    assert not [name for name in due_moments(world, DEAL) if name.startswith("approval")]
    no.when(approve()).then_refused(funnel.ApprovalUnknownError)
    no.when(request()).then_refused(funnel.NothingChangedSinceRefusalError)
    no.when(another_paper()).then(EvidenceRecorded)
    no.when(request()).then(ApprovalRequested)
    no.when(request()).then_refused(funnel.ApprovalNotNeededError)
    no.when(approve()).then(ApprovalGiven, StageAdvanced)


def test_an_approval_is_not_asked_for_before_the_evidence_is_in_nor_where_none_is_needed() -> None:
    under(RULES, started()).when(request()).then_refused(funnel.ApprovalNotNeededError, *STAGES["F1"])
    asked_for(approve(), stage_done("F2")).when(request()).then_refused(funnel.ApprovalNotNeededError)


def test_withdrawn_evidence_lets_the_request_lapse_and_new_evidence_asks_again() -> None:
    some = asked_for()
    some.when(withdraw("E1")).then(EvidenceWithdrawn, ApprovalLapsed)
    some.when(approve()).then_refused(funnel.ApprovalUnknownError)
    world = some.when(evidence(STAGES["F1"][0])).then(EvidenceRecorded, ApprovalRequested)
    assert set(due_moments(world, DEAL)) >= {"approval-A2-overdue"}
    some.when(approve(approval="A1")).then_refused(funnel.ApprovalUnknownError)
    some.when(approve(approval="A2")).then(ApprovalGiven, StageAdvanced)


def test_on_the_shelf_no_approval_runs_out_and_back_from_it_the_gate_asks_again() -> None:
    some = asked_for()
    some.when(shelve("2026-06-01")).then(ApprovalLapsed, DealShelved)
    some.when(resume(), at("2026-05-06 09:00")).then(DealResumed, ApprovalRequested)
    some.when(lose()).then(ApprovalLapsed, DealLost)


def test_an_override_passes_a_gate_that_waits_for_its_approval_and_says_so() -> None:
    world = asked_for().when(override("F2")).then(ApprovalLapsed, GateOverridden, StageAdvanced)
    overridden = world.events[DEAL][-2]
    assert isinstance(overridden, GateOverridden)
    assert overridden.missing == ("approval",)
    assert not [name for name in due_moments(world, DEAL) if name.startswith("override")]  # no evidence is owed


def test_evidence_of_every_stage_at_once_stops_at_the_gate_that_asks_for_an_approval() -> None:
    rules = playbook({"F2": {"approval": APPROVAL}})
    world = under(rules, started(), stage_done("F1", "F2", "F3")).world
    assert world.state(DEAL).stage == "F2"
    assert world.tell(approve()).state(DEAL).stage == "F3"


def test_a_command_told_late_is_answered_by_who_could_answer_then() -> None:
    early = approve(DIRECTOR).model_copy(update={"occurred_at": MONDAY + timedelta(hours=1)})
    asked_for(at("2026-03-06 09:00")).when(early).then_refused(funnel.ApproverRoleError)


def test_a_refusal_is_not_undone_by_leaving_the_stage_and_coming_back() -> None:
    no = asked_for(refuse(), shelve("2026-06-01"))
    no.when(resume()).then(DealResumed)
    no.when(request()).then_refused(funnel.NothingChangedSinceRefusalError)
    no.world.tell(lose())
    no.when(reopen()).then(funnel.DealReopened)
    no.when(withdraw("E1")).then(EvidenceWithdrawn)
    no.when(evidence(STAGES["F1"][0])).then(EvidenceRecorded)
    no.when(request()).then(ApprovalRequested)


def test_while_one_gate_of_a_pair_is_refused_the_other_is_passed_and_neither_is_skipped() -> None:
    rules = playbook({"F3": {"approval": APPROVAL}, "F4": {"approval": APPROVAL}})
    deal = under(rules, started(), prepared()[0], stage_done("F1", "F2", "F3"), refuse())
    deal.when(stage_done("F4")).then(*[EvidenceRecorded] * 4, StagesSwapped, ApprovalRequested)
    assert deal.world.state(DEAL).stage == "F4"
    deal.when(approve()).then(ApprovalGiven, StageAdvanced)
    assert deal.world.state(DEAL).stage == "F3"
    deal.when(request()).then(ApprovalRequested)  # the evidence for F4 has come since
    deal.when(approve()).then(ApprovalGiven, StageAdvanced)
    assert deal.world.state(DEAL).stage == "F5"


def test_a_pair_that_is_refused_twice_stands_still() -> None:
    rules = playbook({"F3": {"approval": APPROVAL}, "F4": {"approval": APPROVAL}})
    deal = under(rules, started(), prepared()[0], stage_done("F1", "F2", "F3"), refuse(), stage_done("F4"))
    deal.when(refuse()).then(ApprovalRefused)
    deal.when(another_paper()).then(EvidenceRecorded)
    deal.when(request()).then(ApprovalRequested)


def test_a_deal_that_comes_back_from_the_shelf_by_itself_asks_for_its_approval_anew_and_none_of_its_askers_answers() -> None:
    rules = playbook({"F1": {"approval": APPROVAL}})
    first = stage_done("F1", actor=person("m9", "presales"))
    world = under(rules, started(), first, shelve("2026-04-01"), at("2026-04-01 09:00"), judge(DEAL)).world
    assert [type(event) for event in world.events[DEAL][-4:-1]] == [RevisitDue, DealResumed, funnel.TaskRaised]
    asked = world.events[DEAL][-1]
    assert isinstance(asked, ApprovalRequested)
    assert (asked.approval, asked.entry, asked.occurred_at) == ("A2", 2, utc(at("2026-04-01")))
    assert "approval-A2-overdue" in due_moments(world, DEAL)
    for asker in ("u1", "m9"):
        Given(world).when(approve(person(asker, "manager"))).then_refused(funnel.SelfApprovalError)
    Given(world).when(approve()).then(ApprovalGiven, StageAdvanced)


def test_a_proof_that_is_told_once_more_changes_nothing_about_a_refusal() -> None:
    refused = under(playbook({"F1": {"approval": APPROVAL}}), started(), stage_done("F1"), refuse())
    refused.when(evidence("owner")).then(EvidenceRecorded)
    refused.when(request()).then_refused(funnel.NothingChangedSinceRefusalError)
    refused.when(another_paper()).then(EvidenceRecorded)
    refused.when(request()).then(ApprovalRequested)
