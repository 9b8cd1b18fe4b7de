"""The commands that need no server: help, the catalogue, histories and upkeep of a store."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from domain.catalogue import public_commands
from eventstore.sqlite import SqliteStore
from tests.commandline.shell import CODE, Shell
from tests.domain.asked import at, handed_to_delivery, on, stage_done, started
from tests.domain.test_changes import approve, request, sign
from tests.domain.test_plan import reestimate
from tests.domain.test_risks import risk
from tests.history.office import Office

COMMANDS = {
    "demo",
    "up",
    "do",
    "commands",
    "history",
    "why",
    "plan",
    "overrides",
    "import",
    "rebuild",
    "recover",
    "verify",
    "cost",
}


@pytest.fixture
def furnished(alone: Shell) -> Shell:
    """A shell on a store with one project, whose first stage was told on Friday to have been done on Tuesday."""

    async def furnish() -> None:
        store = await SqliteStore.open(Path(alone.environment["THROUGHLINE_HOME"]) / "store.db")
        try:
            friday, tuesday = at("2026-03-06 10:00"), at("2026-03-03 10:00")
            await Office(store).take(*started(), friday, on(tuesday, stage_done("F1")))
        finally:
            await store.close()

    asyncio.run(furnish())
    return alone


def test_help_lists_every_command(alone: Shell) -> None:
    told = alone("--help").out
    assert {name for name in COMMANDS if f" {name} " in told} == COMMANDS


def test_help_loads_nothing_heavy() -> None:
    loaded = "import starter, sys; print({'temporalio', 'sqlalchemy', 'pydantic', 'fastapi'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, cwd=CODE, check=True)
    assert ran.stdout == "set()\n"


def test_a_python_without_what_is_needed_is_told_which_one_to_call() -> None:
    ran = subprocess.run(
        [sys.executable, "-S", "starter.py", "why", "P1"], capture_output=True, text=True, cwd=CODE, check=False
    )
    assert ran.returncode == 1
    assert ran.stderr.count("\n") == 1
    assert "`.venv/bin/python starter.py`" in ran.stderr


@pytest.mark.parametrize("arguments", [["nonsense"], ["history"], ["why"], ["import", "crm"], ["rebuild", "--nonsense"]])
def test_wrong_usage_ends_with_2(alone: Shell, arguments: list[str]) -> None:
    assert alone(*arguments).code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["playbook", "move", "--class", "vip", "--dry-run"],
        ["playbook", "move", "--customers", "--to", "standard@2026.4", "--customer", "C1", "--dry-run"],
        ["playbook", "move", "--customers", "--to", "standard@2026.4", "--map", "F3=S2", "--dry-run"],
        ["customers", "--asleep-within", "1e10"],
        ["tickets", "--due-within", "1e10"],
    ],
)
def test_an_option_that_would_be_passed_over_or_no_date_holds_is_wrong_usage(alone: Shell, arguments: list[str]) -> None:
    assert alone(*arguments).code == 2


def test_the_catalogue_holds_every_public_command_with_its_schema(alone: Shell) -> None:
    found = json.loads(alone("commands", "--json").out)
    assert set(found) == set(public_commands())
    for name, one in found.items():
        assert one["description"].endswith("."), name
        assert {"command", "actor"} <= set(one["schema"]["required"])
        assert one["schema"]["additionalProperties"] is False
    listed = alone("commands").out
    assert all(name in listed for name in found)


def test_a_history_is_told_as_of_and_as_known_at(furnished: Shell) -> None:
    def stage(*limits: str) -> str:
        told = json.loads(furnished("history", "C1", "--json", *limits).out)
        return str(told["state"]["projects"]["P1"]["funnel"]["stage"])

    assert stage() == "F2"
    assert stage("--as-of", "2026-03-03") == "F2"
    assert stage("--as-of", "2026-03-03T09:59") == "F1"
    assert stage("--as-of", "2026-03-03", "--known-at", "2026-03-05") == "F1"


def test_people_read_a_history_in_both_languages(furnished: Shell) -> None:
    told = furnished("history", "C1").out
    assert "stage advanced 阶段推进" in told
    assert "F1 → F2" in told
    assert "\x1b" not in told  # no colours where there is no terminal


def test_an_unknown_customer_or_project_is_told_in_one_sentence(furnished: Shell) -> None:
    for command, name in (("history", "C9"), ("why", "P9"), ("plan", "P9")):
        ended = furnished(command, name)
        assert (ended.code, ended.out) == (1, "")
        assert ended.error.count("\n") == 1
        assert f"'{name}'" in ended.error


def test_a_moment_that_cannot_be_read_is_wrong_usage(furnished: Shell) -> None:
    ended = furnished("history", "C1", "--as-of", "soon")
    assert ended.code == 2
    assert ended.error.startswith("--as-of: 'soon' is no moment: write a date such as")


def test_why_tells_where_it_stands_and_what_is_missing(furnished: Shell) -> None:
    told = furnished("why", "P1").out
    for words in ("F2: Needs identified 需求明确", "budget", "Must act 待办", "stage advanced 阶段推进", "standard@"):
        assert words in told
    as_json = json.loads(furnished("why", "P1", "--json").out)
    assert as_json["stands"]["view"]["code"] == "F2"


@pytest.fixture
def planned(alone: Shell) -> Shell:
    """A shell on a store with a plan that a change order has changed."""

    async def furnish() -> None:
        store = await SqliteStore.open(Path(alone.environment["THROUGHLINE_HOME"]) / "store.db")
        try:
            await Office(store).take(*handed_to_delivery(), reestimate("M3", 46), request(), approve(), sign(), risk())
        finally:
            await store.close()

    asyncio.run(furnish())
    return alone


def test_a_plan_shows_its_baselines_its_forecast_and_what_has_moved_it(planned: Shell) -> None:
    told = planned("plan", "P1").out
    for words in (
        "v1 (the first plan 初始计划), v2 (change order 变更单 CR1)",
        "▸ M3",
        "2026-06-18  2026-07-03",
        "+6 M3 M4 M5 M6 M7",
        "change order 变更单 CR1",
        "R1",
    ):
        assert words in told, words
    as_json = json.loads(planned("plan", "P1", "--json").out)
    assert [one["planned"].keys() for one in as_json["milestones"]] == [{"1": 0, "2": 0}.keys()] * 7


def test_two_versions_of_a_plan_are_compared(planned: Shell) -> None:
    told = planned("plan", "P1", "--compare", "1", "2").out
    row = next(line for line in told.splitlines() if line.startswith("M3 "))
    assert "2026-06-18  2026-07-03  +10        change order 变更单 CR1" in row
    assert "Not moved 未变: M1, M2" in told
    unknown = planned("plan", "P1", "--compare", "1", "7")
    assert (unknown.code, unknown.error) == (1, "There is no version '7' of the plan; compare two of 1, 2, forecast.\n")


def test_a_whole_store_is_verified_and_agrees_with_its_read_models(furnished: Shell) -> None:
    verified, compared = furnished("verify"), furnished("rebuild", "--check")
    assert (verified.code, compared.code) == (0, 0)
    assert "everything is as it must be" in verified.out


def test_drift_is_shown_ends_with_1_and_is_put_right(furnished: Shell) -> None:
    async def spoil() -> None:
        store = await SqliteStore.open(Path(furnished.environment["THROUGHLINE_HOME"]) / "store.db")
        try:
            await store.replace_rows("deals", [])
        finally:
            await store.close()

    asyncio.run(spoil())
    compared = furnished("rebuild", "--check")
    assert compared.code == 1
    assert "deals" in compared.out
    assert "P1" in compared.out
    assert furnished("rebuild").code == 0
    assert furnished("rebuild", "--check").code == 0


def test_recover_and_cost_say_that_temporal_does_not_run(furnished: Shell) -> None:
    for arguments in (["recover"], ["cost", "P1"]):
        ended = furnished(*arguments)
        assert (ended.code, ended.out) == (1, "")
        assert "Temporal does not answer" in ended.error
