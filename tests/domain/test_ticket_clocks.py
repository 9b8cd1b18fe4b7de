"""The clocks of a ticket in stories: who is told when, windows that raise its class, targets that are counted anew."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from domain.calendars import CalendarRule
from domain.messages import SYSTEM, Command, Name
from domain.moving import MovePlaybook, PlaybookMoved
from domain.playbook import Playbook, Playbooks, ServiceCalendar, SupportRules, UnitCalendar, Window
from domain.ticket import (
    AcknowledgeTicket,
    ChangePriority,
    ClockResumed,
    OverridePriority,
    PauseTicket,
    RedateTargets,
    ReopenTicket,
    ResolveTicket,
    ResumeTicket,
    TargetBreached,
    TargetEscalated,
    TargetsRedated,
    TargetWarned,
    TicketOpened,
    TicketReopened,
    due_at,
    verdicts,
)
from domain.ticket.windows import of_month
from tests.domain.asked import RULES, SUPPORT, at, classify, judge, open_ticket, register, utc
from tests.domain.scenario import World, due_moments, fold_again

T = "ticket-T1"
QUIET = at("2026-03-18 10:00")
"""A Wednesday in no window."""
OFFICE = RULES.calendars["business"]


def supporting(version: str = "2099.1", **changes: Any) -> Playbook:
    """The standard playbook with another chapter on support."""
    written = RULES.support.model_dump() | changes
    support = SupportRules.model_validate(written)
    return RULES.model_copy(update={"version": version, "support": support})


def world(*playbooks: Playbook, now: datetime = QUIET, value_class: str = "other_large", **fields: Any) -> World:
    made = World(now=now, playbooks=Playbooks(playbooks or [RULES]))
    return made.tell(register(revenue="3000000000"), classify(value_class), open_ticket(**fields))


def a(command: type[Command], **fields: Any) -> Command:
    return command.model_validate({"ticket": "T1", "actor": SUPPORT, **fields})


def redate(**fields: Any) -> Command:
    return a(RedateTargets, **({"actor": SYSTEM, "in_service": True, "cause": "renewed"} | fields))


def pause(who: str = "customer") -> Command:
    return a(PauseTicket, waiting_for=who, reason="needs a log")


TAKE, RESUME = a(AcknowledgeTicket), a(ResumeTicket)
RESOLVE, REOPEN = a(ResolveTicket, solution="restarted"), a(ReopenTicket, reason="again")


def told(of: World) -> list[tuple[str, int, str, datetime]]:
    """Target, percent, who is told and when, of every fact about a target."""
    found: list[tuple[str, int, str, datetime]] = []
    for event in of.events[T]:
        if isinstance(event, TargetWarned | TargetEscalated):
            found.append((event.target, event.percent, event.who, event.occurred_at))
        elif isinstance(event, TargetBreached):
            found.append((event.target, 100, event.who, event.occurred_at))
    return found


def redatings(of: World) -> list[TargetsRedated]:
    return [event for event in of.events[T] if isinstance(event, TargetsRedated)]


# Who is told


def test_each_percentage_of_a_target_tells_the_next_above() -> None:
    silent = world(impact="high", urgency="high").tell(at("2026-03-18 11:00"), judge(T))
    assert told(silent) == [
        ("respond", 70, "support", utc(at("2026-03-18 10:21"))),
        ("respond", 90, "support_lead", utc(at("2026-03-18 10:27"))),
        ("respond", 100, "support_lead", utc(at("2026-03-18 10:30"))),
        ("respond", 110, "manager", utc(at("2026-03-18 10:33"))),
    ]
    silent.tell(at("2026-03-30 11:00"), judge(T), at("2026-04-30 11:00"), judge(T))
    assert len(told(silent)) == 8
    assert due_moments(silent, T) == {}


def test_without_a_hierarchy_the_owner_is_told_and_nobody_is_called() -> None:
    plain = supporting(hierarchy=(), escalate_at=None)
    silent = world(plain).tell(at("2026-03-30 11:00"), judge(T))
    assert {who for _, _, who, _ in told(silent)} == {"support"}
    assert max(percent for _, percent, _, _ in told(silent)) == 100


def test_a_missed_target_stands_still_with_the_clocks_on_its_way_to_the_escalation() -> None:
    late = world().tell(TAKE, at("2026-03-18 15:10"), pause())  # 250 of 240 minutes: missed ten minutes ago
    late.tell(at("2026-03-25 15:00"), judge(T))
    assert [percent for _, percent, _, _ in told(late)] == [70, 90, 100]
    late.tell(at("2026-03-26 09:00"), RESUME, at("2026-03-26 11:00"), judge(T))
    assert told(late)[-1] == ("resolve", 110, "manager", utc(at("2026-03-26 09:14")))


def test_the_share_of_an_odd_target_is_exact_to_the_second() -> None:
    odd = supporting(targets=[{"code": code, "respond": 33, "resolve": 61} for code in ("P1", "P2", "P3", "P4")])
    moments = due_moments(world(odd), T)
    assert moments["respond-70-percent"] == utc(QUIET) + timedelta(minutes=23, seconds=6)
    assert moments["respond-escalated"] == utc(QUIET) + timedelta(minutes=36, seconds=18)
    assert moments["resolve-90-percent"] == utc(QUIET) + timedelta(minutes=54, seconds=54)


def test_what_was_warned_of_missed_and_escalated_is_so_once_after_a_reopening_too() -> None:
    late = world().tell(TAKE, at("2026-03-19 11:00"), RESOLVE, REOPEN, at("2026-04-29 11:00"), judge(T))
    assert [percent for _, percent, _, _ in told(late)] == [70, 90, 100, 110]


def test_how_long_each_wait_took_is_on_record_and_only_that_for_the_customer_is_not_counted() -> None:
    waits = world().tell(TAKE, at("2026-03-18 11:00"), pause("vendor"), at("2026-03-18 14:00"), RESUME)
    waits.tell(pause("customer"), at("2026-03-18 15:00"), RESUME)
    kept = [(event.waited_for, event.waited) for event in waits.events[T] if isinstance(event, ClockResumed)]
    assert kept == [("vendor", 2 * 3600), ("customer", 3600)]
    assert waits.state(T).spent.resolve == 3 * 3600


# Which targets


def rows(*more: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"code": code, "respond": 100, "resolve": 1000} for code in ("P1", "P2", "P3", "P4")] + list(more)


SPECIAL = rows(
    {"code": "P1", "respond": 90, "resolve": 900, "value_class": "other_large"},
    {"code": "P1", "respond": 80, "resolve": 800, "level": "gold"},
    {"code": "P1", "respond": 70, "resolve": 700, "level": "gold", "value_class": "other_large"},
)


@pytest.mark.parametrize(
    ("value_class", "level", "respond"),
    [("other_large", "gold", 70), ("vip", "gold", 80), ("other_large", "", 90), ("vip", "", 100), ("vip", "silver", 100)],
)
def test_the_row_that_says_most_about_class_and_level_holds(value_class: str, level: str, respond: int) -> None:
    support = supporting(targets=SPECIAL).support
    assert support.target("P1", value_class, level).respond == respond
    assert support.target("P2", value_class, level).respond == 100


def test_a_ticket_has_the_targets_of_its_value_class_from_the_start() -> None:
    opened = world(supporting(targets=SPECIAL)).events[T][0]
    assert isinstance(opened, TicketOpened)
    assert (opened.respond_minutes, opened.resolve_minutes) == (90, 900)


@pytest.mark.parametrize(
    "wrong",
    [
        {"targets": SPECIAL[1:]},
        {"targets": [*SPECIAL, SPECIAL[-1]]},
        {"hierarchy": [{"percent": 90, "role": "support"}, {"percent": 70, "role": "manager"}]},
        {"escalate_at": 100},
        {"windows": [{"code": "w", "name": RULES.name, "kind": "days_of_month"}]},
        {"windows": [{"code": "w", "name": RULES.name, "kind": "month_end_close"}]},
        {"windows": [{"code": "w", "name": RULES.name, "working_days_after": 1}] * 2},
    ],
    ids=[
        "a priority without targets",
        "a row twice",
        "a ladder upside down",
        "no later than the breach",
        "no dates",
        "no days",
        "twins",
    ],
)
def test_a_contradiction_in_the_rules_of_the_clocks_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        supporting(**wrong)


GERMAN = CalendarRule(
    name=Name(en="German hours", zh="德国工作时间"),
    country="DE",
    time_zone="Europe/Berlin",
    hours=("08:00-12:00", "13:00-17:00"),
    days=("mon", "tue", "wed", "thu", "fri"),
)
GERMAN_DAY_AND_NIGHT = CalendarRule(name=Name(en="always", zh="全天"), time_zone="Europe/Berlin", always=True)


def in_germany(**support: Any) -> Playbook:
    """The standard playbook with a unit in Munich; the tests' customers are of the unit north."""
    made = supporting(**support)
    own = UnitCalendar(
        unit="north",
        calendar="german",
        service_calendars=(ServiceCalendar(value_class="medium_vip", calendar="german_always"),),
    )
    calendars = made.calendars | {"german": GERMAN, "german_always": GERMAN_DAY_AND_NIGHT}
    return made.model_copy(update={"calendars": calendars, "unit_calendars": (own,)})


