from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import islice
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.calendars import WEEKDAYS, CalendarRule, Weekday, provisional, uncertain_years
from domain.messages import Name

NAME = Name(en="Hours", zh="工作时间")
MON_TO_FRI: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")
SHANGHAI, BERLIN, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


def rule(country: str, zone: str, *hours: str, **more: Any) -> CalendarRule:
    return CalendarRule(name=NAME, country=country, time_zone=zone, hours=hours, **{"days": MON_TO_FRI, **more})


CN = rule("CN", "Asia/Shanghai", "09:00-12:00", "13:00-18:00")
DE = rule("DE", "Europe/Berlin", "08:00-12:30", "13:15-17:00")
BAVARIA = rule("DE-BY", "Europe/Berlin", "07:30-12:00", "12:45-16:15")
US = rule("US", "America/New_York", "09:00-17:00")
JP = rule("JP", "Asia/Tokyo", "09:00-12:00", "13:00-17:30")
GB = rule("GB", "Europe/London", "09:00-17:30", days=(*MON_TO_FRI, "sat"))
HU = rule("HU", "Europe/Budapest", "08:00-16:00")  # moves working days to Saturdays, as China does
# Own exceptions on either side of a year's end, on holidays and on made-up working weekends.
OWN = rule(
    *("CN", "Asia/Shanghai", "08:30-12:00", "13:30-18:00"),
    open=(date(2024, 12, 31), date(2025, 1, 1), date(2026, 2, 18), date(2026, 10, 3)),
    closed=(date(2025, 1, 2), date(2026, 2, 14), date(2026, 9, 30), date(2026, 12, 31)),
)
# Sundays and hours of the night, so that spans begin, end and lie across the jumps of daylight saving.
NIGHT_SHIFT = rule("", "America/New_York", "00:00-00:45", "02:30-04:00", "22:00-24:00", days=WEEKDAYS)
ALL_DAY = rule("DE", "Europe/Berlin", "00:00-24:00", days=WEEKDAYS)
ALWAYS = CalendarRule(name=NAME, time_zone="Asia/Shanghai", always=True)
SYDNEY_NIGHTS = rule("AU-NSW", "Australia/Sydney", "01:30-03:30", "23:00-24:00", days=WEEKDAYS)
COUNTRIES = {"CN": CN, "DE": DE, "DE-BY": BAVARIA, "US": US, "JP": JP, "GB": GB, "HU": HU, "own exceptions": OWN}
NIGHTS = {"night shift": NIGHT_SHIFT, "Sydney nights": SYDNEY_NIGHTS, "all day": ALL_DAY, "always": ALWAYS}
EVERY_RULE = COUNTRIES | NIGHTS

a_rule = st.sampled_from(list(EVERY_RULE.values()))
a_moment = st.datetimes(
    datetime(2023, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2028, 12, 31),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, SHANGHAI, NEW_YORK]),
)
a_duration = st.timedeltas(timedelta(0), timedelta(hours=1500))


