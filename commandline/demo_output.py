"""What the demo prints for people: a story, the pipeline, what needs a person, and where to look further."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TextIO
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from commandline.overview import StageSum, Waiting
from commandline.story import Line
from domain.messages import Money
from domain.playbook import Playbook
from runtime import links
from runtime.settings import Settings
from sample.portfolio import STORY
from workflows.names import workflow_id

PLAIN_WIDTH = 160
"""Columns where there is no terminal and COLUMNS says nothing."""


def console_for_people(stream: TextIO) -> Console:
    """A console on standard output or standard error; what is shown is never taken for markup."""
    width = None if stream.isatty() or os.environ.get("COLUMNS") else PLAIN_WIDTH
    return Console(file=stream, highlight=False, markup=False, emoji=False, width=width)


def say_what_runs(settings: Settings, key: str, out: Console) -> None:
    """One line for each thing that was started."""
    where = f"Temporal {settings.temporal_address}"
    if settings.embedded:
        where += f", its UI http://127.0.0.1:{settings.temporal_ui_port}"
    shown = "from THROUGHLINE_API_KEY" if settings.api_key else key
    out.print(Text("Throughline 贯通", "bold"), "runs on this machine:", end=" ")
    out.print(f"{where}, API http://{settings.api_host}:{settings.api_port}/docs (key: {shown}).", end="\n\n", soft_wrap=True)


def show(
    story: Sequence[Line],
    story_events: int,
    stages: Sequence[StageSum],
    waiting: Sequence[Waiting],
    playbook: Playbook,
    settings: Settings,
    out: Console,
) -> None:
    """Print all of it."""
    zone = ZoneInfo(playbook.calendar.time_zone)
    _story(story, story_events, zone, out)
    _pipeline(stages, out)
    _waiting(waiting, playbook, zone, out)
    _links(playbook, settings, out)


def _story(story: Sequence[Line], events: int, zone: ZoneInfo, out: Console) -> None:
    _heading(f"The story of customer {STORY} 客户历程", out)
    rows = ((_moment(line.at, zone), line.about, _told(line), line.who, Text(line.proof, "cyan")) for line in story)
    out.print(_table(("When 时间", "About", "What happened 事件", "Who 经办", "Proof 依据"), rows, ratio={2: 4, 4: 1}))
    out.print(f"{len(story)} lines from {events} events; every event: `python starter.py history {STORY}`.", end="\n\n")


def _told(line: Line) -> Text:
    told = Text(line.what, "bold")
    if line.detail:
        told.append(": ", "bold").append(line.detail, "not bold")
    return told


def _pipeline(stages: Sequence[StageSum], out: Console) -> None:
    _heading("Pipeline 销售漏斗", out)
    rows = [
        (one.code or "–", str(one.name), f"{one.win_rate} %", str(one.count), _yuan(one.amount), _yuan(one.weighted))
        for one in stages
    ]
    columns = ("Stage 阶段", "", "Win rate 赢率", "Deals 商机", "Amount 金额", "Weighted 加权")
    out.print(_table(columns, rows, right={2, 3, 4, 5}))


def _waiting(waiting: Sequence[Waiting], playbook: Playbook, zone: ZoneInfo, out: Console) -> None:
    _heading("What needs a person now 待人工处理", out)
    rows = [
        (
            Text(_moment(one.due_at, zone), "red" if one.health == "overdue" else ""),
            workflow_id(one.stream),
            str(one.name),
            one.reason,
            str(playbook.roles.get(one.who, one.who)),
        )
        for one in waiting
    ]
    out.print(
        _table(("Due 截止", "Workflow", "Stands at 状态", "Why 原因", "Who must act 责任方"), rows, ratio={2: 2, 3: 3, 4: 2})
    )


def _links(playbook: Playbook, settings: Settings, out: Console) -> None:
    ui = links.temporal_ui(settings)
    _heading("Where to look in the Temporal UI 在 Temporal 界面中查看", out)
    if not ui.address:
        out.print("On the UI of your Temporal:")
    views = [links.NEEDS_A_PERSON, links.OVERDUE, links.STALLED]
    views += [links.in_stage(stage.code, stage.name) for stage in playbook.funnel.stages]
    for view in (*views, links.of_customer(STORY), links.of_project("P902")):
        out.print(Text(f"{view.name}", "bold"))
        out.print(f"  {ui.list(view)}", soft_wrap=True)
    out.print()


def _heading(text: str, out: Console) -> None:
    out.print()
    out.print(Text(text, "bold green"))


def _table(
    columns: Sequence[str],
    rows: Iterable[Sequence[str | Text]],
    *,
    right: Iterable[int] = (),
    ratio: dict[int, int] | None = None,
) -> Table:
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for index, column in enumerate(columns):
        stretched = (ratio or {}).get(index)
        shown.add_column(
            column,
            justify="right" if index in right else "left",
            overflow="fold",
            no_wrap=stretched is None and index in (0, 1),
            ratio=stretched,
        )
    for row in rows:
        shown.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
    return shown


def _moment(at: datetime | None, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else "–"


def _yuan(money: Money) -> str:
    return f"{money.amount:,.0f} {money.currency}"
