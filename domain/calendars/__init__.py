"""Working time: which moments count, by country, time zone, hours and holidays, and what is not certain about it."""

from __future__ import annotations

from domain.calendars.certainty import provisional, uncertain_years
from domain.calendars.countries import LIBRARY, YearTable, frozen
from domain.calendars.rule import CalendarRule
from domain.calendars.spans import WEEKDAYS, Span, Weekday

__all__ = ["LIBRARY", "WEEKDAYS", "CalendarRule", "Span", "Weekday", "YearTable", "frozen", "provisional", "uncertain_years"]