def test_the_targets_are_counted_in_the_calendar_of_the_customers_unit() -> None:
    ticket = world(in_germany(), now=at("2026-03-27 23:30"))  # a Friday, 16:30 in Munich; the clocks change on Sunday
    assert ticket.state(T).calendar == "german"
    assert due_moments(ticket, T)["resolve-breached"] == utc(at("2026-03-30 17:30"))  # Monday 11:30 there


def test_a_class_that_runs_on_the_working_calendar_or_on_one_of_the_unit_follows_the_unit() -> None:
    listed = [{"value_class": "other_large", "calendar": "business"}, {"value_class": "medium_vip", "calendar": "long_week"}]
    rules = in_germany(service_calendars=listed).for_unit("north").support
    assert (rules.calendar_of("other_large"), rules.calendar_of("medium_vip")) == ("german", "german_always")
    assert rules.default_calendar == "german"


# Windows


def shown(opened: World) -> tuple[str, str, str]:
    first = opened.events[T][0]
    assert isinstance(first, TicketOpened)
    return str(first.base_priority), first.priority, first.window


def test_a_ticket_that_is_opened_in_the_month_end_close_is_raised_from_the_start() -> None:
    ticket = world(now=at("2026-03-30 10:00"), impact="medium", urgency="medium")
    assert shown(ticket) == ("P3", "P2", "month_end 2026-03-30")
    assert (ticket.state(T).respond_seconds, ticket.state(T).resolve_seconds) == (60 * 60, 480 * 60)


