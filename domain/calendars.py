"""Working time: which moments count, by country, time zone, hours and holidays.

A rule is turned into a table per year (working days, openings and closings in UTC, running sums) that is built once;
every question is then answered by bisection."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays
from pydantic import AfterValidator, BaseModel, ConfigDict, field_validator, model_validator

from domain.messages import Name

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _written_as_span(text: str) -> str:
    if re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)", text, re.ASCII) is None:
        raise ValueError(f"{text!r} is not written as HH:MM-HH:MM")
    return text


Span = Annotated[str, AfterValidator(_written_as_span)]
"""From opening to closing, in local time: `09:00-12:00`; a closing may be 24:00."""

WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ANNOUNCED_YEARLY = frozenset({"CN"})
"""Countries whose days off and made-up working weekends (调休) are announced anew for each year."""
NOTHING = timedelta(0)


class CalendarRule(BaseModel):
    """Which moments count as working time. All methods take aware datetimes of any zone and answer in UTC."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    country: str = ""
    """Whose public holidays and working weekends hold: `CN`, or with a region `DE-BY`; empty for none."""
    time_zone: str
    """IANA name: `Asia/Shanghai`."""
    hours: tuple[Span, ...] = ()
    """Ascending; the gap between two spans is the lunch break."""
    days: tuple[Weekday, ...] = ()
    always: bool = False
    """Round the clock, every day of the year."""
    closed: tuple[date, ...] = ()
    """Own days off, beyond the public holidays."""
    open: tuple[date, ...] = ()
    """Own working days, on what would be a weekend or a holiday."""

    @field_validator("country")
    @classmethod
    def _country_is_known(cls, country: str) -> str:
        try:
            if country:
                _holidays(country, (2026,))
        except NotImplementedError:
            raise ValueError(f"no public holidays are known for {country!r}; use an ISO code such as CN or DE-BY") from None
        return country

    @field_validator("time_zone")
    @classmethod
    def _zone_is_known(cls, time_zone: str) -> str:
        try:
            ZoneInfo(time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of zones
            raise ValueError(f"{time_zone!r} is not a time zone; use an IANA name such as Asia/Shanghai") from None
        return time_zone

    @field_validator("hours")
    @classmethod
    def _hours_ascend(cls, hours: tuple[str, ...]) -> tuple[str, ...]:
        spans = [(span, *_minutes(span)) for span in hours]
        for span, opening, closing in spans:
            if opening >= closing:
                raise ValueError(f"{span} closes before it opens; a span over midnight is written as two")
        for (earlier, _, closing), (later, opening, _) in pairwise(spans):
            if opening < closing:
                raise ValueError(f"{later} starts before {earlier} has ended; list the spans in order, without overlap")
        return hours

    @model_validator(mode="after")
    def _whole(self) -> CalendarRule:
        if self.always and (self.hours or self.days or self.country or self.closed or self.open):
            raise ValueError("a calendar that is always open has no hours, days, country, closed or open dates")
        if not self.always and not (self.hours and self.days):
            raise ValueError("a calendar needs hours and days, or `always: true`")
        for what, listed in (("days", self.days), ("closed", self.closed), ("open", self.open)):
            if len(set(listed)) < len(listed):
                raise ValueError(f"{what} lists something twice")
        if both := sorted(set(self.closed) & set(self.open)):
            raise ValueError(f"{both[0]} is listed as closed and as open")
        return self

    def is_working_day(self, day: date) -> bool:
        """Whether people work on that local date. Own exceptions win over the country's, which win over the weekday."""
        if self.always or day in self.open:
            return True
        if day in self.closed:
            return False
        off, working_weekends = _exceptions(self.country, day.year)
        return day in working_weekends or (WEEKDAYS[day.weekday()] in self.days and day not in off)

    def year_is_known(self, year: int) -> bool:
        """Whether that year's holidays are certain: False for a Chinese year whose working weekends are not announced yet,
        or have not reached the holiday tables, unless this rule lists `open` dates of its own in it."""
        if self.country.partition("-")[0] not in ANNOUNCED_YEARLY or any(day.year == year for day in self.open):
            return True
        return any(day.year == year for day in _exceptions(self.country, year)[1])

    def add_working_days(self, start: datetime, days: int) -> datetime:
        """The close of business of the `days`-th working day after the local date of `start`.

        Something that begins at any time on a Monday with one day is due on Tuesday at the close of business.
        Raises ValueError for less than one day and for a naive `start`, OverflowError beyond the year 9998."""
        if days < 1:
            raise ValueError(f"a number of working days is at least 1, not {days}")
        today = _utc(start).astimezone(ZoneInfo(self.time_zone)).date()
        if self.always:
            return _instant(today + timedelta(days=days), 24 * 60, ZoneInfo(self.time_zone))
        year = today.year
        table = _table(self, year)
        index = bisect_right(table.days, today) + days - 1
        while index >= len(table.days):
            index -= len(table.days)
            year += 1
            table = _table(self, year)
        return table.day_ends[index]

    def add_working_time(self, start: datetime, duration: timedelta) -> datetime:
        """The first moment by which `duration` of working time has passed since `start`, exactly.

        Time outside working hours does not count, so a start at night counts from the next opening; a result that falls on
        a closing is that closing, not the next opening; no duration at all is `start` itself. Raises ValueError for a
        negative duration and for a naive `start`, OverflowError beyond the year 9998."""
        if duration < NOTHING:
            raise ValueError("a working time to be added cannot be negative")
        start = _utc(start)
        if self.always or duration == NOTHING:
            return start + duration
        year = start.astimezone(ZoneInfo(self.time_zone)).year
        table = _table(self, year)
        left = duration + table.worked_until(start)
        while left > table.total:
            left -= table.total
            year += 1
            table = _table(self, year)
        index = bisect_left(table.worked, left)
        return table.closings[index] - (table.worked[index] - left)

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """The working time from `start` to `end`; negative when `end` comes first. Raises ValueError for naive datetimes."""
        start, end = _utc(start), _utc(end)
        if self.always:
            return end - start
        if end < start:
            return -self.working_time_between(end, start)
        zone = ZoneInfo(self.time_zone)
        first, last = start.astimezone(zone).year, end.astimezone(zone).year
        whole_years = sum((_table(self, year).total for year in range(first, last)), NOTHING)
        return whole_years + _table(self, last).worked_until(end) - _table(self, first).worked_until(start)


@dataclass(frozen=True, slots=True)
class _Table:
    """A rule's working time in one local year; the lists of each group run in step, in order of time."""

    days: list[date]
    day_ends: list[datetime]

    openings: list[datetime]
    closings: list[datetime]
    worked: list[timedelta]
    """The working time of the year until each closing."""

    @property
    def total(self) -> timedelta:
        """The working time of the whole year."""
        return self.worked[-1] if self.worked else NOTHING

    def worked_until(self, moment: datetime) -> timedelta:
        """The working time of the year until that moment."""
        index = bisect_right(self.closings, moment)
        if index == len(self.closings):
            return self.total
        before = self.worked[index - 1] if index else NOTHING
        return before + max(moment - self.openings[index], NOTHING)


@lru_cache(maxsize=512)
def _table(rule: CalendarRule, year: int) -> _Table:
    """The table of a rule for a local year. Equal rules share it, so a reloaded playbook costs nothing."""
    if year > 9998:
        raise OverflowError("the working time ends beyond the year 9998")
    zone, spans = ZoneInfo(rule.time_zone), [_minutes(span) for span in rule.hours]
    table = _Table([], [], [], [], [])
    for ordinal in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1):
        day = date.fromordinal(ordinal)
        if not rule.is_working_day(day):
            continue
        for opening, closing in spans:
            opens, closes = _instant(day, opening, zone), _instant(day, closing, zone)
            table.worked.append(table.total + (closes - opens))
            table.openings.append(opens)
            table.closings.append(closes)
        table.days.append(day)
        table.day_ends.append(table.closings[-1])
    return table


