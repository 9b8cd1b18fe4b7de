"""What happened to a ticket by its log, as intervals: how much of a target is used up under other rules than ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

Span = tuple[datetime, datetime]
Measure = Callable[[datetime, datetime], timedelta]
"""How much time counts between two moments: a calendar's working time, or all of it."""


def elapsed(start: datetime, end: datetime) -> timedelta:
    """All the time there is."""
    return end - start


@dataclass
class Timeline:
    """Opened, waiting, resolved, reopened, closed, and the priorities."""

    opened: datetime | None = None
    end: datetime | None = None
    """When the log's last row was written."""
    acknowledged: datetime | None = None
    closed: datetime | None = None
    cancelled: datetime | None = None
    said_resolved: datetime | None = None
    """When a row last said again that it is resolved."""
    waits: list[tuple[datetime, datetime | None, str]] = field(default_factory=list)
    resolved: list[datetime] = field(default_factory=list)
    reopened: list[datetime] = field(default_factory=list)
    priorities: list[tuple[datetime, str]] = field(default_factory=list)

    def wait(self, at: datetime, for_whom: str) -> None:
        """It waits for somebody from here on."""
        self.waits.append((at, None, for_whom))

    def resume(self, at: datetime) -> None:
        """It waits no more."""
        if self.waits and self.waits[-1][1] is None:
            start, _, for_whom = self.waits[-1]
            self.waits[-1] = (start, at, for_whom)

    def resolve(self, at: datetime) -> None:
        """It is resolved, which ends any wait."""
        self.resume(at)
        self.resolved.append(at)

    def reopen(self, at: datetime) -> None:
        """It is open again."""
        self.reopened.append(at)

    def prioritise(self, at: datetime, priority: str) -> None:
        """It has this priority from here on."""
        self.priorities.append((at, priority))

    @property
    def is_resolved(self) -> bool:
        """True when its last resolution was not taken back."""
        return len(self.resolved) > len(self.reopened)

    @property
    def is_open(self) -> bool:
        """True when it was neither resolved nor cancelled where the log ends."""
        return not self.is_resolved and self.cancelled is None

    def used(self, measure: Measure, *, pauses: bool, until: datetime) -> timedelta:
        """The resolution time used up by a moment; without `pauses`, the time of waiting for the customer counts too."""
        assert self.opened is not None
        stops = [(start, end or until) for start, end, whom in self.waits if whom == "customer"] if pauses else []
        stops += zip(self.resolved, [*self.reopened, until], strict=False)
        total = measure(self.opened, until) if until > self.opened else timedelta(0)
        for start, end in _joined((start, min(end, until)) for start, end in stops if start < min(end, until)):
            total -= measure(start, end)
        return total


def _joined(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