def test_p1_stays_p1_and_a_question_is_not_raised() -> None:
    assert shown(world(now=at("2026-03-30 10:00"))) == ("P1", "P1", "")
    asked = world(now=at("2026-03-30 10:00"), impact="medium", urgency="medium", kind="question")
    assert shown(asked) == ("P3", "P3", "")


def test_an_open_ticket_is_raised_when_the_window_begins_and_goes_back_when_it_ends() -> None:
    # Opened on a Friday at 10:00, P4: 24 h to respond, 72 h to resolve; the close begins on Monday.
    ticket = world(now=at("2026-03-27 10:00"), impact="low", urgency="low").tell(TAKE)
    ticket.tell(at("2026-03-30 09:00"), judge(T))
    [raised] = redatings(ticket)
    assert (raised.cause, raised.priority_before, raised.priority, raised.base_priority) == ("window_begins", "P4", "P3", "P4")
    assert (raised.window, raised.occurred_at) == ("month_end 2026-03-30", utc(at("2026-03-30")))
    assert raised.spent.resolve == 7 * 3600
    [resolve] = raised.targets
    assert (resolve.minutes_before, resolve.minutes_after) == (4320, 1440)
    assert (resolve.due_before, resolve.due_after) == (utc(at("2026-04-10 10:00")), utc(at("2026-04-01 10:00")))

    ticket.tell(at("2026-03-30 12:00"), pause(), at("2026-04-07 09:00"), RESUME, judge(T))
    assert [(one.cause, one.priority) for one in redatings(ticket)] == [("window_begins", "P3"), ("window_ends", "P4")]
    assert redatings(ticket)[-1].occurred_at == utc(at("2026-04-07 09:00"))  # made good when it goes on
    assert fold_again(ticket, T) == ticket.state(T)


