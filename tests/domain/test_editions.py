"""Editions of a playbook: the holidays of a moment, kept, so that what is open does not move by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from domain.calendars import LIBRARY
from domain.playbook import Playbook, PlaybookRef, Playbooks
from domain.playbook.editions import content, first_edition, news, next_edition
from runtime.playbooks import load_playbooks

STANDARD = Playbooks(load_playbooks(Path(__file__).parents[2] / "playbooks")).latest()
YEAR = 2026
SHANGHAI = ZoneInfo("Asia/Shanghai")
BEFORE_NATIONAL_DAY = datetime(2026, 9, 30, 10, tzinfo=SHANGHAI)


def as_known_by(library: str, playbook: Playbook, year: int) -> Playbook:
    """The first edition of a library that did not know the announcement for that year: neither the days off between the
    festivals nor the working weekends."""
    frozen = first_edition(playbook, year)
    calendar = frozen.calendar
    tables = tuple(
        replace(one, working_weekends=(), days_off=tuple(day for day in one.days_off if day.month == 10), announced=False)
        if one.year == year
        else one
        for one in calendar.tables
    )
    unaware = {**frozen.calendars, frozen.working_calendar: calendar.model_copy(update={"tables": tables})}
    return frozen.model_copy(update={"calendars": unaware, "holidays": library})


def test_a_frozen_calendar_answers_as_the_library_did_when_it_was_frozen() -> None:
    live, frozen = STANDARD.calendar, first_edition(STANDARD, YEAR).calendar
    for days in range(1, 250, 7):
        assert frozen.add_working_days(BEFORE_NATIONAL_DAY, days) == live.add_working_days(BEFORE_NATIONAL_DAY, days)


def test_what_was_not_known_then_is_not_known_to_that_edition_for_ever() -> None:
    unaware = as_known_by("0.1", STANDARD, YEAR).calendar
    saturday = datetime(2026, 10, 9, 12, tzinfo=SHANGHAI)
    assert STANDARD.calendar.add_working_days(saturday, 1) == datetime(2026, 10, 10, 18, tzinfo=SHANGHAI)
    assert unaware.add_working_days(saturday, 1) == datetime(2026, 10, 12, 18, tzinfo=SHANGHAI)
    assert not unaware.year_is_known(2026)


def test_a_year_beyond_the_kept_ones_is_not_certain() -> None:
    frozen = first_edition(STANDARD, YEAR).calendar
    german = STANDARD.calendar.model_copy(update={"country": "DE"})
    kept = german.model_copy(update={"tables": tuple(replace(one, announced=True) for one in frozen.tables)})
    assert german.year_is_known(YEAR + 11)
    assert kept.year_is_known(YEAR + 10)
    assert not kept.year_is_known(YEAR + 11)
    assert kept.year_is_known(YEAR - 11)


def test_what_people_wrote_is_told_apart_from_what_an_edition_adds() -> None:
    assert content(first_edition(STANDARD, YEAR)) == STANDARD
    assert first_edition(STANDARD, YEAR) != STANDARD


def test_an_edition_that_knows_as_much_is_not_followed() -> None:
    assert next_edition(first_edition(STANDARD, YEAR), YEAR) is None
    earlier = first_edition(STANDARD, YEAR).model_copy(update={"holidays": "0.1"})
    assert next_edition(earlier, YEAR) is None


def test_an_edition_is_followed_by_one_that_knows_more() -> None:
    before = as_known_by("0.1", STANDARD, YEAR)
    after = next_edition(before, YEAR)
    assert after is not None
    assert (after.edition, after.holidays) == (2, LIBRARY)
    assert news(before, after) == ["CN 2026"]


def test_news_of_years_that_are_long_over_makes_no_edition() -> None:
    assert next_edition(as_known_by("0.1", STANDARD, YEAR), YEAR + 2) is None
    assert next_edition(as_known_by("0.1", STANDARD, YEAR), YEAR + 1) is not None


def test_an_older_library_never_makes_an_edition() -> None:
    assert next_edition(as_known_by("999.0", STANDARD, YEAR), YEAR) is None
    assert next_edition(as_known_by("999.0", STANDARD, YEAR), YEAR + 20) is None


def test_a_playbook_without_a_country_has_no_editions() -> None:
    calendars = {name: one.model_copy(update={"country": ""}) for name, one in STANDARD.calendars.items()}
    worldwide = STANDARD.model_copy(update={"calendars": calendars})
    assert first_edition(worldwide, YEAR).calendar.tables == ()
    assert next_edition(worldwide, YEAR) is None


def test_the_latest_edition_is_what_new_work_gets() -> None:
    first = as_known_by("0.1", STANDARD, YEAR)
    second = next_edition(first, YEAR)
    assert second is not None
    for order in ([first, second], [second, first]):
        shelf = Playbooks(order)
        assert shelf.latest() == second
        assert shelf.get(first.ref) == first
        assert shelf.newest() == [second.ref]
        assert shelf.when_newest_were([first.ref]).latest() == first


@pytest.mark.parametrize(
    ("written", "ref"),
    [
        ("standard@2026.2", PlaybookRef(name="standard", version="2026.2")),
        ("standard@2026.2+2", PlaybookRef(name="standard", version="2026.2", edition=2)),
        ("standard@2026.2+14", PlaybookRef(name="standard", version="2026.2", edition=14)),
        ("direct@2026-rc+3", PlaybookRef(name="direct", version="2026-rc", edition=3)),
    ],
)
def test_a_reference_is_written_and_read_with_its_edition(written: str, ref: PlaybookRef) -> None:
    assert str(ref) == written
    assert PlaybookRef.parse(written) == ref


@pytest.mark.parametrize("text", ["", "standard", "@2026.1", "standard@"])
def test_what_is_no_reference_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no playbook version"):
        PlaybookRef.parse(text)


def test_a_reference_of_the_time_before_editions_is_the_first_edition() -> None:
    assert PlaybookRef.model_validate({"name": "standard", "version": "2026.1"}).edition == 1
