"""The decider: clocks are judged once, with their true due time, before the command that comes after them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.clocks import ClocksReleased, ReleaseClocks
from domain.decider import CLOCK_SKEW, Context
from domain.funnel import DECIDER, EvidenceRecorded, StageAdvanced, StageOverdue
from domain.messages import SYSTEM
from domain.reactivation import StopReactivation
from domain.recovery import RecordCause
from domain.refusals import NotFoundError, OccurredInFutureError
from domain.streams import HandoffKind
from tests.domain.asked import (
    MONDAY,
    PLAYBOOKS,
    SALES,
    accept,
    at,
    contact,
    evidence,
    judge,
    offer,
    on,
    open_project,
    open_ticket,
    register,
    release,
    stage_done,
    started,
    submit,
    utc,
)
from tests.domain.scenario import given

DEAL = "funnel-P1"


def test_clocks_that_ran_out_before_a_command_are_recorded_before_it() -> None:
    world = (
        given(started(), at("2026-03-18 09:00"))
        .when(stage_done("F1"))
        .then(StageOverdue, *[EvidenceRecorded] * 5, StageAdvanced)
    )
    moments = [event.occurred_at for event in world.events[DEAL]]
    assert moments == sorted(moments)


def test_a_clock_that_ran_out_after_the_thing_happened_is_not_recorded_before_it() -> None:
    told = on(at("2026-03-10 09:00"), evidence("owner"))
    given(started(), at("2026-03-18 09:00")).when(told).then(EvidenceRecorded)


def test_a_judgement_looks_at_now_and_records_nothing_twice() -> None:
    late = given(started())
    late.when_clocks_are_judged(DEAL, at("2026-03-18 09:00")).then(StageOverdue)
    late.when(judge(DEAL)).then()


def test_a_fact_that_a_command_has_recorded_is_not_judged_again() -> None:
    late = given(started(), at("2026-03-18 09:00"), evidence("owner"))
    late.when(judge(DEAL)).then()


def test_a_refused_command_leaves_the_clocks_unjudged() -> None:
    late = given(started(), at("2026-03-18 09:00"))
    with pytest.raises(Exception, match="gut_feeling"):
        late.world.take(evidence("gut_feeling"))
    assert not late.world.state(DEAL).overdue


def test_held_clocks_are_not_judged_by_commands_nor_by_the_timer() -> None:
    held = given(register(), on(at("2025-03-03 10:00"), open_project(hold_clocks=True)))
    held.when(judge(DEAL)).then()
    held.when(evidence("owner")).then(EvidenceRecorded)
    assert DECIDER.next_clock(held.world.state(DEAL), PLAYBOOKS) is None


def test_a_release_comes_first_and_then_what_ran_out_by_now() -> None:
    held = given(register(), on(at("2026-02-09 10:00"), open_project(hold_clocks=True)))
    world = held.world.tell(at("2026-03-04 10:00"), release(project="P1"))
    assert world.events[DEAL][1] == ClocksReleased(occurred_at=at("2026-03-04 10:00"))
    assert [type(event) for event in world.events[DEAL][2:]] == [StageOverdue]


def test_the_projects_word_to_release_what_was_begun_unheld_changes_nothing() -> None:
    word = ReleaseClocks(of=DEAL, command_id="release", actor=SYSTEM)
    given(started()).when(word).then()


def test_what_has_not_happened_yet_is_not_recorded() -> None:
    early = on(MONDAY + CLOCK_SKEW + timedelta(milliseconds=1), evidence("owner"))
    given(started()).when(early).then_refused(OccurredInFutureError)


def test_a_callers_clock_may_run_a_little_ahead() -> None:
    given(started()).when(on(MONDAY + CLOCK_SKEW, evidence("owner"))).then(EvidenceRecorded)


KINDS: tuple[HandoffKind, ...] = ("delivery", "support")


@pytest.mark.parametrize(
    "command",
    [
        contact(customer="C9"),
        evidence("owner", project="P9"),
        *(offer(kind, "P9") for kind in KINDS),
        accept(project="P9"),
        submit("master_plan", project="P9"),
        release(ticket="T9"),
        judge("support-P9"),
    ],
    ids=lambda command: command.stream,
)
def test_what_does_not_exist_cannot_be_spoken_to(command: object) -> None:
    refused = given().when(command).then_refused(NotFoundError)  # type: ignore[arg-type]
    assert "9" in refused.detail


def test_who_is_too_early_is_told_how_it_begins() -> None:
    begins = "it begins by itself when its project gets there"
    assert begins in given(started()).when(offer()).then_refused(NotFoundError).detail
    assert begins in given(started()).when(submit("master_plan")).then_refused(NotFoundError).detail
    assert "(RegisterCustomer)" in given().when(contact(customer="C9")).then_refused(NotFoundError).detail
    assert "(OpenTicket)" in given().when(release(ticket="T9")).then_refused(NotFoundError).detail
    stop = StopReactivation(reactivation="C9.1", reason="no time", actor=SALES)
    assert "StartReactivation" in given().when(stop).then_refused(NotFoundError).detail
    cause = RecordCause(recovery="P9.1", cause="price", text="too high", actor=SALES)
    assert "when a deal is lost" in given().when(cause).then_refused(NotFoundError).detail


def test_the_rules_of_a_state_are_those_it_was_opened_under() -> None:
    world = given(started(), open_ticket()).world
    context = Context(now=MONDAY, at=MONDAY, playbooks=PLAYBOOKS)
    for stream in ("customer-C1", DEAL, "ticket-T1"):
        assert context.rules(world.state(stream)).ref == world.state(stream).origin.playbook


def test_the_next_clock_is_the_one_that_runs_out_first() -> None:
    clock = DECIDER.next_clock(given(started()).world.state(DEAL), PLAYBOOKS)
    assert clock is not None
    assert (clock.name, clock.at) == ("stage-F1-overdue-1", utc(at("2026-03-16 18:00")))
    assert DECIDER.next_clock(DECIDER.initial(), PLAYBOOKS) is None
