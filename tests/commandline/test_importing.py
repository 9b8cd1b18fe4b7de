"""`import crm` as its user meets it: a program of its own, on an embedded stack of its own."""

from __future__ import annotations

import asyncio
import csv
import signal
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.commandline.imported import events, facts, run_import
from tests.intake.exports import NO_ACCOUNT, SPOILT, TAKEN, write_export

pytestmark = pytest.mark.timeout(150)  # some of these start a program with its own Temporal server twice

WON, ENGAGING = TAKEN[0], next(row for row in TAKEN if row.startswith("ENGA0001"))


def run(folder: Path, home: Path, sent: int = 0) -> subprocess.CompletedProcess[str]:
    """Import a folder into a home whose stack does not run yet."""
    return run_import("crm", folder, home, sent)


def not_taken(home: Path) -> list[dict[str, str]]:
    with (home / "import-crm-not-taken.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_export(tmp_path_factory.mktemp("export"), (*TAKEN, *SPOILT))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def first(folder: Path, home: Path) -> subprocess.CompletedProcess[str]:
    return run(folder, home)


async def test_every_row_ends_as_the_export_says(first: subprocess.CompletedProcess[str], home: Path) -> None:
    assert first.returncode == 0, first.stderr
    found = await facts(home)
    assert found["project-CRM-WON00002"] == Counter(ProjectOpened=1, ProjectClosed=1)
    assert found["funnel-CRM-WON00002"]["DealWon"] == 1
    assert found["funnel-CRM-LOST0001"]["DealLost"] == 1
    assert found["funnel-CRM-PROS0001"] == Counter(FunnelOpened=1)
    acme = found["customer-acme-corporation"]
    assert (acme["ContractSigned"], acme["CustomerActivated"], acme["KeepContactPlanned"]) == (2, 1, 1)
    assert len([stream for stream in found if stream.startswith("project-")]) == len(TAKEN)


async def test_a_deal_that_has_been_engaged_for_years_comes_out_stalled(
    first: subprocess.CompletedProcess[str], home: Path
) -> None:
    engaging = (await facts(home))["funnel-CRM-ENGA0001"]
    assert engaging == Counter(
        FunnelOpened=1,
        GateOverridden=1,
        StageAdvanced=1,
        ClocksReleased=1,
        StageOverdue=1,
        DealStalled=1,
        TaskRaised=1,
        StallEscalated=1,
    )
    assert "stalled or overdue 停滞或超时 │" in first.stdout


def test_what_is_not_taken_is_counted_by_reason_and_listed_by_line(first: subprocess.CompletedProcess[str], home: Path) -> None:
    rows = not_taken(home)
    assert [row["id"] for row in rows] == [row.partition(",")[0] for row in SPOILT]
    assert [int(row["line"]) for row in rows] == list(range(len(TAKEN) + 2, len(TAKEN) + len(SPOILT) + 2))
    assert all(row["reason"] for row in rows)
    assert "account is not in accounts.csv" in first.stdout
    assert "Nobody Ltd" in rows[1]["reason"]


def test_the_report_lets_a_person_compare_with_the_source(first: subprocess.CompletedProcess[str]) -> None:
    words = " ".join(first.stdout.replace("│", " ").split())
    assert f"all 合计 {len(TAKEN) + len(SPOILT)} {len(TAKEN)} 0 {len(SPOILT)}" in words
    assert "lost 丢单 2 2 decided win rate" in words
    assert "technolgy → technology 1" in words
    assert "8 of 8 rows" in first.stderr


async def test_a_second_run_changes_nothing(first: subprocess.CompletedProcess[str], folder: Path, home: Path) -> None:
    before = await events(home)
    again = run(folder, home)
    assert again.returncode == 0, again.stderr
    assert "nothing was new, nothing was changed" in again.stdout
    assert await events(home) == before


@pytest.mark.parametrize("sent", [2, 12])
async def test_an_import_that_is_killed_and_started_again_ends_the_same(
    first: subprocess.CompletedProcess[str], folder: Path, home: Path, tmp_path: Path, sent: int
) -> None:
    killed = run(folder, tmp_path, sent)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    again = run(folder, tmp_path)
    assert again.returncode == 0, again.stderr
    assert await facts(tmp_path) == await facts(home)


Newer = tuple[subprocess.CompletedProcess[str], Path, int]


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Newer:
    """An export, and a newer one in which a deal is won, an account is filled in, and a won deal is called lost: how its import
    went, its home, and how many events there were before it."""
    folder, home = tmp_path_factory.mktemp("exports"), tmp_path_factory.mktemp("home")
    run(write_export(folder / "before", (WON, NO_ACCOUNT, ENGAGING)), home)
    before = len(asyncio.run(events(home)))
    rows = (
        WON.replace("Won,2016-10-20,2017-03-01,1054", "Lost,2016-10-20,2017-03-01,0"),
        NO_ACCOUNT.replace(",,Engaging", ",Acme Corporation,Engaging"),
        ENGAGING.replace("Engaging,2017-06-05,,", "Won,2017-06-05,2017-08-05,9"),
    )
    return run(write_export(folder / "after", rows), home), home, before


async def test_a_row_is_taken_once_its_account_is_filled_in(newer: Newer) -> None:
    _, home, before = newer
    fresh = (await events(home))[before:]
    assert {event.stream for event in fresh if event.type == "ProjectOpened"} == {"project-CRM-ENGA0003"}


async def test_a_deal_that_was_won_since_the_last_import_is_won(newer: Newer) -> None:
    assert (await facts(newer[1]))["funnel-CRM-ENGA0001"]["DealWon"] == 1


def test_a_row_that_the_engine_refuses_is_named_and_the_exit_code_is_1(newer: Newer) -> None:
    again, home, _ = newer
    assert again.returncode == 1, again.stderr
    named = [(row["line"], row["id"], row["reason"].partition(" ")[0]) for row in not_taken(home)]
    assert named == [("2", "WON00001", "DealClosed")]


def test_a_missing_file_is_wrong_usage_told_in_one_sentence(folder: Path, tmp_path: Path) -> None:
    result = run(tmp_path, tmp_path / "home")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert "accounts.csv is missing: put the file there" in result.stderr
