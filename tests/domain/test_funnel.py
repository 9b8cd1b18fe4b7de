"""The sales funnel: stages are left by evidence, and by nothing else but a recorded override."""

from __future__ import annotations

from datetime import date

import pytest

from domain import funnel
from domain.customer import KeepContactPlanned
from domain.funnel import (
    DealLost,
    DealResumed,
    DealShelved,
    DealStalled,
    DealWon,
    EvidenceRecorded,
    GateOverridden,
    NextStepPlanned,
    OpenFunnel,
    PromiseRecorded,
    StageAdvanced,
    StageOverdue,
)
from domain.messages import SYSTEM, Actor, ActorKind, Command
from domain.refusals import AlreadyExistsError, DateInPastError, NotFoundError
from tests.domain.asked import (
    BY_SALES,
    MONDAY,
    STAGES,
    at,
    evidence,
    lose,
    next_step,
    offer,
    on,
    override,
    prepared,
    promise,
    resume,
    shelve,
    stage_done,
    started,
    utc,
    win,
    won,
)
from tests.domain.scenario import due_moments, given

DEAL = "funnel-P1"


def test_a_stage_advances_by_itself_when_its_last_piece_of_evidence_is_in() -> None:
    *first, last = STAGES["F1"]

    world = given(started()).when(evidence(*first)).then(*[EvidenceRecorded] * len(first))
    assert world.state(DEAL).stage == "F1"
    assert [one.code for one in world.view(DEAL).missing] == [last]

    world = given(started(), evidence(*first)).when(evidence(last)).then(EvidenceRecorded, StageAdvanced)
    assert world.events[DEAL][-1] == StageAdvanced(occurred_at=MONDAY, left="F1", entered="F2", dwell=0)


def test_evidence_for_a_later_stage_is_kept_until_its_stage_comes() -> None:
    world = given(started()).when(stage_done("F2")).then(*[EvidenceRecorded] * len(STAGES["F2"]))
    assert world.state(DEAL).stage == "F1"

    world = (
        given(started(), stage_done("F2"))
        .when(stage_done("F1"))
        .then(*[EvidenceRecorded] * len(STAGES["F1"]), StageAdvanced, StageAdvanced)
    )
    assert world.state(DEAL).stage == "F3"


def test_all_the_evidence_at_once_wins_the_deal_through_every_stage() -> None:
    world = (
        given(started(), prepared())
        .when(win())
        .then(*[EvidenceRecorded] * len(BY_SALES), *[StageAdvanced] * (len(STAGES) - 1), DealWon)
    )
    assert world.view(DEAL).closed
    assert world.view("project-P1").code == "handoff-delivery"


def test_newer_evidence_takes_the_place_of_older_without_advancing_twice() -> None:
    given(started(), stage_done("F1")).when(evidence("owner")).then(EvidenceRecorded)


@pytest.mark.parametrize("decided", [won(), [lose()]], ids=["won", "lost"])
@pytest.mark.parametrize(
    "asked",
    [evidence("owner"), lose(), shelve("2026-06-01"), resume(), next_step("2026-06-01"), override("F3")],
    ids=lambda command: command.command,
)
def test_nothing_more_happens_on_a_decided_deal(decided: list[Command], asked: Command) -> None:
    given(started(), decided).when(asked).then_refused(funnel.DealClosedError)


def test_evidence_that_no_stage_asks_for_is_refused_with_what_is_still_asked_for() -> None:
    refused = given(started()).when(evidence("owner", "gut_feeling")).then_refused(funnel.CriterionUnknownError, *STAGES["F1"])
    assert "gut_feeling" in refused.detail


def test_a_deal_of_a_project_that_is_not_there_is_refused() -> None:
    given().when(evidence("owner")).then_refused(NotFoundError)
    given().when(OpenFunnel(project="P9", actor=SYSTEM)).then_refused(NotFoundError)


def test_a_funnel_opens_once() -> None:
    given(started()).when(OpenFunnel(project="P1", actor=SYSTEM)).then_refused(AlreadyExistsError)