def cn(month: int, day: int, hour: int = 0, minute: int = 0, *, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def new_york(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=NEW_YORK)


# --- an oracle that looks at every minute ---------------------------------------------------------------------------------

YEARS = range(2023, 2030)


@cache
def holidays_of(country: str) -> holidays.HolidayBase:
    code, _, region = country.partition("-")
    return holidays.country_holidays(code, subdiv=region or None, years=YEARS)


@cache
def works_on(of: CalendarRule, day: date) -> bool:
    if of.always or day in of.open:
        return True
    table = holidays_of(of.country) if of.country else {}
    if day in of.closed:
        return False
    if of.country and day in holidays_of(of.country).weekend_workdays:
        return True
    return WEEKDAYS[day.weekday()] in of.days and day not in table


@cache
def every_minute_of(of: CalendarRule, day: date) -> tuple[bool, ...]:
    """Whether each of the 1440 minutes of a UTC date is worked, by the clock and the calendar on the wall at that minute: what
    the oracle has looked at, it need not look at again."""
    midnight, zone = datetime(day.year, day.month, day.day, tzinfo=UTC), ZoneInfo(of.time_zone)
    walls = [(midnight + timedelta(minutes=minute)).astimezone(zone) for minute in range(1440)]
    return tuple(of.always or (shows_working_time(of, wall.hour, wall.minute) and works_on(of, wall.date())) for wall in walls)


@cache
def shows_working_time(of: CalendarRule, hour: int, minute: int) -> bool:
    return any(span[:5] <= f"{hour:02}:{minute:02}" < span[6:] for span in of.hours)


def looked_up(of: CalendarRule, moment: datetime) -> bool:
    return every_minute_of(of, moment.date())[moment.hour * 60 + moment.minute]


def looking(of: CalendarRule, moment: datetime, step: int) -> Iterator[bool]:
    """Whether each minute is worked, from a moment on (`step` 1) or back from it (`step` -1), one after the other."""
    day, minute = moment.date(), moment.hour * 60 + moment.minute
    while True:
        of_the_day = every_minute_of(of, day)
        yield from of_the_day[minute:] if step > 0 else reversed(of_the_day[:minute])
        day += timedelta(days=step)
        minute = 0 if step > 0 else 1440


def slowly_passed(of: CalendarRule, moment: datetime, minutes: int, step: int) -> datetime:
    """Where so many worked minutes are over, looking at one minute after the other."""
    seen = 0
    for works in looking(of, moment, step) if minutes else ():
        seen += 1
        minutes -= works
        if minutes == 0:
            break
    return moment + step * timedelta(minutes=seen)


def slowly_counted(of: CalendarRule, start: datetime, minutes: int) -> timedelta:
    return timedelta(minutes=sum(islice(looking(of, start, 1), minutes)))


def minutes_worked_on(of: CalendarRule, day: date) -> list[datetime]:
    """Every minute that is worked while the calendar on the wall shows that date."""
    midnight, zone = datetime(day.year, day.month, day.day, tzinfo=UTC), ZoneInfo(of.time_zone)
    around = [minute for near in (-1, 0, 1) for minute in every_minute_of(of, day + timedelta(days=near))]
    worked = [midnight + timedelta(minutes=index - 1440) for index, works in enumerate(around) if works]
    return [moment for moment in worked if moment.astimezone(zone).date() == day]


def nth_working_day(of: CalendarRule, day: date, number: int, step: int) -> date:
    while number > 0:
        day += timedelta(days=step)
        number -= works_on(of, day)
    return day


TURNS = (
    datetime(2026, 2, 12, tzinfo=UTC),  # before Spring Festival 2026, with a working Saturday on either side
    datetime(2025, 1, 24, tzinfo=UTC),  # before Spring Festival 2025
    datetime(2025, 9, 26, tzinfo=UTC),  # before National Day and Mid-Autumn 2025
    datetime(2026, 9, 18, tzinfo=UTC),  # before National Day 2026
    datetime(2024, 4, 26, tzinfo=UTC),  # before Labour Day 2024, Golden Week in Japan
    datetime(2024, 12, 28, tzinfo=UTC),  # over New Year
    datetime(2026, 3, 6, tzinfo=UTC),  # clocks forward in the US
    datetime(2026, 3, 27, tzinfo=UTC),  # clocks forward in Germany and Britain
    datetime(2026, 4, 3, tzinfo=UTC),  # clocks back in Sydney, over Easter
    datetime(2026, 10, 2, tzinfo=UTC),  # clocks forward in Sydney, National Day
    datetime(2026, 10, 23, tzinfo=UTC),  # clocks back in Germany and Britain
    datetime(2026, 10, 30, tzinfo=UTC),  # clocks back in the US
)
a_minute = st.one_of(
    st.sampled_from(TURNS).flatmap(lambda turn: st.integers(0, 5 * 1440).map(lambda m: turn + timedelta(minutes=m))),
    st.integers(0, 5 * 366 * 1440).map(lambda m: datetime(2023, 2, 1, tzinfo=UTC) + timedelta(minutes=m)),
)
with_every_rule = pytest.mark.parametrize("of", EVERY_RULE.values(), ids=EVERY_RULE)
often = settings(max_examples=25, deadline=None)


@with_every_rule
@often
@given(start=a_minute, minutes=st.integers(0, 2000))
def test_adding_agrees_with_an_oracle_that_looks_at_every_minute(of: CalendarRule, start: datetime, minutes: int) -> None:
    assert of.add_working_time(start, timedelta(minutes=minutes)) == slowly_passed(of, start, minutes, 1)


@with_every_rule
@often
@given(end=a_minute, minutes=st.integers(0, 2000))
def test_taking_away_agrees_with_an_oracle_that_looks_at_every_minute(of: CalendarRule, end: datetime, minutes: int) -> None:
    assert of.subtract_working_time(end, timedelta(minutes=minutes)) == slowly_passed(of, end, minutes, -1)


@with_every_rule
@often
@given(start=a_minute, minutes=st.integers(0, 8 * 1440))
def test_counting_agrees_with_an_oracle_that_looks_at_every_minute(of: CalendarRule, start: datetime, minutes: int) -> None:
    assert of.working_time_between(start, start + timedelta(minutes=minutes)) == slowly_counted(of, start, minutes)


@with_every_rule
@often
@given(one=a_minute, minutes=st.integers(-4 * 1440, 4 * 1440))
def test_comparing_agrees_with_an_oracle_that_looks_at_every_minute(of: CalendarRule, one: datetime, minutes: int) -> None:
    other = one + timedelta(minutes=minutes)
    apart = slowly_counted(of, min(one, other), abs(minutes)) > timedelta(0)
    assert of.compare(one, other) == (0 if not apart else 1 if one > other else -1)
    assert of.is_working_time(one) == looked_up(of, one)


@with_every_rule
@settings(max_examples=12, deadline=None)
@given(start=a_minute, days=st.integers(1, 25))
def test_a_day_added_or_taken_away_ends_and_begins_where_an_oracle_sees_its_last_and_first_minute(
    of: CalendarRule, start: datetime, days: int
) -> None:
    zone = ZoneInfo(of.time_zone)
    due = nth_working_day(of, start.astimezone(zone).date(), days, 1)
    assert of.add_working_days(start, days) == minutes_worked_on(of, due)[-1] + timedelta(minutes=1)
    begun = nth_working_day(of, (start - timedelta(minutes=1)).astimezone(zone).date(), days, -1)
    assert of.subtract_working_days(start, days) == minutes_worked_on(of, begun)[0]


@with_every_rule
@often
@given(start=a_minute, minutes=st.integers(0, 40 * 1440))
def test_days_are_counted_as_on_the_calendar_on_the_wall(of: CalendarRule, start: datetime, minutes: int) -> None:
    zone, end = ZoneInfo(of.time_zone), start + timedelta(minutes=minutes)
    first, last = start.astimezone(zone).date(), (end - timedelta(minutes=1)).astimezone(zone).date()
    dates = [first + timedelta(days=day) for day in range(1, (last - first).days + 1)]
    assert of.working_days_between(start, end) == sum(works_on(of, day) for day in dates)
    assert of.working_days_between(end, start) == -of.working_days_between(start, end)


@settings(deadline=None)
@given(of=a_rule, start=a_moment, days=st.integers(1, 300))
def test_the_nth_working_day_closes_on_a_working_day_with_n_working_days_passed(
    of: CalendarRule, start: datetime, days: int
) -> None:
    zone = ZoneInfo(of.time_zone)
    first = start.astimezone(zone).date()
    due = of.add_working_days(start, days).astimezone(zone) - timedelta(microseconds=1)
    passed = [first + timedelta(days=n) for n in range(1, (due.date() - first).days + 1)]
    assert sum(of.is_working_day(day) for day in passed) == days
    assert of.is_working_day(due.date())


# --- laws -----------------------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(of=a_rule, start=a_moment, one=a_duration, other=a_duration)
def test_adding_two_durations_one_after_the_other_is_adding_their_sum(
    of: CalendarRule, start: datetime, one: timedelta, other: timedelta
) -> None:
    assert of.add_working_time(of.add_working_time(start, one), other) == of.add_working_time(start, one + other)


@settings(deadline=None)
@given(of=a_rule, start=a_moment, duration=a_duration)
def test_the_working_time_up_to_a_due_date_is_what_was_added(of: CalendarRule, start: datetime, duration: timedelta) -> None:
    assert of.working_time_between(start, of.add_working_time(start, duration)) == duration


@settings(deadline=None)
@given(of=a_rule, moment=a_moment, duration=a_duration)
def test_what_is_added_can_be_taken_away_again(of: CalendarRule, moment: datetime, duration: timedelta) -> None:
    back = of.subtract_working_time(moment, duration)
    assert of.working_time_between(back, moment) == duration
    assert of.add_working_time(back, duration) <= moment
    there = of.add_working_time(moment, duration)
    assert of.subtract_working_time(there, duration) >= moment
    assert of.compare(of.subtract_working_time(there, duration), moment) == 0


@settings(deadline=None)
@given(of=a_rule, start=a_moment, days=st.integers(1, 300))
def test_the_working_days_up_to_a_due_date_are_what_was_added(of: CalendarRule, start: datetime, days: int) -> None:
    due = of.add_working_days(start, days)
    assert of.working_days_between(start, due) == days
    assert of.working_days_between(of.subtract_working_days(due, days), due) == days


@settings(deadline=None)
@given(of=a_rule, moments=st.lists(a_moment, min_size=3, max_size=3))
def test_comparing_puts_moments_in_one_order(of: CalendarRule, moments: list[datetime]) -> None:
    a, b, c = moments
    assert of.compare(a, b) == -of.compare(b, a)
    if of.compare(a, b) <= 0 and of.compare(b, c) <= 0:
        assert of.compare(a, c) <= 0


@settings(deadline=None)
@given(of=a_rule, moments=st.lists(a_moment, min_size=3, max_size=3))
def test_working_time_adds_up_over_any_moment_and_turns_its_sign_with_the_direction(
    of: CalendarRule, moments: list[datetime]
) -> None:
    a, b, c = moments
    assert of.working_time_between(a, b) + of.working_time_between(b, c) == of.working_time_between(a, c)
    assert of.working_time_between(a, b) == -of.working_time_between(b, a)


@settings(deadline=None)
@given(of=a_rule, start=a_moment, duration=a_duration, days=st.integers(1, 50))
def test_every_answer_is_in_utc(of: CalendarRule, start: datetime, duration: timedelta, days: int) -> None:
    assert of.add_working_time(start, duration).tzinfo is UTC
    assert of.add_working_days(start, days).tzinfo is UTC
    assert of.subtract_working_time(start, duration).tzinfo is UTC
    assert of.subtract_working_days(start, days).tzinfo is UTC


# --- days -----------------------------------------------------------------------------------------------------------------


def test_a_stage_entered_at_any_time_on_monday_with_a_time_box_of_one_day_is_due_on_tuesday_at_close_of_business() -> None:
    for hour in (0, 8, 12, 18, 23):
        assert CN.add_working_days(cn(3, 2, hour), 1) == cn(3, 3, 18)


def test_the_local_date_decides_which_day_a_stage_was_entered() -> None:
    assert CN.add_working_days(datetime(2026, 3, 2, 23, tzinfo=UTC), 1) == cn(3, 4, 18)  # already Tuesday in Shanghai


def test_a_stage_entered_on_the_eve_of_spring_festival_is_due_after_the_holiday() -> None:
    assert CN.add_working_days(cn(2, 13, 10), 1) == cn(2, 14, 18)  # the made-up Saturday
    assert CN.add_working_days(cn(2, 14, 10), 1) == cn(2, 24, 18)
    assert CN.add_working_days(cn(2, 14, 10), 5) == cn(2, 28, 18)  # and the Saturday afterwards counts as well


def test_what_is_due_right_after_spring_festival_must_begin_before_it() -> None:
    assert CN.subtract_working_days(cn(2, 24, 15), 1) == cn(2, 14, 9)  # the made-up Saturday
    assert CN.subtract_working_days(cn(2, 24, 15), 2) == cn(2, 13, 9)
    assert CN.subtract_working_time(cn(2, 24, 10), timedelta(hours=2)) == cn(2, 14, 17)


def test_the_days_over_a_holiday_are_not_counted() -> None:
    assert CN.working_days_between(cn(2, 13, 10), cn(3, 2, 10)) == 7  # 14, 24, 25, 26, 27 and 28 February, and the Monday
    assert CN.working_days_between(cn(2, 14, 18), cn(2, 23, 18)) == 0
    assert CN.working_days_between(cn(3, 2, 10), cn(2, 13, 10)) == -7
    assert CN.working_time_between(cn(9, 30, 17), cn(10, 8, 10)) == timedelta(hours=2)


def test_from_monday_to_tuesday_it_is_one_working_day_whatever_the_hours() -> None:
    assert CN.working_days_between(cn(3, 2, 23), cn(3, 3, 1)) == 1
    assert CN.working_days_between(cn(3, 2, 1), cn(3, 3, 23)) == 1
    assert CN.working_days_between(cn(3, 2), cn(3, 3)) == 0  # midnight ends the Monday


def test_what_takes_one_day_and_is_due_on_tuesday_begins_on_monday_at_the_opening() -> None:
    for hour in (1, 8, 12, 18, 23):
        assert CN.subtract_working_days(cn(3, 3, hour), 1) == cn(3, 2, 9)
    assert CN.subtract_working_days(cn(3, 4), 1) == cn(3, 2, 9)  # midnight ends the Tuesday
    assert CN.subtract_working_days(cn(3, 8), 1) == cn(3, 6, 9)


def test_work_handed_in_before_national_day_goes_on_after_it() -> None:
    assert CN.add_working_time(cn(9, 30, 17), timedelta(hours=2)) == cn(10, 8, 10)
    assert not CN.is_working_day(date(2026, 10, 6))
    assert CN.is_working_day(date(2026, 10, 10))


def test_a_working_saturday_of_december_that_belongs_to_the_next_new_year_counts() -> None:
    assert CN.is_working_day(date(2018, 12, 29))
    assert not CN.is_working_day(date(2018, 12, 31))


def test_a_region_has_holidays_of_its_own() -> None:
    bavaria = DE.model_copy(update={"country": "DE-BY"})
    assert DE.is_working_day(date(2026, 1, 6))
    assert not bavaria.is_working_day(date(2026, 1, 6))


def test_own_exceptions_win_over_the_holiday_tables() -> None:
    own = CN.model_copy(update={"closed": (date(2026, 2, 14),), "open": (date(2026, 2, 18), date(2026, 3, 1))})
    assert not own.is_working_day(date(2026, 2, 14))
    assert own.is_working_day(date(2026, 2, 18))
    assert own.is_working_day(date(2026, 3, 1))


def test_a_calendar_that_is_changed_does_not_answer_from_the_years_of_the_old_one() -> None:
    asked = rule("CN", "Asia/Shanghai", "09:00-18:00")
    assert asked.add_working_days(cn(2, 16, 10), 1) == cn(2, 24, 18)
    assert asked.model_copy(update={"country": ""}).add_working_days(cn(2, 16, 10), 1) == cn(2, 17, 18)


def test_a_seven_day_calendar_without_a_country_works_through_the_holidays() -> None:
    long_week = rule("", "Asia/Shanghai", "09:00-12:00", "13:00-18:00", days=WEEKDAYS)
    assert long_week.add_working_days(cn(2, 16, 10), 1) == cn(2, 17, 18)


def test_round_the_clock_a_day_ends_at_midnight() -> None:
    assert ALWAYS.add_working_days(cn(2, 16, 10), 1) == cn(2, 18)
    assert ALWAYS.add_working_time(cn(2, 16, 23, 30), timedelta(hours=4)) == cn(2, 17, 3, 30)


def test_a_chinese_year_is_known_when_its_working_weekends_are() -> None:
    assert [year for year in range(2024, 2030) if CN.year_is_known(year)] == [2024, 2025, 2026]
    assert CN.model_copy(update={"open": (date(2027, 2, 20),)}).year_is_known(2027)
    assert DE.year_is_known(2027)
    assert ALWAYS.year_is_known(2027)


def test_a_year_is_not_known_when_its_holidays_hang_on_the_moon_or_lie_beyond_the_tables() -> None:
    india, hungary = CN.model_copy(update={"country": "IN"}), HU
    assert [year for year in range(2025, 2030) if india.year_is_known(year)] == [2025, 2026]
    assert [year for year in range(2025, 2030) if hungary.year_is_known(year)] == [2025, 2026]
    assert DE.year_is_known(2100)
    assert not DE.year_is_known(2101)


def test_dates_in_years_that_are_not_known_are_told_apart() -> None:
    assert uncertain_years(CN, [cn(3, 2), cn(12, 24, 18)]) == ()
    assert uncertain_years(CN, [cn(3, 2), None, cn(3, 2, year=2028)]) == (2027, 2028)
    assert uncertain_years(CN, []) == ()
    assert uncertain_years(DE, [cn(3, 2, year=2027)]) == ()
    assert uncertain_years(ALWAYS, [cn(3, 2, year=2027)]) == ()


def test_the_date_counts_where_the_people_are() -> None:
    evening = datetime(2026, 12, 31, 17, tzinfo=UTC)
    assert uncertain_years(HU, [evening - timedelta(days=20)]) == ()
    assert uncertain_years(CN, [evening]) == (2027,)  # New Year's Day in Shanghai


def test_the_last_days_of_december_hang_on_the_next_announcement() -> None:
    assert uncertain_years(CN, [cn(12, 29)]) == (2027,)
    assert uncertain_years(CN.model_copy(update={"open": (date(2027, 1, 3),)}), [cn(12, 29)]) == ()


def test_what_is_not_certain_is_told_in_both_languages() -> None:
    assert provisional(CN, cn(3, 2)) == ""
    assert provisional(CN, None) == ""
    told = provisional(CN, cn(3, 2, year=2028))
    assert told.startswith("the holidays of CN in 2028 are not announced yet")
    assert "CN 2028 年放假安排尚未公布" in told


# --- hours ----------------------------------------------------------------------------------------------------------------


def test_lunch_does_not_count() -> None:
    assert CN.add_working_time(cn(3, 2, 11, 30), timedelta(hours=1)) == cn(3, 2, 13, 30)
    assert CN.subtract_working_time(cn(3, 2, 13, 30), timedelta(hours=1)) == cn(3, 2, 11, 30)
    assert not CN.is_working_time(cn(3, 2, 12))
    assert CN.is_working_time(cn(3, 2, 13))


def test_an_end_at_night_counts_from_the_closing_before() -> None:
    assert CN.subtract_working_time(cn(3, 9, 8), timedelta(hours=1)) == cn(3, 6, 17)


def test_a_beginning_on_an_opening_time_is_that_opening_time() -> None:
    assert CN.subtract_working_time(cn(3, 2, 10), timedelta(hours=1)) == cn(3, 2, 9)
    assert CN.subtract_working_time(cn(1, 5, 10, year=2026), timedelta(hours=1)) == cn(1, 5, 9)
    assert CN.subtract_working_time(cn(1, 4, 10, year=2026), timedelta(hours=2)) == cn(12, 31, 17, year=2025)


def test_closing_weekend_and_opening_come_together_in_working_time() -> None:
    closing, sunday, opening = cn(3, 6, 18), cn(3, 8, 12), cn(3, 9, 9)
    assert CN.compare(closing, opening) == CN.compare(opening, sunday) == CN.compare(sunday, closing) == 0
    assert CN.compare(opening + timedelta(seconds=1), closing) == 1
    assert CN.compare(closing - timedelta(seconds=1), opening) == -1


def test_a_start_at_night_counts_from_the_next_opening() -> None:
    assert CN.add_working_time(cn(3, 6, 20), timedelta(seconds=1)) == cn(3, 9, 9) + timedelta(seconds=1)


def test_a_result_on_a_closing_time_is_that_closing_time() -> None:
    assert CN.add_working_time(cn(3, 2, 10), timedelta(hours=2)) == cn(3, 2, 12)
    assert CN.add_working_time(cn(3, 6, 17), timedelta(hours=1)) == cn(3, 6, 18)
    assert CN.add_working_time(cn(12, 31, 17), timedelta(hours=1)) == cn(12, 31, 18)


def test_no_working_time_at_all_is_over_at_once() -> None:
    assert CN.add_working_time(cn(3, 8, 20), timedelta(0)) == cn(3, 8, 20)


def test_what_is_left_of_an_overdue_clock_is_negative() -> None:
    assert CN.working_time_between(cn(3, 3, 10), cn(3, 2, 17)) == -timedelta(hours=2)


# --- daylight saving ------------------------------------------------------------------------------------------------------


def test_an_hour_that_the_clocks_skip_is_not_worked() -> None:
    assert NIGHT_SHIFT.working_time_between(new_york(3, 8, 1), new_york(3, 8, 12)) == timedelta(hours=1)  # 03:00 to 04:00
    sunday, monday = datetime(2026, 3, 29, tzinfo=BERLIN), datetime(2026, 3, 30, tzinfo=BERLIN)
    assert ALL_DAY.working_time_between(sunday, monday) == timedelta(hours=23)


def test_an_hour_that_the_clocks_show_twice_is_worked_twice() -> None:
    sunday, monday = datetime(2026, 10, 25, tzinfo=BERLIN), datetime(2026, 10, 26, tzinfo=BERLIN)
    assert ALL_DAY.working_time_between(sunday, monday) == timedelta(hours=25)


def test_an_opening_that_the_clocks_show_twice_is_the_first_of_the_two() -> None:
    early = rule("", "America/New_York", "01:15-01:45", days=WEEKDAYS)
    opens = datetime(2026, 11, 1, 5, 15, tzinfo=UTC)  # 01:15 for the first time
    assert early.add_working_time(new_york(11, 1), timedelta(minutes=30)) == opens + timedelta(minutes=30)


def test_going_back_over_a_change_of_the_clocks_is_as_exact_as_going_forward() -> None:
    sunday = datetime(2026, 3, 29, tzinfo=BERLIN)
    assert ALL_DAY.subtract_working_time(datetime(2026, 3, 30, tzinfo=BERLIN), timedelta(hours=23)) == sunday
    assert ALL_DAY.subtract_working_time(datetime(2026, 10, 26, tzinfo=BERLIN), timedelta(hours=25)) == datetime(
        2026, 10, 25, tzinfo=BERLIN
    )


def test_office_hours_keep_their_wall_time_when_the_clocks_change() -> None:
    assert DE.add_working_days(datetime(2026, 3, 27, 10, tzinfo=BERLIN), 1) == datetime(2026, 3, 30, 15, tzinfo=UTC)
    assert DE.add_working_days(datetime(2026, 3, 26, 10, tzinfo=BERLIN), 1) == datetime(2026, 3, 27, 16, tzinfo=UTC)


def test_a_summer_time_of_half_an_hour_moves_an_opening_to_the_jump() -> None:
    lord_howe = rule("", "Australia/Lord_Howe", "02:10-03:00", days=WEEKDAYS)
    jump = datetime(2026, 10, 3, 15, 30, tzinfo=UTC)  # 02:00 becomes 02:30
    assert lord_howe.working_time_between(jump - timedelta(hours=2), jump + timedelta(hours=2)) == timedelta(minutes=30)


# --- what is refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"time_zone": "Asia/Peking"}, "is not a time zone"),
        ({"time_zone": "Asia"}, "is not a time zone"),
        ({"time_zone": "../etc/passwd"}, "is not a time zone"),
        ({"country": "XX"}, "no public holidays are known"),
        ({"country": "DE-XX"}, "no public holidays are known"),
        ({"hours": ["12:00-09:00"]}, "closes before it opens"),
        ({"hours": ["09:00-09:00"]}, "closes before it opens"),
        ({"hours": ["13:00-18:00", "09:00-12:00"]}, "list the spans in order"),
        ({"hours": ["09:00-13:00", "12:00-18:00"]}, "without overlap"),
        ({"hours": ["9:00-12:00"]}, "is not written as HH:MM-HH:MM"),
        ({"hours": ["09:00-24:01"]}, "is not written as HH:MM-HH:MM"),
        ({"hours": []}, "needs hours and days"),
        ({"days": []}, "needs hours and days"),
        ({"days": ["mon", "mon"]}, "lists something twice"),
        ({"days": ["Monday"]}, "should be 'mon'"),
        ({"always": True}, "has no hours"),
        ({"closed": ["2026-03-02"], "open": ["2026-03-02"]}, "closed and as open"),
        ({"lunch": "12:00-13:00"}, "Extra inputs"),
    ],
)
def test_a_wrong_calendar_is_refused(change: dict[str, Any], words: str) -> None:
    right = {"name": {"en": "a", "zh": "一"}, "time_zone": "Asia/Shanghai", "hours": ["09:00-12:00"], "days": ["mon"]}
    with pytest.raises(ValidationError, match=words):
        CalendarRule.model_validate({**right, **change})


