"""What the demo prints for people: a story, the pipeline, what needs a person, and where to look further."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TextIO
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console, JustifyMethod
from rich.table import Column, Table
from rich.text import Text

from commandline.customer_page import show_years
from commandline.overview import Waiting
from commandline.story import Line, role_name
from domain.playbook import Playbook
from history.customer_page import CustomerPage
from history.pipeline import Pipeline
from runtime import links
from runtime.settings import Settings
from sample.portfolio import LATE, SLEEPER, STORY, TICKET
from workflows.names import workflow_id

WIDE = 120
"""Columns from which there is room for the time of day, and for long ids."""
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
    pipeline: Pipeline,
    waiting: Sequence[Waiting],
    sleeper: CustomerPage,
    playbook: Playbook,
    settings: Settings,
    out: Console,
) -> None:
    """Print all of it."""
    zone = ZoneInfo(playbook.calendar.time_zone)
    _story(story, story_events, zone, out)
    _pipeline(pipeline, playbook, out)
    _years(sleeper, zone, out)
    _waiting(waiting, playbook, zone, out)
    _questions(out)
    _links(playbook, settings, out)


def _story(story: Sequence[Line], events: int, zone: ZoneInfo, out: Console) -> None:
    _heading(f"The story of customer {STORY} 客户历程", out)
    columns = (_fixed("When 时间"), _fixed("About"), Column("What happened 事件", ratio=1, overflow="fold"))
    with_time = out.width >= WIDE
    rows = ((_moment(line.at, zone, with_time=with_time), line.about, _told(line), _backed(line)) for line in story)
    out.print(_table((*columns, Column("Who 经办, proof 依据", width=30, overflow="fold")), rows))
    out.print(f"{len(story)} lines from {events} events; every event: `.venv/bin/python starter.py history {STORY}`.")


def _told(line: Line) -> Text:
    told = Text(line.what, "bold")
    if line.detail:
        told.append(": ").append(line.detail, "not bold")
    return told


def _backed(line: Line) -> Text:
    who = Text(line.who)
    return who.append(f"\n{line.proof}", "cyan") if line.proof else who


def _pipeline(pipeline: Pipeline, playbook: Playbook, out: Console) -> None:
    """The open deals by stage, and those on the shelf, which weigh nothing."""
    _heading("Pipeline 商机储备", out)
    rows = [
        (
            one.key,
            str(one.name or ""),
            f"{one.win_rate or 0} %",
            str(one.count),
            *map(_whole, (one.amount, one.weighted)),
            one.currency,
        )
        for one in pipeline.lines
        if one.count
    ]
    rows += [
        ("", str(playbook.funnel.shelved), "0 %", str(one.shelved_count), *map(_whole, (one.shelved, Decimal(0))), one.currency)
        for one in pipeline.totals
        if one.shelved_count
    ]
    numbers = (_fixed(title, "right") for title in ("Win rate\n赢率", "Deals\n商机", "Amount\n金额", "Weighted\n加权"))
    out.print(_table((_fixed("Stage\n阶段"), Column("", overflow="fold"), *numbers, _fixed("")), rows))


def _waiting(waiting: Sequence[Waiting], playbook: Playbook, zone: ZoneInfo, out: Console) -> None:
    _heading("What needs a person now 待人工处理", out)
    rows = [
        (
            Text(_moment(one.due_at, zone), "red" if one.health == "overdue" else ""),
            f"{workflow_id(one.stream)}\n{one.customer}",
            one.reason or str(one.name),
            role_name(one.who, playbook),
        )
        for one in waiting
    ]
    why, who = (
        Column("Why 原因", ratio=3, overflow="fold"),
        Column("Must act 责任方", ratio=1, min_width=17, overflow="fold"),
    )
    # The ids of escalations are long: in a narrow terminal they would leave no room for the reason.
    workflow = Column("Workflow, customer", overflow="fold", min_width=19, max_width=21 if out.width < WIDE else None)
    out.print(_table((_fixed("Due 截止"), workflow, why, who), rows))


def _years(sleeper: CustomerPage, zone: ZoneInfo, out: Console) -> None:
    _heading(f"Asleep and awake: the years of customer {SLEEPER} 休眠与唤醒", out)
    show_years(sleeper, str(zone), out)


def _questions(out: Console) -> None:
    _heading("What to ask next 还可以问", out)
    asked = (
        ("customers", "every customer: its state, its next step on the ladder and when, its open deals 客户列表"),
        (f"customer {SLEEPER}", "one customer on one page, with its years: bought, forgotten, asleep, woken 客户档案"),
        ("pipeline --by industry", "the open deals, also as of any day 商机储备"),
        ("forecast", "what the quarter is expected to bring, and what had been said of it 预测"),
        ("plan", "industry, customer and project plans, with their targets and gaps 三级规划"),
        ("reactivations --effect", "whether waking customers works, against those left alone 唤醒效果"),
        (f"why {LATE}", "why a project stands where it stands, and who must act 项目缘由"),
        (f"plan {LATE}", "what has moved each date: a new estimate, a change order, a late signature 日期变动原因"),
        (f"plan {LATE} --compare 1 forecast", "two versions of the plan beside each other 计划对比"),
        ("tickets", "the desk's list, the next due first: who acts, by when, how much of the target is used up 工单列表"),
        (f"ticket {TICKET}", "one ticket's story, with the clock of each target and every wait 工单经过"),
        ("playbook list", "the process in its versions, and how many projects live under each 作业手册"),
    )
    for words, what in asked:
        out.print(Text.assemble(f"  .venv/bin/python starter.py {words}  ", (what, "dim")), soft_wrap=True)


def _links(playbook: Playbook, settings: Settings, out: Console) -> None:
    ui = links.temporal_ui(settings)
    _heading("Where to look in the Temporal UI 在 Temporal 界面中查看", out)
    if not ui.address:
        out.print("On the UI of your Temporal:")
    views = [links.NEEDS_A_PERSON, links.OVERDUE, links.STALLED, links.LATE_TICKETS, links.WAITING_TICKETS]
    views += [links.in_stage(stage.code, stage.name) for stage in playbook.funnel.stages]
    for view in (*views, links.of_customer(STORY), links.of_project(LATE)):
        out.print(Text(f"{view.name}", "bold"))
        out.print(f"  {ui.list(view)}", soft_wrap=True)
    out.print()


def _heading(text: str, out: Console) -> None:
    out.print()
    out.print(Text(text, "bold green"))


def _fixed(title: str, justify: JustifyMethod = "left") -> Column:
    """A column whose cells are never broken over lines."""
    return Column(title, justify=justify, no_wrap=True)


def _table(columns: Sequence[Column], rows: Iterable[Sequence[str | Text]]) -> Table:
    shown = Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        shown.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
    return shown


def _moment(at: datetime | None, zone: ZoneInfo, *, with_time: bool = True) -> str:
    """A moment as people there read it."""
    return f"{at.astimezone(zone):{'%Y-%m-%d %H:%M' if with_time else '%Y-%m-%d'}}" if at else "–"


def _whole(amount: Decimal) -> str:
    return f"{amount:,.0f}"
