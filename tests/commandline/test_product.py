"""What `requests`, `enablements` and `modes` print, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eventstore.opening import open_store
from runtime.playbooks import keep_playbooks
from tests.commandline.shell import Shell
from tests.domain.asked import classify, open_project, register, stage_done
from tests.domain.test_enablement import LINE, enable
from tests.domain.test_request import answer, insight, join, raised
from tests.history.test_product import SHELF, AskingOffice


@pytest.fixture
async def shell(alone: Shell) -> Shell:
    """A shell on a store with two requests, an enablement, and a deal that waits for one; nothing runs."""
    store = await open_store(f"sqlite:///{Path(alone.environment['THROUGHLINE_HOME']) / 'store.db'}")
    await keep_playbooks(store, list(SHELF), modes=SHELF.modes)
    await AskingOffice(store).take(
        register(),
        classify("vip"),
        register("C2"),
        open_project(product_line=LINE),
        stage_done("F1"),
        enable("HR", until="2026-12-31"),
        raised(project="P1"),
        join(),
        answer(),
        insight().model_copy(update={"request": "R2"}),
    )
    await store.close()
    return alone


def test_requests_are_listed_with_what_stands_behind_them(shell: Shell) -> None:
    told = shell("requests")
    assert told.code == 0
    for words in ("group consolidation", "V8.2", "2/1", "500,000.50 CNY", "market insight 市场洞察: retail east"):
        assert words in told.out
    assert json.loads(shell("requests", "--customer", "C2", "--json").out)["count"] == 1
    assert "No product request is like that" in shell("requests", "--overdue").out


def test_one_request_is_told_with_everybody_behind_it(shell: Shell) -> None:
    told = shell("requests", "R1").out
    for words in ("planned requirement 列入需求规划", "2026-09-30, V8.2", "每月合并报表", "product: Product division", "C2"):
        assert words in told
    unknown = shell("requests", "R9")
    assert (unknown.code, "There is no product request 'R9'" in unknown.error) == (1, True)


def test_enablements_show_first_what_deals_wait_for(shell: Shell) -> None:
    told = shell("enablements").out
    assert told.index("not enabled 未赋能") < told.index("training course-7")
    [waiting, enabled] = json.loads(shell("enablements", "--json").out)["enablements"]
    assert (waiting["waiting"], enabled["status"]) == (1, "enabled")


def test_modes_say_whom_they_serve_and_what_is_in_them(shell: Shell) -> None:
    told = shell("modes").out
    for words in ("战略大客户", "playbook 手册: key_account", "In no mode 无模式: 1 customers"):
        assert words in told
    assert len(json.loads(shell("modes", "--json").out)["modes"]) == 7
