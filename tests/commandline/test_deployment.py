"""Builds of the worker, as an operator sees and moves them from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commandline.conftest import environment, until_running
from tests.commandline.shell import Shell
from tests.domain.asked import open_project, register


def builds(shell: Shell) -> dict[str, int]:
    """The open workflows that sit on each build, as `status --json` tells."""
    told = json.loads(shell("deployment", "status", "--json").out)
    return {one["build_id"]: one["open_workflows"] for one in told["builds"]}


@pytest.mark.timeout(120)
def test_one_machine_follows_its_own_builds_and_goes_back_to_none(tmp_path: Path) -> None:
    place = environment(tmp_path)
    for build, number in (("1", 1), ("2", 2), ("", 3)):
        shell = Shell({**place, "THROUGHLINE_BUILD_ID": build})
        with shell.start("up") as up:
            try:
                until_running(up)
                customer, project = f"C{number}", f"P{number}"
                answers = shell.do(register(customer), open_project(project, customer))
                assert [answer["ok"] for answer in answers] == [True, True]
                current = json.loads(shell("deployment", "status", "--json").out)["current"]
                assert current == (build or "unversioned")
                if build == "2":
                    checked = shell("deployment", "check")
                    assert (checked.code, "open workflows replay with this code" in checked.out) == (0, True)
                    moved = shell("deployment", "campaign")
                    assert (moved.code, "3 of 3 open workflows have moved to 2." in moved.out) == (0, True), moved.out
                    refused = shell("deployment", "promote", "9")
                    assert (refused.code, "start a worker with THROUGHLINE_BUILD_ID=9 first" in refused.error) == (1, True)
            finally:
                up.terminate()
                up.communicate(timeout=30)


def test_promoting_asks_which_build(alone: Shell) -> None:
    asked = alone("deployment", "promote")
    assert (asked.code, asked.error.startswith("Say which build")) == (2, True)


def test_every_type_is_told_with_its_reason(alone: Shell) -> None:
    told = json.loads(alone("deployment", "types", "--json").out)
    assert {one["type"]: one["behavior"] for one in told}["Ticket"] == "auto-upgrade"
    assert all(one["why"] for one in told)
