"""A calendar turned into a table a year: days, openings and closings in UTC, running sums. Built once, then bisected."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from domain.calendars.spans import Opening, minutes

NOTHING = timedelta(0)
FIRST_YEAR, LAST_YEAR = 1900, 9998
"""Beyond these a search for working time ends: the calendar never opens (again)."""


@dataclass(frozen=True, slots=True)
class Year:
    """A calendar's working time in one local year; the lists of each group run in step, in order of time."""

    days: list[date]
    day_starts: list[datetime]
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
        return self.before(index) + max(moment - self.openings[index], NOTHING)

    def before(self, index: int) -> timedelta:
        """The working time of the year before that opening."""
        return self.worked[index - 1] if index else NOTHING


@lru_cache(maxsize=1024)
def year_of(rule: Opening, year: int) -> Year:
    """The table of a calendar for a local year. Equal calendars share it, so a reloaded playbook costs nothing."""
    if year > LAST_YEAR:
        raise OverflowError(f"the working time ends beyond the year {LAST_YEAR}")
    if year < FIRST_YEAR:
        raise OverflowError(f"the working time begins before the year {FIRST_YEAR}")
    zone, spans = ZoneInfo(rule.time_zone), [minutes(span) for span in rule.hours]
    table = Year([], [], [], [], [], [])
    for ordinal in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1):
        day = date.fromordinal(ordinal)
        if not rule.is_working_day(day):
            continue
        for opening, closing in spans:
            opens, closes = instant(day, opening, zone), instant(day, closing, zone)
            table.worked.append(table.total + (closes - opens))
            table.openings.append(opens)
            table.closings.append(closes)
        table.days.append(day)
        table.day_starts.append(table.openings[-len(spans)])
        table.day_ends.append(table.closings[-1])
    return table


def instant(day: date, minutes_after_midnight: int, zone: ZoneInfo) -> datetime:
    """The moment at which the clocks of a zone show so many minutes after midnight.

    Clocks put back show it twice: the first time counts. Clocks put forward skip it: the moment of the jump counts, so that
    spans keep their order whatever the clocks do."""
    wall = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=minutes_after_midnight)
    before, after = wall.utcoffset(), wall.replace(fold=1).utcoffset()
    if before is None or after is None or before >= after:
        return wall.astimezone(UTC)
    early, late = wall.replace(fold=1).astimezone(UTC), wall.astimezone(UTC)  # the jump comes between the two
    while late - early > timedelta(seconds=1):
        middle = (early + (late - early) // 2).replace(microsecond=0)
        early, late = (early, middle) if middle.astimezone(zone).utcoffset() == after else (middle, late)
    return late
