"""What an import of tickets tells at its end: every row accounted for, and our verdicts beside the source's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from commandline.import_tickets_driving import Tally
from commandline.import_tickets_rows import OUTCOMES, RowTold, rows_told, write_rows, write_table
from domain.ticket import STATUS_NAMES
from intake.incident_commands import Played
from intake.incidents import Log
from intake.incidents_verdicts import EXPLANATIONS, Fitted, Verdict

ROWS_FILE, VERDICTS_FILE = "import-tickets-rows.csv", "import-tickets-verdicts.csv"
"""In the home folder: what became of every row; and every ticket with both verdicts and why they differ."""
SHOWN = 10
"""So many tickets that nothing explains are named in the report; all stand in the file."""
VERDICT_WORDS = {True: "met", False: "missed", None: ""}


@dataclass(frozen=True)
class Report:
    """All that an import of tickets has to tell."""

    log: Log
    customer: str
    tally: Tally
    played: Sequence[Played]
    verdicts: Sequence[Verdict]
    fitted: Mapping[str, Fitted]
    took: timedelta
    home: Path

    @cached_property
    def rows(self) -> list[RowTold]:
        """Every row, with what has become of it."""
        return rows_told(self.log, self.played, self.tally)

    @property
    def priorities(self) -> list[str]:
        """The classes that there are."""
        return sorted({one.ours.priority for one in self.verdicts})

    def differences(self, priority: str | None = None) -> list[Verdict]:
        """The tickets where our verdict is not the source's."""
        return [one for one in self.verdicts if one.explanation and priority in (None, one.ours.priority)]


def write_files(report: Report) -> None:
    """Both files, in the home folder."""
    write_rows(report.home / ROWS_FILE, report.rows)
    header = ("ticket", "status", "priority", "our_resolution", "our_response", "source", "explanation", "in_words")
    rows = (
        (
            one.ticket,
            one.ours.status,
            one.ours.priority,
            VERDICT_WORDS[one.ours.resolve],
            VERDICT_WORDS[one.ours.respond],
            VERDICT_WORDS[one.source],
            one.explanation,
            EXPLANATIONS[one.explanation] if one.explanation else "",
        )
        for one in report.verdicts
    )
    write_table(report.home / VERDICTS_FILE, header, rows)


def as_data(report: Report) -> dict[str, Any]:
    """The report for programs."""
    tally = report.tally
    return {
        "file": str(report.log.file),
        "mapping": report.log.mapping.code,
        "time_zone": report.log.time_zone if report.log.naive else None,
        "encoding": report.log.table.encoding,
        "customer": report.customer,
        "rows": {"all": len(report.rows), **{name: _outcomes(report)[name] for name in OUTCOMES}},
        "reasons": dict(_reasons(report)),
        "commands": dict(_commands(report)),
        "tickets": {
            "all": len(report.played),
            "taken": len(tally.taken),
            "known": len(tally.known),
            "not_opened": len(tally.not_opened),
            "status": dict(Counter(one.ours.status for one in report.verdicts)),
        },
        "verdicts": {priority: _compared(report, priority) for priority in report.priorities},
        "differences": [{"ticket": one.ticket, "explanation": one.explanation} for one in report.differences()],
        "source_targets": {
            priority: {"hours": round(one.hours, 2), "wrong": one.wrong, "of": one.of}
            for priority, one in report.fitted.items()
        },
        "sent": tally.sent,
        "seconds": round(report.took.total_seconds(), 1),
        "files": {"rows": str(report.home / ROWS_FILE), "verdicts": str(report.home / VERDICTS_FILE)},
    }


def _outcomes(report: Report) -> Counter[str]:
    return Counter(row.outcome for row in report.rows)


def _reasons(report: Report) -> list[tuple[str, int]]:
    return Counter(row.reason for row in report.rows if row.outcome not in ("taken", "no_change")).most_common()


def _commands(report: Report) -> list[tuple[str, int]]:
    lines = {row.line for row in report.rows if row.outcome == "taken"}
    steps = (step for one in report.played for step in one.steps if step.line in lines)
    return Counter(step.command.command for step in steps).most_common()


def _compared(report: Report, priority: str) -> dict[str, Any]:
    of = [one for one in report.verdicts if one.ours.priority == priority]
    both = [one for one in of if one.compared]
    return {
        "tickets": len(of),
        "compared": len(both),
        "source_met": sum(one.source is True for one in both),
        "our_met": sum(one.ours.resolve is True for one in both),
        "resolution_met": sum(one.ours.resolve is True for one in of),
        "resolution_missed": sum(one.ours.resolve is False for one in of),
        "same": sum(one.source == one.ours.resolve for one in both),
        "only_we_missed": sum(one.source is True and one.ours.resolve is False for one in both),
        "only_source_missed": sum(one.source is False and one.ours.resolve is True for one in both),
        "response_met": sum(one.ours.respond is True for one in of),
        "response_missed": sum(one.ours.respond is False for one in of),
        "explanations": dict(Counter(one.explanation for one in report.differences(priority))),
    }


def show(report: Report, console: Console) -> None:
    """Print the report for people."""
    for sentence in _read_as(report):
        console.print(sentence, markup=False, soft_wrap=True)
    console.print()
    for table in (_rows(report), _became(report), _tickets(report)):
        console.print(table)
    if _reasons(report):
        console.print(_not_taken(report))
    console.print(f"Each row, with what became of it: {report.home / ROWS_FILE}\n", soft_wrap=True, markup=False)
    console.print(_own(report))
    if any(one.source is not None for one in report.verdicts):
        _show_verdicts(report, console)
    else:
        console.print("The log says of no ticket whether its target was met: nothing to compare. 日志未给出判定，无从对照\n")
    seconds, sent = report.took.total_seconds(), report.tally.sent
    rate = f", {sent / seconds:.1f} commands a second" if sent else ": nothing was new, nothing was changed"
    console.print(f"Done in {seconds // 60:.0f} min {seconds % 60:.0f} s{rate}.", markup=False)


