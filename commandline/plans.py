"""`plan`: the list of industry, customer and project plans 规划; one of them at any date, with its tree."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from decimal import Decimal

from rich.console import Console
from rich.text import Text

from commandline.paging import no_place, tell_next
from commandline.plan import plan as delivery_plan
from commandline.seam import DONE, FailedError, WrongUsageError
from commandline.showing import console, local, pairs, put_json, table
from domain.plan import ACTION_NAMES, KIND_NAMES, MEASURE_NAMES
from domain.standing import HEALTH_NAMES
from history.moments import NotAMomentError, moment
from history.plans import PlanList, PlanListed, PlansAsked, PlanTold, TargetTold, plan_told, plans
from runtime.composition import CODEC, now, open_core
from runtime.logging import set_up_logging
from runtime.settings import load_settings

COLUMNS = (
    "Plan\n规划",
    "What 内容",
    "Period 期间",
    "Owner 负责人",
    "Target 目标",
    "Coverage\n覆盖率",
    "Next review\n下次评审",
    "Actions\n行动",
)
HEALTH_STYLES = {"ok": "", "at-risk": "yellow", "overdue": "bold red", "blocked": "magenta"}
SHOWN = 6
"""How many reviews and versions are shown; JSON has them all."""


def list_plans(asked: PlansAsked, limit: int, after: str | None, as_program: bool) -> int:
    """List the plans that fit what is `asked`; returns the exit code. Raises `FailedError` for an unknown `after`."""
    settings = load_settings()
    set_up_logging("error")

    async def read() -> PlanList:
        async with open_core(settings) as core:
            return await plans(core.store, asked, limit, now(), after)

    try:
        found = asyncio.run(read())
    except LookupError:
        raise no_place(after) from None
    if as_program:
        put_json(found.model_dump(mode="json"))
    else:
        _show_list(found, console())
    return DONE


def tell_plan(named: str, at: str | None, compared: tuple[str, str] | None, delivery: bool, as_program: bool) -> int:
    """Tell a plan of that id; where there is none, or with `delivery`, the delivery plan of the project of that id.

    Returns the exit code. Raises `FailedError` and `WrongUsageError` with a sentence."""
    if compared is None and not delivery:
        found = _read(named, at)
        if found is not None:
            if as_program:
                put_json(found.model_dump(mode="json"))
            else:
                _show(found, console())
            return DONE
    if at is not None:
        raise FailedError(
            f"There was no plan {named!r} by {at}: check the id (`plan` lists them); a project's delivery plan takes no --at."
        )
    try:
        return delivery_plan(named, compared, as_program)
    except FailedError as missing:
        if compared is not None or delivery:
            raise
        raise FailedError(f"There is no plan {named!r} (`plan` lists them). Of a project: {missing}") from None


def _read(named: str, at: str | None) -> PlanTold | None:
    settings = load_settings()
    set_up_logging("error")

    async def read() -> PlanTold | None:
        async with open_core(settings) as core:
            playbooks = await core.playbooks()
            then = min(moment(at, playbooks.latest().calendar.time_zone), now()) if at else None
            return await plan_told(core.store, CODEC, playbooks, named, then or now(), now=then is None)

    try:
        return asyncio.run(read())
    except NotAMomentError as error:
        raise WrongUsageError(f"--at: {error}") from None


def _show_list(found: PlanList, out: Console) -> None:
    if not found.plans:
        out.print("No plan is like that 没有符合条件的规划; set one (SetPlan).")
        return
    out.print(table(COLUMNS, [_row(one) for one in found.plans], whole=COLUMNS[6:7]))
    tell_next(out, len(found.plans), found.count, found.next)
    out.print(Text(f"{found.count} plans 规划. Coverage 覆盖率: as the latest review saw it 截至最近一次评审.", "dim"))


def _row(one: PlanListed) -> tuple[str | Text, ...]:
    about = Text(one.name)
    about.append(f"\n{one.about}" + (f", under 上级 {one.parent}" if one.parent else ""), "dim not bold")
    review = Text(str(one.next_review_on or "–"), "bold red" if one.review_late else "")
    if one.review_late:
        review.append("\noverdue 逾期", "bold red")
    late = f"\n{one.overdue_actions} overdue 逾期" if one.overdue_actions else ""
    return (
        f"{one.plan}\n{one.kind_name}",
        about,
        f"{one.starts_on} –\n{one.ends_on}",
        f"{one.owner}\n{one.owner_unit}",
        f"{_amount(one.amount)} {one.currency}\n{one.target}" if one.amount is not None else "–",
        _covered(one.coverage, one.gaps > 0),
        review,
        Text(f"{one.open_actions}{late}", "bold red" if one.overdue_actions else ""),
    )


def _covered(percent: int | None, gap: bool) -> Text:
    told = Text(_percent(percent), "yellow" if gap else "")
    return told.append("\ngap 差距", "yellow") if gap else told


def _percent(percent: int | None) -> str:
    return f"{percent} %" if percent is not None else "–"


def _amount(amount: Decimal | None) -> str:
    return f"{amount:,.2f}" if amount is not None else "–"


def _show(told: PlanTold, out: Console) -> None:
    out.print(Text.assemble((f"{told.plan}  {told.name}", "bold"), f"  ({told.kind_name}, v{told.versions[-1].version})"))
    stands = Text.assemble((str(told.status_name), "bold"), "  ", (str(HEALTH_NAMES[told.health]), HEALTH_STYLES[told.health]))
    lines: list[tuple[str, str | Text]] = [
        ("Stands 当前", stands),
        ("About 对象", ", ".join(one for one in (told.project, told.customer, told.industry, told.region, told.unit) if one)),
        ("Period 期间", f"{told.starts_on} – {told.ends_on}"),
        ("Owner 负责人", f"{told.owner}, {told.owner_unit}"),
        ("As of 截至", f"{local(told.at, told.time_zone)} ({told.time_zone})"),
    ]
    if told.parent:
        lines.append(("Under 上级规划", told.parent))
    if told.reason:
        lines.append(("Needs a person 需人工", told.reason))
    if told.waiting_for:
        lines.append(("Must act 待办", told.waiting_for))
    if told.next_review_on:
        lines.append(("Next review 下次评审", str(told.next_review_on)))
    words = told.versions[-1]
    for label, text in (
        ("Market 市场分析", words.market_analysis),
        ("Strategy 产品策略", words.product_strategy),
        ("Information 信息", words.information),
    ):
        lines += [(label, text)] if text else []
    out.print(pairs(lines))
    _show_targets(told, out)
    _show_actions(told, out)
    _show_reviews(told, out)
    _show_versions(told, out)
    _show_children(told, out)


def _show_targets(told: PlanTold, out: Console) -> None:
    if not told.targets:
        out.print("\nNo target is set 尚无目标 (SetTarget).")
        return
    figures = (
        "Amount 金额",
        "Actual 实际",
        "Weighted 加权",
        "Pipeline 商机储备",
        "Coverage 覆盖率",
        "Missing 缺口",
        "Below 下级",
    )
    out.print(f"\nTargets against what is there 目标与实际 ({told.currency})")
    out.print(table(("Target 目标", *figures), [_target(one) for one in told.targets]))
    if told.other_currencies:
        out.print(Text(f"{told.other_currencies} in other currencies are not in these figures 其他币种未计入.", "dim"))


def _target(one: TargetTold) -> tuple[str | Text, ...]:
    name = f"{one.period} {one.service_line}\n{MEASURE_NAMES[one.measure]}"
    whole = f"{_amount(one.amount)}\nv{one.versions[-1].version}" + (f", from 来自 {one.taken_from}" if one.taken_from else "")
    below = f"{_amount(one.below)} ({one.difference:+,.2f})" if one.below or one.allocated else "–"
    if one.allocated:
        below += f"\nunallocated 未分解 {_amount(one.unallocated)}"
    return (
        name,
        whole,
        _amount(one.actual),
        _amount(one.weighted),
        _amount(one.unweighted),
        _covered(one.coverage, one.gap_since is not None),
        Text(_amount(one.missing), "yellow" if one.missing else ""),
        below,
    )


def _show_actions(told: PlanTold, out: Console) -> None:
    if not told.actions:
        return
    rows: list[tuple[str | Text, ...]] = [
        (
            one.action,
            one.what + (f"\n{one.result}" if one.result else ""),
            one.owner,
            str(one.due_on) + (f"\nmoved 改期 {one.moves}×" if one.moves else ""),
            Text(str(ACTION_NAMES[one.status]), "bold red" if one.status == "overdue" else ""),
        )
        for one in told.actions
    ]
    out.print("\nActions 行动")
    out.print(table(("Action", "What 内容", "Owner 负责人", "Due 期限", "Stands 状态"), rows))


def _show_reviews(told: PlanTold, out: Console) -> None:
    rows = []
    for one in told.reviews[:SHOWN]:
        seen = "\n".join(f"{figure.target}: {_percent(figure.coverage)}" for figure in one.figures)
        found = "\n".join("; ".join((record.findings, *record.decisions)) for record in one.records)
        rows.append((str(one.review_on) + ("\nlate 逾期" if one.late else ""), seen or "–", found or "not recorded 未登记"))
    if rows:
        out.print("\nReviews 评审")
        out.print(table(("Date 日期", "Coverage 覆盖率", "Findings and decisions 结论"), rows))


def _show_versions(told: PlanTold, out: Console) -> None:
    if len(told.versions) > 1:
        rows = [(f"v{one.version}", local(one.at, told.time_zone), one.reason) for one in told.versions[-SHOWN:]]
        out.print("\nVersions 版本")
        out.print(table(("Version", "Since 自", "Reason 原因"), rows))


def _show_children(told: PlanTold, out: Console) -> None:
    if told.children:
        out.print(f"\nBelow 下级规划: {told.children_count}")
        out.print(table(COLUMNS, [_row(one) for one in told.children], whole=COLUMNS[6:7]))


def plans_line(found: Sequence[PlanListed]) -> str:
    """Plans in one line, for the page of a customer or a project: `K1 customer plan 客户规划 (79 %)`."""
    return ", ".join(
        f"{one.plan} {KIND_NAMES[one.kind]}" + (f" ({one.coverage} %)" if one.coverage is not None else "") for one in found
    )
