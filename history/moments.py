"""Moments as people write them: a date, or a date and time, in the business's time zone unless another one is given."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


class NotAMomentError(ValueError):
    """The text is no date and no date with a time; the message is one sentence."""


def moment(text: str, time_zone: str) -> datetime:
    """The moment in UTC that an ISO 8601 text means.

    A date alone means the end of that day in `time_zone` (an IANA name), so that `--as-of 2026-03-02` holds all of that day;
    a time without an offset is read in `time_zone` too. Raises `NotAMomentError`."""
    zone = ZoneInfo(time_zone)
    written = text.strip()
    try:
        if len(written) <= len("2026-03-02"):
            read = datetime.combine(date.fromisoformat(written), time.max, zone)
        else:
            read = datetime.fromisoformat(written)
        there = (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(zone)  # it has a date where the business is
        return there.astimezone(UTC)
    except (ValueError, OverflowError):
        raise NotAMomentError(
            f"{text[:40]!r} is no moment: write a date such as 2026-03-02, or a date and time such as 2026-03-02T18:00+08:00."
        ) from None
