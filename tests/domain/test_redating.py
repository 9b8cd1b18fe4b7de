"""Calendars in the life of a deal: those of units, those that change under open work, and those that are not certain yet."""

from __future__ import annotations

from datetime import date, datetime

from domain import funnel
from domain.calendars import CalendarRule
from domain.messages import Name
from domain.moving import MovePlaybook, PlaybookMoved, Redated
from domain.playbook import Playbook, Playbooks, UnitCalendar
from domain.playbook.editions import next_edition
from domain.standing import Clock
from tests.domain.asked import (
    PLAYBOOKS,
    RULES,
    SALES,
    accept,
    at,
    classify,
    condition,
    judge,
    offer,
    open_project,
    override,
    promise,
    register,
    shelve,
    started,
    utc,
    won,
)
from tests.domain.scenario import World, due_moments
from tests.domain.test_editions import as_known_by

DEAL, G1 = "funnel-P1", "handoff-P1-delivery"
OVERDUE = "stage-F1-overdue-1"
BEFORE_LABOUR_DAY = at("2026-04-22 10:00")


def world(*playbooks: Playbook) -> World:
    return World(now=BEFORE_LABOUR_DAY, playbooks=Playbooks(playbooks or PLAYBOOKS))


def opened(in_world: World, unit: str = "north") -> World:
    return in_world.tell(register(), classify(), open_project(owner_unit=unit))


def move(to: str) -> MovePlaybook:
    return MovePlaybook(project="P1", to=to, reason="the holidays are announced", actor=SALES, command_id="m1")


def time_box(calendar: CalendarRule) -> datetime:
    return calendar.add_working_days(BEFORE_LABOUR_DAY, RULES.funnel.stages[0].time_box)


def next_clock(in_world: World) -> Clock:
    clock = funnel.DECIDER.next_clock(in_world.state(DEAL), in_world.playbooks)
    assert clock is not None
    return clock


# --- editions -------------------------------------------------------------------------------------------------------------

UNAWARE = as_known_by("0.1", RULES, 2026)
AWARE = next_edition(UNAWARE, 2026) or UNAWARE


def test_a_new_edition_moves_no_clock_of_open_work() -> None:
    deal = opened(world(UNAWARE))
    before = due_moments(deal, DEAL)
    deal.playbooks = Playbooks([UNAWARE, AWARE])
    assert due_moments(deal, DEAL) == before
    assert deal.state(DEAL).playbook == UNAWARE.ref


def test_new_work_gets_the_newest_edition() -> None:
    deal = opened(world(UNAWARE, AWARE))
    assert deal.state(DEAL).playbook == AWARE.ref
    assert str(deal.state(DEAL).playbook).endswith("+2")


def test_moving_to_a_new_edition_dates_the_clocks_anew_with_before_and_after_on_record() -> None:
    deal = opened(world(UNAWARE))
    deal.playbooks = Playbooks([UNAWARE, AWARE])
    deal.tell(move(RULES.version))
    [moved] = [event for event in deal.events[DEAL] if isinstance(event, PlaybookMoved)]
    assert (moved.from_, moved.to) == (UNAWARE.ref, AWARE.ref)
    redated = {one.clock: one for one in moved.redated}
    before, after = time_box(UNAWARE.calendar), time_box(AWARE.calendar)
    assert before < after  # the days off around 1 May
    assert redated[OVERDUE] == Redated(clock=OVERDUE, before=before, after=after)
    assert due_moments(deal, DEAL)[OVERDUE] == after


def test_a_deal_is_overdue_by_the_edition_that_it_lives_under() -> None:
    until = at("2026-05-07 09:00")  # after the close of its time box without the days off, before the one with them
    staying, moving = opened(world(UNAWARE)), opened(world(UNAWARE))
    moving.playbooks = Playbooks([UNAWARE, AWARE])
    moving.tell(move(RULES.version))
    for deal in (staying, moving):
        deal.now = until
    assert time_box(UNAWARE.calendar) < until < time_box(AWARE.calendar)
    assert [event.type for event in staying.take(judge(DEAL))] == ["StageOverdue"]
    assert moving.take(judge(DEAL)) == []


# --- units ----------------------------------------------------------------------------------------------------------------

