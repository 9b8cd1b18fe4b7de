"""What `overrides` and `why` print of gates that were passed, overridden and refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eventstore.opening import open_store
from tests.commandline.shell import Shell
from tests.domain.asked import PLAYBOOKS, accept, evidence, numbered, override, stage_done, started
from tests.history.office import Office


@pytest.fixture
async def shell(alone: Shell) -> Shell:
    """A shell on a store where two gates were overridden; nothing runs."""
    home = Path(alone.environment["THROUGHLINE_HOME"])
    store = await open_store(f"sqlite:///{home / 'store.db'}")
    office = await Office(store).take(*started(), stage_done("F1"), override("F4"))
    await office.ask(evidence("gut_feeling"))
    await store.close()
    return alone


def test_overrides_are_listed_and_counted_by_person(shell: Shell) -> None:
    told = shell("overrides")
    assert told.code == 0
    for words in ("F2", "F3", "m1", "strategic", "in force 有效", "Approved by 批准"):
        assert words in told.out
    body = json.loads(shell("overrides", "--json", "--approver", "m1", "--limit", "1").out)
    assert len(body["overrides"]) == 1
    assert body["counts"][0]["overrides"] == 2
    assert "No gate was passed by an override" in shell("overrides", "--approver", "nobody").out


def test_why_tells_the_grounds_in_both_languages(shell: Shell) -> None:
    told = shell("why", "P1").out
    for words in (
        "Gates passed 已通过关口",
        "Owner of the opportunity 商机负责人",
        "doc-owner",
        str(PLAYBOOKS.latest().ref),
        "overridden 特批",
        "approved by 批准 m1",
        "criterion unknown 没有此退出条件",
        "Stages 销售阶段",
    ):
        assert words in told


def test_verify_says_how_many_decisions_were_made_once_more(shell: Shell) -> None:
    verified = shell("verify")
    assert (verified.code, "8 decisions made once more" in verified.out) == (0, True), verified.out


def test_what_a_running_system_has_decided_comes_out_the_same_once_more(system: Shell) -> None:
    told = [*numbered([*started("OV1", "OVC1"), stage_done("F1", project="OV1"), override("F4", project="OV1")], "ov")]
    refused = [evidence("gut_feeling", project="OV1"), accept(project="OV1"), accept(project="OV9")]
    results = system.do(*told, *numbered(refused, "ov-no"))
    assert [one["ok"] for one in results] == [True] * 5 + [False] * 3
    verified = system("verify")
    assert verified.code == 0, verified.out
    assert "OV1" in system("overrides", "--project", "OV1").out
