"""Overrides: approved by a role that may, shown where the gate is shown, and owed again when they expire."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain import funnel
from domain.funnel import (
    ApprovalGiven,
    ApprovalNotNeededError,
    ApprovalRequested,
    DealWon,
    EvidenceRecorded,
    GateOverridden,
    OverrideExpired,
    OverrideSettled,
    PriceQuoted,
    StageAdvanced,
)
from domain.messages import Command
from domain.refusals import DateTooFarError
from domain.standing import Override
from tests.domain.asked import (
    MONDAY,
    PLAYBOOKS,
    STAGES,
    at,
    days,
    evidence,
    judge,
    lose,
    next_step,
    on,
    open_project,
    override,
    prepared,
    quote,
    register,
    shelve,
    stage_done,
    started,
    win,
)
from tests.domain.funnelling import DEAL, MANAGER, approve, person, playbook, reopen, request, under
from tests.domain.scenario import Given, due_moments, given

UNTIL = "2026-03-20"
EXPIRES = at("2026-03-21")
"""What is excused until a day may be brought all that day."""


def past_f1(**fields: Any) -> Command:
    return override("F2", expires_on=UNTIL, **fields)


def test_an_override_is_shown_with_who_why_until_when_and_what_was_missing() -> None:
    world = given(started(), evidence("owner")).when(past_f1()).then(GateOverridden, StageAdvanced)
    missing = tuple(code for code in STAGES["F1"] if code != "owner")
    expected = Override(
        number=1,
        gate="F1",
        missing=missing,
        reason="strategic",
        asked_by="u1",
        approver="m1",
        given_at=MONDAY,
        expires_on=date(2026, 3, 20),
        outcome="open",
    )
    assert world.view(DEAL).overrides == (expected,)
    assert list(funnel.DECIDER.overrides(world.state(DEAL))) == [expected]
    world.tell(shelve("2026-03-10"))
    assert world.view(DEAL).overrides == (expected,)
    assert world.tell(lose()).view(DEAL).overrides == (expected,)


@pytest.mark.parametrize("role", ["sales", "", "presales", "Manager"])
def test_only_a_role_that_the_playbook_names_lets_a_gate_be_passed(role: str) -> None:
    given(started()).when(past_f1(approver_role=role)).then_refused(funnel.ApproverRoleError)


def test_under_rules_that_name_no_role_anybody_else_may() -> None:
    under(playbook(override_by=[]), started()).when(past_f1(approver_role="")).then(GateOverridden, StageAdvanced)


def test_the_deals_owner_approves_no_override_of_it_whoever_asks() -> None:
    asked = past_f1(approver="u1", actor=person("u5", "sales"))
    given(started()).when(asked).then_refused(funnel.SelfApprovalError)


def test_no_override_excuses_for_longer_than_the_playbook_allows() -> None:
    given(started()).when(override("F2", expires_on="2027-03-03")).then_refused(DateTooFarError)
    given(started()).when(override("F2", expires_on="2027-03-02")).then(GateOverridden, StageAdvanced)


def test_what_is_brought_along_from_years_ago_is_excused_from_the_day_it_is_brought() -> None:
    deal = given(register(), on(at("2021-03-01 09:00"), open_project(hold_clocks=True)))
    then = at("2021-03-08 09:00")
    deal.when(on(then, override("F2", expires_on="2027-03-03"))).then_refused(DateTooFarError)
    deal.when(on(then, override("F2", expires_on="2027-03-02"))).then(GateOverridden, StageAdvanced)


def test_when_it_expires_the_evidence_is_owed_again() -> None:
    deal = given(started(), past_f1(), next_step("2026-05-01"))
    deal.when_clocks_are_judged(DEAL, EXPIRES.replace(hour=0) - days(0.001)).then()
    world = deal.when_clocks_are_judged(DEAL, at("2026-03-23 09:00")).then(
        OverrideExpired(occurred_at=EXPIRES, number=1, gate="F1", missing=STAGES["F1"], who="sales")
    )
    view = world.view(DEAL)
    assert (view.needs_human, view.health) == (True, "overdue")
    assert "override has expired" in view.reason
    assert [one.code for one in view.missing] == [*STAGES["F2"], *STAGES["F1"]]
    assert view.overrides[0].outcome == "expired"
    deal.when_clocks_are_judged(DEAL, at("2026-03-27 09:00")).then()


def test_evidence_that_comes_in_time_settles_it() -> None:
    *first, last = STAGES["F1"]
    deal = given(started(), past_f1(), evidence(*first))
    world = deal.when(evidence(last)).then(EvidenceRecorded, OverrideSettled)
    assert world.view(DEAL).overrides[0].outcome == "settled"
    assert not [name for name in due_moments(world, DEAL) if name.startswith("override")]
    deal.when(evidence(last)).then(EvidenceRecorded)


def test_evidence_that_comes_too_late_settles_it_too() -> None:
    world = given(started(), past_f1(), at("2026-03-23 09:00")).when(stage_done("F1"))
    settled = world.then(OverrideExpired, *[EvidenceRecorded] * 5, OverrideSettled)
    assert settled.view(DEAL).missing == settled.view(DEAL).missing[:5]
    assert settled.view(DEAL).overrides[0].outcome == "settled"


def test_on_its_last_day_the_evidence_is_still_in_time() -> None:
    last_minute = given(started(), past_f1(), at("2026-03-20 23:59"))
    world = last_minute.when(stage_done("F1")).world
    assert not [event for event in world.tell(stage_done("F1")).events[DEAL] if isinstance(event, OverrideExpired)]


def test_a_deal_that_was_won_by_an_override_stays_open_until_what_it_owes_has_come() -> None:
    won = given(started(), prepared(), stage_done("F1", "F2", "F3", "F4", "F5"), override("won", expires_on=UNTIL))
    world = won.world
    assert world.state(DEAL).outcome == "won"
    assert not world.view(DEAL).closed
    assert world.view("project-P1").code == "handoff-delivery"

    won.when_clocks_are_judged(DEAL, at("2026-03-23 09:00")).then(OverrideExpired)
    assert (world.view(DEAL).needs_human, world.view(DEAL).waiting_for) == (True, "sales")
    won.when(evidence("owner")).then_refused(funnel.DealClosedError)
    won.when(evidence(*STAGES["F6"])).then(EvidenceRecorded, EvidenceRecorded, OverrideSettled)
    assert world.view(DEAL).closed
    won.when(evidence(*STAGES["F6"])).then_refused(funnel.DealClosedError)


def test_a_price_that_was_excused_is_still_quoted_and_approved_after_the_win() -> None:
    deal = given(started(), prepared()[:-1], win(), override("won", expires_on=UNTIL))
    assert deal.world.state(DEAL).outcome == "won"
    deal.when(quote("10", "1000", "1")).then(PriceQuoted, ApprovalRequested)
    deal.when(approve(MANAGER)).then(ApprovalGiven, EvidenceRecorded, OverrideSettled)


def test_an_override_of_a_lost_deal_runs_on_when_it_is_reopened() -> None:
    lost = given(started(), past_f1(), lose())
    assert due_moments(lost.world, DEAL) == {}
    lost.when_clocks_are_judged(DEAL, at("2026-03-23 09:00")).then()
    world = lost.world.tell(at("2026-03-24 09:00"), reopen())
    assert "override-1-F1-expired" in due_moments(world, DEAL)


def test_an_override_expires_on_the_shelf_too() -> None:
    given(started(), past_f1(), shelve("2026-06-01")).when_clocks_are_judged(DEAL, at("2026-03-23 09:00")).then(OverrideExpired)


def test_overrides_are_counted_and_each_has_an_outcome_of_its_own() -> None:
    world = given(started(), override("F4", expires_on=UNTIL), stage_done("F2")).world
    told = [(one.number, one.gate, one.outcome) for one in funnel.DECIDER.overrides(world.state(DEAL))]
    assert told == [(1, "F1", "open"), (2, "F2", "settled"), (3, "F3", "open")]


def test_an_override_that_was_told_before_overrides_were_counted_has_its_place_as_its_number() -> None:
    world = given(started(), override("F3", expires_on=UNTIL)).world
    uncounted = {"number": 0, "asked_by": "", "approver_role": ""}
    old = [event.model_copy(update=uncounted) if isinstance(event, GateOverridden) else event for event in world.events[DEAL]]
    assert [one.number for one in funnel.DECIDER.fold(old).overrides] == [1, 2]


def test_a_past_that_is_brought_along_owes_nothing_while_its_clocks_are_held() -> None:
    past = on(MONDAY - days(200), open_project(hold_clocks=True))
    world = given(register(), past, override("won", expires_on=UNTIL)).world
    assert world.view(DEAL).closed
    assert isinstance(world.events[DEAL][-1], DealWon)


@pytest.mark.parametrize("stage", list(STAGES))
def test_at_every_gate_the_override_names_exactly_what_is_missing(stage: str) -> None:
    codes = [*STAGES, "won"]
    following = codes[codes.index(stage) + 1]
    before = codes[: codes.index(stage)]
    world = given(started(), prepared(), stage_done(*before) if before else []).world
    lacking = tuple(one.code for one in world.view(DEAL).missing)
    assert world.state(DEAL).stage == stage
    world.tell(override(following))
    overridden = [event for event in world.events[DEAL] if isinstance(event, GateOverridden)]
    assert [event.missing for event in overridden] == [lacking]
    assert PLAYBOOKS.latest().funnel.override_by


def test_no_gate_opens_while_an_expired_override_is_owed() -> None:
    world = given(started(), prepared(), override("F6", expires_on=UNTIL), EXPIRES, judge(DEAL)).world
    given_ = Given(world)
    given_.when(stage_done("F6")).then(EvidenceRecorded, EvidenceRecorded)
    assert (world.state(DEAL).stage, world.state(DEAL).outcome) == ("F6", "")
    owed = {one.code for one in world.view(DEAL).missing}
    assert "need_in_customers_words" in owed
    given_.when(request()).then_refused(ApprovalNotNeededError)
    world.tell(stage_done("F1", "F2", "F3", "F4"))
    assert world.state(DEAL).outcome == ""
    world.tell(stage_done("F5"))
    assert world.state(DEAL).outcome == "won"
    assert {one.outcome for one in world.state(DEAL).overrides} == {"settled"}


def test_what_is_owed_again_is_excused_by_a_newer_override_only_and_stands_in_it() -> None:
    world = given(started(), past_f1(), EXPIRES, judge(DEAL)).world
    world.tell(override("F3", expires_on="2026-04-30"))
    assert set(STAGES["F1"]) | set(STAGES["F2"]) == set(world.state(DEAL).overrides[-1].missing)
    assert {one.code for one in world.view(DEAL).missing} == set(STAGES["F3"])
    world.tell(at("2026-05-01"), judge(DEAL))
    assert set(STAGES["F1"]) <= {one.code for one in world.view(DEAL).missing}


def test_two_gates_in_either_order_both_stay_shut_while_something_is_owed() -> None:
    world = given(started(), stage_done("F1"), override("F3", expires_on=UNTIL), EXPIRES, judge(DEAL)).world
    world.tell(prepared(), stage_done("F3", "F4"))
    assert world.state(DEAL).stage == "F3"
    world.tell(stage_done("F2"))
    assert world.state(DEAL).stage == "F5"


def test_held_clocks_do_not_keep_an_override_alive_beyond_its_day() -> None:
    world = given(register(), open_project(hold_clocks=True), override("F6", expires_on=UNTIL)).world
    world.tell(EXPIRES, stage_done("F6"))
    assert world.state(DEAL).outcome == ""
    in_time = given(register(), open_project(hold_clocks=True), override("F6", expires_on=UNTIL)).world
    in_time.tell(EXPIRES, on(EXPIRES - days(1), stage_done("F6")))
    assert in_time.state(DEAL).outcome == "won"
