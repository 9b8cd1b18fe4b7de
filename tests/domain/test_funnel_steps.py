"""The other ways of a deal: steps back, skips, either order, the shelf and back, lost and reopened, cancelled; and its path."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from domain import funnel
from domain.cancelling import PartUnwound, Unwind
from domain.funnel import (
    ApprovalLapsed,
    DealCancelled,
    DealLost,
    DealReopened,
    DealResumed,
    DealWon,
    EvidenceRecorded,
    EvidenceWithdrawn,
    RevisitDue,
    StageAdvanced,
    StageReturned,
    StageSkipped,
    StagesSwapped,
    TaskRaised,
)
from domain.messages import SYSTEM, Command
from domain.promises import PromiseReinstated, PromiseReleased
from domain.refusals import RefusalError
from projections import deal
from tests.domain.asked import (
    BY_SALES,
    MONDAY,
    PLAYBOOKS,
    SALES,
    STAGES,
    at,
    days,
    evidence,
    judge,
    lose,
    offer,
    on,
    override,
    prepared,
    promise,
    quote,
    resume,
    shelve,
    stage_done,
    started,
    utc,
    win,
    won,
)
from tests.domain.funnelling import (
    APPROVAL,
    DEAL,
    MANAGER,
    approve,
    back,
    person,
    playbook,
    reopen,
    skip,
    under,
    withdraw,
)
from tests.domain.scenario import World, due_moments, given

PRODUCT_ANSWER = prepared()[0]


def path(world: World) -> list[tuple[str, str]]:
    """Each stage that the deal stood in, and how it was left."""
    return [(stay.stage, stay.how) for stay in funnel.DECIDER.path(world.state(DEAL))]


# Steps back


def test_a_step_back_withdraws_evidence_shuts_the_gate_and_keeps_the_path() -> None:
    deal_ = given(started(), stage_done("F1", "F2"))
    world = deal_.when(back("F1", "E2", "E7")).then(EvidenceWithdrawn, StageReturned)
    withdrawn, returned = world.events[DEAL][-2:]
    assert isinstance(withdrawn, EvidenceWithdrawn)
    assert (withdrawn.evidence, withdrawn.reason) == (("E2", "E7"), "it does not hold")
    assert returned == StageReturned(
        occurred_at=MONDAY,
        left="F3",
        entered="F1",
        reason="it does not hold",
        again=("F1", "F2"),
        withdrawn=("E2", "E7"),
        dwell=0,
    )
    assert path(world) == [("F1", "advanced"), ("F2", "advanced"), ("F3", "returned"), ("F1", "")]
    assert [one.code for one in world.view(DEAL).missing] == [STAGES["F1"][1]]


def test_after_a_step_back_every_gate_is_passed_again_by_evidence_that_holds() -> None:
    world = given(started(), stage_done("F1", "F2"), back("F1", "E2", "E7")).world
    world.tell(evidence(STAGES["F1"][1]))
    assert world.state(DEAL).stage == "F2"
    world.tell(evidence(STAGES["F2"][1]))
    assert world.state(DEAL).stage == "F3"


def test_a_step_back_that_would_leave_the_gate_open_is_refused() -> None:
    deal_ = given(started(), stage_done("F1", "F2"))
    deal_.when(back("F1")).then_refused(funnel.ReturnGroundlessError)
    deal_.when(back("F1", "E7")).then_refused(funnel.ReturnGroundlessError)


@pytest.mark.parametrize("to", ["F3", "F4", "won", "f1", "F9"])
def test_a_step_back_leads_only_to_a_gate_that_was_passed(to: str) -> None:
    given(started(), stage_done("F1", "F2")).when(back(to, "E1")).then_refused(funnel.StageUnknownError)


def test_a_step_back_withdraws_nothing_of_the_stages_before() -> None:
    given(started(), stage_done("F1", "F2")).when(back("F2", "E1", "E7")).then_refused(funnel.StageUnknownError)


def test_a_step_back_to_a_gate_that_was_overridden_needs_no_evidence_to_withdraw() -> None:
    world = given(started(), override("F2")).when(back("F1")).then(StageReturned)
    assert world.state(DEAL).stage == "F1"
    assert path(world)[:2] == [("F1", "overridden"), ("F2", "returned")]


def test_a_stage_entered_again_has_fresh_clocks_under_names_of_their_own() -> None:
    world = given(started(), stage_done("F1"), at("2026-03-10 10:00"), back("F1", "E1")).world
    assert set(due_moments(world, DEAL)) == {"stage-F1-overdue-3", "deal-stalled-F1-3"}
    assert due_moments(world, DEAL)["stage-F1-overdue-3"] == utc(at("2026-03-24 18:00"))


def test_the_approval_of_a_gate_is_worth_nothing_after_a_step_back() -> None:
    rules = playbook({"F2": {"approval": APPROVAL}})
    world = under(rules, started(), stage_done("F1", "F2"), approve()).world
    assert world.state(DEAL).stage == "F3"
    world.tell(back("F2", "E6"), evidence(STAGES["F2"][0]))
    assert world.state(DEAL).stage == "F2"
    assert world.tell(approve()).state(DEAL).stage == "F3"


def test_a_request_for_approval_lapses_with_a_step_back() -> None:
    rules = playbook({"F2": {"approval": APPROVAL}})
    under(rules, started(), stage_done("F1", "F2")).when(back("F1", "E1")).then(
        ApprovalLapsed, EvidenceWithdrawn, StageReturned
    )


# Skips


def test_a_stage_is_skipped_by_the_role_that_may_with_its_reason() -> None:
    rules = playbook({"F2": {"skippable_by": "manager"}})
    world = under(rules, started(), stage_done("F1")).when(skip()).then(StageSkipped)
    skipped = world.events[DEAL][-1]
    assert isinstance(skipped, StageSkipped)
    assert (skipped.left, skipped.entered, skipped.reason) == ("F2", "F3", "an old customer")
    assert path(world)[1] == ("F2", "skipped")


def test_nobody_else_skips_and_no_other_stage_is_skipped() -> None:
    rules = playbook({"F2": {"skippable_by": "manager"}})
    under(rules, started()).when(skip()).then_refused(funnel.SkipNotAllowedError, *STAGES["F1"])
    under(rules, started(), stage_done("F1")).when(skip(SALES)).then_refused(funnel.SkipNotAllowedError, *STAGES["F2"])


@pytest.mark.parametrize("stages", [[], ["F1"], ["F1", "F2"], ["F1", "F2", "F3"], ["F1", "F2", "F3", "F4"]])
def test_no_stage_of_the_standard_playbook_is_skipped_by_anybody(stages: list[str]) -> None:
    for role in PLAYBOOKS.latest().roles:
        done = given(started(), PRODUCT_ANSWER, [stage_done(stage) for stage in stages])
        done.when(skip(person("z1", role))).then_refused(funnel.SkipNotAllowedError)


# Either order


def test_the_gate_of_f4_may_be_passed_before_that_of_f3_and_f3_is_not_skipped() -> None:
    before = given(started(), stage_done("F1", "F2"), evidence(*STAGES["F4"][:3]))
    assert before.world.state(DEAL).stage == "F3"
    world = before.when(evidence(STAGES["F4"][3])).then(EvidenceRecorded, StagesSwapped, StageAdvanced)
    assert world.state(DEAL).stage == "F3"
    assert path(world)[2:] == [("F3", "swapped"), ("F4", "advanced"), ("F3", "")]
    assert {one.code for one in world.view(DEAL).missing} == set(STAGES["F3"])
    world.tell(PRODUCT_ANSWER, stage_done("F3"))
    assert world.state(DEAL).stage == "F5"


def test_in_the_usual_order_nothing_is_swapped() -> None:
    world = given(started(), PRODUCT_ANSWER, stage_done("F1", "F2", "F3"), stage_done("F4")).world
    assert not [event for event in world.events[DEAL] if isinstance(event, StagesSwapped)]
    assert [stage for stage, _ in path(world)] == ["F1", "F2", "F3", "F4", "F5"]


def test_the_win_rate_never_falls_when_a_gate_is_passed() -> None:
    def rate(world: World) -> Any:
        return deal.row(world.state(DEAL), PLAYBOOKS).values["win_rate"]

    swapped = given(started(), stage_done("F1", "F2")).world
    assert rate(swapped) == 50
    assert rate(swapped.tell(stage_done("F4"))) == 70  # back in F3, with one gate more behind it
    assert rate(swapped.tell(PRODUCT_ANSWER, stage_done("F3"))) == 90
    usual = given(started(), PRODUCT_ANSWER, stage_done("F1", "F2")).world
    assert rate(usual.tell(stage_done("F3"))) == 70


def test_a_step_back_undoes_both_orders() -> None:
    world = given(started(), stage_done("F1", "F2", "F4")).world
    estimate = [piece.id for piece in world.state(DEAL).pieces if piece.criterion == STAGES["F4"][0]]
    world.tell(back("F4", *estimate))
    assert world.state(DEAL).stage == "F4"
    assert world.tell(evidence(STAGES["F4"][0])).state(DEAL).stage == "F3"


def test_an_override_past_both_names_what_each_lacked() -> None:
    world = given(started(), stage_done("F1", "F2", "F4"), override("F5")).world
    assert world.state(DEAL).stage == "F5"
    assert [(one.gate, one.missing) for one in world.state(DEAL).overrides] == [("F3", STAGES["F3"])]


def test_a_deal_under_rules_without_that_pair_waits_in_f3() -> None:
    rules = playbook(either_order=[])
    world = under(rules, started(), stage_done("F1", "F2", "F4")).world
    assert path(world)[-1] == ("F3", "")
    assert len(path(world)) == 3


# The shelf


def test_a_shelved_deal_comes_back_by_itself_with_fresh_clocks_and_a_task_for_its_owner() -> None:
    shelved = given(started(), stage_done("F1"), shelve("2026-06-01"))
    world = shelved.when_clocks_are_judged(DEAL, at("2026-06-03")).then(RevisitDue, DealResumed, TaskRaised)
    resumed, task = world.events[DEAL][-2:]
    assert isinstance(resumed, DealResumed)
    assert (resumed.by_itself, resumed.stage, resumed.occurred_at) == (True, "F2", at("2026-06-01"))
    assert isinstance(task, TaskRaised)
    assert (task.what, task.owner, task.who, task.due) == ("revisit", "u1", "sales", utc(at("2026-06-04 18:00")))
    assert (world.view(DEAL).code, world.view(DEAL).due_at) == ("F2", task.due)
    assert set(due_moments(world, DEAL)) == {"stage-F2-overdue-3", "deal-stalled-F2-3"}
    assert all(moment > at("2026-06-01") for moment in due_moments(world, DEAL).values())
    assert path(world) == [("F1", "advanced"), ("F2", "shelved"), ("F2", "")]
    shelved.when_clocks_are_judged(DEAL, at("2026-06-03")).then()


def test_a_deal_that_came_back_is_worked_on_like_any_other() -> None:
    world = given(started(), stage_done("F1"), shelve("2026-06-01"), at("2026-06-02 09:00"), stage_done("F2")).world
    assert world.state(DEAL).stage == "F3"


def test_under_older_rules_the_date_only_calls_for_a_person() -> None:
    rules = playbook(return_from_shelf=False)
    world = under(rules, started(), shelve("2026-06-01")).when_clocks_are_judged(DEAL, at("2026-06-03")).then(RevisitDue)
    assert (world.view(DEAL).code, world.view(DEAL).needs_human) == ("shelved", True)


# Lost and reopened


def test_a_lost_deal_is_reopened_by_an_approver_where_it_stood_and_its_project_runs_on() -> None:
    lost = given(started(), stage_done("F1"), lose())
    assert lost.world.view("project-P1").closed
    world = lost.when(reopen()).then(DealReopened)
    reopened = world.events[DEAL][-1]
    assert isinstance(reopened, DealReopened)
    assert (reopened.stage, reopened.approver, reopened.approver_role, reopened.asked_by) == ("F2", "m1", "manager", "u1")
    assert (world.view(DEAL).code, world.view(DEAL).closed) == ("F2", False)
    assert not world.view("project-P1").closed
    assert path(world) == [("F1", "advanced"), ("F2", "lost"), ("F2", "")]


def test_a_reopened_deal_is_won_or_lost_again_and_its_project_hears_of_it_each_time() -> None:
    world = given(started(), stage_done("F1"), lose(), reopen(), lose(), reopen(), [*prepared(), win()]).world
    assert world.view("project-P1").code == "handoff-delivery"
    assert world.tell(offer()).view("handoff-P1-delivery").code == "offered"


def test_the_promises_of_a_reopened_deal_bind_again() -> None:
    lost = given(started(), promise("pr1"))
    lost.when(lose()).then(DealLost, PromiseReleased)
    lost.when(reopen()).then(DealReopened, PromiseReinstated)


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"approver": "u1"}, funnel.SelfApprovalError),
        ({"actor": person("m1", "manager")}, funnel.SelfApprovalError),
        ({"actor": person("a1", "sales", on_behalf_of="m1")}, funnel.SelfApprovalError),
        ({"approver_role": "sales"}, funnel.ApproverRoleError),
        ({"approver_role": ""}, funnel.ApproverRoleError),
    ],
)
def test_nobody_reopens_without_somebody_else_who_may_approve_it(fields: dict[str, Any], refusal: type[RefusalError]) -> None:
    given(started(), lose()).when(reopen(**fields)).then_refused(refusal)


def test_only_a_lost_deal_is_reopened() -> None:
    given(started()).when(reopen()).then_refused(funnel.DealNotLostError)
    refused = given(started(), won()).when(reopen()).then_refused(funnel.DealNotLostError)
    assert "CancelProject" in refused.detail


def test_nothing_is_recorded_on_a_lost_deal_before_it_is_reopened() -> None:
    for asked in (evidence("owner"), quote(), withdraw("E1"), back("F1", "E1"), skip(), approve(), shelve("2026-06-01")):
        given(started(), stage_done("F1"), lose()).when(asked).then_refused(funnel.DealClosedError)


# Cancelled


def unwound(*told: Any) -> Any:
    word = Unwind(of=DEAL, reason="bankrupt", approver="m1", actor=SYSTEM, command_id="unwind")
    return given(started(), *told).when(word)


def test_an_open_deal_of_a_cancelled_project_is_closed_with_a_fact_of_its_own() -> None:
    world = unwound(stage_done("F1"), promise()).then(DealCancelled, PromiseReleased, PartUnwound)
    cancelled = world.events[DEAL][-3]
    assert isinstance(cancelled, DealCancelled)
    assert (cancelled.stage, cancelled.reason, cancelled.approver) == ("F2", "bankrupt", "m1")
    assert world.view(DEAL).closed
    assert path(world)[-1] == ("F2", "cancelled")
    assert due_moments(world, DEAL) == {}


def test_whatever_a_cancelled_deal_waited_for_has_ended() -> None:
    low = quote("10", "1000", "1")
    unwound(low).then(ApprovalLapsed, DealCancelled, PartUnwound)
    unwound(shelve("2026-06-01")).then(DealCancelled, PartUnwound)
    assert unwound(override("F3")).then(DealCancelled, PartUnwound).view(DEAL).closed


def test_a_deal_that_was_decided_needs_no_undoing() -> None:
    unwound(lose()).then(PartUnwound)
    unwound(won()).then(PartUnwound)


# The path


def test_each_stay_says_how_many_working_minutes_it_lasted() -> None:
    world = given(started(), at("2026-03-03 10:30"), stage_done("F1"), at("2026-03-07 12:00"), lose()).world
    first, second = funnel.DECIDER.path(world.state(DEAL))
    assert (first.stage, first.dwell, first.how) == ("F1", 8 * 60 + 30, "advanced")
    assert (second.stage, second.dwell, second.how) == ("F2", 6 * 60 + 30 + 3 * 8 * 60, "lost")  # until Friday's close
    advanced = next(event for event in world.events[DEAL] if isinstance(event, StageAdvanced))
    assert advanced.dwell == first.dwell


def test_lunch_nights_weekends_and_holidays_do_not_count_as_dwell() -> None:
    spring = given(at("2026-02-13 17:00"), started(), at("2026-02-24 10:00"), stage_done("F1")).world
    (stay, _) = funnel.DECIDER.path(spring.state(DEAL))
    assert stay.dwell == 60 + 8 * 60 + 60  # Friday's last hour, the made-up Saturday, Tuesday's first hour


def test_time_on_the_shelf_is_no_dwell() -> None:
    world = given(started(), shelve("2026-06-01"), at("2026-05-04 10:00"), lose()).world
    assert [stay.dwell for stay in funnel.DECIDER.path(world.state(DEAL))] == [0]
    assert [event.dwell for event in world.events[DEAL] if isinstance(event, DealLost)] == [None]


MOVES = st.sampled_from(
    [
        *(evidence(code) for code in BY_SALES),
        *(stage_done(stage) for stage in STAGES),
        *prepared(),
        *(back(stage, *ids) for stage in STAGES for ids in (["E1"], ["E2", "E3"], [])),
        *(override(stage) for stage in [*STAGES, "won"]),
        withdraw("E1"),
        withdraw("E4"),
        quote("10", "1000", "1"),
        approve(),
        skip(MANAGER),
        lose(),
        reopen(),
        shelve("2026-04-01"),
        resume(),
        promise(),
        judge(DEAL),
    ]
)


@settings(max_examples=150)
@drawn(moves=st.lists(st.tuples(MOVES, st.sampled_from([0, 0, 5, 200, 4000, 40_000])), max_size=25))
def test_whatever_happens_no_gate_is_passed_without_its_proofs_and_the_path_has_no_hole(
    moves: list[tuple[Command, int]],
) -> None:
    world = World().tell(started())
    for command, minutes in moves:
        world.now += timedelta(minutes=minutes)
        before = world.state(DEAL)
        try:
            happened = world.take(command)
        except RefusalError:
            continue
        state = before
        for event in happened:
            if isinstance(event, StageAdvanced | DealWon):
                stage = PLAYBOOKS.latest().funnel.stage(state.stage)
                lacking = [item.code for item in stage.criteria if item.required and item.code not in state.evidence]
                assert not lacking or (state.overrides and state.overrides[-1].gate == state.stage)
            state = funnel.DECIDER.fold([event], state)
        if state.outcome == "won":
            assert set(state.passed) == set(STAGES)
    stays = funnel.DECIDER.path(world.state(DEAL))
    assert [stay.entry for stay in stays] == list(range(1, len(stays) + 1))
    for earlier, later in pairwise(stays):
        assert earlier.left_at is not None
        assert earlier.left_at <= later.entered_at


def test_a_step_back_told_late_stands_where_it_is_known() -> None:
    told = on(MONDAY, back("F1", "E1"))
    world = given(started(), MONDAY + days(3), stage_done("F1")).when(told).then(EvidenceWithdrawn, StageReturned)
    assert world.events[DEAL][-1].occurred_at == MONDAY + days(3)