def test_a_moment_without_a_time_zone_is_refused() -> None:
    naive = datetime(2026, 3, 2, 10)  # noqa: DTZ001 - that is the point
    with pytest.raises(ValueError, match="has no time zone"):
        CN.add_working_time(naive, timedelta(hours=1))
    with pytest.raises(ValueError, match="has no time zone"):
        CN.add_working_days(naive, 1)
    with pytest.raises(ValueError, match="has no time zone"):
        CN.working_time_between(cn(3, 2), naive)


def test_going_back_in_time_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be negative"):
        CN.add_working_time(cn(3, 2), timedelta(seconds=-1))
    with pytest.raises(ValueError, match="at least 1"):
        CN.add_working_days(cn(3, 2), 0)
    with pytest.raises(ValueError, match="cannot be negative"):
        CN.subtract_working_time(cn(3, 2), timedelta(seconds=-1))
    with pytest.raises(ValueError, match="at least 1"):
        CN.subtract_working_days(cn(3, 2), 0)


def test_a_calendar_that_never_opens_again_is_told_instead_of_searched_for_ever() -> None:
    with pytest.raises(OverflowError, match="beyond the year 9998"):
        CN.add_working_days(cn(1, 1, year=9998), 400)
    with pytest.raises(OverflowError, match="before the year 1900"):
        CN.subtract_working_days(cn(1, 5, year=1900), 400)


# --- speed ----------------------------------------------------------------------------------------------------------------


def test_three_months_of_working_hours_are_added_in_less_than_a_millisecond() -> None:
    CN.add_working_time(cn(1, 5), timedelta(hours=8 * 250))  # the tables of both years are there
    began = perf_counter()
    for day in range(1, 101):
        CN.add_working_time(cn(1, 1) + timedelta(days=day), timedelta(hours=500))
    assert (perf_counter() - began) / 100 < 0.001
