"""Editions of a playbook version: the same content, with the holidays of its calendars as they were known at a moment.

A version is what people wrote. When it is kept, its calendars are kept with their holidays resolved; when more is known, the
next edition holds that. Work keeps its edition until it is moved, so that no clock moves because a library was upgraded."""

from __future__ import annotations

import re
from collections.abc import Sequence

from domain.calendars import LIBRARY, CalendarRule, frozen
from domain.playbook.book import Playbook

YEARS_BACK = 10
"""Kept so that a past that is brought along is judged again as it was."""
YEARS_AHEAD = 10
RENEWED_AT = 3
"""A new edition reaches further when fewer years than these are left of the kept ones."""


def content(playbook: Playbook) -> Playbook:
    """The playbook as people wrote it: without what an edition adds."""
    calendars = {name: calendar.model_copy(update={"tables": ()}) for name, calendar in playbook.calendars.items()}
    return playbook.model_copy(update={"edition": 1, "holidays": "", "calendars": calendars})


def first_edition(playbook: Playbook, year: int) -> Playbook:
    """A playbook with the holidays around a year as this program's library knows them."""
    years = range(year - YEARS_BACK, year + YEARS_AHEAD + 1)
    calendars = {
        name: calendar.model_copy(update={"tables": frozen(calendar.country, years)})
        for name, calendar in playbook.calendars.items()
    }
    return playbook.model_copy(update={"edition": 1, "holidays": LIBRARY, "calendars": calendars})


def next_edition(kept: Playbook, year: int) -> Playbook | None:
    """The edition that must follow the latest kept one in that year; None as long as that one will do.

    It follows when a newer library says otherwise about a year that still matters, or when the kept years run out. An older
    library never makes one: two workers with different libraries would outbid each other for ever."""
    if not any(calendar.country for calendar in kept.calendars.values()) or is_behind(kept):
        return None
    fresh = first_edition(content(kept), year)
    learned = _counted(kept.holidays) < _counted(LIBRARY) and bool(news(kept, fresh, year - 1))
    return fresh.model_copy(update={"edition": kept.edition + 1}) if learned or _runs_out(kept, year) else None


def is_behind(kept: Playbook) -> bool:
    """Whether this program's library is older than the one that a kept edition comes from."""
    return _counted(LIBRARY) < _counted(kept.holidays)


def news(before: Playbook, after: Playbook, from_year: int = 0) -> Sequence[str]:
    """What another edition knows otherwise: `CN 2027`, each country and year once, ascending. Years from `from_year` on."""
    found: set[str] = set()
    for name, calendar in after.calendars.items():
        earlier = before.calendars.get(name, calendar)
        if earlier.country != calendar.country:
            continue
        known = {table.year: table for table in earlier.tables}
        found.update(
            f"{calendar.country} {table.year}"
            for table in calendar.tables
            if table.year >= from_year and known.get(table.year, table) != table
        )
    return sorted(found)


def _runs_out(kept: Playbook, year: int) -> bool:
    return any(calendar.country and _last_year(calendar) < year + RENEWED_AT for calendar in kept.calendars.values())


def _last_year(calendar: CalendarRule) -> int:
    return calendar.tables[-1].year if calendar.tables else 0


def _counted(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]
