"""What `pipeline` and `forecast` print."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.funnel import ForecastDeal
from eventstore.opening import open_store
from tests.commandline.shell import Shell
from tests.domain.asked import SALES, lose, open_project, started, won
from tests.history.office import Office


@pytest.fixture
async def shell(alone: Shell) -> Shell:
    """A shell on a store with four deals of a month ago: won, lost, late and undated; nothing runs."""
    store = await open_store(f"sqlite:///{Path(alone.environment['THROUGHLINE_HOME']) / 'store.db'}")
    then = datetime.now(UTC) - timedelta(days=30)
    office = Office(store, then)
    await office.take(*started("P1"), open_project("P2"), open_project("P3"), open_project("P4", owner="u2"))
    for project in ("P1", "P2", "P3"):
        on = (then + timedelta(days=10)).date()
        await office.take(ForecastDeal(project=project, expected_on=on, category="commit", reason="said", actor=SALES))
    await office.take(then + timedelta(days=8), *won("P1"), lose("P2"))
    await store.close()
    return alone


def month_ago() -> str:
    return (datetime.now(UTC) - timedelta(days=29)).isoformat()


def test_the_pipeline_is_shown_by_stage_with_what_is_late_and_a_total(shell: Shell) -> None:
    told = shell("pipeline")
    assert told.code == 0
    for words in (
        "F1 Lead qualified 线索确认",
        "2,400,000 CNY",
        "240,000 (10 %)",
        "1: 1,200,000",
        "Together 合计",
        "nobody has said when",
    ):
        assert words in told.out
    assert "No deal was open then" in shell("pipeline", "--unit", "nowhere").out


def test_the_pipeline_of_a_past_day_is_what_it_was(shell: Shell) -> None:
    then = json.loads(shell("pipeline", "--at", month_ago(), "--by", "owner", "--json").out)
    assert [(one["key"], one["count"]) for one in then["lines"]] == [("u1", 3), ("u2", 1)]
    known = json.loads(shell("pipeline", "--at", month_ago(), "--known-at", month_ago(), "--json").out)
    assert known["totals"][0]["count"] == 4
    assert [one["key"] for one in json.loads(shell("pipeline", "--json", "--owner", "u2", "--by", "project").out)["lines"]] == [
        "P4"
    ]


def test_a_forecast_of_a_past_day_is_shown_with_what_came_of_it(shell: Shell) -> None:
    until = (datetime.now(UTC) - timedelta(days=10)).date().isoformat()
    then = month_ago()
    told = shell("forecast", "--on", then, "--until", until)
    assert shell("forecast", "--at", then, "--until", until).out == told.out  # Named as in `pipeline`.
    assert told.code == 0
    for words in (
        "Commit 承诺",
        "3: 3,600,000",
        "预测检验",
        "came 实际 1,200,000",
        "1 of 2 won 成交",
        "too few to tell 样本太少",
    ):
        assert words in told.out
    now = json.loads(shell("forecast", "--json").out)
    assert now["belief"] is None
    assert shell("forecast", "--by", "stage").code == 0


def test_a_moment_or_a_day_that_is_none_is_told_in_one_sentence(shell: Shell) -> None:
    for options in (("pipeline", "--at", "soon"), ("forecast", "--until", "2026-13-01"), ("forecast", "--on", "yesterday")):
        told = shell(*options)
        assert (told.code, told.error.count("\n")) == (2, 1), options
