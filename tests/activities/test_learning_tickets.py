"""What decisions learn of other tickets: those that are alike, open or late, kept with the decision that asked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from activities import learning
from domain.messages import Command
from domain.support import ChangeContract
from eventstore.memory import MemoryStore
from history.reevaluating import reevaluate
from runtime.composition import CODEC
from tests.domain.asked import (
    MONDAY,
    PLAYBOOKS,
    SUPPORT,
    accept,
    classify,
    deliver_all,
    handed_to_delivery,
    in_support,
    judge,
    offer,
    open_ticket,
    register,
)
from tests.domain.ticketing import resolve
from tests.history.office import Office


class CountingStore(MemoryStore):
    """Counts how often the lists of tickets and of standings are asked."""

    asked = 0

    async def rows(
        self, table: str, where: Mapping[str, Any] | None = None, order_by: Sequence[str] = (), limit: int = 1000
    ) -> Sequence[Mapping[str, Any]]:
        self.asked += table in ("tickets", "standings")
        return await super().rows(table, where, order_by, limit)


def alike(*tickets: str) -> list[Command]:
    return [one for name in tickets for one in (open_ticket(name, product="GL", category="posting"), resolve(name))]


@pytest.fixture
def office() -> Office:
    return Office(CountingStore())


async def types(office: Office, stream: str) -> list[str]:
    return [event.type for event in await office.store.read(stream)]


async def test_a_pattern_is_found_in_the_list_of_tickets_and_the_decision_comes_out_the_same_later(office: Office) -> None:
    await office.take(register(), classify(), *alike("T1", "T2", "T3"))
    assert "PatternNoticed" in await types(office, "ticket-T3")
    assert "ImprovementCaseOpened" in await types(office, "customer-C1")
    [kept] = [one for one in await office.store.decisions("ticket-T3") if one.command == "ResolveTicket"]
    [told] = json.loads(kept.learned)
    assert [one["ticket"] for one in told["tickets"]] == ["T1", "T2", "T3"]

    await office.take(*alike("T4", "T5"))  # what is alike changes afterwards
    assert (await reevaluate(office.store, CODEC, PLAYBOOKS)).findings == []


async def test_a_ticket_without_a_product_or_a_category_asks_nothing(office: Office) -> None:
    store = office.store
    assert isinstance(store, CountingStore)
    await office.take(register(), classify(), open_ticket("T1"), open_ticket("T2", product="GL"))
    store.asked = 0
    await office.take(resolve("T1"), resolve("T2"))
    assert store.asked == 0


async def test_a_changed_contract_finds_the_open_tickets_of_its_project_alone(office: Office) -> None:
    await office.take(*in_support(), open_ticket("T1", project="P1"), open_ticket("T2"), open_ticket("T3", project="P1"))
    await office.take(resolve("T3"))
    await office.take(ChangeContract(project="P1", service_code="SC2", reason="another number", actor=SUPPORT))
    [told] = [event for event in await office.store.read("support-P1") if event.type == "OpenTicketsTold"]
    assert json.loads(told.data)["tickets"] == ["T1", "T3"]
    assert (await reevaluate(office.store, CODEC, PLAYBOOKS)).findings == []


async def test_targets_that_were_missed_before_the_handoff_are_found_with_their_moments(office: Office) -> None:
    await office.take(*handed_to_delivery(), *deliver_all(), open_ticket("T1", project="P1"))
    await office.take(MONDAY + timedelta(hours=8), judge("ticket-T1"), offer("support"), accept("support"))
    [begun, *_] = await office.store.read("support-P1")
    measured = json.loads(begun.data)["stability"]
    assert measured["missed"] == 1
    assert datetime.fromisoformat(measured["calm_since"]) > datetime.fromisoformat(measured["live_since"])
    assert (await reevaluate(office.store, CODEC, PLAYBOOKS)).findings == []


async def test_no_miss_before_the_handoff_is_forgotten_because_many_tickets_came_after_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "MOST", 2)
    later = [open_ticket(f"T{number}", project="P1") for number in (2, 3)]
    await office.take(*handed_to_delivery(), *deliver_all(), open_ticket("T1", project="P1"))
    await office.take(MONDAY + timedelta(hours=8), judge("ticket-T1"), *later, offer("support"), accept("support"))
    [begun, *_] = await office.store.read("support-P1")
    measured = json.loads(begun.data)["stability"]
    assert (measured["missed"], measured["calm_since"]) == (1, "2026-03-02T06:00:00Z")
