"""What became of every row of an incident log: one line each, nothing left over."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from commandline.import_tickets_driving import Tally
from domain.messages import Name
from intake.incident_commands import Played, rows_left
from intake.incidents import Log

Outcome = Literal["taken", "no_change", "repeated", "not_taken", "refused", "unexplained"]

OUTCOMES: dict[Outcome, Name] = {
    "taken": Name(en="taken", zh="已导入"),
    "no_change": Name(en="changes nothing", zh="无变化"),
    "repeated": Name(en="repeats an earlier line", zh="重复行"),
    "not_taken": Name(en="not taken, with its reason", zh="未导入（附原因）"),
    "refused": Name(en="refused by a rule, in whole or in part", zh="被规则拒绝"),
    "unexplained": Name(en="unexplained", zh="未说明"),
}


@dataclass(frozen=True, slots=True)
class RowTold:
    """One row of the log: its line, whose it is, what has become of it, and the commands or the reason."""

    line: int
    ticket: str
    outcome: Outcome
    what: str
    reason: str = ""
    """The same for all rows of its kind."""


def rows_told(log: Log, played: Sequence[Played], tally: Tally) -> list[RowTold]:
    """Every row of the log, in the order of the file."""
    told: dict[int, RowTold] = {}
    for one in played:
        for line, became in one.became.items():
            told[line] = _played(line, one.ticket.id, became, tally)
    for left in rows_left(log, played):
        what = "; ".join(map(str, left.problems))
        told[left.line] = RowTold(left.line, left.ticket, "not_taken", what, left.problems[0].reason)
    for line, first in log.repeated.items():
        told[line] = RowTold(line, "", "repeated", f"the same as line {first}", "the same as an earlier line")
    return [told.get(line) or RowTold(line, "", "unexplained", "", "unexplained") for line in log.lines]


def _played(line: int, ticket: str, became: Sequence[str], tally: Tally) -> RowTold:
    if problems := tally.refused.get(line):
        what = "; ".join(map(str, problems))
        return RowTold(line, ticket, "refused", what, problems[0].reason)
    unchanged = all(word.startswith("nothing changed") for word in became)
    return RowTold(line, ticket, "no_change" if unchanged else "taken", ", ".join(became), became[0] if unchanged else "")


def write_rows(file: Path, rows: Iterable[RowTold]) -> None:
    """Every row, with what has become of it; the file of the run before gives way."""
    write_table(
        file,
        ("line", "ticket", "outcome", "what"),
        ((row.line, row.ticket, row.outcome, row.what) for row in rows),
    )


def write_table(file: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A CSV file with a byte order mark, or spreadsheet programs take it for another encoding."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        table = csv.writer(out)
        table.writerow(header)
        table.writerows(rows)
