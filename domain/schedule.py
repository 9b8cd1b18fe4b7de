"""When each milestone of a plan will be reached, what drives that date, and what has moved it.

A plan is a graph of tasks in working days; facts (a start, a signature, a new estimate, a hold) bend it. `forecast` computes
every date from nothing. `reforecast` takes one changed fact after the other and follows it through the graph: only what it
touches is computed again, and every date that moves names the facts that moved it and the way they came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import Literal, Protocol, assert_never


class Calendar(Protocol):
    """What a schedule needs of a calendar. Later starts never end earlier."""

    def add_working_days(self, start: datetime, days: int) -> datetime:
        """The close of business of the `days`-th working day after `start`."""


@dataclass(frozen=True, slots=True)
class Task:
    """A milestone of a plan: `days` (working days, at least 1) after the last of `after`, or after the start."""

    code: str
    after: tuple[str, ...]
    days: int


@dataclass(frozen=True, slots=True)
class Started:
    """The whole plan begins at that moment."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Signed:
    """A milestone is reached: its date is no forecast any more."""

    code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Estimated:
    """A milestone takes so many working days, whatever its task says."""

    code: str
    days: int


@dataclass(frozen=True, slots=True)
class NotBefore:
    """A milestone is not reached before that moment. A new word from the same source takes the place of its last one;
    None takes it back."""

    code: str
    at: datetime | None
    source: str


@dataclass(frozen=True, slots=True)
class Replanned:
    """The plan itself is another: all its tasks, as they are now, and the estimates that go on holding."""

    tasks: tuple[Task, ...]
    days: Mapping[str, int] = field(default_factory=dict)


Fact = Started | Signed | Estimated | NotBefore | Replanned


@dataclass(frozen=True, slots=True)
class Because:
    """What drives a date: the start, the signature, the milestone before (`what`), or a word that it is not before (`what`:
    its source)."""

    kind: Literal["start", "signed", "after", "not_before"]
    what: str = ""


@dataclass(frozen=True, slots=True)
class Forecast:
    """The date of a milestone, and what drives it."""

    at: datetime
    because: Because


@dataclass(frozen=True, slots=True)
class Cause:
    """A fact that moved a date: from where to where, and through which milestones it came; the last is the moved one."""

    fact: Fact
    via: tuple[str, ...]
    before: datetime | None
    after: datetime | None