def test_a_ticket_that_waits_for_the_customer_is_not_woken_by_any_window() -> None:
    ticket = world(now=at("2026-03-27 10:00"), impact="low", urgency="low").tell(TAKE, pause())
    ticket.tell(at("2027-03-27 10:00"), judge(T))
    assert redatings(ticket) == []
    assert due_moments(ticket, T) == {}


def test_a_ticket_that_has_missed_all_it_can_miss_is_not_woken_by_any_window() -> None:
    ticket = world(now=at("2026-03-18 10:00"), impact="low", urgency="low").tell(TAKE, pause("vendor"))
    ticket.tell(at("2027-03-27 10:00"), judge(T))
    assert len(redatings(ticket)) <= 2
    assert due_moments(ticket, T) == {}


def test_a_priority_that_somebody_has_decided_on_in_a_window_is_not_raised_by_it() -> None:
    ticket = world(now=at("2026-03-30 10:00"), impact="medium", urgency="medium").tell(TAKE)
    approved = {"reason": "only a report", "approver": "m1", "approver_role": "manager"}
    ticket.tell(a(OverridePriority, priority="P4", **approved), at("2026-03-30 16:00"), judge(T))
    assert (ticket.state(T).priority, redatings(ticket)[-1].cause) == ("P4", "priority")
    assert redatings(ticket)[-1].set_aside == ("month_end 2026-03-30",)


def test_impact_and_urgency_that_are_corrected_in_a_window_are_raised_like_any() -> None:
    ticket = world(now=at("2026-03-30 10:00"), impact="low", urgency="low").tell(TAKE)
    ticket.tell(a(ChangePriority, impact="high", reason="three plants"))
    assert (ticket.state(T).base_priority, ticket.state(T).priority) == ("P3", "P2")


def test_a_playbook_may_let_a_raised_ticket_stay_raised() -> None:
    staying = [window.model_dump() | {"afterwards": "stays"} for window in RULES.support.windows]
    ticket = world(supporting(windows=staying), now=at("2026-04-03 16:00"), impact="low", urgency="low").tell(TAKE)
    assert ticket.state(T).priority == "P3"
    ticket.tell(at("2026-04-08 10:00"), judge(T))
    assert (ticket.state(T).priority, redatings(ticket)) == ("P3", [])


def spans(calendar: CalendarRule, year: int, month: int, **fields: Any) -> list[tuple[date, date]]:
    """First day and first day after of a window in a month."""
    window = Window(code="w", name=RULES.name, **fields)
    zone = calendar.zone
    return [(one.first, one.ends.astimezone(zone).date()) for one in of_month(window, calendar, year, month)]


CLOSE = {"kind": "month_end_close", "working_days_before": 2, "working_days_after": 3}


