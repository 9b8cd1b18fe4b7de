"""Stalled deals: by the usual dwell or without a dated next step; the fact, the task and the escalation are recorded once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from domain import funnel
from domain.dwell import UsualDwell, UsualDwells
from domain.funnel import (
    DealLost,
    DealStalled,
    FunnelOpened,
    NextStepPlanned,
    StageAdvanced,
    StageOverdue,
    StallEscalated,
    TaskRaised,
)
from tests.domain.asked import MONDAY, at, days, evidence, lose, next_step, shelve, stage_done, started, utc
from tests.domain.funnelling import DEAL, back, playbook, under
from tests.domain.scenario import World, due_moments, given

STALL = "deal-stalled-F1-1"
DAY = 8 * 60
"""A working day in minutes."""


def always(minutes: int, of: int = 8) -> UsualDwells:
    return lambda _stage, _value_class, _playbook: UsualDwell(working_minutes=minutes, of=of)


def stalls_at(usual: UsualDwells, *told: Any) -> datetime:
    return due_moments(under(playbook(), *told, started(), usual=usual).world, DEAL)[STALL]


# When


def test_until_enough_deals_have_left_a_stage_one_and_a_half_time_boxes_count() -> None:
    box = utc(at("2026-03-23 18:00"))  # fifteen working days after Monday 2 March
    assert due_moments(given(started()).world, DEAL)[STALL] == box
    assert stalls_at(always(DAY, of=7)) == box


def test_once_enough_have_left_one_and_a_half_times_their_usual_dwell_counts() -> None:
    assert stalls_at(always(2 * DAY)) == utc(at("2026-03-05 10:00"))
    assert stalls_at(always(2 * DAY, of=50)) == utc(at("2026-03-05 10:00"))


def test_however_quickly_deals_leave_a_stage_no_deal_stalls_before_the_next_working_day_is_over() -> None:
    assert stalls_at(always(0)) == stalls_at(always(2)) == utc(at("2026-03-03 18:00"))


def test_the_dwell_that_counts_stands_in_the_event_that_entered_the_stage() -> None:
    world = under(playbook(), started(), stage_done("F1"), usual=always(DAY, of=12)).world
    opened, advanced = (event for event in world.events[DEAL] if isinstance(event, FunnelOpened | StageAdvanced))
    assert opened.usual == advanced.usual == UsualDwell(working_minutes=DAY, of=12)
    by_default = given(started(), stage_done("F1")).world
    assert [event.usual for event in by_default.events[DEAL] if isinstance(event, FunnelOpened | StageAdvanced)] == [None, None]


def test_what_is_learned_later_changes_nothing_in_the_stage_where_the_deal_stands() -> None:
    world = under(playbook(), started(), usual=always(2 * DAY)).world
    world.usual = always(40 * DAY)
    world.tell(evidence("owner"))
    assert due_moments(world, DEAL)[STALL] == utc(at("2026-03-05 10:00"))


def test_each_stage_class_and_playbook_has_its_own_usual_dwell() -> None:
    asked: list[tuple[str, str, str]] = []

    def noted(stage: str, value_class: str, name: str) -> UsualDwell | None:
        asked.append((stage, value_class, name))
        return None

    under(playbook(), started(), stage_done("F1"), back("F1", "E1"), usual=noted)
    assert asked == [(stage, "vip", "standard") for stage in ("F1", "F2", "F1")]


def test_under_rules_that_do_not_learn_nobody_asks() -> None:
    stall = {"dwell_percent": 150, "without_next_step": 30}

    def never(_stage: str, _value_class: str, _name: str) -> UsualDwell | None:
        raise AssertionError("asked")

    world = under(playbook(stall=stall), started(), stage_done("F1"), usual=never).world
    assert world.state(DEAL).usual is None


def test_thirty_days_without_a_dated_next_step_count_when_they_come_first() -> None:
    slow = always(100 * DAY)
    assert stalls_at(slow) == MONDAY + days(30)
    planned = under(playbook(), started(), next_step("2026-03-20"), usual=slow).world
    assert due_moments(planned, DEAL)[STALL] == at("2026-03-20") + days(30)
    judged = under(playbook(), started(), usual=slow).when_clocks_are_judged(DEAL, MONDAY + days(30))
    stalled = judged.then(StageOverdue, DealStalled, TaskRaised).events[DEAL][-2]
    assert isinstance(stalled, DealStalled)
    assert stalled.reason == "no_next_step"


def test_the_dwell_of_a_stage_stands_still_over_the_national_day_holidays() -> None:
    before = at("2026-09-30 17:00")
    # Of eighteen hours one is worked that day, eight on the 8th and the 9th each, one on the Saturday that is worked instead.
    assert stalls_at(always(12 * 60), before) == utc(at("2026-10-10 10:00"))


# What follows


def test_a_stall_raises_a_task_for_the_owner_and_is_escalated_if_nothing_is_done() -> None:
    deal = given(started())
    world = deal.when_clocks_are_judged(DEAL, at("2026-03-24 09:00")).then(StageOverdue, DealStalled, TaskRaised)
    stalled = utc(at("2026-03-23 18:00"))
    assert world.events[DEAL][-2:] == [
        DealStalled(occurred_at=stalled, stage="F1", entry=1, reason="dwell", who="sales"),
        TaskRaised(
            occurred_at=stalled,
            what="stalled",
            stage="F1",
            entry=1,
            owner="u1",
            who="sales",
            due=utc(at("2026-03-26 18:00")),
        ),
    ]
    view = world.view(DEAL)
    assert (view.health, view.needs_human, view.waiting_for, view.due_at) == (
        "blocked",
        True,
        "sales",
        utc(at("2026-03-26 18:00")),
    )
    assert view.reason.startswith("stalled")

    world = deal.when_clocks_are_judged(DEAL, at("2026-06-01 09:00")).then(
        StallEscalated(occurred_at=utc(at("2026-03-30 18:00")), stage="F1", entry=1, to="manager")
    )
    assert world.view(DEAL).waiting_for == "manager"
    assert due_moments(world, DEAL) == {}
    deal.when_clocks_are_judged(DEAL, at("2027-06-01 09:00")).then()


def test_a_dated_next_step_answers_the_task_and_puts_the_escalation_off() -> None:
    deal = given(started(), at("2026-03-24 09:00"))
    world = deal.when(next_step("2026-04-10")).then(StageOverdue, DealStalled, TaskRaised, NextStepPlanned)
    assert (world.view(DEAL).health, world.view(DEAL).needs_human) == ("at-risk", False)
    deal.when_clocks_are_judged(DEAL, at("2026-04-17 17:59")).then()
    deal.when_clocks_are_judged(DEAL, at("2026-04-18 09:00")).then(StallEscalated)


@pytest.mark.parametrize(
    ("move", "expected"),
    [(lambda: stage_done("F1"), StageAdvanced), (lambda: lose(), DealLost), (lambda: shelve("2026-09-01"), funnel.DealShelved)],
)
def test_a_deal_that_moves_is_not_escalated(move: Callable[[], Any], expected: type[Any]) -> None:
    world = given(started(), at("2026-03-24 09:00"), move()).world
    assert type(world.events[DEAL][-1]) is expected
    facts, _ = funnel.DECIDER.judge(world.state(DEAL), at("2026-04-13 09:00"), world.playbooks)
    assert not [fact for fact in facts if isinstance(fact, StallEscalated)]


def test_each_stay_stalls_once_and_under_a_name_of_its_own() -> None:
    world = given(started(), at("2026-05-01 09:00"), stage_done("F1"), at("2026-12-01 09:00"), evidence("budget")).world
    facts = [event for event in world.events[DEAL] if isinstance(event, DealStalled | TaskRaised | StallEscalated)]
    assert [(type(fact), fact.stage, fact.entry) for fact in facts] == [
        (kind, stage, entry) for stage, entry in (("F1", 1), ("F2", 2)) for kind in (DealStalled, TaskRaised, StallEscalated)
    ]


def test_a_deal_back_from_the_shelf_that_stalls_has_a_task_for_each() -> None:
    world = World().tell(started(), shelve("2026-06-01"), at("2026-09-01 09:00"), evidence("owner"))
    assert [event.what for event in world.events[DEAL] if isinstance(event, TaskRaised)] == ["revisit", "stalled"]


def test_under_rules_without_tasks_only_the_fact_is_recorded() -> None:
    stall = {"dwell_percent": 150, "without_next_step": 30}
    under(playbook(stall=stall), started()).when_clocks_are_judged(DEAL, at("2027-01-04")).then(StageOverdue, DealStalled)
