"""`pipeline`: the open deals at any moment, by stage or by anything else that they are told apart by."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from decimal import Decimal

from rich.text import Text

from commandline.seam import DONE, WrongUsageError
from commandline.showing import brief, console, local, put_json, table
from domain.messages import Name
from history.counting import By, Scope
from history.figures import FiguresAsked, pipeline_asked
from history.moments import NotAMomentError, moment
from history.pipeline import BY_NAMES, UNSAID, Pipeline
from history.rollup import InPipeline
from runtime.composition import CODEC, now, open_core
from runtime.logging import set_up_logging
from runtime.settings import load_settings

WIDE = 160
"""Columns from which every amount stands on one line; in a narrower terminal it is broken, so that what it is about stays."""


def show_pipeline(
    by: By, scope: Scope, at: str | None, known: str | None, until: str | None, limit: int, as_program: bool
) -> int:
    """Show the pipeline; returns the exit code. Raises `WrongUsageError` for a moment that is none."""
    settings = load_settings()
    set_up_logging("error")

    async def read() -> Pipeline:
        async with open_core(settings) as core:
            playbooks = await core.playbooks()
            zone = playbooks.latest().calendar.time_zone
            asked = FiguresAsked(
                by=by,
                scope=scope,
                at=a_moment("--at", at, zone),
                known=a_moment("--known-at", known, zone),
                until=a_day("--until", until),
                limit=limit,
            )
            return await pipeline_asked(core.store, CODEC, playbooks, asked, now())

    found = asyncio.run(read())
    if as_program:
        put_json(found.model_dump(mode="json"))
    else:
        _show(found)
    return DONE


def a_moment(option: str, text: str | None, zone: str) -> datetime | None:
    """The moment that an option names; None without one."""
    try:
        return min(moment(text, zone), now()) if text else None
    except NotAMomentError as error:
        raise WrongUsageError(f"{option}: {error}") from None


def a_day(option: str, text: str | None) -> date | None:
    """The day that an option names; None without one."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise WrongUsageError(f"{option}: {text!r} is no day: write it such as 2026-03-31.") from None


def _show(found: Pipeline) -> None:
    out = console()
    if not found.lines:
        out.print("No deal was open then, within what was asked 没有符合条件的在途商机.")
        return
    columns = (
        str(BY_NAMES[found.by]).capitalize(),
        "Deals\n商机",
        "Amount\n金额",
        "Weighted\n加权",
        f"Expected by\n{found.until} 预计",
        "Past its day\n已过预计日",
        "Stalled\n停滞",
        "Shelved\n搁置",
    )
    rows = [_row(called(one.key, one.name), one, one.win_rate) for one in found.lines]
    rows += [_row("Together 合计", one, None, "bold") for one in found.totals]
    out.print(table(columns, rows, whole=columns[1:] if out.width >= WIDE else ()))
    if more := found.count - len(found.lines):
        out.print(f"{more} more lines 另有{more}行 (--limit).")
    known = f", as known 当时所知 {local(found.known_at, found.zone)}" if found.known_at else ""
    undated = sum(one.undated_count for one in found.totals)
    said = f" Of {undated} deals nobody has said when 未注明预计日期: ForecastDeal." if undated else ""
    out.print(Text(f"As of 截至 {local(found.as_of, found.zone)} ({found.zone}){known}.{said}", "dim"))


def called(key: str, name: Name | None) -> str:
    """A key and what it means."""
    return str(UNSAID) if not key else f"{key} {brief(name)}" if name else key


def _row(what: str, one: InPipeline, rate: int | None, style: str = "") -> tuple[str | Text, ...]:
    weighted = plain(one.weighted) + (f" ({rate} %)" if rate is not None else "")
    cells = (
        what,
        str(one.count),
        f"{plain(one.amount)} {one.currency}".strip(),
        weighted,
        counted(one.expected_count, one.expected),
        counted(one.past_count, one.past),
        counted(one.stalled_count, one.stalled),
        counted(one.shelved_count, one.shelved),
    )
    shown = [Text(cell, style) for cell in cells]
    shown[5].stylize("bold red" if one.past_count else "")
    shown[6].stylize("yellow" if one.stalled_count else "")
    return tuple(shown)


def counted(count: int, amount: Decimal) -> str:
    """How many, and how much."""
    return f"{count}: {plain(amount)}" if count else "–"


def plain(amount: Decimal) -> str:
    """An amount without its currency; cents only where there are some."""
    return f"{amount:,.2f}".removesuffix(".00")
