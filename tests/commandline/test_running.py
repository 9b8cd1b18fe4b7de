"""`cost` and `recover` beside a system that runs."""

from __future__ import annotations

import json

from tests.commandline.shell import Shell
from tests.domain.asked import open_ticket, stage_done, started


def test_the_cost_of_a_project_is_counted_over_all_its_workflows(system: Shell) -> None:
    lines = [*started("cost-P1", "cost-C1"), stage_done("F1", project="cost-P1", command_id="s-1")]
    system.do(*lines, lines[-1], open_ticket("cost-T1", "cost-C1", "cost-P1"), open_ticket("cost-T2", "cost-C1"))

    found = json.loads(system("cost", "cost-P1", "--json").out)

    assert found["workflows"] == 3  # project, funnel, and the one ticket that is about this project
    assert found["business_commands"] == {"total": 4, "from_outside": 3}  # one opened the funnel; the repeated one counts once
    assert found["actions"]["by_kind"]["update"] == 3  # the repeated one was answered without another
    assert found["actions"]["by_kind"]["workflow start"] == 3
    assert found["actions"]["by_kind"]["child workflow"] == 1
    assert found["actions"]["total"] == sum(found["actions"]["by_kind"].values())
    assert found["history_events"]["total"] == sum(found["history_events"]["by_kind"].values())
    assert found["actions_per_command"] == round(found["actions"]["total"] / 4, 3)
    assert "actions a command" in system("cost", "cost-P1").out


def test_recovering_a_system_that_runs_starts_nothing(system: Shell) -> None:
    system.do(*started("run-P1", "run-C1"), stage_done("F1", project="run-P1"))
    ended = system("recover")
    assert ended.code == 0
    assert "0 workflows started again" in ended.out


def test_the_cost_of_a_project_that_is_not_there_is_told_in_one_sentence(system: Shell) -> None:
    ended = system("cost", "nothing")
    assert (ended.code, ended.out) == (1, "")
    assert ended.error == "There is no project 'nothing': check the id, or open it (OpenProject).\n"
