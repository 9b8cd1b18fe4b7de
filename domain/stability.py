"""How stable a system runs since its go-live 稳定运行: so many days inside its targets, first month-end close passed."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import AwareDatetime

from domain.calendars import CalendarRule
from domain.messages import Frozen
from domain.origin import day_of, morning_of
from domain.playbook.service import EarlyLife
from domain.tickets_seen import TicketsSeen


class Stability(Frozen):
    """What was measured."""

    live_since: AwareDatetime
    """The go-live; the beginning of the support where no go-live is on record."""
    calm_since: AwareDatetime
    """Since when no target was missed: the go-live, or the last one that was."""
    missed: int = 0
    """How many tickets have missed a target since the go-live."""
    days: int
    """Calendar days that it has to stay calm."""
    closes_at: AwareDatetime
    """When the first month-end close 首次月结 is passed."""

    @property
    def reached_at(self) -> datetime:
        """When it is stable, unless a target is missed before."""
        return max(self.calm_since + timedelta(days=self.days), self.closes_at)

    def disturbed(self, at: datetime, missed: int) -> Stability:
        """The measure after one more missed target: its days begin anew; so many tickets have missed one by now."""
        return self.model_copy(update={"calm_since": max(at, self.calm_since), "missed": missed})

    def told(self, at: datetime) -> str:
        """How far it is at a moment, in both languages."""
        calm = min(max((at - self.calm_since).days, 0), self.days)
        closing = "passed 已通过" if self.closes_at <= at else f"by {self.closes_at.date()} 须于该日前通过"
        tickets = "ticket" if self.missed == 1 else "tickets"
        missed = f", {self.missed} {tickets} missed a target 超时工单 {self.missed}" if self.missed else ""
        return f"stable for {calm} of {self.days} days 已稳定运行{missed}; first month-end close 首次月结: {closing}"


def measure(live_since: datetime, late: TicketsSeen, rules: EarlyLife, calendar: CalendarRule) -> Stability:
    """The measure of a system that went live, with the tickets that have missed a target since then."""
    misses = [one.at for one in late if one.at is not None]
    return Stability(
        live_since=live_since,
        calm_since=max([live_since, *misses]),
        missed=len(late),
        days=rules.stable_days,
        closes_at=_first_close(live_since, rules, calendar),
    )


def _first_close(live_since: datetime, rules: EarlyLife, calendar: CalendarRule) -> datetime:
    """When the close of the month of the go-live is done."""
    first = day_of(live_since, calendar).replace(day=1)
    next_month = (first + timedelta(days=32)).replace(day=1)
    return calendar.add_working_days(morning_of(next_month, calendar), rules.close_within)