@pytest.mark.parametrize(
    ("year", "month", "first", "over"),
    [
        (2026, 1, date(2026, 1, 29), date(2026, 2, 5)),  # the 31st is a Saturday
        (2026, 5, date(2026, 5, 28), date(2026, 6, 4)),  # the 31st is a Sunday
        (2026, 9, date(2026, 9, 29), date(2026, 10, 11)),  # National Day: 8, 9 and the working Saturday 10 October
        (2025, 1, date(2025, 1, 26), date(2025, 2, 8)),  # Spring Festival from 28 January; the Sunday before it is worked
        (2026, 12, date(2026, 12, 30), date(2027, 1, 7)),  # over New Year
    ],
)
def test_the_close_is_counted_in_working_days_over_weekends_and_holidays(
    year: int, month: int, first: date, over: date
) -> None:
    assert spans(OFFICE, year, month, **CLOSE) == [(first, over)]


def test_the_close_of_a_german_unit_goes_by_german_days() -> None:
    assert spans(GERMAN, 2026, 9, **CLOSE) == [(date(2026, 9, 29), date(2026, 10, 6))]


@pytest.mark.parametrize(
    ("day_off", "first"), [("before", date(2026, 10, 9)), ("after", date(2026, 10, 12)), ("same", date(2026, 10, 11))]
)
def test_wages_that_fall_on_a_sunday_are_paid_as_the_playbook_says(day_off: str, first: date) -> None:
    [(day, _)] = spans(OFFICE, 2026, 10, kind="days_of_month", days_of_month=(11,), day_off=day_off)
    # The Saturday before is worked in exchange for National Day.
    assert day == (date(2026, 10, 10) if day_off == "before" else first)


def test_a_date_that_a_month_lacks_is_its_last_day() -> None:
    assert spans(OFFICE, 2025, 2, kind="days_of_month", days_of_month=(30, 31)) == [(date(2025, 2, 28), date(2025, 3, 1))]


# Counted anew


def test_another_service_level_counts_the_targets_anew_from_that_moment() -> None:
    ticket = world(supporting(targets=SPECIAL)).tell(at("2026-03-18 11:00"), redate(level="gold", service_code="S9"))
    [anew] = redatings(ticket)
    assert (anew.cause, anew.reason, anew.level, anew.service_code, anew.in_service) == (
        "contract",
        "renewed",
        "gold",
        "S9",
        True,
    )
    assert [(one.target, one.minutes_before, one.minutes_after) for one in anew.targets] == [
        ("respond", 90, 70),
        ("resolve", 900, 700),
    ]
    assert (anew.targets[0].due_before, anew.targets[0].due_after) == (utc(at("2026-03-18 11:30")), utc(at("2026-03-18 11:10")))
    ticket.tell(redate(level="gold", service_code="S9"))
    assert len(redatings(ticket)) == 1


def test_a_target_that_is_used_up_under_the_new_terms_is_missed_at_that_moment() -> None:
    ticket = world(supporting(targets=SPECIAL)).tell(at("2026-03-18 11:15"), redate(level="gold"), judge(T))
    assert [(percent, when) for _, percent, _, when in told(ticket)] == [
        (70, utc(at("2026-03-18 11:03"))),  # of the 90 minutes
        (90, utc(at("2026-03-18 11:15"))),
        (100, utc(at("2026-03-18 11:15"))),
    ]


def test_a_missed_target_stays_missed_under_longer_terms() -> None:
    short, longer = supporting(), supporting("2099.2", targets=rows())
    ticket = world(short).tell(at("2026-03-18 10:31"), judge(T))
    ticket.playbooks = Playbooks([short, longer])
    ticket.tell(a(MovePlaybook, to="standard@2099.2", reason="longer"), TAKE, at("2026-03-18 10:40"), RESOLVE)
    assert [(one.target, one.verdict) for one in verdicts(ticket.state(T))] == [("respond", "missed"), ("resolve", "met")]
    assert due_at(ticket.state(T), longer, "respond") == utc(at("2026-03-18 10:30"))


