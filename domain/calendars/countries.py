"""What the `holidays` library knows of a country: days off, made-up working weekends (调休), and whether a year is certain."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.metadata import version

import holidays

LIBRARY = version("holidays")
"""The version of the holiday tables that this program comes with."""

ANNOUNCED_YEARLY = frozenset({"AZ", "BY", "CN", "HU", "KG", "KZ", "LV", "MM", "RU", "UZ", "VN"})
"""Countries whose government moves working days to weekends, by a list that it announces anew for each year."""

YEAR_END = 25
"""From this day of December on, the next year's announcement can still move a working day."""


@dataclass(frozen=True, slots=True)
class YearTable:
    """One year of a country, resolved: kept with a playbook, so that no newer library moves a date unseen."""

    year: int
    days_off: tuple[date, ...]
    """Public holidays, ascending, those on weekends included."""
    working_weekends: tuple[date, ...] = ()
    """Weekend days that are made up for 调休, ascending."""
    announced: bool = True
    """False for a year that was not certain when the table was made."""


def check_country(country: str) -> None:
    """Raises ValueError for a code that the library has no holidays for."""
    try:
        if country:
            _holidays(country, (2026,))
    except NotImplementedError:
        raise ValueError(f"no public holidays are known for {country!r}; use an ISO code such as CN or DE-BY") from None


def made_up_weekends(country: str) -> bool:
    """Whether working weekends are announced there year by year."""
    return country.partition("-")[0] in ANNOUNCED_YEARLY


@lru_cache(maxsize=1024)
def resolved(country: str, year: int) -> YearTable:
    """What the library says of a year, today. Empty for no country, and for a year that it does not reach."""
    if not country:
        return YearTable(year, ())
    first, last = _reach(country)
    if not first <= year <= last:
        return YearTable(year, (), announced=False)
    # A year's first holidays can move a weekend of the December before, so the next year is looked at as well.
    found = _holidays(country, (year, min(year + 1, last)))
    return YearTable(
        year,
        days_off=tuple(sorted(day for day in found if day.year == year)),
        working_weekends=tuple(sorted(day for day in found.weekend_workdays if day.year == year)),
        announced=_is_announced(found, country, year),
    )


def frozen(country: str, years: Iterable[int]) -> tuple[YearTable, ...]:
    """The tables of those years, to be kept; none for no country."""
    return tuple(resolved(country, year) for year in years) if country else ()


def _is_announced(found: holidays.HolidayBase, country: str, year: int) -> bool:
    """A year is certain when it is no newer than the last announcement and none of its days is an estimate (of the moon)."""
    announcements = getattr(found, "special_public_holidays", {})
    if made_up_weekends(country) and year > max(announcements, default=0):
        return False
    return not any("estimated" in name for day, name in found.items() if day.year == year)


@lru_cache(maxsize=256)
def _reach(country: str) -> tuple[int, int]:
    """The first and the last year that the library knows of a country."""
    found = _holidays(country, (2026,))
    return found.start_year, found.end_year


def _holidays(country: str, years: tuple[int, ...]) -> holidays.HolidayBase:
    code, _, region = country.partition("-")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that some days of a country end before its tables do
        found = holidays.country_holidays(code, subdiv=region or None, years=years)
        if "en_US" in found.supported_languages and found.language != "en_US":  # estimates are told by their English names
            return holidays.country_holidays(code, subdiv=region or None, years=years, language="en_US")
        return found
