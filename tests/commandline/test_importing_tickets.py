"""`import tickets` as its user meets it: a program of its own, on an embedded stack of its own."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
from pathlib import Path

import pytest

from tests.commandline.imported import facts, run_import
from tests.commandline.shell import Shell
from tests.intake.incident_logs import OPEN, PLAIN, REOPENED, VINST, VINST_HEADER, row, write_log

pytestmark = pytest.mark.timeout(150)  # some of these start a program with its own Temporal server twice

ROWS = (*reversed(PLAIN), *REOPENED, *OPEN, PLAIN[0], row("?", "New", "29-02-2016 09:05", 0))


def run(file: Path, home: Path, sent: int = 0) -> subprocess.CompletedProcess[str]:
    """Import a log into a home whose stack does not run yet."""
    return run_import("tickets", file, home, sent)


def table(home: Path, name: str) -> list[dict[str, str]]:
    with (home / f"import-tickets-{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


async def imported(home: Path) -> dict[str, dict[str, int]]:
    """What the import itself is the cause of: the escalation of what is still open goes on by itself, and may be cut short."""
    return {
        stream: {fact: count for fact, count in found.items() if fact != "TicketEscalated"}
        for stream, found in (await facts(home)).items()
        if not stream.startswith("escalation-")
    }


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_log(tmp_path_factory.mktemp("log"), ROWS)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def first(log: Path, home: Path) -> subprocess.CompletedProcess[str]:
    return run(log, home)


async def test_every_ticket_ends_as_the_log_says(first: subprocess.CompletedProcess[str], home: Path) -> None:
    assert first.returncode == 0, first.stderr
    found = await facts(home)
    assert found["ticket-INC1"]["TicketClosed"] == 1
    assert found["ticket-INC2"]["TicketReopened"] == 1
    assert (found["ticket-INC3"]["TicketResolved"], found["ticket-INC3"]["TargetBreached"]) == (0, 1)
    assert found["customer-log-servicenow"]["CustomerRegistered"] == 1


def test_every_row_is_accounted_for(first: subprocess.CompletedProcess[str], home: Path) -> None:
    rows = table(home, "rows")
    assert [int(one["line"]) for one in rows] == list(range(2, len(ROWS) + 2))
    assert all(one["outcome"] in ("taken", "no_change", "repeated", "not_taken") and one["what"] for one in rows)
    assert [one["outcome"] for one in rows][-2:] == ["repeated", "not_taken"]
    words = " ".join(first.stdout.replace("│", " ").split())
    assert "unexplained 未说明 0" in words
    assert f"all 合计 {len(ROWS)}" in words


def test_the_report_says_how_the_log_was_read(first: subprocess.CompletedProcess[str]) -> None:
    assert "is read as ServiceNow incident log" in first.stdout
    assert "they are read in Asia/Shanghai (--time-zone)" in first.stdout
    assert "3 of 3 tickets" in first.stderr


def test_the_report_compares_our_verdicts_with_the_source_s(first: subprocess.CompletedProcess[str], home: Path) -> None:
    found = {one["ticket"]: (one["our_resolution"], one["source"], one["explanation"]) for one in table(home, "verdicts")}
    assert found["INC1"] == ("met", "missed", "waiting")
    assert found["INC2"] == ("met", "met", "")
    assert "waiting for the customer stopped our clock 等待客户期间我方停表" in first.stdout


async def test_a_second_run_changes_nothing(first: subprocess.CompletedProcess[str], log: Path, home: Path) -> None:
    before = await imported(home)
    again = run(log, home)
    assert again.returncode == 0, again.stderr
    assert "nothing was new, nothing was changed" in again.stdout
    assert await imported(home) == before


@pytest.mark.parametrize("sent", [1, 9])
async def test_an_import_that_is_killed_and_started_again_ends_the_same(
    first: subprocess.CompletedProcess[str], log: Path, home: Path, tmp_path: Path, sent: int
) -> None:
    killed = run(log, tmp_path, sent)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    again = run(log, tmp_path)
    assert again.returncode == 0, again.stderr
    assert await imported(tmp_path) == await imported(home)
    assert table(tmp_path, "rows") == table(home, "rows")


def test_programs_get_the_report_as_json(system: Shell, tmp_path: Path) -> None:
    file = write_log(tmp_path, VINST, VINST_HEADER)
    ended = system("import", "tickets", str(file), "--json")
    assert ended.code == 0, ended.error
    told = json.loads(ended.out)
    assert (told["mapping"], told["time_zone"], told["rows"]["all"]) == ("vinst", None, len(VINST))
    assert told["rows"]["unexplained"] == told["rows"]["not_taken"] == 0
    assert told["tickets"] == {"all": 2, "taken": 2, "known": 0, "not_opened": 0, "status": {"closed": 2}}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--time-zone", "Mars/Base"), "is no time zone"),
        (("--mapping", "nowhere.yaml"), "cannot be read"),
        (("--customer", "nobody-knows"), "There is no customer nobody-knows"),
    ],
)
def test_a_wrong_option_is_told_in_one_sentence(system: Shell, log: Path, arguments: tuple[str, ...], said: str) -> None:
    ended = system("import", "tickets", str(log), *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert ended.error.count("\n") == 1
    assert said in ended.error


def test_a_log_of_an_unknown_header_says_which_columns_are_missing(system: Shell, tmp_path: Path) -> None:
    ended = system("import", "tickets", str(write_log(tmp_path, ("1,2",), header="what,ever")))
    assert ended.code == 2
    assert "as ServiceNow incident log it lacks number, sys_updated_at, incident_state or state" in ended.error
    assert "--mapping FILE" in ended.error


def test_a_mapping_of_one_s_own_reads_any_log(system: Shell, tmp_path: Path) -> None:
    mapping = tmp_path / "own.json"
    columns = {"ticket": ["id"], "at": ["when"], "status": ["state"]}
    statuses = {"open": "active", "done": "closed"}
    name = {"en": "own log", "zh": "自有日志"}
    mapping.write_text(json.dumps({"code": "own", "name": name, "columns": columns, "statuses": statuses}), encoding="utf-8")
    rows = ("OWN-1,2024-03-04 09:00,open", "OWN-1,2024-03-04T10:00:00Z,done")
    file = write_log(tmp_path, rows, header="id,when,state")
    ended = system("import", "tickets", str(file), "--mapping", str(mapping), "--time-zone", "Europe/Stockholm", "--json")
    assert ended.code == 0, ended.error
    told = json.loads(ended.out)
    assert (told["customer"], told["time_zone"], told["tickets"]["status"]) == ("log-own", "Europe/Stockholm", {"closed": 1})
