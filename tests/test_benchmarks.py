"""The benchmarks run and tell what they measured. How fast is not asserted here: that is for a calm machine to say."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from benchmarks import __main__ as program
from benchmarks import actions, lifecycle, path, plan, store, tickets
from benchmarks.figures import Figure, machine, show
from benchmarks.rig import rig
from domain.parsing import parse
from runtime.composition import now
from runtime.playbooks import load_playbooks
from runtime.settings import Settings


async def test_the_engine_is_measured_against_bare_updates_and_its_actions_are_counted() -> None:
    async with rig() as running:
        figures = [
            *await path.latency(running, funnels=1),
            *await path.throughput(running, lives=2, commands=10),
            *await actions.actions(running, tickets=1),
        ]
    assert [figure.what.split()[0] for figure in figures] == ["P1", "P2", "P7", "P7", "P7", "P7", "P8", "P8"]
    assert all(figure.value > 0 for figure in figures)
    per_command = figures[2].value
    assert per_command > 2, "an update and its local activity are two actions for every command"


async def test_the_warnings_of_open_tickets_are_measured_from_what_the_database_says() -> None:
    async with rig() as running:
        spread, at_once, *_ = await tickets.warnings(running, tickets=6, spreads=(0.5, 0))
    assert "6 of 6 warned" in spread.detail
    assert "6 of 6 warned, drained in" in at_once.detail
    assert (spread.aim, at_once.aim) == ("≤ 2", "")
    assert min(spread.value, at_once.value) > 0, "none is recorded before its moment"


async def test_the_store_is_measured_against_its_peer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "ROUNDS", 1)
    [figure] = [Figure(*one) for one in await store._sqlite_appends(tmp_path)]
    assert figure.value > 0
    assert figure.aim == "≥ 1"


def test_the_forecast_is_measured_with_the_fact_that_moves_every_date() -> None:
    figure, ratio = plan.forecasts(milestones=30, rounds=1)
    assert figure.detail.startswith("30 dates moved")
    assert min(figure.value, ratio.value) > 0


def test_the_scripted_lifecycle_follows_the_playbook() -> None:
    [playbook] = [one for one in load_playbooks(Settings().playbooks) if one.playbook == "standard"]
    script = list(lifecycle.lifecycle(playbook, "C1", "P1", now().date()))
    named = {piece["criterion"] for command in script for piece in command.get("evidence", ()) if isinstance(piece, dict)}
    asked = [item for stage in playbook.funnel.stages for item in stage.criteria if item.required]
    assert named == {item.code for item in asked if item.proof == "document"}
    assert "QuotePrice" in {command["command"] for command in script}
    assert len({command["command_id"] for command in script}) == len(script)
    assert all(parse(command).stream for command in script)


@pytest.mark.parametrize(("value", "aim", "met"), [(0.9, "≥ 1", False), (1, "≥ 1", True), (1.3, "≤ 1.2", False), (9, "", True)])
def test_a_figure_knows_whether_it_falls_short(value: float, aim: str, met: bool) -> None:
    assert Figure("P0 something", value, aim).met is met


def test_what_falls_short_is_printed_too(capsys: pytest.CaptureFixture[str]) -> None:
    show([Figure("P1 slow", 1.5, "≤ 1.2", "20 ms against 13 ms"), Figure("P5 fast", 3, "≥ 1")])
    printed = capsys.readouterr().out
    assert "falls short" in printed
    assert "Falls short: P1." in printed
    assert str(machine()["python"]) in printed
    assert "\x1b" not in printed


def test_programs_get_one_json_object(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    async def measured(parts: list[str]) -> list[Figure]:
        await asyncio.sleep(0)
        return [Figure(f"P5 {parts[0]}", 0.5, "≥ 1")]

    monkeypatch.setattr(program, "measure", measured)
    monkeypatch.setattr("sys.argv", ["benchmarks", "--json", "--only", "store"])
    program.main()
    told = json.loads(capsys.readouterr().out)
    assert told["figures"] == [{"what": "P5 store", "value": 0.5, "aim": "≥ 1", "detail": "", "met": False}]
    assert told["machine"]["cores"] >= 1
