"""What an import tells at its end: every row accounted for, every word mended, and the totals beside those of the source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from rich.console import Console
from rich.table import Table

from commandline.import_driving import Tally
from eventstore.port import EventStore
from intake.crm import ENGAGING, LOST, OPEN, PIPELINE, PROSPECTING, STAGES, WON, Export, NotTaken
from intake.crm_commands import CNY_PER_USD, EXCUSED, Deal, project_id

MANY = 10_000_000
"""More read-model rows than there are."""


@dataclass(frozen=True)
class Outcome:
    """The imported deals as the read models have them now."""

    stages: Counter[str]
    """Deals by outcome, or by stage while they are open."""
    won_value: Decimal
    """US dollars."""
    customers: int
    attention: int
    """Open deals that are stalled or beyond their time box."""


@dataclass(frozen=True)
class Report:
    """All that an import has to tell."""

    export: Export
    tally: Tally
    outcome: Outcome
    took: timedelta
    file: Path
    """Where the rows that were not taken are listed."""


async def outcome(store: EventStore, deals: Sequence[Deal]) -> Outcome:
    """Look up in the read models what has become of the deals of an export."""
    projects = {project_id(deal.opportunity) for deal in deals}
    rows = [row for row in await store.rows("deals", limit=MANY) if row["project"] in projects]
    standings = await store.rows("standings", {"category": "funnel", "closed": False, "needs_human": True}, limit=MANY)
    return Outcome(
        stages=Counter(row["outcome"] or row["stage"] for row in rows),
        won_value=sum((Decimal(row["amount_minor"]) for row in rows if row["outcome"] == "won"), Decimal(0)) / 100,
        customers=len({row["customer"] for row in rows}),
        attention=sum(row["project"] in projects for row in standings),
    )


def show(report: Report, console: Console) -> None:
    """Print the report for people."""
    console.print(_rows(report))
    if report.export.not_taken or report.tally.refused:
        console.print(_not_taken(report))
        console.print(f"Each of them, with its line: {report.file}\n", soft_wrap=True, markup=False)
    if report.export.spelling.mended:
        console.print(_mended(report))
    console.print(_totals(report))
    console.print("[bold]Not in the export, so not made up 导出中没有的信息[/bold]")
    for sentence in _assumptions(report):
        console.print(f" • {sentence}", markup=False)
    seconds = report.took.total_seconds()
    fresh = len(report.tally.taken)
    rate = f", {fresh / seconds:.1f} rows a second" if fresh else ": nothing was new, nothing was changed"
    console.print(f"\nDone in {seconds // 60:.0f} min {seconds % 60:.0f} s{rate}.", markup=False)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column(columns[0], overflow="fold")
    for column in columns[1:]:
        table.add_column(column, justify="right")
    return table


def _rows(report: Report) -> Table:
    table = _table("Rows by stage 各阶段行数", "stage 阶段", "in the export", "taken now", "in already", "not taken")
    taken = Counter(deal.opportunity.stage for deal in report.tally.taken)
    known = Counter(deal.opportunity.stage for deal in report.tally.known)
    left = Counter(row.stage or "(none)" for row in _left_rows(report))
    found = report.export.stages
    for stage in [*STAGES, *sorted(set(found) - set(STAGES))]:
        table.add_row(stage, *(f"{counts[stage]:,}" for counts in (found, taken, known, left)))
    table.add_section()
    table.add_row("all 合计", *(f"{counts.total():,}" for counts in (found, taken, known, left)))
    return table


def _left_rows(report: Report) -> list[NotTaken]:
    return [row for row in [*report.export.not_taken, *report.tally.refused] if row.file == PIPELINE]


def _not_taken(report: Report) -> Table:
    table = _table("Not taken, by first reason 未导入的行", "file and reason 文件与原因", "rows")
    reasons = Counter((row.file, row.problems[0].reason) for row in [*report.export.not_taken, *report.tally.refused])
    for (file, reason), count in reasons.most_common():
        table.add_row(f"{file}: {reason}", f"{count:,}")
    return table


def _mended(report: Report) -> Table:
    table = _table("Mended 已更正", "as written → as taken", "times")
    for (written, taken), count in report.export.spelling.mended.most_common():
        table.add_row(f"{written} → {taken}", f"{count:,}")
    return table


def _totals(report: Report) -> Table:
    table = _table("Totals 合计对照", "", "in the export", "in Throughline now")
    there, here = report.export.stages, report.outcome.stages
    open_here = here.total() - here["won"] - here["lost"]
    table.add_row("won 成交", f"{there[WON]:,}", f"{here['won']:,}")
    table.add_row("lost 丢单", f"{there[LOST]:,}", f"{here['lost']:,}")
    table.add_row("decided win rate 赢单率", _rate(there[WON], there[LOST]), _rate(here["won"], here["lost"]))
    table.add_row("won value 成交额, USD", f"{report.export.won_value:,.2f}", f"{report.outcome.won_value:,.2f}")
    table.add_row("open 进行中", f"{sum(there[stage] for stage in OPEN):,}", f"{open_here:,}")
    table.add_row("… stalled or overdue 停滞或超时", "", f"{report.outcome.attention:,}")
    table.add_row("customers 客户", f"{len(report.export.accounts):,}", f"{report.outcome.customers:,}")
    return table


def _rate(won: int, lost: int) -> str:
    return f"{100 * won / (won + lost):.2f} %" if won + lost else "–"


def _assumptions(report: Report) -> list[str]:
    of = Counter(one.stage for one in report.export.opportunities)
    return [
        "Contacts: each customer has one 'to be named 待补'. Value classes: none; a person decides them (ClassifyCustomer).",
        "Owner of a customer: the agent with the most of its deals.",
        f"Revenue in CNY: millions of USD × {CNY_PER_USD}.",
        f"Prospecting rows have no engage date: their projects open at the moment of the import ({of[PROSPECTING]:,}).",
        f"Evidence: engaging deals are past the first gate ({of[ENGAGING]:,}) and won deals past all of them ({of[WON]:,}) by a"
        f" recorded override; that of an open deal excuses for {EXCUSED.days} days.",
        f"Deals that are not won have no value in the export: their amount is the list price ({of.total() - of[WON]:,}).",
        f"Reasons of lost deals are 'not given' ({of[LOST]:,}). Won deals were delivered elsewhere: their projects close.",
        "Columns without a place here were left out: year_established, employees, subsidiary_of, series, manager.",
    ]