def _show_verdicts(report: Report, console: Console) -> None:
    console.print(_verdicts(report))
    if report.differences():
        console.print(_explanations(report))
        nothing = [one.ticket for one in report.differences() if one.explanation == "none"]
        if nothing:
            more = f" and {len(nothing) - SHOWN:,} more" if len(nothing) > SHOWN else ""
            console.print(f"Explained by nothing that was tried: {', '.join(nothing[:SHOWN])}{more}.", markup=False)
    for priority, one in report.fitted.items():
        console.print(f"{priority}: {_looks_like(one)}", markup=False)
    console.print(f"Each ticket, with both verdicts: {report.home / VERDICTS_FILE}\n", soft_wrap=True, markup=False)


def _looks_like(fitted: Fitted) -> str:
    left = f"({fitted.wrong:,} of {fitted.of:,} tickets do not fit)."
    if not fitted.hours:
        return f"the source calls its target missed however soon it is resolved {left}"
    return f"the source's verdicts look like a target of {fitted.hours:,.1f} elapsed hours from opening to resolution {left}"


def _read_as(report: Report) -> list[str]:
    log = report.log
    read = [f"{log.file} is read as {log.mapping.name}; the tickets belong to customer {report.customer}."]
    if log.naive:
        read.append(
            f"Its moments have no offset: they are read in {log.time_zone} (--time-zone). 未注明时区，按 {log.time_zone} 读取"
        )
    if log.table.encoding != "utf-8":
        read.append(f"It is not UTF-8: read as {log.table.encoding}; letters beyond ASCII may be wrong. 非UTF-8编码")
    return read


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column(columns[0], overflow="fold")
    for column in columns[1:]:
        table.add_column(column, justify="right")
    return table


def _rows(report: Report) -> Table:
    table = _table("Rows 行数", "what became of them 结果", "rows")
    found = _outcomes(report)
    for outcome, name in OUTCOMES.items():
        table.add_row(str(name), f"{found[outcome]:,}")
    table.add_section()
    table.add_row("all 合计", f"{len(report.rows):,}")
    return table


def _became(report: Report) -> Table:
    table = _table("Taken, as commands 已导入为命令", "command 命令", "times")
    for command, count in _commands(report):
        table.add_row(command, f"{count:,}")
    return table


def _tickets(report: Report) -> Table:
    table = _table("Tickets 工单", "", "tickets")
    tally = report.tally
    table.add_row("taken now 本次导入", f"{len(tally.taken):,}")
    table.add_row("in already 已在库", f"{len(tally.known):,}")
    table.add_row("not opened 未能建单", f"{len(tally.not_opened):,}")
    table.add_section()
    for status, count in Counter(one.ours.status for one in report.verdicts).most_common():
        table.add_row(f"{STATUS_NAMES[status]}", f"{count:,}")
    return table


def _not_taken(report: Report) -> Table:
    table = _table("Not taken, by first reason 未导入的行", "reason 原因", "rows")
    for reason, count in _reasons(report):
        table.add_row(reason, f"{count:,}")
    return table


def _own(report: Report) -> Table:
    """Our verdicts alone."""
    heads = (
        "class 等级",
        "tickets 工单",
        "respond met 达标",
        "missed 超时",
        "open 未结",
        "resolve met 达标",
        "missed 超时",
        "open 未结",
    )
    table = _table("Our targets 我方时限", *heads)
    for priority in (*report.priorities, None):
        of = [one.ours for one in report.verdicts if priority in (None, one.ours.priority)]
        if priority is None:
            table.add_section()
        counts = [len(of), *_ended(one.respond for one in of), *_ended(one.resolve for one in of)]
        table.add_row(priority or "all 合计", *(f"{count:,}" for count in counts))
    return table


def _ended(verdicts: Iterable[bool | None]) -> list[int]:
    found = Counter(verdicts)
    return [found[True], found[False], found[None]]


def _verdicts(report: Report) -> Table:
    table = _table(
        "Resolution: our verdict and the source's 解决时限判定对照",
        *("class 等级", "compared 可比", "source: met", "ours: met", "same 一致", "only we: missed", "only source: missed"),
    )
    total: Counter[str] = Counter()
    for priority in report.priorities:
        one = {name: count for name, count in _compared(report, priority).items() if isinstance(count, int)}
        total.update(one)
        table.add_row(priority, *_counts(one))
    table.add_section()
    table.add_row("all 合计", *_counts(total))
    return table


def _counts(of: Mapping[str, int]) -> list[str]:
    names = ("compared", "source_met", "our_met", "same", "only_we_missed", "only_source_missed")
    return [f"{of.get(name, 0):,}" for name in names]


def _explanations(report: Report) -> Table:
    table = _table(
        "Why they differ: the first rule that gives the source's verdict 差异原因", "rule 规则", *report.priorities, "all"
    )
    for code, name in EXPLANATIONS.items():
        of = Counter(one.ours.priority for one in report.differences() if one.explanation == code)
        if of:
            table.add_row(str(name), *(f"{of[priority]:,}" for priority in report.priorities), f"{of.total():,}")
    return table