def test_an_override_records_what_was_missing_at_each_gate_it_passed() -> None:
    world = (
        given(started(), evidence("owner"))
        .when(override("F3"))
        .then(GateOverridden, StageAdvanced, GateOverridden, StageAdvanced)
    )
    first, passed, second, _ = world.events[DEAL][-4:]
    assert isinstance(first, GateOverridden)
    assert first.missing == tuple(code for code in STAGES["F1"] if code != "owner")
    assert (first.approver, first.expires_on) == ("m1", date(2026, 12, 31))
    assert isinstance(second, GateOverridden)
    assert second.missing == STAGES["F2"]
    assert isinstance(passed, StageAdvanced)
    assert passed.overridden
    assert world.state(DEAL).overridden == ("F1", "F2")


def test_an_override_to_won_wins() -> None:
    world = (
        given(started(), prepared(), stage_done("F1", "F2", "F3", "F4", "F5"), evidence("signed_contract"))
        .when(override("won"))
        .then(GateOverridden, DealWon)
    )
    assert world.state(DEAL).outcome == "won"


def test_an_override_leads_on_through_gates_whose_evidence_is_in() -> None:
    world = given(started(), stage_done("F2")).when(override("F2")).then(GateOverridden, StageAdvanced, StageAdvanced)
    assert world.state(DEAL).stage == "F3"
    assert world.state(DEAL).overridden == ("F1",)


@pytest.mark.parametrize("to", ["F1", "F7", "lost", "f3"])
def test_an_override_leads_only_forward(to: str) -> None:
    given(started(), stage_done("F1")).when(override(to)).then_refused(funnel.StageUnknownError)


def test_nobody_approves_an_override_of_their_own() -> None:
    given(started()).when(override("F3", approver="u1")).then_refused(funnel.SelfApprovalError)


def test_nobody_approves_an_override_that_is_asked_for_in_their_name() -> None:
    assistant = Actor(kind=ActorKind.PERSON, id="u2", role="sales", on_behalf_of="m1")
    given(started()).when(override("F3", actor=assistant)).then_refused(funnel.SelfApprovalError)


def test_an_override_that_is_told_late_must_still_hold_when_the_gate_is_passed() -> None:
    early = on(at("2020-01-06 10:00"), override("F2", expires_on="2020-12-31"))
    given(started()).when(early).then_refused(DateInPastError)


def test_a_lost_deal_keeps_contact_on_a_day_to_come() -> None:
    given(started()).when(lose(keep_contact_on="2026-03-01")).then_refused(DateInPastError)


def test_an_override_excuses_only_until_a_date_to_come() -> None:
    given(started()).when(override("F3", expires_on="2026-03-01")).then_refused(DateInPastError)
    given(started()).when(override("F2", expires_on="2026-03-02")).then(GateOverridden, StageAdvanced)


def test_a_shelved_deal_waits_only_for_its_date() -> None:
    world = given(started()).when(shelve("2026-06-01")).then(DealShelved)
    assert due_moments(world, DEAL) == {"revisit-2026-06-01-1": at("2026-06-01")}
    assert (world.view(DEAL).code, world.view(DEAL).health) == ("shelved", "ok")


@pytest.mark.parametrize("asked", [evidence("owner"), next_step("2026-06-01"), promise(), shelve("2026-07-01"), override("F2")])
def test_a_shelved_deal_is_resumed_before_anything_else(asked: Command) -> None:
    given(started(), shelve("2026-06-01")).when(asked).then_refused(funnel.DealShelvedError)


def test_a_shelved_deal_can_be_lost() -> None:
    given(started(), shelve("2026-06-01")).when(lose()).then(DealLost)


def test_a_deal_that_is_resumed_stands_where_it_stood_with_its_clocks_anew() -> None:
    world = given(started(), stage_done("F1"), shelve("2026-06-01"), at("2026-05-11 09:00")).when(resume()).then(DealResumed)
    assert world.state(DEAL).stage == "F2"
    assert all(moment > at("2026-05-11") for moment in due_moments(world, DEAL).values())


