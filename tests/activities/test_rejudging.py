"""A policy change for everybody: each customer is decided on alone, once, whatever happens in the middle."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from temporalio.service import RPCError, RPCStatusCode

from activities.commands import CommandHandler
from activities.rejudging import AT_ONCE, Page, PageAsked, PolicyChange, Rejudging, WakeAsked
from activities.shapes import Request
from domain.clocks import JudgeClocks
from domain.messages import Actor, ActorKind, Command
from domain.playbook import Playbook, Playbooks
from eventstore.memory import MemoryStore
from eventstore.port import Append, StoredEvent, StoreUnavailableError, WrongVersionError
from history.reevaluating import reevaluate
from projections.rows import rows
from runtime.composition import CODEC
from runtime.rejudging import prospect
from tests.domain.asked import MONDAY, RULES, classify, contact, register

OLD = f"standard@{RULES.version}"
NEW = "standard@2099.1"
MANAGER = Actor(kind=ActorKind.PERSON, id="m1", role="manager")
CHANGED = MONDAY + timedelta(days=85)
"""Seven days before a VIP who was met on Monday cools by the old rules, and long after that by the new ones."""


def shorter(playbook: Playbook, version: str = "2099.1") -> Playbook:
    """The same rules with a ladder on which everybody cools and falls asleep a month sooner."""
    written = playbook.model_dump(mode="json", include=playbook.model_fields_set)
    for row in written["customers"]["ladder"]["steps"]:
        for step in (row[state][name] for state in ("active", "potential") for name in ("cooling", "dormant")):
            step["months"] -= 1
    return Playbook.model_validate({**written, "version": version})


class Office:
    """A store with customers, and the one who moves them."""

    def __init__(self, store: MemoryStore | None = None) -> None:
        self.store, self.now, self.woken = store or MemoryStore(), MONDAY, list[str]()
        self.playbooks = Playbooks([RULES, shorter(RULES)])
        self.handler = CommandHandler(self.store, CODEC, rows, self._shelf, lambda: self.now)
        self._older = Playbooks([RULES])
        self.changed, self.asleep = False, set[str]()
        self.broken: dict[str, Exception] = {}

    async def _shelf(self) -> Playbooks:
        return self.playbooks if self.changed else self._older

    async def ask(self, command: Command) -> None:
        written = command.model_copy(update={"command_id": command.command_id or f"c-{await self.count()}"})
        request = Request(stream=command.stream, now=self.now, command=written.model_dump(mode="json", exclude_none=True))
        answer = await self.handler.respond(request)
        assert answer.refusal is None, answer.refusal

    async def customers(self, *ids: str) -> None:
        for one in ids:
            await self.ask(register(one))
            await self.ask(classify("vip", one))

    async def count(self) -> int:
        return len(await self.store.read_all(0, 100_000))

    async def move(self, after: str = "", **fields: Any) -> Page:
        self.changed, self.now = True, max(self.now, CHANGED)
        given: dict[str, Any] = {"to": NEW, "reason": "shorter terms", "actor": MANAGER, "since": CHANGED} | fields
        change = PolicyChange(**given)
        rejudging = Rejudging(self.store, CODEC, self.handler, self._wake, self._running)
        return await rejudging.rejudge(PageAsked(change=change, after=after))

    async def types(self, customer: str) -> list[str]:
        return [event.type for event in await self.store.read(f"customer-{customer}")]

    async def wake(self, *streams: str, rate: float = 10_000) -> int:
        change = PolicyChange(to=NEW, reason="shorter terms", actor=MANAGER, since=CHANGED, rate=rate)
        rejudging = Rejudging(self.store, CODEC, self.handler, self._wake, self._running)
        return await rejudging.wake(WakeAsked(change=change, streams=streams))

    async def _wake(self, command: JudgeClocks) -> bool:
        self.woken.append(command.stream)
        await asyncio.sleep(0)
        if command.stream in self.broken:
            raise self.broken[command.stream]
        return command.stream not in self.asleep

    async def _running(self) -> int:
        return 1


async def test_everybody_goes_over_and_what_is_true_by_the_new_rules_is_recorded_with_its_moment() -> None:
    office = Office()
    await office.customers("C1", "C2")
    office.now = MONDAY + timedelta(days=60)
    await office.ask(contact(customer="C2"))
    page = await office.move()
    assert (page.counts.seen, page.counts.moved, page.after) == (2, 2, None)
    assert await office.types("C1") == ["CustomerRegistered", "CustomerClassified", "PlaybookMoved", "CustomerCooled"]
    assert await office.types("C2") == ["CustomerRegistered", "CustomerClassified", "ContactRecorded", "PlaybookMoved"]
    cooled = (await office.store.read("customer-C1"))[-1]
    assert cooled.occurred_at == CHANGED
    assert page.counts.became == {"potential → cooling": 1}


async def test_only_those_are_named_whose_next_clock_comes_sooner_than_their_workflow_knows() -> None:
    office = Office()
    await office.customers("C1", "C2")
    office.now = MONDAY + timedelta(days=60)
    await office.ask(contact(customer="C2"))
    page = await office.move()
    [(stream, moment)] = [one for one in page.wake if one[0] == "customer-C2"]
    assert stream == "customer-C2"
    assert CHANGED < datetime.fromtimestamp(moment, tz=CHANGED.tzinfo) < MONDAY + timedelta(days=60 + 92)


async def test_a_page_that_is_asked_for_again_changes_nothing_and_names_the_same_ones() -> None:
    office = Office()
    await office.customers("C1", "C2", "C3")
    first = await office.move()
    stands = await office.count()
    again = await office.move()
    assert await office.count() == stands
    assert (again.counts.moved, again.wake) == (first.counts.moved, first.wake)
    later = await office.move(since=CHANGED + timedelta(days=1))
    assert (later.counts.moved, later.counts.there, later.wake) == (0, 3, ())


class _Mortal(MemoryStore):
    """A store whose program dies after so many appends."""

    left = 1_000

    async def append(self, append: Append) -> Sequence[StoredEvent]:
        self.left -= 1
        if self.left < 0:
            raise StoreUnavailableError("gone")
        return await super().append(append)


async def test_a_page_that_dies_in_the_middle_is_finished_by_the_next_try_with_nothing_lost_and_nothing_twice() -> None:
    store, whole = _Mortal(), Office()
    office = Office(store)
    names = [f"C{number}" for number in range(1, 8)]
    for one in (office, whole):
        await one.customers(*names)
    expected = await whole.move()
    store.left = 3
    with pytest.raises(StoreUnavailableError):
        await office.move()
    moved = [one for one in names if "PlaybookMoved" in await office.types(one)]
    assert 0 < len(moved) < 7
    store.left = 1_000
    page = await office.move()
    assert [await office.types(one) for one in names] == [await whole.types(one) for one in names]
    assert page.wake == expected.wake
    assert page.counts.moved == 7


class _Contested(MemoryStore):
    """A store in which the customer's own workflow records a contact just before its move is appended."""

    async def append(self, append: Append) -> Sequence[StoredEvent]:
        if append.command_id.startswith("playbook-move") and len(await self.read(append.stream)) == append.expected_version:
            office, self.office = self.office, None
            if office is not None:
                await office.ask(contact(customer=append.customer))
                raise WrongVersionError(append.stream, append.expected_version, append.expected_version + 1)
        return await super().append(append)

    office: Office | None = None


