"""What a calendar answers: working days and working time, added, taken away and compared, exactly."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any, Self
from zoneinfo import ZoneInfo

from domain.calendars.spans import Opening
from domain.calendars.years import NOTHING, Year, instant, year_of

TICK = timedelta.resolution


class CalendarRule(Opening):
    """Which moments count as working time. All methods take aware datetimes of any zone and answer in UTC; each raises
    ValueError for a naive one, and OverflowError where it would have to search before 1900 or beyond the year 9998."""

    # Said again: pydantic gives a frozen model that does not say it a hash over all fields.
    __hash__ = Opening.__hash__

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the calendar's people."""
        return ZoneInfo(self.time_zone)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """See pydantic. A changed calendar looks its years up anew."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("_years", None)
        return copied

    @cached_property
    def _years(self) -> dict[int, Year]:
        """The years that this very object has looked up: equal calendars share them, but comparing two costs its time."""
        return {}

    def _year(self, year: int) -> Year:
        found = self._years.get(year)
        if found is None:
            found = self._years[year] = year_of(self, year)
        return found

    # --- working days -----------------------------------------------------------------------------------------------------

    def add_working_days(self, start: datetime, days: int) -> datetime:
        """The close of business of the `days`-th working day after the local date of `start`.

        Something that begins at any time on a Monday with one day is due on Tuesday at the close of business.
        Raises ValueError for less than one day."""
        today = self._day(start)
        _at_least_one(days)
        if self.always:
            return instant(today + timedelta(days=days), 24 * 60, self.zone)
        year = today.year
        table = self._year(year)
        index = bisect_right(table.days, today) + days - 1
        while index >= len(table.days):
            index -= len(table.days)
            year += 1
            table = self._year(year)
        return table.day_ends[index]

    def subtract_working_days(self, end: datetime, days: int) -> datetime:
        """The opening of business of the `days`-th working day before the local date of `end`.

        Something that takes one day and is due at any time on a Tuesday must begin by Monday's opening. Midnight ends the
        day before it. Raises ValueError for less than one day."""
        today = self._ended_day(end)
        _at_least_one(days)
        if self.always:
            return instant(today - timedelta(days=days), 0, self.zone)
        year = today.year
        table = self._year(year)
        index = bisect_left(table.days, today) - days
        while index < 0:
            year -= 1
            table = self._year(year)
            index += len(table.days)
        return table.day_starts[index]

    def working_days_between(self, start: datetime, end: datetime) -> int:
        """How many working days begin after the local date of `start` and by `end`; negative when `end` comes first.

        From any time on a Monday to any time on Tuesday it is one; from Friday to Sunday none. Midnight ends the day before
        it, so that from `start` to `add_working_days(start, n)` it is always n."""
        if _utc(end) < _utc(start):
            return -self.working_days_between(end, start)
        first, last = self._day(start), self._ended_day(end)
        if last <= first:
            return 0
        if self.always:
            return (last - first).days
        whole_years = sum(len(self._year(year).days) for year in range(first.year, last.year))
        return whole_years + bisect_right(self._year(last.year).days, last) - bisect_right(self._year(first.year).days, first)

    # --- working time -----------------------------------------------------------------------------------------------------

    def add_working_time(self, start: datetime, duration: timedelta) -> datetime:
        """The first moment by which `duration` of working time has passed since `start`, exactly.

        Time outside working hours does not count, so a start at night counts from the next opening; a result that falls on
        a closing is that closing, not the next opening; no duration at all is `start` itself. Raises ValueError for a
        negative duration."""
        start = _utc(start)
        _not_negative(duration)
        if self.always or duration == NOTHING:
            return start + duration
        year = start.astimezone(self.zone).year
        table = self._year(year)
        left = duration + table.worked_until(start)
        while left > table.total:
            left -= table.total
            year += 1
            table = self._year(year)
        index = bisect_left(table.worked, left)
        return table.closings[index] - (table.worked[index] - left)

    def subtract_working_time(self, end: datetime, duration: timedelta) -> datetime:
        """The last moment from which `duration` of working time passes until `end`, exactly: the mirror of adding.

        An end at night counts from the closing before; a result that falls on an opening is that opening, not the closing
        before; no duration at all is `end` itself. Raises ValueError for a negative duration."""
        end = _utc(end)
        _not_negative(duration)
        if self.always or duration == NOTHING:
            return end - duration
        year = end.astimezone(self.zone).year
        table = self._year(year)
        left = table.worked_until(end) - duration
        while left < NOTHING:
            year -= 1
            table = self._year(year)
            left += table.total
        index = bisect_right(table.worked, left)
        return table.openings[index] + (left - table.before(index))

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """The working time from `start` to `end`; negative when `end` comes first."""
        start, end = _utc(start), _utc(end)
        if self.always:
            return end - start
        if end < start:
            return -self.working_time_between(end, start)
        first, last = start.astimezone(self.zone).year, end.astimezone(self.zone).year
        whole_years = sum((self._year(year).total for year in range(first, last)), NOTHING)
        return whole_years + self._year(last).worked_until(end) - self._year(first).worked_until(start)

    def is_working_time(self, moment: datetime) -> bool:
        """Whether people work at that moment; an opening counts, a closing does not."""
        moment = _utc(moment)
        if self.always:
            return True
        table = self._year(moment.astimezone(self.zone).year)
        index = bisect_right(table.openings, moment) - 1
        return index >= 0 and moment < table.closings[index]

    def compare(self, one: datetime, other: datetime) -> int:
        """-1, 0 or 1: whether `one` comes before, with or after `other` in working time.

        Moments with no working time between them, such as Friday's closing, Sunday noon and Monday's opening, come together."""
        between = self.working_time_between(other, one)
        return (between > NOTHING) - (between < NOTHING)

    def _day(self, moment: datetime) -> date:
        return _utc(moment).astimezone(self.zone).date()

    def _ended_day(self, moment: datetime) -> date:
        """The local date that is under way, or that ends, at a moment."""
        return (_utc(moment) - TICK).astimezone(self.zone).date()


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC)


def _at_least_one(days: int) -> None:
    if days < 1:
        raise ValueError(f"a number of working days is at least 1, not {days}")


def _not_negative(duration: timedelta) -> None:
    if duration < NOTHING:
        raise ValueError("a working time to be added or taken away cannot be negative")
