"""What people see: tables with colour on a terminal, plain text otherwise; JSON for programs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from commandline.fitting import FittingTable
from domain.messages import Name

PLAIN_WIDTH = 200
"""Columns where there is no terminal and COLUMNS says nothing: wide, so that little is broken over lines."""


def console() -> Console:
    """Where the output for people goes. Nothing that is shown is taken for markup unless it says so."""
    width = None if sys.stdout.isatty() or os.environ.get("COLUMNS") else PLAIN_WIDTH
    return Console(highlight=False, markup=False, emoji=False, width=width, soft_wrap=False)


def table(
    columns: Sequence[str], rows: Iterable[Sequence[str | Text]], title: str | None = None, whole: Collection[str] = ()
) -> Table:
    """A table; on a terminal with a rule under its head. What stands in a `whole` column, such as ids, is never broken."""
    shown = FittingTable(
        box=box.SIMPLE_HEAD if sys.stdout.isatty() else None, title=title, title_justify="left", pad_edge=False
    )
    for column in columns:
        shown.add_column(column, overflow="fold", no_wrap=column in whole)
    for row in rows:
        shown.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
    return shown


def pairs(lines: Iterable[tuple[str, str | Text]]) -> Table:
    """Labels with their values, in two columns."""
    shown = Table.grid(padding=(0, 2))
    shown.add_column(style="dim")
    shown.add_column(overflow="fold")
    for label, value in lines:
        shown.add_row(Text(label), value if isinstance(value, Text) else Text(value))
    return shown


def brief(name: Name) -> str:
    """A name in both languages, without what stands in brackets: a role's line of organisation, what a class is for."""
    return f"{name.en.partition(' (')[0]} {name.zh.partition('（')[0]}"


def put_json(value: Any) -> None:
    """One JSON document, readable in every language."""
    text = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    sys.stdout.buffer.write(text.encode("utf-8", errors="backslashreplace"))
    sys.stdout.buffer.flush()


def local(at: datetime | None, time_zone: str) -> str:
    """A moment as people of that time zone read it, to the minute; empty for none."""
    return f"{at.astimezone(ZoneInfo(time_zone)):%Y-%m-%d %H:%M}" if at else ""
