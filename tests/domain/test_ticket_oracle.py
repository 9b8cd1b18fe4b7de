"""The clocks of a ticket against an oracle that looks at every minute.

The oracle knows nothing of due times: it walks through the minutes, counts those that are worked while the clocks run, and
writes down when a share of a target is used up. It looks the worked minutes up as the oracle of the calendars does."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

from hypothesis import given as with_examples
from hypothesis import settings
from hypothesis import strategies as st

from domain.messages import SYSTEM, Command
from domain.moving import MovePlaybook
from domain.playbook import Playbook, Playbooks, Rung, Target, Window
from domain.ticket import (
    AcknowledgeTicket,
    OverridePriority,
    PauseTicket,
    Priority,
    RedateTargets,
    ReopenTicket,
    ResolveTicket,
    ResumeTicket,
    TargetBreached,
    TargetEscalated,
    TargetsRedated,
    TargetWarned,
    verdicts,
)
from tests.domain.asked import RULES, SUPPORT, classify, judge, open_ticket, register
from tests.domain.scenario import World, fold_again
from tests.domain.test_calendars import ALWAYS, BAVARIA, CN, DE, NIGHT_SHIFT, TURNS, US, looked_up, works_on

T = "ticket-T1"
MINUTE = timedelta(minutes=1)
CALENDARS = {"china": CN, "germany": DE, "bavaria": BAVARIA, "america": US, "nights": NIGHT_SHIFT, "always": ALWAYS}
CLASS_RANK: tuple[Priority, ...] = ("P1", "P2", "P3", "P4")
NAME = RULES.name


# --- rules ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rules:
    """What both the playbook and the oracle are made of."""

    service: str
    working: str
    budgets: tuple[tuple[int, int], ...]
    """Minutes to respond and to resolve, of P1 to P4."""
    gold: tuple[int, int]
    """Those of every priority under the service level gold."""
    windows: tuple[Window, ...]
    warn_at: tuple[int, ...] = (70, 90)
    escalate_at: int = 110

    def minutes(self, priority: str, level: str) -> tuple[int, int]:
        """The minutes that there are."""
        return self.gold if level == "gold" else self.budgets[CLASS_RANK.index(priority)]

    def playbook(self, version: str) -> Playbook:
        """The standard playbook with these rules of support."""
        rows = [Target(code=code, respond=a, resolve=b) for code, (a, b) in zip(CLASS_RANK, self.budgets, strict=True)]
        gold = [Target(code=code, respond=self.gold[0], resolve=self.gold[1], level="gold") for code in CLASS_RANK]
        support = RULES.support.model_copy(
            update={
                "targets": (*rows, *gold),
                "windows": self.windows,
                "warn_at": self.warn_at,
                "escalate_at": self.escalate_at,
                "hierarchy": (Rung(percent=90, role="manager"), Rung(percent=110, role="executive")),
                "default_calendar": self.service,
                "service_calendars": (),
                "close_after": 9_999,
                "priority_by": (),
                "done_by": {},
            }
        )
        update = {
            "version": version,
            "calendars": CALENDARS,
            "working_calendar": self.working,
            "unit_calendars": (),
            "support": support,
        }
        return RULES.model_copy(update=update)


a_window = st.builds(
    Window,
    code=st.sampled_from(["close", "early"]),
    name=st.just(NAME),
    kind=st.just("month_end_close"),
    working_days_before=st.integers(0, 3),
    working_days_after=st.integers(1, 4),
    raises=st.integers(1, 2),
    priorities=st.sampled_from([(), ("P3", "P4"), ("P2",)]),
    afterwards=st.sampled_from(["back", "back", "stays"]),
) | st.builds(
    Window,
    code=st.just("payroll"),
    name=st.just(NAME),
    kind=st.just("days_of_month"),
    days_of_month=st.sampled_from([(10,), (15, 31), (1, 20)]),
    day_off=st.sampled_from(["before", "after", "same"]),
    working_days_before=st.integers(0, 1),
    raises=st.integers(1, 3),
)
some_windows = st.lists(a_window, max_size=2, unique_by=lambda window: window.code).map(tuple)
some_budgets = st.tuples(*[st.tuples(st.integers(1, 90 * n), st.integers(2, 300 * n)) for n in (1, 2, 3, 4)])
some_rules = st.builds(
    Rules,
    service=st.sampled_from(list(CALENDARS)),
    working=st.sampled_from(["china", "germany", "america"]),
    budgets=some_budgets,
    gold=st.tuples(st.integers(1, 60), st.integers(2, 240)),
    windows=some_windows,
    warn_at=st.sampled_from([(70, 90), (33, 70, 90), (50,)]),
    escalate_at=st.sampled_from([110, 133]),
)


# --- what is done ---------------------------------------------------------------------------------------------------------

Verb = Literal["acknowledge", "pause", "resume", "resolve", "reopen", "override", "level", "move", "judge"]


@dataclass(frozen=True)
class Act:
    """Something that is done, so many seconds after what was done before."""

    gap: int
    verb: Verb
    what: str = ""


some_acts = st.lists(
    st.builds(
        Act,
        gap=st.integers(0, 900) | st.integers(0, 86_400) | st.integers(0, 2 * 1440).map(lambda minutes: minutes * 60),
        verb=st.sampled_from(
            ["acknowledge", "pause", "resume", "pause", "resume", "resolve", "reopen", "override", "level", "move", "judge"]
        ),
        what=st.sampled_from(["customer", "customer", "vendor", "problem", "evidence"]),
    ),
    max_size=10,
)


def asked(act: Act, what: str, at: datetime) -> Command:
    fields: dict[str, Any] = {"ticket": "T1", "actor": SUPPORT, "occurred_at": at}
    match act.verb:
        case "acknowledge":
            return AcknowledgeTicket(**fields)
        case "pause":
            return PauseTicket.model_validate({"waiting_for": what, "reason": "waits", **fields})
        case "resume":
            return ResumeTicket(**fields)
        case "resolve":
            return ResolveTicket(solution="done", **fields)
        case "reopen":
            return ReopenTicket(reason="again", **fields)
        case "override":
            approved = {"reason": "seen", "approver": "m1", "approver_role": "manager"}
            return OverridePriority.model_validate({"priority": what, **approved, **fields})
        case "level":
            fields["actor"] = SYSTEM
            return RedateTargets(level=what, in_service=True, cause="another level", **fields)
        case "move":
            return MovePlaybook(to=f"standard@{what}", reason="policy", **fields)
        case "judge":
            return judge(T)


# --- the oracle -----------------------------------------------------------------------------------------------------------


@cache
def days_of(window: Window, working: str, year: int, month: int) -> tuple[tuple[date, date], ...]:
    """First and last day of the window in a month, found by looking at one date after the other."""
    calendar = CALENDARS[working]
    first = date(year, month, 1)
    after = date(year + month // 12, month % 12 + 1, 1)
    days = [first + timedelta(days=n) for n in range((after - first).days)]

    def near(day: date, number: int) -> date:
        while number:
            day += timedelta(days=1 if number > 0 else -1)
            number -= works_on(calendar, day) * (1 if number > 0 else -1)
        return day

    if window.kind == "month_end_close":
        begins = near(after, -window.working_days_before) if window.working_days_before else near(after - timedelta(days=1), 1)
        return ((begins, near(after - timedelta(days=1), window.working_days_after)),)
    found: dict[date, date] = {}
    for number in window.days_of_month:
        day = days[min(number, len(days)) - 1]
        if not works_on(calendar, day) and window.day_off != "same":
            day = near(day, -1 if window.day_off == "before" else 1)
        begins = near(day, -window.working_days_before)
        found[begins] = max(day, found.get(begins, day))
    return tuple(found.items())


@cache
def windows_on(windows: tuple[Window, ...], working: str, day: date) -> tuple[tuple[Window, date], ...]:
    """The windows in force on a local date, each with its first day."""
    around = {
        ((day.year * 12 + day.month - 1 + n) // 12, (day.year * 12 + day.month - 1 + n) % 12 + 1) for n in (-2, -1, 0, 1, 2)
    }
    return tuple(
        (window, first)
        for window in windows
        for year, month in sorted(around)
        for first, last in days_of(window, working, year, month)
        if first <= day <= last
    )


@dataclass
class Oracle:
    """A ticket whose clocks are counted minute by minute."""

    versions: dict[str, Rules]
    version: str
    base: str
    now: datetime
    level: str = ""
    kept: str = ""
    priority: str = ""
    budgets: tuple[int, int] = (0, 0)
    used: dict[str, timedelta] = field(default_factory=lambda: {"respond": timedelta(0), "resolve": timedelta(0)})
    acknowledged: bool = False
    waiting: str = ""
    resolved: bool = False
    aside: set[tuple[str, date]] = field(default_factory=set)
    facts: list[tuple[str, str, int, datetime]] = field(default_factory=list)
    raised: list[tuple[str, datetime]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.priority, self.kept = self.by_windows()
        self.budgets = self.rules.minutes(self.priority, self.level)

    @property
    def rules(self) -> Rules:
        return self.versions[self.version]

    @property
    def running(self) -> bool:
        return not self.resolved and self.waiting != "customer"

    def in_force(self) -> tuple[tuple[Window, date], ...]:
        zone = ZoneInfo(CALENDARS[self.rules.working].time_zone)
        return windows_on(self.rules.windows, self.rules.working, self.now.astimezone(zone).date())

    def by_windows(self) -> tuple[str, str]:
        best, stays = self.base, False
        for window, first in self.in_force():
            if (window.code, first) not in self.aside and (not window.priorities or self.base in window.priorities):
                raised = CLASS_RANK[max(CLASS_RANK.index(self.base) - window.raises, 0)]
                if raised < best:
                    best, stays = raised, window.afterwards == "stays"
        if self.kept and self.kept <= best:
            return self.kept, self.kept
        return best, best if stays else self.kept

    def to_come(self) -> list[tuple[str, int]]:
        """What is still to be recorded of the targets that are to be met."""
        done = {(target, percent) for target, _, percent, _ in self.facts}
        missed = {target for target, what, _, _ in self.facts if what == "breached"}
        wanted = []
        for target in ("respond", "resolve"):
            if target == "respond" and self.acknowledged:
                continue
            warnings = () if target in missed else self.rules.warn_at
            last = () if any(one[:2] == (target, "escalated") for one in self.facts) else (self.rules.escalate_at,)
            wanted += [(target, percent) for percent in (*warnings, 100, *last) if (target, percent) not in done]
        return wanted

    def record(self, since: datetime, worked: timedelta, before: dict[str, timedelta]) -> None:
        """Write down what was used up while `worked` went by from `since` on."""
        found = []
        for target, percent in self.to_come():
            budget = self.budgets[0 if target == "respond" else 1]
            share = timedelta(seconds=budget * 60) * percent / 100
            if share <= before[target] + worked:
                at = since + max(share - before[target], timedelta(0))
                what = "breached" if percent == 100 else "escalated" if percent == self.rules.escalate_at else "warned"
                found.append((target, what, percent, at))
        self.facts += found

    def walk(self, until: datetime) -> None:
        """Let time go by, minute by minute."""
        self.settle()
        while self.now < until:
            end = min(self.now.replace(second=0, microsecond=0) + MINUTE, until)
            if self.running:
                worked = end - self.now if looked_up(CALENDARS[self.rules.service], self.now) else timedelta(0)
                before = dict(self.used)
                for target in ("respond", "resolve"):
                    if not (target == "respond" and self.acknowledged):
                        self.used[target] += worked
                if worked:
                    self.record(self.now, worked, before)
            self.now = end
            self.settle()

    def settle(self) -> None:
        """What is so at this very moment."""
        if not self.running:
            return
        self.record(self.now, timedelta(0), self.used)
        priority, kept = self.by_windows()
        if priority != self.priority and self.to_come():
            self.raised.append((priority, self.now))
            self.priority, self.kept = priority, kept
            self.count_anew()

    def count_anew(self) -> None:
        self.budgets = self.rules.minutes(self.priority, self.level)
        if self.running:
            self.record(self.now, timedelta(0), self.used)

    def again(self) -> None:
        self.priority, self.kept = self.by_windows()
        self.count_anew()

    def does(self, act: Act) -> str | None:
        """Do it, if it can be done now: what the command says of it; None if it cannot."""
        match act.verb:
            case "acknowledge" if not (self.acknowledged or self.resolved):
                self.acknowledged = True
            case "pause" if not (self.waiting or self.resolved):
                self.waiting = act.what
                return act.what
            case "resume" if self.waiting:
                self.waiting = ""
            case "resolve" if not self.resolved:
                self.waiting, self.acknowledged, self.resolved = "", True, True
            case "reopen" if self.resolved:
                self.resolved = False
            case "override" if not self.resolved:
                others = [one for one in CLASS_RANK if one != self.base]
                self.base, self.kept = others[act.gap % 3], ""
                self.aside |= {(window.code, first) for window, first in self.in_force()}
                self.again()
                return self.base
            case "level":
                self.level = "" if self.level else "gold"
                self.again()
                return self.level
            case "move":
                self.version = "1" if self.version == "2" else "2"
                self.again()
                return self.version
            case "judge":
                pass
            case _:
                return None
        return ""


# --- the promise ----------------------------------------------------------------------------------------------------------


def recorded(world: World) -> list[tuple[str, str, int, datetime]]:
    found: list[tuple[str, str, int, datetime]] = []
    for event in world.events[T]:
        match event:
            case TargetWarned():
                found.append((event.target, "warned", event.percent, event.occurred_at))
            case TargetBreached():
                found.append((event.target, "breached", 100, event.occurred_at))
            case TargetEscalated():
                found.append((event.target, "escalated", event.percent, event.occurred_at))
            case _:
                pass
    return found


def opened(rules: Rules, other: Rules, start: datetime, grade: str) -> tuple[World, Oracle]:
    playbooks = Playbooks([rules.playbook("2"), other.playbook("1")])
    world = World(now=start, playbooks=playbooks).tell(register(), classify("other_large"))
    world.tell(open_ticket(impact=grade, urgency=grade))
    base = {"high": "P1", "medium": "P3", "low": "P4"}[grade]
    return world, Oracle(versions={"2": rules, "1": other}, version="2", base=base, now=start.astimezone(UTC))


MONTH_ENDS = (
    datetime(2026, 1, 28, tzinfo=UTC),  # the 31st is a Saturday
    datetime(2026, 5, 27, tzinfo=UTC),  # the 31st is a Sunday
    datetime(2026, 2, 9, tzinfo=UTC),  # wages before Spring Festival
    datetime(2026, 9, 28, tzinfo=UTC),  # the close before National Day goes on after it
)
a_beginning = st.builds(
    lambda turn, seconds: turn + timedelta(seconds=seconds),
    st.sampled_from((*MONTH_ENDS, *TURNS)),
    st.integers(0, 6 * 86_400),
)


def agrees(rules: Rules, other: Rules, start: datetime, grade: str, acts: list[Act], days: int = 4) -> None:
    """Does in the world what is done in the oracle, and finds every fact and every second of both alike."""
    world, oracle = opened(rules, other, start, grade)
    moment = oracle.now
    for act in acts:
        moment += timedelta(seconds=act.gap)
        oracle.walk(moment)
        what = oracle.does(act)
        if what is not None:
            world.tell(moment, asked(act, what, moment))
        state = world.state(T)
        calendar = CALENDARS[oracle.rules.service]
        used = state.spent.resolve
        if state.running_since is not None:
            used += calendar.working_time_between(state.running_since, moment).total_seconds()
        assert timedelta(seconds=used) == oracle.used["resolve"]
    moment += timedelta(days=days)
    oracle.walk(moment)
    world.tell(moment, judge(T))

    assert sorted(recorded(world)) == sorted(oracle.facts)
    assert len({(target, percent) for target, _, percent, _ in recorded(world)}) == len(recorded(world))
    raised = [event for event in world.events[T] if isinstance(event, TargetsRedated) and event.cause.startswith("window")]
    assert [(event.priority, event.occurred_at) for event in raised] == oracle.raised
    state = world.state(T)
    assert (state.priority, state.base_priority) == (oracle.priority, oracle.base)
    assert fold_again(world, T) == state
    for verdict in verdicts(state):
        assert verdict.budget == oracle.budgets[0 if verdict.target == "respond" else 1] * 60


some_grade = st.sampled_from(["high", "medium", "low"])


@settings(max_examples=60, deadline=None)
@with_examples(rules=some_rules, other=some_rules, start=a_beginning, grade=some_grade, acts=some_acts)
def test_every_warning_breach_and_escalation_comes_once_at_the_second_that_the_oracle_sees(
    rules: Rules, other: Rules, start: datetime, grade: str, acts: list[Act]
) -> None:
    agrees(rules, other, start, grade, acts)


around_month_ends = st.builds(
    lambda turn, seconds: turn + timedelta(seconds=seconds), st.sampled_from(MONTH_ENDS), st.integers(0, 3 * 86_400)
)
rules_with_windows = st.builds(
    Rules,
    service=st.sampled_from(["china", "germany", "always"]),
    working=st.sampled_from(["china", "germany", "america"]),
    budgets=st.tuples(*[st.tuples(st.integers(1, 90 * n), st.integers(600 * n, 1200 * n)) for n in (1, 2, 3, 4)]),
    gold=st.tuples(st.integers(1, 60), st.integers(300, 1200)),
    windows=st.lists(a_window, min_size=1, max_size=2, unique_by=lambda window: window.code).map(tuple),
)


@settings(max_examples=60, deadline=None)
@with_examples(
    rules=rules_with_windows,
    other=rules_with_windows,
    start=around_month_ends,
    grade=st.sampled_from(["medium", "low"]),
    acts=some_acts.map(lambda acts: acts[:5]),
)
def test_windows_raise_a_ticket_at_the_very_moment_and_once_each(
    rules: Rules, other: Rules, start: datetime, grade: str, acts: list[Act]
) -> None:
    agrees(rules, other, start, grade, acts, days=9)


@settings(max_examples=25, deadline=None)
@with_examples(rules=some_rules, start=a_beginning, acts=some_acts, looks=st.lists(st.integers(0, 14 * 86_400), max_size=6))
def test_it_does_not_matter_when_somebody_looks_at_the_clocks(
    rules: Rules, start: datetime, acts: list[Act], looks: list[int]
) -> None:
    seldom, often = (opened(rules, rules, start, "medium") for _ in range(2))
    lives = []
    for (world, oracle), extra in ((seldom, []), (often, looks)):
        moment, asked_at = oracle.now, sorted(oracle.now + timedelta(seconds=look) for look in extra)
        for act in acts:
            moment += timedelta(seconds=act.gap)
            for look in [one for one in asked_at if one <= moment]:
                world.tell(look, judge(T))
            asked_at = [one for one in asked_at if one > moment]
            what = oracle.does(act)
            if what is not None and act.verb != "move":
                world.tell(moment, asked(act, what, moment))
        world.tell(moment + timedelta(days=20), judge(T))
        lives.append([event.model_dump() for event in world.events[T]])
    assert lives[0] == lives[1]
