"""Lives of customers for measuring: led through the real command handler, each clock judged at its moment, so that every event,
decision and read-model row is one that the system itself would have made."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from activities.commands import CommandHandler
from activities.shapes import Owed, Request
from activities.states import States
from benchmarks import lifecycle
from domain.catalogue import COMMANDS
from domain.clocks import JudgeClocks
from domain.messages import SYSTEM, Command, own_id
from domain.parsing import parse
from domain.playbook import Playbooks
from eventstore.memory import MemoryStore
from eventstore.port import Decision, StoredEvent
from projections.rows import rows
from runtime.composition import CODEC

CUSTOMER = "Cq0q0q0q"
"""Stands for the customer's id, and with a letter behind it for those of its projects and tickets."""
MARK = CUSTOMER[1:]
OWNER, INDUSTRY, REGION, NAME = "uq1q1q1q", "iq2q2q2q", "rq3q3q3q", "nq4q4q4q"
"""Stand for what changes no decision: who owns it, its industry, region and name."""
UNITS = ("north", "east", "south", "key-accounts")
REVENUES = {
    "strategic": "9000000000",
    "vip": "4000000000",
    "other_large": "2500000000",
    "medium_vip": "900000000",
    "other_medium": "300000000",
    "small": "40000000",
    "entry": "2000000",
}
SHARES = {"strategic": 1, "vip": 3, "other_large": 6, "medium_vip": 10, "other_medium": 20, "small": 30, "entry": 30}
"""Of a hundred customers, how many are of a class."""
KINDS = {"known": 82, "selling": 12, "building": 3, "supported": 2, "twice": 1}
"""Of a hundred customers: only known; with a deal open or lost; won and being built; in support; with more than one project."""
PLANNED = 0.15
"""Of the customers, how many have a plan."""
CATEGORIES = ("commit", "best_case", "pipeline")
CHANNELS = ("visit", "call", "meeting", "message", "event")


@dataclass(frozen=True, slots=True)
class Life:
    """What one life has left in the store."""

    events: Sequence[StoredEvent]
    decisions: Sequence[Decision]
    rows: Mapping[str, Sequence[dict[str, Any]]]


class Leading:
    """A company of one customer in memory; time goes on with what is asked."""

    def __init__(self, playbooks: Playbooks, begins: datetime, ends: datetime) -> None:
        self.now, self.ends, self.playbooks = begins, ends, playbooks
        self._store = MemoryStore()
        self._streams: dict[str, datetime | None] = {}
        self._settled: set[str] = set()
        self._names: dict[str, str] = {}
        self._states = States(self._store, CODEC)
        self._handler = CommandHandler(self._store, CODEC, rows, self._shelf, lambda: self.now)
        self._numbers: dict[str, int] = defaultdict(int)

    async def ask(self, written: dict[str, Any], days: float) -> bool:
        """Ask for something so many days later; False when the business says no or the time is over."""
        at = self.now + timedelta(days=days)
        if at >= self.ends:
            return False
        await self.wait_until(at)
        self._numbers["command"] += 1
        return await self._take(parse({**written, "command_id": f"c{self._numbers['command']}"}))

    async def wait_until(self, moment: datetime) -> None:
        """Let time pass: every clock that runs out is judged at its moment."""
        while due := [(at, stream) for stream, at in self._streams.items() if at is not None and at <= moment]:
            at, stream = min(due)
            self.now = max(self.now, at)
            await self._take(JudgeClocks(of=stream, command_id=own_id(self._names[stream]), actor=SYSTEM))
        self.now = moment

    async def left(self) -> Life:
        """What is in the store at the end."""
        await self.wait_until(self.ends)
        found = {table: list(kept.values()) for table, kept in self._store._rows.items() if kept}
        return Life(await self._store.read_all(0, 1_000_000), self._store._decisions, found)

    async def _take(self, command: Command) -> bool:
        written = command.model_dump(mode="json", exclude_none=True)
        answer = await self._handler.respond(Request(stream=command.stream, now=self.now, command=written))
        standing = answer.standing
        deadline = standing.deadline if not standing.closed else None
        repeats = deadline is not None and deadline.at <= self.now and not answer.events and answer.refusal is None
        self._streams[command.stream] = deadline.at if deadline is not None and not repeats else None
        self._names[command.stream] = deadline.name if deadline is not None else ""
        await self._settle(standing.owed)
        return answer.refusal is None

    async def _settle(self, owed: Sequence[Owed]) -> None:
        for one in owed:
            if one.id not in self._settled:
                self._settled.add(one.id)
                await self._take(COMMANDS[str(one.command["command"])].model_validate(one.command))

    async def _shelf(self) -> Playbooks:
        return self.playbooks


