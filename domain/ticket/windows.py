"""When the windows of a playbook are in force, and what priority a ticket has by them.

A window's days are counted by the working calendar of the unit, not by the calendar of the ticket's targets: the books are
closed on working days, even for a customer whose clocks run round the clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from domain.calendars import CalendarRule
from domain.origin import morning_of
from domain.playbook import Window
from domain.ticket.terms import Priority

PRIORITIES: tuple[Priority, ...] = ("P1", "P2", "P3", "P4")
DAY = timedelta(days=1)
FARTHEST = 90
"""Days that are looked at for the next working day: longer than any holiday, and an end for a calendar that stays closed."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A window in one month."""

    window: Window
    first: date
    begins: datetime
    ends: datetime
    """The first moment after it."""

    @property
    def name(self) -> str:
        """Its window and first day: unique among the windows of a playbook."""
        return f"{self.window.code} {self.first}"


@dataclass(frozen=True, slots=True)
class Subject:
    """What the windows look at in a ticket."""

    kind: str
    product: str
    base: Priority
    """Its priority without any window."""
    kept: Priority | None = None
    """The priority that an earlier window has left it with."""
    set_aside: tuple[str, ...] = ()
    """Windows that do not hold for it any more: somebody has decided on its priority while they were in force."""


def by_windows(
    windows: Sequence[Window], calendar: CalendarRule, subject: Subject, at: datetime
) -> tuple[Priority, Occurrence | None]:
    """The priority of a ticket at a moment, and the window that raises it then, if one does.

    Of several in force the one that raises it farthest holds; they do not add up."""
    return _raised(_around(windows, calendar, subject, at), subject, at)


def in_force(windows: Sequence[Window], calendar: CalendarRule, at: datetime) -> tuple[str, ...]:
    """The names of the windows that are in force at a moment, whatever ticket they hold for."""
    return tuple(one.name for window in windows for one in following(window, calendar, at) if one.begins <= at)


def next_change(
    windows: Sequence[Window], calendar: CalendarRule, subject: Subject, current: Priority, since: datetime
) -> datetime | None:
    """The first moment from `since` on at which the windows give a ticket another priority than the current one.

    Looks as far as the next two months; None where nothing changes until then."""
    if subject.base == current == PRIORITIES[0]:
        return None
    occurrences = _around(windows, calendar, subject, since)
    edges = sorted({edge for one in occurrences for edge in (one.begins, one.ends) if edge > since})
    return next((at for at in (since, *edges) if _raised(occurrences, subject, at)[0] != current), None)


def following(window: Window, calendar: CalendarRule, since: datetime) -> Iterator[Occurrence]:
    """The window as it is in force at a moment or comes in the two months after it."""
    today = since.astimezone(calendar.zone).date()
    return (one for one in _near(window, calendar, today.year, today.month) if one.ends > since)


def _around(windows: Sequence[Window], calendar: CalendarRule, subject: Subject, since: datetime) -> list[Occurrence]:
    """Every window that holds for a ticket, as it is in force at a moment or comes after it."""
    return [one for window in windows if _holds_for(window, subject) for one in following(window, calendar, since)]


def _raised(occurrences: Iterable[Occurrence], subject: Subject, at: datetime) -> tuple[Priority, Occurrence | None]:
    best, by = subject.base, None
    for one in occurrences:
        if one.begins <= at < one.ends and one.name not in subject.set_aside:
            raised = PRIORITIES[max(PRIORITIES.index(subject.base) - one.window.raises, 0)]
            if raised < best:
                best, by = raised, one
    if subject.kept is not None and subject.kept <= best:
        return subject.kept, None
    return best, by


@lru_cache(maxsize=1024)
def _near(window: Window, calendar: CalendarRule, year: int, month: int) -> tuple[Occurrence, ...]:
    """The window in a month and in the two months before and after it."""
    months = (divmod(year * 12 + month - 1 + step, 12) for step in range(-2, 3))
    return tuple(one for year_, month_ in months for one in of_month(window, calendar, year_, month_ + 1))


def of_month(window: Window, calendar: CalendarRule, year: int, month: int) -> tuple[Occurrence, ...]:
    """The window in the month that it belongs to: the month that is closed, or that has the dates."""
    last = date(year + month // 12, month % 12 + 1, 1) - DAY
    if window.kind == "month_end_close":
        first = _working_day(calendar, last + DAY, -window.working_days_before) if window.working_days_before else None
        end = _working_day(calendar, last, window.working_days_after) if window.working_days_after else last
        return (_occurrence(window, calendar, first or _working_day(calendar, last, 1), end),)
    spans: dict[date, date] = {}
    for day in window.days_of_month:
        anchor = _on_a_working_day(window, calendar, min(last.replace(day=1) + (day - 1) * DAY, last))
        first = _working_day(calendar, anchor, -window.working_days_before) if window.working_days_before else anchor
        end = _working_day(calendar, anchor, window.working_days_after) if window.working_days_after else anchor
        spans[first] = max(end, spans.get(first, end))
    return tuple(_occurrence(window, calendar, first, end) for first, end in sorted(spans.items()))


def _holds_for(window: Window, subject: Subject) -> bool:
    return (
        (not window.kinds or subject.kind in window.kinds)
        and (not window.priorities or subject.base in window.priorities)
        and (not window.products or subject.product in window.products)
    )


def _occurrence(window: Window, calendar: CalendarRule, first: date, last: date) -> Occurrence:
    begins, ends = (morning_of(day, calendar).astimezone(UTC) for day in (first, last + DAY))
    return Occurrence(window=window, first=first, begins=begins, ends=ends)


def _on_a_working_day(window: Window, calendar: CalendarRule, day: date) -> date:
    if window.day_off == "same" or calendar.is_working_day(day):
        return day
    return _working_day(calendar, day, -1 if window.day_off == "before" else 1)


def _working_day(calendar: CalendarRule, day: date, count: int) -> date:
    """The `count`-th working day after `day`, or before it for a negative count; `day` where there is none near."""
    found, step = day, DAY if count > 0 else -DAY
    left, looked = abs(count), day
    for _ in range(FARTHEST):
        looked += step
        if calendar.is_working_day(looked):
            found, left = looked, left - 1
            if not left:
                break
    return found