def test_time_spent_under_the_old_calendar_stays_spent_and_the_rest_counts_in_the_new() -> None:
    office, always = supporting("2099.1"), supporting("2099.2", default_calendar="round_the_clock")
    ticket = world(office, now=at("2026-03-20 16:00")).tell(TAKE)  # a Friday; due on Monday at 11:00
    ticket.playbooks = Playbooks([office, always])
    ticket.tell(at("2026-03-20 20:00"), a(MovePlaybook, to="standard@2099.2", reason="round the clock"))
    [anew] = redatings(ticket)
    [target] = anew.targets
    assert anew.spent.resolve == 2 * 3600
    assert (target.due_before, target.due_after) == (utc(at("2026-03-23 11:00")), utc(at("2026-03-20 22:00")))
    assert due_moments(ticket, T)["resolve-breached"] == utc(at("2026-03-20 22:00"))
    [moved] = [event for event in ticket.events[T] if isinstance(event, PlaybookMoved)]
    of_breach = next(one for one in moved.redated if one.clock == "resolve-breached")
    assert (of_breach.before, of_breach.after) == (target.due_before, target.due_after)


def test_another_unit_counts_in_its_own_calendar_from_that_moment() -> None:
    rules = in_germany()
    own = rules.unit_calendars[0].model_copy(update={"unit": "munich"})
    ticket = world(rules.model_copy(update={"unit_calendars": (own,)}), now=at("2026-03-18 17:00")).tell(TAKE)
    ticket.tell(at("2026-03-18 18:00"), redate(owner_unit="munich", cause="moved"))  # 11:00 in Munich
    [anew] = redatings(ticket)
    assert (anew.cause, anew.calendar, ticket.state(T).owner_unit) == ("unit", "german", "munich")
    assert anew.targets[0].due_after == utc(at("2026-03-18 22:00"))  # one hour before the lunch break, two after it
    assert fold_again(ticket, T) == ticket.state(T)


def test_a_ticket_that_waits_for_the_customer_is_counted_anew_without_a_due_time() -> None:
    ticket = world(supporting(targets=SPECIAL)).tell(at("2026-03-18 11:00"), pause(), redate(level="gold"))
    [anew] = redatings(ticket)
    assert {(one.due_before, one.due_after) for one in anew.targets} == {(None, None)}
    ticket.tell(at("2026-03-19 09:00"), RESUME)
    assert due_moments(ticket, T)["respond-breached"] == utc(at("2026-03-19 09:10"))


def test_word_of_a_contract_changes_nothing_in_an_ended_ticket() -> None:
    ended = world().tell(RESOLVE, at("2026-04-18 10:00"), judge(T))
    assert ended.take(redate(level="gold")) == []


# Verdicts


def test_the_verdict_on_each_target_follows_from_the_events_alone() -> None:
    ended = world().tell(at("2026-03-18 10:15"), TAKE, at("2026-03-18 16:00"), RESOLVE)
    met, missed = verdicts(fold_again(ended, T))
    assert (met.target, met.budget, met.spent, met.percent, met.verdict) == ("respond", 1800, 900, 50.0, "met")
    assert (missed.target, missed.spent, missed.percent, missed.verdict) == ("resolve", 5 * 3600, 125.0, "missed")


def test_a_target_is_missed_from_the_very_moment_on_at_which_it_is_used_up() -> None:
    on_the_dot = world().tell(TAKE, at("2026-03-18 15:00"), RESOLVE)
    just_before = world().tell(TAKE, at("2026-03-18 15:00") - timedelta(microseconds=1), RESOLVE)
    assert verdicts(on_the_dot.state(T))[1].verdict == "missed"
    assert verdicts(just_before.state(T))[1].verdict == "met"


def test_the_due_time_of_a_target_is_told_by_its_events() -> None:
    ticket = world()
    assert due_at(ticket.state(T), RULES, "respond") == utc(at("2026-03-18 10:30"))
    ticket.tell(TAKE)
    assert due_at(ticket.state(T), RULES, "respond") is None
    ticket.tell(at("2026-03-18 11:00"), pause())
    assert due_at(ticket.state(T), RULES, "resolve") is None
    ticket.tell(at("2026-03-23 09:00"), RESUME)
    assert due_at(ticket.state(T), RULES, "resolve") == utc(at("2026-03-23 12:00"))