@dataclass(frozen=True, slots=True)
class Moved:
    """A date that is another now; None for a milestone that was not there before, or is there no more.

    The causes stand in the order of the facts; each begins where the one before it ended."""

    code: str
    before: datetime | None
    after: datetime | None
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a plan."""

    start: datetime
    signed: Mapping[str, datetime] = field(default_factory=dict)
    days: Mapping[str, int] = field(default_factory=dict)
    """New estimates, in working days."""
    not_before: Mapping[str, Mapping[str, datetime]] = field(default_factory=dict)
    """By milestone, then by source."""


class Network:
    """The graph of a plan: who comes after whom, in an order in which nobody stands before those that it comes after."""

    def __init__(self, tasks: Iterable[Task]) -> None:
        """Raises ValueError for a code that is there twice, for one that is not there, and for a circle."""
        given = tuple(tasks)
        self.tasks: dict[str, Task] = {task.code: task for task in given}
        if len(self.tasks) < len(given):
            raise ValueError("a milestone is in the plan twice")
        self.followers: dict[str, list[str]] = {code: [] for code in self.tasks}
        for task in self.tasks.values():
            for code in task.after:
                if code not in self.followers:
                    raise ValueError(f"{task.code} comes after {code}, which is not in the plan")
                self.followers[code].append(task.code)
        self.place: dict[str, int] = {code: index for index, code in enumerate(self._sorted())}

    def _sorted(self) -> Sequence[str]:
        """The order of the plan as it was written, as far as the graph allows."""
        written = {code: index for index, code in enumerate(self.tasks)}
        waits = {code: len(task.after) for code, task in self.tasks.items()}
        ready = [(written[code], code) for code, count in waits.items() if count == 0]
        heapify(ready)
        order: list[str] = []
        while ready:
            _, code = heappop(ready)
            order.append(code)
            for follower in self.followers[code]:
                waits[follower] -= 1
                if waits[follower] == 0:
                    heappush(ready, (written[follower], follower))
        if len(order) < len(self.tasks):
            circle = next(code for code, count in waits.items() if count > 0)
            raise ValueError(f"{circle} comes after itself")
        return order


@dataclass(frozen=True, slots=True)
class Schedule:
    """A plan with its facts, and the dates that follow from both."""

    network: Network
    facts: Facts
    calendar: Calendar
    dates: Mapping[str, Forecast]

    def critical(self, code: str) -> tuple[str, ...]:
        """The milestones that drive the date of that one, the first first: a day lost on any of them is lost here."""
        way = [code]
        while (because := self.dates[way[-1]].because).kind == "after":
            way.append(because.what)
        return tuple(reversed(way))

    @property
    def last(self) -> str:
        """The milestone with which the plan ends."""
        place = self.network.place
        return max(place, key=lambda code: (self.dates[code].at, place[code]))


def forecast(tasks: Iterable[Task], facts: Facts, calendar: Calendar) -> Schedule:
    """Every date of a plan, computed from nothing. Raises ValueError for a plan that is no graph of milestones."""
    network = Network(tasks)
    dates: dict[str, Forecast] = {}
    for code in network.place:
        dates[code] = _date(network.tasks[code], facts, dates, calendar)
    return Schedule(network, facts, calendar, dates)


def reforecast(before: Schedule, *changed: Fact) -> tuple[Schedule, tuple[Moved, ...]]:
    """The schedule after these facts, taken one after the other, and every date that is another than before, in the order of
    the plan, with its causes. A date that is what it was has none."""
    schedule = before
    causes: dict[str, list[Cause]] = {}
    for fact in changed:
        schedule, found = _after(schedule, fact)
        for code, cause in found.items():
            causes.setdefault(code, []).append(cause)
    moved = (_moved(code, before, schedule, tuple(found)) for code, found in causes.items())
    place = {**before.network.place, **schedule.network.place}
    real = sorted((one for one in moved if one.before != one.after), key=lambda one: place[one.code])
    return schedule, tuple(real)


def _moved(code: str, before: Schedule, after: Schedule, causes: tuple[Cause, ...]) -> Moved:
    return Moved(code, _at(before.dates, code), _at(after.dates, code), causes)


def _after(before: Schedule, fact: Fact) -> tuple[Schedule, dict[str, Cause]]:
    """Follow one fact through the graph, from the milestones that it strikes as far as dates move."""
    network = Network(fact.tasks) if isinstance(fact, Replanned) else before.network
    facts = _told(before.facts, fact)
    struck = _struck(fact, before, network)
    causes = {code: Cause(fact, (code,), date.at, None) for code, date in before.dates.items() if code not in network.tasks}
    dates = {code: date for code, date in before.dates.items() if code not in causes}
    waiting = [(network.place[code], code) for code in struck]
    heapify(waiting)
    queued = set(struck)
    while waiting:
        _, code = heappop(waiting)
        was, date = before.dates.get(code), _date(network.tasks[code], facts, dates, before.calendar)
        dates[code] = date
        if was is not None and was.at == date.at:
            continue
        causes[code] = Cause(fact, _way(code, was, date, causes, struck), was.at if was else None, date.at)
        for follower in network.followers[code]:
            if follower not in queued:
                queued.add(follower)
                heappush(waiting, (network.place[follower], follower))
    return Schedule(network, facts, before.calendar, dates), causes


def _way(
    code: str, was: Forecast | None, date: Forecast, causes: Mapping[str, Cause], struck: frozenset[str]
) -> tuple[str, ...]:
    """The milestones through which a fact has come to this one.

    A date that falls back follows the milestone that drives it now; one that comes forward has been let go by the milestone
    that drove it before. Either has moved itself, because calendars keep order."""
    if code in struck or was is None:
        return (code,)
    driver = date.because if date.at > was.at else was.because
    return (*causes[driver.what].via, code)


def _told(facts: Facts, fact: Fact) -> Facts:
    match fact:
        case Started():
            return replace(facts, start=fact.at)
        case Signed():
            return replace(facts, signed={**facts.signed, fact.code: fact.at})
        case Estimated():
            return replace(facts, days={**facts.days, fact.code: fact.days})
        case NotBefore():
            words = {source: at for source, at in facts.not_before.get(fact.code, {}).items() if source != fact.source}
            if fact.at is not None:
                words[fact.source] = fact.at
            return replace(facts, not_before={**facts.not_before, fact.code: words})
        case Replanned():
            return replace(facts, days=fact.days)
        case _:
            assert_never(fact)


def _struck(fact: Fact, before: Schedule, network: Network) -> frozenset[str]:
    """The milestones whose date a fact may change by itself, not through another."""
    match fact:
        case Started():
            return frozenset(code for code, task in network.tasks.items() if not task.after)
        case Replanned():
            old, was = before.network.tasks, before.facts.days
            return frozenset(
                code
                for code, task in network.tasks.items()
                if task != old.get(code) or fact.days.get(code, task.days) != was.get(code, old[code].days)
            )
        case _:
            return frozenset({fact.code} & network.tasks.keys())


def _date(task: Task, facts: Facts, dates: Mapping[str, Forecast], calendar: Calendar) -> Forecast:
    if task.code in facts.signed:
        return Forecast(facts.signed[task.code], Because("signed"))
    because, base = Because("start"), facts.start
    if task.after:
        driver = max(task.after, key=lambda code: dates[code].at)  # of several at one moment, the first
        because, base = Because("after", driver), dates[driver].at
    date = calendar.add_working_days(base, facts.days.get(task.code, task.days))
    for source, moment in facts.not_before.get(task.code, {}).items():
        if moment > date:
            because, date = Because("not_before", source), moment
    return Forecast(date, because)


def _at(dates: Mapping[str, Forecast], code: str) -> datetime | None:
    date = dates.get(code)
    return date.at if date else None
