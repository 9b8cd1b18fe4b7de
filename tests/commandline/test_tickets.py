"""What `tickets` and `ticket` print."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from eventstore.opening import open_store
from tests.commandline.shell import Shell
from tests.domain.asked import open_ticket, register
from tests.history.office import Office
from tests.history.test_desk import goes_on, taken, waits_for_the_customer


@pytest.fixture
async def shell(alone: Shell) -> Shell:
    """A shell on a store with three tickets: missed, waiting for the customer, and not urgent; nothing runs."""
    home = Path(alone.environment["THROUGHLINE_HOME"])
    store = await open_store(f"sqlite:///{home / 'store.db'}")
    office = Office(store, datetime.now(UTC) - timedelta(days=30))
    await office.take(register(), open_ticket("T1"), taken("T1"), open_ticket("T2"), taken("T2"), waits_for_the_customer("T2"))
    await office.ask(goes_on("T1"))
    await office.take(datetime.now(UTC), open_ticket("T3", impact="low", urgency="low"))
    await store.close()
    return alone


def test_tickets_are_listed_with_where_they_stand_in_both_languages(shell: Shell) -> None:
    told = shell("tickets")
    assert told.code == 0
    for words in ("T1", "taken up 已受理", "late 超时", "clock stands still 停表", "the customer 客户", "first line 一线"):
        assert words in told.out
    assert told.out.index("T1") < told.out.index("T3") < told.out.index("T2")


def test_a_limit_says_how_many_more_there_are(shell: Shell) -> None:
    assert "2 more 另有2单 (--limit)." in shell("tickets", "--limit", "1").out


def test_only_what_is_asked_for_is_listed(shell: Shell) -> None:
    def listed(*options: str) -> list[str]:
        return [one["ticket"] for one in json.loads(shell("tickets", "--json", *options).out)["tickets"]]

    assert listed("--all") == ["T1", "T3", "T2"]
    assert listed("--due-within", "1") == ["T1"]
    assert listed("--customer", "C9") == []
    assert "No ticket is like that" in shell("tickets", "--unit", "nowhere").out


def test_one_ticket_is_told_with_its_clocks_its_waits_and_what_was_refused(shell: Shell) -> None:
    told = shell("ticket", "T2")
    assert told.code == 0
    for words in ("stands still 停表", "clocks stood still 停表", "a log file", "ticket taken up 工单受理", "still 至今"):
        assert words in told.out
    assert "ResumeTicket" in shell("ticket", "T1").out
    assert json.loads(shell("ticket", "T1", "--json").out)["targets"][1]["state"] in ("running", "missed")


def test_a_ticket_that_is_not_there_is_told_in_one_sentence(shell: Shell) -> None:
    told = shell("ticket", "T9")
    assert (told.code, told.error.count("\n")) == (1, 1)
    assert "There is no ticket 'T9'" in told.error


def test_nothing_in_the_list_is_wider_than_a_narrow_terminal(shell: Shell) -> None:
    narrow = shell.with_environment(COLUMNS="80")("tickets").out
    assert "T1" in narrow
    assert max(len(line) for line in narrow.splitlines()) <= 80
