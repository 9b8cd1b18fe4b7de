"""What `plan` prints of industry, customer and project plans."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eventstore.opening import open_store
from tests.commandline.shell import Shell
from tests.domain.asked import MONDAY, in_support
from tests.domain.planning import action, allocate, customer_plan, figure, industry_plan, project_plan, record, review, target
from tests.history.office import Office
from tests.history.test_plans import FIRST_REVIEW


@pytest.fixture
async def shell(alone: Shell) -> Shell:
    """A shell on a store with three plans and a project that has a delivery plan; nothing runs."""
    home = Path(alone.environment["THROUGHLINE_HOME"])
    store = await open_store(f"sqlite:///{home / 'store.db'}")
    office = Office(store, MONDAY)
    await office.take(*in_support(), industry_plan(), customer_plan(), project_plan())
    await office.take(target(10_000_000, "I1"), allocate({"K1": 6_000_000}), action("2026-03-20"))
    await office.take(FIRST_REVIEW, review("2026-04-01", figure(1_200_000)), record())
    await store.close()
    return alone


def test_plans_are_listed_with_coverage_gap_and_next_review(shell: Shell) -> None:
    told = shell("plan")
    assert told.code == 0
    for words in ("industry plan 行业规划", "6,000,000.00 CNY", "20 %", "gap 差距", "2026-05-01", "3 plans 规划"):
        assert words in told.out
    assert [one["plan"] for one in json.loads(shell("plan", "--gaps", "--json").out)["plans"]] == ["K1"]
    assert "No plan is like that" in shell("plan", "--unit", "nowhere").out


def test_a_plan_is_told_with_its_targets_actions_reviews_and_tree_and_as_of_a_date(shell: Shell) -> None:
    told = shell("plan", "K1")
    assert told.code == 0
    for words in ("from 来自 I1", "visit the board", "Close the gap", "too thin; two visits more", "Below 下级规划: 1", "J1"):
        assert words in told.out
    then = json.loads(shell("plan", "K1", "--at", "2026-03-02", "--json").out)
    assert json.loads(shell("plan", "K1", "--at", "2199-01-01", "--json").out)["at"] < "2100"
    assert ([one["action"] for one in then["actions"]], then["reviews"]) == (["A1"], [])


def test_a_projects_id_still_shows_its_delivery_plan(shell: Shell) -> None:
    for options in ((), ("--delivery",)):
        assert "Baselines 基线" in shell("plan", "P1", *options).out
    assert shell("plan", "P1", "--compare", "1", "forecast").code == 0
    assert shell("plan", "P1", "--at", "2026-03-02").code == 1
    assert shell("plan", "K1", "--at", "someday").code == 2
    unknown = shell("plan", "nowhere")
    assert unknown.code == 1
    assert "There is no plan 'nowhere'" in unknown.error


def test_what_is_asked_of_one_plan_is_not_passed_over_in_the_list(shell: Shell) -> None:
    for asked in (("--at", "2026-03-02"), ("--compare", "1", "2"), ("--delivery",)):
        assert shell("plan", *asked).code == 2
