"""What a calendar says: hours, days, country, exceptions. What it answers is in `rule`."""

from __future__ import annotations

import re
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, field_validator, model_validator

from domain.calendars.countries import YearTable, check_country, resolved
from domain.messages import Name

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _written_as_span(text: str) -> str:
    if re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)", text, re.ASCII) is None:
        raise ValueError(f"{text!r} is not written as HH:MM-HH:MM")
    return text


Span = Annotated[str, AfterValidator(_written_as_span)]
"""From opening to closing, in local time: `09:00-12:00`; a closing may be 24:00."""

WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Opening(BaseModel):
    """When people work, as a playbook says it."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

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
    tables: tuple[YearTable, ...] = ()
    """The country's years as they were known when the playbook was kept: one after the other, without a gap. Written by the
    program, never by hand. A year outside of them is looked up in the library of the day, and is not certain if it is later."""

    def __hash__(self) -> int:
        # Without the tables: hundreds of dates, and two editions of a calendar seldom meet in one dictionary.
        return hash((self.country, self.time_zone, self.hours, self.days, self.always, self.closed, self.open))

    @field_validator("country")
    @classmethod
    def _country_is_known(cls, country: str) -> str:
        check_country(country)
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
        spans = [(span, *minutes(span)) for span in hours]
        for span, opening, closing in spans:
            if opening >= closing:
                raise ValueError(f"{span} closes before it opens; a span over midnight is written as two")
        for (earlier, _, closing), (later, opening, _) in pairwise(spans):
            if opening < closing:
                raise ValueError(f"{later} starts before {earlier} has ended; list the spans in order, without overlap")
        return hours

    @field_validator("tables")
    @classmethod
    def _tables_follow(cls, tables: tuple[YearTable, ...]) -> tuple[YearTable, ...]:
        if any(later.year != earlier.year + 1 for earlier, later in pairwise(tables)):
            raise ValueError("the tables do not hold one year after the other")
        return tables

    @model_validator(mode="after")
    def _whole(self) -> Opening:
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

    def country_year(self, year: int) -> YearTable:
        """The country's days off and working weekends of a year: the kept ones, or what the library of the day says."""
        if self.tables and 0 <= (index := year - self.tables[0].year) < len(self.tables):
            return self.tables[index]
        return resolved(self.country, year)

    def is_working_day(self, day: date) -> bool:
        """Whether people work on that local date. Own exceptions win over the country's, which win over the weekday."""
        if self.always or day in self.open:
            return True
        if day in self.closed:
            return False
        known = self.country_year(day.year)
        return day in known.working_weekends or (WEEKDAYS[day.weekday()] in self.days and day not in known.days_off)

    def year_is_known(self, year: int) -> bool:
        """Whether that year's holidays are certain: False for a year whose working weekends are not announced yet, whose
        holidays are estimates, that the library does not reach, or that comes after the kept tables. A rule that lists
        `open` dates of its own in an unannounced year has its own announcement."""
        if not self.country or any(day.year == year for day in self.open):
            return True
        beyond = bool(self.tables) and year > self.tables[-1].year
        return not beyond and self.country_year(year).announced


def minutes(span: str) -> tuple[int, int]:
    """Opening and closing of a span in minutes after midnight."""
    opening, closing = ((int(clock[:2]) * 60 + int(clock[3:])) for clock in span.split("-"))
    return opening, closing
