"""What is not certain about a date: the years it was counted in that have no announced holidays yet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from domain.calendars.countries import YEAR_END, made_up_weekends
from domain.calendars.rule import CalendarRule


def uncertain_years(calendar: CalendarRule, moments: Iterable[datetime | None]) -> tuple[int, ...]:
    """The years from the first to the last of those moments whose holidays are not certain, ascending.

    The last days of December depend on the next year's announcement too, where working weekends are announced."""
    if not calendar.country:
        return ()
    days = [moment.astimezone(calendar.zone).date() for moment in moments if moment is not None]
    if not days:
        return ()
    first, last = min(days), max(days)
    leans = made_up_weekends(calendar.country) and last.month == 12 and last.day >= YEAR_END
    return tuple(year for year in range(first.year, last.year + 1 + leans) if not calendar.year_is_known(year))


def provisional(calendar: CalendarRule, *moments: datetime | None) -> str:
    """One sentence in both languages about dates that may still move; empty when all of them are certain."""
    years = uncertain_years(calendar, moments)
    if not years:
        return ""
    listed = ", ".join(str(year) for year in years)
    return (
        f"the holidays of {calendar.country} in {listed} are not announced yet: dates counted in working time there may move "
        f"{calendar.country} {listed} 年放假安排尚未公布，按工作时间推算的日期可能变动"
    )
