"""A customer's history at any moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from domain.messages import Command
from history.replay import as_json, replay
from runtime.composition import CODEC
from tests.domain.asked import (
    MONDAY,
    at,
    in_support,
    offer,
    on,
    open_project,
    open_ticket,
    prepared,
    register,
    stage_done,
    started,
    win,
)
from tests.history.office import Office


async def _state(office: Office, **limits: datetime) -> Any:
    found = await replay(office.store, CODEC, "C1", **limits)
    assert found is not None
    return as_json(found)["state"]


async def test_the_history_as_of_each_moment_is_what_was_known_at_that_moment(office: Office) -> None:
    then: dict[datetime, Any] = {}
    commands: list[Command] = [*in_support(), open_ticket(project="P1")]
    for days, command in enumerate(commands):
        office.now = MONDAY + timedelta(days=days)
        await office.take(command)
        then[office.now] = await _state(office)

    for moment, known in then.items():
        assert await _state(office, as_of=moment) == known
        assert await _state(office, known_at=moment) == known


async def test_before_the_first_event_there_is_an_empty_state_and_no_event(office: Office) -> None:
    await office.take(*started())
    found = await replay(office.store, CODEC, "C1", as_of=MONDAY - timedelta(days=1))
    assert found is not None
    told = as_json(found)
    none: dict[str, Any] = {"reactivations": {}, "recoveries": {}, "requests": {}}
    assert told["events"] == []
    assert told["state"] == {"customer": None, "projects": {}, "tickets": {}, "escalations": {}, **none}


async def test_a_fact_told_late_was_true_from_its_day_and_known_from_the_day_it_was_told(office: Office) -> None:
    tuesday, friday = at("2026-03-03 10:00"), at("2026-03-06 10:00")
    await office.take(*started(), friday, on(tuesday, stage_done("F1")))

    wednesday = at("2026-03-04 10:00")
    assert (await _state(office, as_of=wednesday))["projects"]["P1"]["funnel"]["stage"] == "F2"
    assert (await _state(office, known_at=wednesday))["projects"]["P1"]["funnel"]["stage"] == "F1"
    assert (await _state(office, as_of=wednesday, known_at=friday))["projects"]["P1"]["funnel"]["stage"] == "F2"


async def test_events_come_in_the_order_in_which_they_happened(office: Office) -> None:
    await office.take(*started(), at("2026-03-06 10:00"), stage_done("F1"), on(at("2026-03-03 10:00"), register("C2")))
    await office.take(on(at("2026-03-04 10:00"), open_project("P2")))
    found = await replay(office.store, CODEC, "C1")
    assert found is not None
    order = [(one.stored.occurred_at, one.stored.position) for one in found.events]
    assert order == sorted(order)
    assert [one.stored.stream for one in found.events].index("project-P2") < len(order) - 5  # though recorded last


async def test_a_customer_of_whom_nothing_is_recorded_has_no_history(office: Office) -> None:
    await office.take(register("C2"))
    assert await replay(office.store, CODEC, "C1") is None


async def test_another_customers_events_are_not_told(office: Office) -> None:
    await office.take(*started("P1", "C1"), *started("P2", "C2"))
    found = await replay(office.store, CODEC, "C1")
    assert found is not None
    assert {one.stored.customer for one in found.events} == {"C1"}


async def test_the_state_holds_every_part_of_a_project(office: Office) -> None:
    await office.take(*in_support(), open_ticket(project="P1"))
    state = await _state(office)
    project = state["projects"]["P1"]
    assert {name for name, part in project.items() if part} == {"project", "funnel", "handoffs", "implementation", "support"}
    assert set(project["handoffs"]) == {"delivery", "support"}
    assert state["tickets"]["T1"]["status"] == "new"
    assert state["customer"]["name"] == "华星集团"


async def test_an_event_tells_what_when_by_whom_why_and_under_which_rules(office: Office) -> None:
    await office.take(*started(), *prepared(), win(command_id="won-1"), offer())
    found = await replay(office.store, CODEC, "C1")
    assert found is not None
    won = next(event for event in as_json(found)["events"] if event["type"] == "DealWon")
    assert won["name"] == {"en": "deal won", "zh": "成交"}
    assert won["actor"]["id"] == "u1"
    assert (won["command_id"], won["playbook"], won["stream"]) == ("won-1", "standard@2026.4", "funnel-P1")
    assert won["occurred_at"] == won["recorded_at"] == "2026-03-02T02:00:00+00:00"
