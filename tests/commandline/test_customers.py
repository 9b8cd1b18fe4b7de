"""What `customers` and `customer` print."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from eventstore.opening import open_store
from tests.commandline.shell import Shell
from tests.domain.asked import classify, contact, open_project, open_ticket, register, won
from tests.history.office import Office

SPELL = timedelta(days=60)


@pytest.fixture
async def shell(alone: Shell) -> Shell:
    """A shell on a store with a customer that was potential for sixty days and active for as many, and a new one."""
    home = Path(alone.environment["THROUGHLINE_HOME"])
    store = await open_store(f"sqlite:///{home / 'store.db'}")
    now = datetime.now(UTC)
    office = Office(store, now - 2 * SPELL)
    await office.take(register(), classify(), now - SPELL, open_project("P1"), *won("P1"), contact(), open_ticket("T1"))
    await office.take(now, register("C2", "30000000", name="Pushi 朴石", industry="moulds"))
    await store.close()
    return alone


def test_customers_are_listed_in_both_languages_and_counted_by_state_and_class(shell: Shell) -> None:
    told = shell("customers")
    assert told.code == 0
    for words in ("C1", "华星集团", "active 有效", "potential 潜在", "vip", "2 customers 客户"):
        assert words in told.out


def test_a_page_ends_with_what_to_ask_for_the_next(shell: Shell) -> None:
    first = shell("customers", "--sort", "customer", "--limit", "1")
    assert "--after C1" in first.out
    rest = json.loads(shell("customers", "--sort", "customer", "--after", "C1", "--json").out)
    assert ([one["customer"] for one in rest["customers"]], rest["next"]) == (["C2"], "")


def test_only_customers_like_that_are_listed(shell: Shell) -> None:
    def listed(*options: str) -> list[str]:
        return [one["customer"] for one in json.loads(shell("customers", "--json", *options).out)["customers"]]

    assert listed("--status", "active") == ["C1"]
    assert listed("--search", "PUSHI") == ["C2"]
    assert listed("--industry", "moulds") == ["C2"]
    assert "No customer is like that" in shell("customers", "--class", "small").out


def test_to_go_on_after_nobody_is_told_in_one_sentence(shell: Shell) -> None:
    told = shell("customers", "--after", "C99")
    assert (told.code, told.error.count("\n")) == (1, 1)


def test_a_customer_is_told_with_its_years_its_projects_and_its_tickets(shell: Shell) -> None:
    told = shell("customer", "C1")
    assert told.code == 0
    for words in (
        "VIP large customer",
        "The years 历年状态",
        "▒ potential 潜在  █ active 有效",
        "P1",
        "T1",
        "board paper",
        "talked",
    ):
        assert words in told.out
    [bar] = [line for line in told.out.splitlines() if set(line.strip()) == {"▒", "█"}]
    assert abs(bar.count("▒") - bar.count("█")) <= 2


def test_a_customer_may_be_told_as_it_was(shell: Shell) -> None:
    before = (datetime.now(UTC) - SPELL - timedelta(days=2)).date().isoformat()
    assert json.loads(shell("customer", "C1", "--as-of", before, "--json").out)["customer"]["status"] == "potential"


@pytest.mark.parametrize("asked", [("C9",), ("C1", "--as-of", "1999-01-01"), ("C9", "--dossier")])
def test_what_cannot_be_told_is_said_in_one_sentence(shell: Shell, asked: tuple[str, ...]) -> None:
    told = shell("customer", *asked)
    assert (told.code, told.error.count("\n")) == (1, 1)
    assert ("by then" in told.error, "by 1999-01-01" in told.error) == (False, "--as-of" in asked)


@pytest.mark.parametrize("page", [(), ("--dossier",)])
def test_a_day_that_is_none_is_wrong_usage_as_everywhere(shell: Shell, page: tuple[str, ...]) -> None:
    told = shell("customer", "C1", *page, "--as-of", "yesterday")
    assert (told.code, told.error.startswith("--as-of: 'yesterday' is no moment")) == (2, True)


@pytest.mark.parametrize("asked", [("customers",), ("customer", "C1")])
def test_nothing_is_wider_than_a_narrow_terminal(shell: Shell, asked: tuple[str, ...]) -> None:
    narrow = shell.with_environment(COLUMNS="80")(*asked).out
    assert max(len(line) for line in narrow.splitlines()) <= 80
