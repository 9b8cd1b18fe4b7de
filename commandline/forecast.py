"""`forecast`: what a period is expected to bring; of a day that is past, what was believed then against what came."""

from __future__ import annotations

import asyncio
from decimal import Decimal

from rich.console import Console
from rich.text import Text

from commandline.pipeline import WIDE, a_day, a_moment, called, counted, plain
from commandline.seam import DONE, WrongUsageError
from commandline.showing import console, local, put_json, table
from history.counting import By, Scope
from history.figures import FiguresAsked, NotAPeriodError, forecast_asked
from history.forecast import Belief, BeliefLine, Forecast, ForecastLine, RateLine
from history.pipeline import BY_NAMES
from runtime.composition import CODEC, now, open_core
from runtime.logging import set_up_logging
from runtime.settings import load_settings

FORECAST = (
    "Won 已签",
    "Commit 承诺",
    "Best case 乐观",
    "Pipeline 储备",
    "Weighted 加权",
    "Past its day\n已过预计日",
    "No day said\n未注明",
    "Left out\n不计",
)
BELIEF = (
    "Deals\n商机",
    "Believed, weighted\n预测(加权)",
    "Committed\n承诺",
    "Came 实际",
    "Ratio\n比率",
    "Slipped\n推迟",
    "Lost\n丢单",
    "Shelved\n搁置",
    "Open\n未决",
    "Unforeseen\n预测之外",
    "In words 结论",
)
RATES = (
    "Stage 阶段",
    "Deals 商机",
    "Believed 设定赢率",
    "Came true 实际",
    "Decided 已决",
    "95 % interval 区间",
    "In words 结论",
)


def show_forecast(
    by: By,
    scope: Scope,
    on: str | None,
    known: str | None,
    since: str | None,
    until: str | None,
    limit: int,
    as_program: bool,
) -> int:
    """Show the forecast; returns the exit code. Raises `WrongUsageError` for a moment or a day that is none."""
    settings = load_settings()
    set_up_logging("error")

    async def read() -> Forecast:
        async with open_core(settings) as core:
            playbooks = await core.playbooks()
            zone = playbooks.latest().calendar.time_zone
            asked = FiguresAsked(
                by=by,
                scope=scope,
                at=a_moment("--on", on, zone),
                known=a_moment("--known-at", known, zone),
                since=a_day("--since", since),
                until=a_day("--until", until),
                limit=limit,
            )
            try:
                return await forecast_asked(core.store, CODEC, playbooks, asked, now())
            except NotAPeriodError as error:
                raise WrongUsageError(str(error)) from None

    found = asyncio.run(read())
    if as_program:
        put_json(found.model_dump(mode="json"))
    else:
        _show(found, console())
    return DONE


def _show(found: Forecast, out: Console) -> None:
    known = f", as known 当时所知 {local(found.known_at, found.zone)}" if found.known_at else ""
    stood = f"as it stood 截至 {local(found.as_of, found.zone)} ({found.zone}){known}"
    out.print(Text.assemble((f"Forecast 预测 {found.since} – {found.until}", "bold"), f", {stood}"))
    if found.lines:
        columns = (str(BY_NAMES[found.by]).capitalize(), *FORECAST)
        rows = [_row(called(one.key, one.name), one) for one in found.lines]
        rows += [_row("Together 合计", one, "bold") for one in found.totals]
        out.print(table(columns, rows, whole=columns[1:] if out.width >= WIDE else ()))
    else:
        out.print("Nothing is forecast, and nothing was signed 没有预测，也没有成交.")
    if more := found.count - len(found.lines):
        out.print(f"{more} more lines 另有{more}行 (--limit).")
    if found.belief is not None:
        _show_belief(found, found.belief, out)
    elif found.known_at:
        out.print("What came of it is not told with --known-at 不做预测检验.", style="dim")


def _row(what: str, one: ForecastLine, style: str = "") -> tuple[Text, ...]:
    cells = (
        what,
        f"{counted(one.won_count, one.won)} {one.currency}".strip(),
        counted(one.commit_count, one.commit),
        counted(one.best_case_count, one.best_case),
        counted(one.pipeline_count, one.pipeline),
        plain(one.weighted),
        str(one.past_count or "–"),
        str(one.undated_count or "–"),
        str(one.omitted_count or "–"),
    )
    shown = [Text(cell, style) for cell in cells]
    shown[6].stylize("bold red" if one.past_count else "")
    return tuple(shown)


def _show_belief(found: Forecast, belief: Belief, out: Console) -> None:
    still = "" if belief.over else " (the period is not over 期间未满: more may come)"
    heading = Text.assemble(("What was believed then, against what came 预测检验", "bold"))
    out.print(Text.assemble("\n", heading, f" by 截至 {local(belief.by_then, found.zone)}{still}"))
    if belief.lines:
        columns = (str(BY_NAMES[found.by]).capitalize(), *BELIEF)
        rows = [_believed(called(one.key, one.name), one) for one in belief.lines]
        rows += [_believed("Together 合计", one, "bold") for one in belief.totals]
        out.print(table(columns, rows, whole=columns[1:-1] if out.width >= WIDE else ()))
        if more := belief.count - len(belief.lines):
            out.print(f"{more} more lines 另有{more}行 (--limit).")
    else:
        out.print("No deal was forecast for the time until then 当时没有该期间的预测.")
    if belief.rates:
        out.print(Text("\nWin rates believed and come true 赢率检验", "bold"))
        out.print(table(RATES, [_rate(one) for one in belief.rates]))


def _believed(what: str, one: BeliefLine, style: str = "") -> tuple[Text, ...]:
    fates = (one.slipped_count, one.lost_count, one.shelved_count, one.open_count)
    cells = (
        what,
        str(one.count),
        f"{plain(one.believed)} {one.currency}".strip(),
        f"{plain(one.committed)}, came 实际 {plain(one.committed_came)}" if one.committed or one.committed_came else "–",
        counted(one.came_count, one.came),
        f"{one.ratio}" if one.ratio is not None else "–",
        *(str(count or "–") for count in fates),
        counted(one.unforeseen_count, one.unforeseen),
        str(one.bias),
    )
    return tuple(Text(cell, style) for cell in cells)


def _rate(one: RateLine) -> tuple[str | Text, ...]:
    return (
        called(one.stage, one.name),
        str(one.count),
        f"{one.believed} %",
        _percent(one.actual),
        f"{one.won} of {one.decided} won 成交",
        f"{one.low} – {one.high} %" if one.low is not None else "–",
        str(one.verdict),
    )


def _percent(value: Decimal | None) -> str:
    return f"{value} %" if value is not None else "–"