# Holidays and changes of the clocks


def test_a_target_over_the_spring_festival_counts_the_working_weekend_and_not_the_holiday() -> None:
    ticket = world(now=at("2026-02-14 17:00")).tell(TAKE)  # a working Saturday; the festival lasts until the 23rd
    assert due_moments(ticket, T)["resolve-breached"] == utc(at("2026-02-24 12:00"))


def test_a_target_over_national_day_goes_on_after_it() -> None:
    ticket = world(now=at("2025-09-30 16:00")).tell(TAKE)
    assert due_moments(ticket, T)["resolve-breached"] == utc(at("2025-10-09 11:00"))


def test_a_hundred_pauses_at_odd_moments_add_up_to_what_one_stretch_would_be() -> None:
    ticket, moment, worked = world().tell(TAKE), utc(at("2026-03-18 10:00")), timedelta(0)
    for number in range(100):
        stretch = timedelta(microseconds=333_333 + number)
        ticket.tell(moment + stretch, pause())
        worked += stretch
        moment += stretch + timedelta(microseconds=777_777)
        ticket.tell(moment, RESUME)
    assert due_moments(ticket, T)["resolve-breached"] == OFFICE.add_working_time(moment, timedelta(hours=4) - worked)
    assert TicketReopened not in {type(event) for event in ticket.events[T]}


def test_a_calendar_that_changes_under_its_name_leaves_what_was_spent_by_the_old_one() -> None:
    office = supporting("2099.1")
    shut = office.calendars["business"].model_copy(update={"closed": (date(2026, 3, 18),)})
    closed = supporting("2099.2").model_copy(update={"calendars": office.calendars | {"business": shut}})
    ticket = world(office).tell(TAKE)
    ticket.playbooks = Playbooks([office, closed])
    ticket.tell(at("2026-03-18 11:00"), a(MovePlaybook, to="standard@2099.2", reason="closed after all"))
    [anew] = redatings(ticket)
    assert (anew.cause, anew.spent.resolve) == ("calendar", 3600)
    assert due_moments(ticket, T)["resolve-breached"] == utc(at("2026-03-19 12:00"))


PAID = {"code": "pay", "name": RULES.name, "kind": "days_of_month", "days_of_month": (19,), "day_off": "same", "raises": 2}


@pytest.mark.parametrize(
    ("of_old", "of_new", "moved_at", "facts"),
    [
        pytest.param({}, {"warn_at": (50, 90)}, "2026-03-18 14:00", [(50, "2026-03-18 14:00")], id="a warning"),
        pytest.param({"escalate_at": None}, {}, "2026-03-21 10:00", [(110, "2026-03-21 10:00")], id="an escalation"),
        pytest.param({"windows": ()}, {"windows": (PAID,)}, "2026-03-21 10:00", [], id="a window that is over"),
    ],
)
def test_what_a_new_policy_asks_for_holds_from_the_move_on_and_not_before_it(
    of_old: dict[str, Any], of_new: dict[str, Any], moved_at: str, facts: list[tuple[int, str]]
) -> None:
    old, new = supporting(**of_old), supporting("2099.2", **of_new)
    grade = "low" if "windows" in of_new else "high"
    ticket = world(old, impact=grade, urgency=grade).tell(TAKE)
    ticket.playbooks = Playbooks([old, new])
    ticket.tell(at(moved_at), judge(T))
    before = told(ticket)
    ticket.tell(a(MovePlaybook, to="standard@2099.2", reason="new policy"), judge(T))
    [anew] = redatings(ticket)
    assert (anew.cause, anew.occurred_at) == ("policy", at(moved_at))
    assert [(percent, when) for _, percent, _, when in told(ticket)[len(before) :]] == [(n, utc(at(when))) for n, when in facts]