@lru_cache(maxsize=512)
def _exceptions(country: str, year: int) -> tuple[frozenset[date], frozenset[date]]:
    """A country's public holidays and its made-up working weekends in one year; both empty for no country."""
    if not country:
        return frozenset(), frozenset()
    # A year's first holidays can move a weekend of the December before, so the next year is looked at as well.
    found = _holidays(country, (year, year + 1))
    return frozenset(day for day in found if day.year == year), frozenset(d for d in found.weekend_workdays if d.year == year)


def _holidays(country: str, years: tuple[int, ...]) -> holidays.HolidayBase:
    code, _, region = country.partition("-")
    return holidays.country_holidays(code, subdiv=region or None, years=years)


def _minutes(span: str) -> tuple[int, int]:
    """Opening and closing of a span in minutes after midnight."""
    opening, closing = ((int(clock[:2]) * 60 + int(clock[3:])) for clock in span.split("-"))
    return opening, closing


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC)


def _instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """The moment at which the clocks of a zone show so many minutes after midnight.

    Clocks put back show it twice: the first time counts. Clocks put forward skip it: the moment of the jump counts, so that
    spans keep their order whatever the clocks do."""
    wall = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=minutes)
    before, after = wall.utcoffset(), wall.replace(fold=1).utcoffset()
    if before is None or after is None or before >= after:
        return wall.astimezone(UTC)
    early, late = wall.replace(fold=1).astimezone(UTC), wall.astimezone(UTC)  # the jump comes between the two
    while late - early > timedelta(seconds=1):
        middle = (early + (late - early) // 2).replace(microsecond=0)
        early, late = (early, middle) if middle.astimezone(zone).utcoffset() == after else (middle, late)
    return late