def test_only_what_is_on_the_shelf_is_resumed() -> None:
    given(started()).when(resume()).then_refused(funnel.DealNotShelvedError)


def test_dates_to_come_lie_ahead() -> None:
    given(started()).when(next_step("2026-03-01")).then_refused(DateInPastError)
    given(started()).when(shelve("2026-03-01")).then_refused(DateInPastError)
    given(started()).when(next_step("2026-03-02")).then(NextStepPlanned)


def test_the_date_that_counts_is_the_one_where_the_business_is() -> None:
    early = utc(at("2026-03-03 07:00"))
    refused = given(started(), early).when(next_step("2026-03-02")).then_refused(DateInPastError)
    assert "lies before 2026-03-03" in refused.detail


def test_a_promise_is_never_rewritten() -> None:
    given(started(), promise("pr1")).when(promise("pr1")).then_refused(funnel.PromiseKnownError)
    given(started(), promise("pr1")).when(promise("pr2")).then(PromiseRecorded)


def test_promises_of_the_sale_travel_through_both_handoffs_and_the_implementation() -> None:
    world = given(started(), promise("pr1"), *won(), offer()).world
    assert [one.promise for one in world.state("handoff-P1-delivery").promises] == ["pr1"]


def test_an_overdue_stage_is_recorded_once_with_its_true_due_time() -> None:
    due = at("2026-03-16 18:00")  # ten working days after Monday 2 March
    world = (
        given(started())
        .when_clocks_are_judged(DEAL, at("2026-03-17 11:23"))
        .then(StageOverdue(occurred_at=utc(due), stage="F1", entry=1, who="sales"))
    )
    assert world.view(DEAL).health == "overdue"
    assert world.view(DEAL).needs_human
    assert world.view(DEAL).waiting_for == "sales"


def test_nothing_is_judged_a_moment_too_early() -> None:
    late = given(started())
    late.when_clocks_are_judged(DEAL, at("2026-03-16 17:59:59")).then()
    late.when_clocks_are_judged(DEAL, at("2026-03-16 18:00")).then(StageOverdue)
    late.when_clocks_are_judged(DEAL, at("2026-03-16 18:00")).then()


def test_a_new_stage_starts_its_clocks_anew() -> None:
    world = given(started(), at("2026-04-01 10:00"), stage_done("F1")).world
    assert not world.state(DEAL).overdue
    assert not world.state(DEAL).stalled
    assert set(due_moments(world, DEAL)) == {"stage-F2-overdue-2", "deal-stalled-F2-2"}
    assert [type(event) for event in world.events[DEAL][1:3]] == [StageOverdue, DealStalled]


def test_evidence_from_before_the_due_time_does_not_make_the_stage_late() -> None:
    told_late = on(at("2026-03-10 09:00"), stage_done("F1"))
    world = given(started(), at("2026-03-20 09:00")).when(told_late).then(*[EvidenceRecorded] * 5, StageAdvanced)
    assert world.events[DEAL][-1].occurred_at == at("2026-03-10 09:00")


def test_a_gate_is_not_passed_before_the_evidence_that_opens_it() -> None:
    *first, last = STAGES["F1"]
    world = (
        given(started(), at("2026-03-10 09:00"), evidence(*first))
        .when(on(at("2026-03-05 09:00"), evidence(last)))
        .then(EvidenceRecorded, StageAdvanced)
    )
    assert world.events[DEAL][-1].occurred_at == at("2026-03-10 09:00")


def test_a_lost_deal_leaves_the_customer_with_a_date_to_keep_contact() -> None:
    world = given(started(), lose(keep_contact_on="2026-05-04")).world
    assert KeepContactPlanned(occurred_at=MONDAY, project="P1", on=date(2026, 5, 4)) in world.events["customer-C1"]
    assert not world.view("customer-C1").closed
    assert world.view("project-P1").closed