async def test_a_customer_whose_workflow_records_something_at_that_moment_is_decided_anew() -> None:
    store = _Contested()
    office = Office(store)
    await office.customers("C1")
    office.now = CHANGED
    store.office = office
    page = await office.move()
    assert (page.counts.seen, page.counts.moved) == (1, 1)
    assert (await office.types("C1"))[2:] == ["ContactRecorded", "PlaybookMoved"]  # met that day: no cooling.


async def test_every_decision_of_a_policy_change_can_be_made_once_more() -> None:
    office = Office()
    await office.customers("C1", "C2", "C3")
    await office.move()
    done = await reevaluate(office.store, CODEC, office.playbooks, await office.store.streams("customer"))
    assert not done.findings
    assert done.decisions >= 9


async def test_what_is_foreseen_is_what_becomes_of_it_and_looking_writes_nothing() -> None:
    office = Office()
    await office.customers("C1", "C2", "C3")
    office.now = MONDAY + timedelta(days=60)
    await office.ask(contact(customer="C2"))
    stands, refusals = await office.count(), await office.store.all_decisions()
    change = PolicyChange(to=NEW, reason="shorter terms", actor=MANAGER, since=CHANGED)
    foreseen = await prospect(office.store, office.playbooks, change)
    assert (await office.count(), await office.store.all_decisions()) == (stands, refusals)
    came = (await office.move()).counts
    assert (foreseen.counts.moved, foreseen.counts.became, foreseen.counts.to_wake) == (came.moved, came.became, came.to_wake)
    assert foreseen.by_class["vip"]["moved"] == 3


async def test_whoever_owes_a_beginning_at_once_is_foreseen_among_those_to_wake() -> None:
    office = Office()
    await office.customers("C1")
    since = MONDAY + timedelta(days=160)  # dormant by the new rules alone: its reactivation begins
    change = PolicyChange(to=NEW, reason="shorter terms", actor=MANAGER, since=since)
    foreseen = await prospect(office.store, office.playbooks, change)
    came = (await office.move(since=since)).counts
    assert came.to_wake == 1
    assert (foreseen.counts.became, foreseen.counts.to_wake) == (came.became, came.to_wake)


async def test_everyone_named_is_woken_in_order_and_those_that_do_not_run_are_not_counted() -> None:
    office = Office()
    office.asleep = {"customer-C3", "customer-C7"}
    named = [f"customer-C{number}" for number in range(40)]
    assert await office.wake(*named) == 38
    assert office.woken == named


async def test_one_whose_workflow_is_broken_keeps_no_other_asleep() -> None:
    office = Office()
    office.broken = {"customer-C1": RPCError("its task has failed several times", RPCStatusCode.FAILED_PRECONDITION, b"")}
    assert await office.wake("customer-C0", "customer-C1", "customer-C2") == 2
    office.broken = {"customer-C1": RPCError("away", RPCStatusCode.UNAVAILABLE, b"")}
    with pytest.raises(ExceptionGroup):
        await office.wake("customer-C0", "customer-C1", "customer-C2")


async def test_no_more_are_woken_in_a_second_than_was_asked_for() -> None:
    office, began = Office(), time.monotonic()
    await office.wake(*(f"customer-C{number}" for number in range(25)), rate=100)
    assert time.monotonic() - began > (25 - AT_ONCE) / 100 / 2


async def test_customers_of_other_classes_are_left_alone_when_one_is_named() -> None:
    office = Office()
    await office.customers("C1")
    await office.ask(register("C2"))
    page = await office.move(value_classes=("vip",))
    assert (page.counts.seen, page.counts.moved) == (1, 1)
    assert "PlaybookMoved" not in await office.types("C2")


async def test_a_long_list_is_taken_page_by_page_in_order() -> None:
    office = Office()
    await office.customers("C1", "C2", "C3")
    first = await office.move(page=2)
    assert (first.counts.moved, first.after) == (2, "customer-C2")
    rest = await office.move(str(first.after), page=2)
    assert (rest.counts.moved, rest.after) == (1, None)
