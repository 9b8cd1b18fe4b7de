"""What decisions learn from other work: the usual dwell of a stage, from the deals that went through its gate."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from activities.learning import FRESH, Dwells
from domain.dwell import UsualDwell
from domain.playbook import Playbooks
from eventstore.memory import MemoryStore
from history.reevaluating import reevaluate
from runtime.composition import CODEC
from tests.domain.asked import MONDAY, RULES, classify, lose, next_step, open_project, register, stage_done
from tests.history.office import Office

STALL = RULES.funnel.stall.model_copy(update={"learned_from": 3})
LEARNING = Playbooks([RULES.model_copy(update={"funnel": RULES.funnel.model_copy(update={"stall": STALL})})])
KEY = ("F1", "vip", "standard")


class CountingStore(MemoryStore):
    """Counts how often the read model of dwells is asked."""

    asked = 0

    async def rows(
        self, table: str, where: Mapping[str, Any] | None = None, order_by: Sequence[str] = (), limit: int = 1000
    ) -> Sequence[Mapping[str, Any]]:
        self.asked += table == "dwells"
        return await super().rows(table, where, order_by, limit)


class LearningOffice(Office):
    """A company whose playbook goes by what is usual."""

    async def _playbooks(self) -> Playbooks:
        return LEARNING


@pytest.fixture
async def office() -> LearningOffice:
    """Three deals of one class have left F1, after 8, 16 and 24 working hours; a fourth was lost there."""
    office = LearningOffice(CountingStore())
    await office.take(register(), classify())
    for number in (1, 2, 3, 4):
        await office.take(MONDAY, open_project(f"P{number}"))
        await office.take(MONDAY + timedelta(days=number))
        await office.take(lose("P4") if number == 4 else stage_done("F1", project=f"P{number}"))
    return office


async def test_a_deal_is_measured_by_what_the_deals_before_it_took(office: LearningOffice) -> None:
    await office.take(open_project("P5"))
    [opened, *_] = await office.store.read("funnel-P5")
    assert json.loads(opened.data)["usual"] == {"working_minutes": 16 * 60, "of": 3}


async def test_what_was_learned_is_in_the_decision_record_which_comes_out_the_same_later(office: LearningOffice) -> None:
    await office.take(open_project("P5"))
    for number in (6, 7, 8):  # what is usual changes afterwards
        await office.take(open_project(f"P{number}"), stage_done("F1", project=f"P{number}"))

    [*_, opening] = await office.store.decisions("funnel-P5")
    [told] = json.loads(opening.learned)
    assert (told["stage"], told["usual"]) == ("F1", {"working_minutes": 16 * 60, "of": 3})
    assert (await reevaluate(office.store, CODEC, LEARNING)).findings == []


async def test_only_a_command_that_enters_a_stage_asks_and_once_a_minute(office: LearningOffice) -> None:
    store = office.store
    assert isinstance(store, CountingStore)
    office.now += timedelta(hours=1)
    store.asked = 0
    await office.take(open_project("P5"))
    assert store.asked == 1
    await office.take(next_step("2026-04-01", project="P5"), open_project("P6"), open_project("P7"))
    assert store.asked == 1
    await office.take(office.now + FRESH, open_project("P8"))
    assert store.asked == 2


async def test_the_newest_fifty_make_what_is_usual() -> None:
    store = MemoryStore()
    row = {"project": "P", "playbook": "standard", "value_class": "vip", "stage": "F1"}
    rows = [
        {
            **row,
            "stream": f"funnel-P{day}",
            "entry": 1,
            "minutes": 10 if day < 50 else 60,
            "left_at": MONDAY + timedelta(days=day),
        }
        for day in range(100)
    ]
    await store.replace_rows("dwells", rows)
    dwells = Dwells(store, lambda: MONDAY)
    assert dwells.known() == {}
    assert await dwells.look_up(KEY) == UsualDwell(working_minutes=60, of=50)
    assert dwells.known() == {KEY: UsualDwell(working_minutes=60, of=50)}


async def test_where_no_deal_has_been_nothing_is_usual() -> None:
    assert await Dwells(MemoryStore(), lambda: MONDAY).look_up(KEY) is None


async def test_a_decision_asks_once_however_slow_the_clock_makes_it_look(office: LearningOffice) -> None:
    """An answer that is out of date before it is used is used all the same."""
    moments = (MONDAY + timedelta(days=9, hours=number) for number in range(1_000))
    office._handler._dwells._clock = lambda: next(moments)
    await office.take(open_project("P5"))
    assert len(await office.store.read("funnel-P5")) == 1
