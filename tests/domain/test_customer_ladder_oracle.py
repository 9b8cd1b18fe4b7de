"""The dormancy ladder against a slow recomputation, day by day over ten years, of whatever happens to a customer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.customer import DECIDER, State
from domain.customer.events import ContactRecorded, ContractSigned, CustomerActivated, KeepContactPlanned
from domain.customer.ladder import rejudged
from domain.customer.life_events import ProjectBegun, ServiceBegun, UseRecorded
from domain.messages import Event
from domain.origin import morning_of
from domain.playbook.ladder import Rung
from tests.domain.asked import PLAYBOOKS, RULES, at, classify, register
from tests.domain.scenario import World

BEGAN = date(2026, 3, 2)
DAYS = 3650
REVENUES = {
    "strategic": "2500000000",
    "vip": "2500000000",
    "other_large": "2500000000",
    "medium_vip": "500000000",
    "other_medium": "500000000",
    "small": "10000000",
    "entry": "100",
    "": "100",
}
KINDS = ("contact", "silent", "use", "begin", "lose", "win", "serve", "answer")
Happening = tuple[int, str]


@dataclass
class Oracle:
    """A customer whose state is found anew each morning from everything that is known by then."""

    value_class: str
    status: str = "potential"
    cooling: bool = False
    slept_on: date | None = None
    base: date = BEGAN
    """Registered, or awake again."""
    signs: list[date] = field(default_factory=list)
    running: bool = False
    won: bool = False
    valid_to: date | None = None
    steps: list[tuple[date, str]] = field(default_factory=list)

    @property
    def rung(self) -> Rung:
        found = RULES.customers.ladder.rung(self.value_class, "active" if self.status == "active" else "potential")
        assert found is not None
        return found

    def morning(self, day: date) -> None:
        """What is due when a day begins."""
        if self.status == "dormant" or self.running or (self.valid_to is not None and day <= self.valid_to):
            return
        quiet = max([self.base, *self.signs, *([self.valid_to + timedelta(days=1)] if self.valid_to else [])])
        if not self.cooling and self.rung.cooling.after(quiet) <= day:
            self.cooling = True
            self.steps.append((day, "CustomerCooled"))
        if self.cooling and self.rung.dormant.after(quiet) <= day:
            self.cooling, self.status = False, "dormant"
            self.steps.append((day, "CustomerWentDormant"))

    def happens(self, day: date, kind: str) -> bool:
        """What happens on a day at noon; False when that cannot happen now."""
        match kind:
            case "contact" | "use" | "answer":
                if kind == "use" and self.status == "dormant":
                    self.signs.append(day)
                    return True
                self.signs.append(day)
                self._wakes(day, "potential")
            case "begin":
                if self.running:
                    return False
                self.running, self.won = True, False
                self._wakes(day, "potential")
            case "lose":
                if not self.running or self.won:
                    return False
                self.running = False
                self.signs.append(day)
            case "win":
                if not self.running or self.won:
                    return False
                self.won, self.status = True, "active"
            case "serve":
                if not self.running or not self.won:
                    return False
                self.running, self.won = False, False
                self.signs.append(day)
                self.valid_to = max(filter(None, (self.valid_to, day + timedelta(days=365))))
            case _:
                pass  # a contact that does not count
        return True

    def _wakes(self, day: date, to: str) -> None:
        if self.cooling:
            self.cooling = False
            self.steps.append((day, "CustomerWarmed"))
        if self.status == "dormant":
            self.status, self.base = to, day
            self.steps.append((day, "CustomerReactivated"))


def facts(kind: str, moment: datetime, number: int, status: str) -> list[Event]:
    """What is recorded of it in the customer's stream."""
    project = f"P{number}"
    contact: dict[str, Any] = {"occurred_at": moment, "channel": "message", "summary": "x", "next_contact_on": None}
    match kind:
        case "contact" | "answer":
            return [ContactRecorded(**contact, answered=True, effective=True)]
        case "silent":
            return [ContactRecorded(**contact, answered=False, effective=False)]
        case "use":
            return [UseRecorded(occurred_at=moment, product="NC")]
        case "begin":
            return [ProjectBegun(occurred_at=moment, project=project)]
        case "lose":
            return [KeepContactPlanned(occurred_at=moment, project=project, on=date(2200, 1, 1))]
        case "win":
            signed: list[Event] = [ContractSigned(occurred_at=moment, project=project)]
            return [*signed, CustomerActivated(occurred_at=moment, project=project)] if status == "potential" else signed
        case _:
            ends_on = moment.date() + timedelta(days=365)
            return [ServiceBegun(occurred_at=moment, project=project, period=1, ends_on=ends_on)]