async def life(playbooks: Playbooks, number: int, ends: datetime) -> Life:
    """The life of that number: the same one for the same number, playbooks and end."""
    chance = random.Random(number)
    value_class = chance.choices(list(SHARES), list(SHARES.values()))[0]
    kind = chance.choices(list(KINDS), list(KINDS.values()))[0]
    begins = ends - timedelta(days=chance.uniform(30, 3000), hours=chance.uniform(0, 9))
    led = Leading(playbooks, begins, ends)
    for written in _known(value_class, chance):
        await led.ask(written, chance.uniform(0.01, 3))
    if chance.random() < PLANNED:
        for written in _plan(led, chance):
            await led.ask(written, chance.uniform(0.01, 5))
    if kind == "known":
        for _ in range(chance.choice((0, 0, 1, 1, 2, 3, 5))):
            await led.ask(_contact(chance, led), chance.uniform(5, 200))
        return await led.left()
    for project in ("a", "b") if kind == "twice" else ("a",):
        await _project(led, f"P{MARK}{project}", kind, chance)
        if chance.random() < 0.5:
            await led.ask(_contact(chance, led), chance.uniform(5, 100))
    return await led.left()


async def _project(led: Leading, project: str, kind: str, chance: random.Random) -> None:
    """A project, as far as its kind goes: open, lost, shelved, won; its commands come at irregular intervals."""
    playbook = led.playbooks.latest()
    scale = Decimal(chance.randrange(2, 60)) / 20
    script = list(lifecycle.lifecycle(playbook, CUSTOMER, project, led.now.date(), chance.choice((0, 0, 1)), together=True))
    script = [one for one in script if one["command"] not in ("RegisterCustomer", "ClassifyCustomer")]
    if kind == "selling":
        selling = [one for one in script if one["command"] in ("OpenProject", "RecordEvidence", "QuotePrice")]
        script = selling[: chance.randrange(1, len(selling))]
    elif kind == "building":
        script = script[: chance.randrange(10, max(11, len(script) - 8))]
    for number, written in enumerate(script):
        if number in (2, 5):
            await led.ask(_forecast(led, project, chance), chance.uniform(0.1, 2))
        if not await led.ask(_scaled(_dated(written, led), scale), chance.uniform(0.2, 9)):
            return
    lost = kind == "selling" and chance.random() < 0.4
    if lost:
        await led.ask(
            {"command": "LoseDeal", "project": project, "reason": "price", "actor": lifecycle._actor("sales")},
            chance.uniform(5, 90),
        )


def _known(value_class: str, chance: random.Random) -> Iterator[dict[str, Any]]:
    unit = chance.choice(UNITS)
    register, classify, _ = lifecycle.opening(CUSTOMER, f"P{MARK}a")
    revenue = {"amount": REVENUES[value_class], "currency": "CNY"}
    told = {"name": NAME, "industry": INDUSTRY, "region": REGION, "owner": OWNER, "owner_unit": unit, "revenue": revenue}
    yield register | told
    if chance.random() < 0.9:
        yield classify | {"value_class": value_class}


def _contact(chance: random.Random, led: Leading) -> dict[str, Any]:
    channel = chance.choice(CHANNELS)
    return {
        "command": "RecordContact",
        "customer": CUSTOMER,
        "channel": channel,
        "summary": "talked",
        "actor": lifecycle._actor("sales"),
    }


def _forecast(led: Leading, project: str, chance: random.Random) -> dict[str, Any]:
    return {
        "command": "ForecastDeal",
        "project": project,
        "expected_on": (led.now + timedelta(days=chance.randrange(20, 200))).date().isoformat(),
        "category": chance.choice(CATEGORIES),
        "reason": "talked",
        "actor": lifecycle._actor("sales"),
    }


def _plan(led: Leading, chance: random.Random) -> Iterator[dict[str, Any]]:
    """A customer plan of this year, with two targets and an action."""
    year = led.now.year
    plan = {"plan": f"L{MARK}", "actor": lifecycle._actor("sales")}
    period = {"starts_on": f"{year}-01-01", "ends_on": f"{year}-12-31"}
    about = {"kind": "customer", "name": NAME, "customer": CUSTOMER, "owner": OWNER, "owner_unit": chance.choice(UNITS)}
    yield {"command": "SetPlan", **plan, **about, **period}
    for measure in ("won", "collected"):
        amount = {"amount": str(chance.randrange(1, 40) * 100_000), "currency": "CNY"}
        yield {"command": "SetTarget", **plan, "period": str(year), "measure": measure, "amount": amount}
    due = (led.now + timedelta(days=chance.randrange(10, 300))).date()
    if due.year == year:
        yield {"command": "AddAction", **plan, "what": "visit the board", "due_on": due.isoformat()}


def _dated(written: dict[str, Any], led: Leading) -> dict[str, Any]:
    """A service contract begins when support does."""
    if "service_contract" not in written and "ends_on" not in written:
        return written
    today = led.now.date()
    if "ends_on" in written:
        return {**written, "ends_on": (today + timedelta(days=730)).isoformat()}
    contract = {**written["service_contract"], "starts_on": today.isoformat()}
    return {**written, "service_contract": {**contract, "ends_on": (today + timedelta(days=365)).isoformat()}}


def _scaled(written: dict[str, Any], scale: Decimal) -> dict[str, Any]:
    def scaled(value: Any) -> Any:
        if isinstance(value, dict):
            if set(value) == {"amount", "currency"}:
                return {**value, "amount": str((Decimal(value["amount"]) * scale).quantize(Decimal("0.01")))}
            return {key: scaled(one) for key, one in value.items()}
        return [scaled(one) for one in value] if isinstance(value, list) else value

    return {**scaled(written), "command": written["command"]}


def ended(moment: datetime) -> datetime:
    """Midnight of that day: as of then all lives are told."""
    return datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