GERMAN = CalendarRule(
    name=Name(en="Munich office", zh="慕尼黑办事处"),
    country="DE-BY",
    time_zone="Europe/Berlin",
    hours=("08:00-12:00", "12:45-16:45"),
    days=("mon", "tue", "wed", "thu", "fri"),
)
WORLDWIDE = RULES.model_copy(
    update={
        "calendars": {**RULES.calendars, "munich": GERMAN},
        "unit_calendars": (UnitCalendar(unit="bavaria", calendar="munich"),),
    }
)


def test_a_units_work_goes_by_the_calendar_of_the_unit() -> None:
    at_home, in_munich = opened(world(WORLDWIDE)), opened(world(WORLDWIDE), "bavaria")
    assert due_moments(at_home, DEAL)[OVERDUE] == time_box(RULES.calendar)
    assert due_moments(in_munich, DEAL)[OVERDUE] == time_box(GERMAN)


def test_a_unit_without_a_calendar_of_its_own_goes_by_the_working_calendar() -> None:
    shelf = Playbooks([WORLDWIDE])
    deal = opened(world(WORLDWIDE)).state(DEAL)
    assert shelf.of(deal).calendar == RULES.calendar
    assert WORLDWIDE.for_unit("south") is WORLDWIDE
    assert WORLDWIDE.for_unit("") is WORLDWIDE


def test_the_rules_of_a_unit_are_made_once() -> None:
    shelf = Playbooks([WORLDWIDE])
    deal = opened(world(WORLDWIDE), "bavaria").state(DEAL)
    assert shelf.of(deal) is shelf.of(deal)
    assert shelf.of(deal).ref == WORLDWIDE.ref


def test_tickets_of_a_unit_run_on_its_calendar_where_others_run_on_the_working_calendar() -> None:
    in_munich = WORLDWIDE.for_unit("bavaria")
    assert in_munich.service_calendar("small") == GERMAN
    assert in_munich.service_calendar("vip").always


# --- what is not certain --------------------------------------------------------------------------------------------------


def test_a_date_in_a_year_that_is_not_announced_says_so_where_people_see_it() -> None:
    deal = world()
    deal.now = at("2027-03-01 10:00")
    opened(deal)
    told = deal.view(DEAL).provisional
    assert told.startswith("the holidays of CN in 2027 are not announced yet")
    assert next_clock(deal).provisional == told
    assert next_clock(deal).deadline().provisional == told


def test_a_date_in_a_year_that_is_known_says_nothing() -> None:
    deal = opened(world())
    assert deal.view(DEAL).provisional == ""
    assert next_clock(deal).provisional == ""


def test_a_date_that_somebody_has_set_is_certain_in_any_year() -> None:
    deal = opened(world()).tell(shelve("2027-09-01"))
    assert deal.view(DEAL).due_at == utc(at("2027-09-01"))
    assert deal.view(DEAL).provisional == ""


def test_the_end_of_an_override_and_the_date_of_a_condition_are_certain_in_any_year() -> None:
    overridden = opened(world()).tell(override("won", expires_on="2027-03-01"))
    assert overridden.view(DEAL).due_at == utc(at("2027-03-02"))
    assert overridden.view(DEAL).provisional == ""
    assert next_clock(overridden).provisional == ""
    conditional = world().tell(started(), won(), offer(), accept(conditions=(condition(due_on="2027-02-01"),)))
    assert conditional.view(G1).provisional == ""
    conditional.tell(at("2027-02-02"), judge(G1))
    assert conditional.view(G1).code == "reopened"
    assert conditional.view(G1).provisional == ""


def test_a_promised_day_is_certain_while_the_time_box_beside_it_is_not() -> None:
    deal = world()
    deal.now = at("2026-12-28 10:00")
    opened(deal).tell(promise(due_on=date(2027, 1, 5)))
    assert next_clock(deal).fact.type == "PromiseOverdue"
    assert next_clock(deal).provisional == ""
    assert deal.view(DEAL).provisional != ""


def test_a_unit_whose_holidays_are_known_is_certain_where_another_is_not() -> None:
    told = {}
    for unit in ("north", "bavaria"):
        deal = world(WORLDWIDE)
        deal.now = at("2027-03-01 10:00")
        told[unit] = opened(deal, unit).view(DEAL).provisional
    assert told["north"]
    assert not told["bavaria"]