STEPS = ("CustomerCooled", "CustomerWarmed", "CustomerWentDormant", "CustomerReactivated")


def lived(value_class: str, happenings: list[Happening]) -> tuple[State, list[tuple[date, str]], Oracle]:
    """The same life twice: through the decider's own functions, and day by day."""
    world = World(now=at("2026-03-02 10:00")).tell(register(revenue=REVENUES[value_class]))
    if value_class:
        world.take(classify(value_class))
    state: State = world.state("customer-C1")
    oracle, seen, number = Oracle(value_class), list[tuple[date, str]](), 1
    by_day: dict[int, list[str]] = {}
    for on, kind in happenings:
        by_day.setdefault(on, []).append(kind)

    def record(events: list[Event]) -> None:
        nonlocal state
        state = DECIDER.fold(events, state)
        zone = at("2026-03-02").tzinfo
        seen.extend((one.occurred_at.astimezone(zone).date(), one.type) for one in events if one.type in STEPS)

    for index in range(1, DAYS):
        day = BEGAN + timedelta(days=index)
        oracle.morning(day)
        for kind in by_day.get(index, ()):
            moment = morning_of(day, RULES.calendar) + timedelta(hours=12)
            if not oracle.happens(day, kind):
                continue
            number += kind == "begin"
            record(DECIDER.judge(state, moment, PLAYBOOKS)[0])
            record(facts(kind, moment, number, state.status))
            record(rejudged(state, RULES, moment))
    record(DECIDER.judge(state, morning_of(BEGAN + timedelta(days=DAYS - 1), RULES.calendar), PLAYBOOKS)[0])
    return state, seen, oracle


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(REVENUES)),
    st.lists(st.tuples(st.integers(1, DAYS - 1), st.sampled_from(KINDS)), max_size=14).map(sorted),
)
def test_the_ladder_equals_a_day_by_day_recomputation_whatever_happens(value_class: str, happenings: list[Happening]) -> None:
    state, seen, oracle = lived(value_class, happenings)
    assert seen == oracle.steps
    assert (state.status, state.cooling) == (oracle.status, oracle.cooling)


def test_ten_years_of_weekly_contacts_leave_a_small_state_and_no_debts() -> None:
    world = World(now=at("2026-03-02 10:00")).tell(register(), classify())
    state: State = world.state("customer-C1")
    names = set()
    for week in range(520):
        moment = at("2026-03-02 10:00") + timedelta(weeks=week)
        contact = ContactRecorded(occurred_at=moment, channel="call", summary="x", next_contact_on=None, answered=True)
        state = DECIDER.fold([contact], state)
        assert rejudged(state, RULES, moment) == []
        clock = DECIDER.next_clock(state, PLAYBOOKS)
        assert clock is not None
        assert clock.name not in names
        names.add(clock.name)
    assert (state.contacts, state.life.running, state.life.contracts) == (520, {}, {})
    assert DECIDER.owes(state) == []


def test_the_oracle_sees_what_it_is_for() -> None:
    """A life with each step of the ladder in it."""
    happenings = [(200, "contact"), (1000, "answer"), (1100, "begin"), (1200, "win"), (1300, "serve")]
    state, seen, oracle = lived("vip", happenings)
    assert {name for _, name in seen} == set(STEPS)
    assert seen == oracle.steps
    names = [name for _, name in seen]
    assert (state.life.coolings, state.life.dormancies) == (names.count("CustomerCooled"), names.count("CustomerWentDormant"))
