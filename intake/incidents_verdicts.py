"""Our verdict on each target beside the source's, and why they differ: the ticket is measured again under other rules, and the
first rule that turns our verdict into the source's is the explanation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.messages import Name
from domain.playbook import Playbook
from domain.ticket import State, Status, verdicts
from intake.incident_commands import Played
from intake.incidents_timeline import Measure, Timeline, elapsed

EXPLANATIONS: dict[str, Name] = {
    "still_open": Name(
        en="still open where the log ends: the source had judged it up to there", zh="日志结束时仍未解决，来源只判定到此"
    ),
    "window": Name(en="our month-end or payroll window had raised the class", zh="月结或发薪窗口提高了等级"),
    "waiting": Name(en="waiting for the customer stopped our clock", zh="等待客户期间我方停表"),
    "calendar": Name(en="our working calendar, not elapsed time", zh="我方按工作日历计时，而非自然时间"),
    "first_priority": Name(en="the priority changed after opening", zh="建单后优先级有变更"),
    "reopened": Name(en="it was reopened; the source counted to the first resolution", zh="重新打开：来源计到首次解决"),
    "said_again": Name(en="the source counted to a later resolved row", zh="来源计到后来的“已解决”记录"),
    "close": Name(en="the source counted to the close, not to the resolution", zh="来源计到关闭而非解决"),
    "calendar_waiting": Name(en="elapsed time, waits included", zh="自然时间且不停表"),
    "calendar_close": Name(en="elapsed time, to the close", zh="自然时间且计到关闭"),
    "never_again": Name(
        en="the source never judged it again after it was changed or reopened", zh="变更或重新打开后来源未重新判定"
    ),
    "length": Name(en="the target's length: the source's seems to be another", zh="时限长度不同"),
    "none": Name(en="no rule that was tried explains it", zh="所试规则均不能解释"),
}
"""In the order in which they are tried; `none` is what is left."""


@dataclass(frozen=True, slots=True)
class Ours:
    """What we have on a ticket after the import."""

    status: Status
    priority: str
    """By impact and urgency, as the log gives them; what a window raises it to is no class of the log's."""
    calendar: str
    resolve: bool | None
    """True when the resolution target is met, None while that is open."""
    respond: bool | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A ticket's verdicts, and the code of the explanation where they differ."""

    ticket: str
    ours: Ours
    source: bool | None
    explanation: str = ""

    @property
    def compared(self) -> bool:
        """True when both have a verdict on the resolution."""
        return self.source is not None and self.ours.resolve is not None


@dataclass(frozen=True, slots=True)
class Fitted:
    """The length of a target that the source's verdicts look like, in elapsed hours from opening to resolution."""

    hours: float
    wrong: int
    """Tickets that it still judges otherwise than the source."""
    of: int


def ours(state: State) -> Ours:
    """Our verdicts on a ticket's targets; none on one that was cancelled."""
    ended = {"met": True, "missed": False}
    found = {} if state.status == "cancelled" else {one.target: ended.get(one.verdict) for one in verdicts(state)}
    return Ours(
        status=state.status,
        priority=state.base_priority,
        calendar=state.calendar,
        resolve=found.get("resolve"),
        respond=found.get("respond"),
    )


class Judge:
    """Compares the tickets of one import."""

    def __init__(self, played: Sequence[Played], now: Mapping[str, Ours], rules: Playbook) -> None:
        self._played, self._now, self._rules = [one for one in played if one.ticket.id in now], now, rules
        self.fitted = self._fit()

    def verdicts(self) -> list[Verdict]:
        """One verdict a ticket."""
        return [self._verdict(one) for one in self._played]

    def _verdict(self, played: Played) -> Verdict:
        own, source = self._now[played.ticket.id], played.ticket.verdict
        differs = source is not None and own.resolve is not None and source != own.resolve
        return Verdict(played.ticket.id, own, source, self._explained(played, own, bool(source)) if differs else "")

    def _explained(self, played: Played, own: Ours, source: bool) -> str:
        line = played.timeline
        # Of a ticket that is open where the log ends, the source can have judged what was used up by then.
        last = line.resolved[-1] if line.is_resolved else line.end
        if last is None:
            return "none"
        worked: Measure = self._rules.calendars[own.calendar].working_time_between
        first, final = line.priorities[0][1], line.priorities[-1][1]
        close, again = line.closed or last, max(line.said_resolved or last, last)

        def met(
            measure: Measure = worked, *, pauses: bool = True, until: datetime = last, priority: str = final
        ) -> Callable[[], bool]:
            return lambda: line.used(measure, pauses=pauses, until=until) < self._target(priority)

        tried: dict[str, Callable[[], bool]] = {
            "still_open": met() if line.is_open else lambda: not source,
            "window": met(),  # by the plain rules; only a window, or a contract, is left out
            "waiting": met(pauses=False),
            "calendar": met(elapsed),
            "first_priority": met(priority=first),
            "reopened": met(until=line.resolved[0]) if line.reopened and line.resolved else lambda: not source,
            "said_again": lambda: _to(line, worked, again) < self._target(final),
            "close": lambda: _to(line, worked, close) < self._target(final),
            "calendar_waiting": met(elapsed, pauses=False),
            "calendar_close": lambda: _to(line, elapsed, close) < self._target(final),
        }
        for code, judged in tried.items():
            if judged() == source:
                return code
        if source and _never_judged_again(played):
            return "never_again"
        fitted = self.fitted.get(own.priority)
        hours = _hours(line)
        return "length" if fitted and hours is not None and (hours <= fitted.hours) == source else "none"

    def _target(self, priority: str) -> timedelta:
        return timedelta(minutes=self._rules.support.target(priority).resolve)

    def _fit(self) -> dict[str, Fitted]:
        """By priority, the length that separates what the source calls met from what it calls missed with the fewest errors."""
        found: dict[str, list[tuple[float, bool]]] = defaultdict(list)
        for one in self._played:
            hours = _hours(one.timeline)
            if one.ticket.verdict is not None and hours is not None:
                found[self._now[one.ticket.id].priority].append((hours, one.ticket.verdict))
        return {priority: _separated(pairs) for priority, pairs in sorted(found.items())}


def _to(line: Timeline, measure: Measure, until: datetime) -> timedelta:
    """Used up when a resolution did not stop the clock, only waiting for the customer did."""
    assert line.opened is not None
    whole = Timeline(opened=line.opened, waits=line.waits)
    return whole.used(measure, pauses=True, until=max(until, line.opened))


def _hours(line: Timeline) -> float | None:
    if line.opened is None or not line.resolved:
        return None
    return (line.resolved[-1] - line.opened).total_seconds() / 3600


def _never_judged_again(played: Played) -> bool:
    said = {one.verdict for one in played.ticket.updates if one.verdict is not None}
    return len(said) == 1 and bool(played.timeline.reopened or len(played.timeline.priorities) > 1)


def _separated(pairs: Sequence[tuple[float, bool]]) -> Fitted:
    ordered = sorted(pairs)
    wrong = best = sum(met for _, met in ordered)  # at nought, all that the source calls met are judged wrongly
    hours = 0.0
    for at, met in ordered:
        wrong += -1 if met else 1
        if wrong < best:
            best, hours = wrong, at
    return Fitted(hours, best, len(ordered))
