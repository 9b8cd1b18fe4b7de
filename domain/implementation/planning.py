"""The plan: when each milestone is due, in working days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from domain.calendars import CalendarRule
from domain.implementation.graph import PlannedMilestone


def plan(start: datetime, milestones: Iterable[PlannedMilestone], calendar: CalendarRule) -> dict[str, datetime]:
    """Planned dates: each milestone its working days after the last of those before it, or after the start."""
    planned: dict[str, datetime] = {}
    for milestone in milestones:
        base = max((planned[code] for code in milestone.after), default=start)
        planned[milestone.code] = calendar.add_working_days(base, milestone.days)
    return planned
