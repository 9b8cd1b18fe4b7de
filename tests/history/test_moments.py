"""Moments as people write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from history.moments import NotAMomentError, moment

SHANGHAI = "Asia/Shanghai"


def test_a_date_means_all_of_that_day_where_the_business_is() -> None:
    assert moment("2026-03-02", SHANGHAI) == datetime(2026, 3, 2, 15, 59, 59, 999999, tzinfo=UTC)


def test_a_time_without_an_offset_is_the_business_time() -> None:
    assert moment("2026-03-02T18:00", SHANGHAI) == datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-03-02T18:00+08:00", "2026-03-02T10:00:00Z", "2026-03-02 05:00-05:00"])
def test_a_time_with_an_offset_is_what_it_says(text: str) -> None:
    assert moment(text, SHANGHAI) == datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-02-30", "2026-13-01", "25:00", "2026-03-02T25:00", "0001-01-01T00:00"])
def test_anything_else_is_refused_in_one_sentence_that_shows_how_to_write_it(text: str) -> None:
    with pytest.raises(NotAMomentError, match=r"^'.*' is no moment: write a date such as .*\.$"):
        moment(text, SHANGHAI)


def test_a_moment_that_has_no_date_where_the_business_is_is_refused() -> None:
    assert moment("0001-01-01T00:00Z", SHANGHAI) == datetime(1, 1, 1, tzinfo=UTC)
    with pytest.raises(NotAMomentError):
        moment("0001-01-01T00:00Z", "America/New_York")
    with pytest.raises(NotAMomentError):
        moment("9999-12-31T23:00Z", SHANGHAI)
