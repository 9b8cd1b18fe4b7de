"""Moments of the sample portfolio: working days before today, and hours before now, in the playbook's own calendar.

Told this way, a situation ("the milestone is five working days late") is true on whatever day the sample is brought in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.playbook import Playbook


@dataclass
class Moments:
    """Moments relative to `now`, an aware datetime. No working-day moment lies on the day of `now` itself or after it."""

    now: datetime
    playbook: Playbook
    _days: list[date] = field(default_factory=list)

    @property
    def zone(self) -> ZoneInfo:
        """Where the people of the working calendar are."""
        return ZoneInfo(self.playbook.calendar.time_zone)

    @property
    def today(self) -> date:
        """The date of `now` where those people are."""
        return self.now.astimezone(self.zone).date()

    def day(self, ago: int) -> date:
        """The `ago`-th working day before today; 1 is the last one that is over. Raises ValueError for less than 1."""
        if ago < 1:
            raise ValueError(f"a past working day is at least 1 day ago, not {ago}")
        while len(self._days) < ago:
            before = (self._days[-1] if self._days else self.today) - timedelta(days=1)
            while not self.playbook.calendar.is_working_day(before):
                before -= timedelta(days=1)
            self._days.append(before)
        return self._days[ago - 1]

    def at(self, ago: int, clock: str = "10:00") -> datetime:
        """`clock` (HH:MM) on the `ago`-th working day before today."""
        return datetime.combine(self.day(ago), time.fromisoformat(clock), self.zone)

    def before(self, **spans: float) -> datetime:
        """So much wall-clock time before now, as `timedelta` takes it: `before(hours=22)`."""
        return self.now.astimezone(self.zone) - timedelta(**spans)

    def days_ago(self, days: int, clock: str = "10:00") -> datetime:
        """`clock` (HH:MM) so many calendar days before today."""
        return datetime.combine(self.date_in(-days), time.fromisoformat(clock), self.zone)

    def date_in(self, days: int) -> date:
        """The date so many calendar days after today; before it, if negative."""
        return self.today + timedelta(days=days)
