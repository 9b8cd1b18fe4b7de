"""`plan`: milestones with each baseline's date, the forecast, what was reached; what has moved it, and why."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime

from rich.console import Console
from rich.text import Text

from commandline.plan_money import show_payments, show_sum
from commandline.seam import DONE, FailedError
from commandline.showing import console, local, put_json, table
from domain.messages import Name
from history.plan import CauseTold, ChangeTold, ConcernTold, PlanTold, PlanUnknownError, baseline_in_words, plan_told
from runtime.composition import CODEC, now, open_core
from runtime.logging import set_up_logging
from runtime.settings import load_settings

SHOWN = 3
"""How many baselines the table shows: the first and the last ones. JSON has them all."""
CRITICAL = "▸"
STATUSES = {
    "requested": Name(en="waits for approval", zh="待审批"),
    "approved": Name(en="approved, waits for the customer's signature", zh="已批准，待客户签署"),
    "signed": Name(en="signed", zh="已签署"),
    "refused": Name(en="refused", zh="已驳回"),
    "declined": Name(en="declined by the customer", zh="客户拒签"),
    "withdrawn": Name(en="withdrawn", zh="已撤回"),
}
"""Where a change order stands."""


def plan(project: str, compared: tuple[str, str] | None, as_program: bool) -> int:
    """Explain a plan; returns the exit code. Raises `FailedError` for one that there is not."""
    settings = load_settings()
    set_up_logging("error")

    async def read() -> PlanTold:
        async with open_core(settings) as core:
            return await plan_told(core.store, CODEC, await core.playbooks(), project, now(), compared)

    try:
        told = asyncio.run(read())
    except PlanUnknownError as unknown:
        raise FailedError(str(unknown)) from None
    if as_program:
        put_json(told.model_dump(mode="json"))
    elif told.comparison is not None:
        _show_comparison(told, console())
    else:
        _show(told, console())
    return DONE


def _show(told: PlanTold, out: Console) -> None:
    versions = ", ".join(_version(one.version, one.cause) for one in told.baselines)
    out.print(Text(f"Plan 计划 of {told.project}", style="bold"), Text(f"(customer 客户 {told.customer})"))
    out.print(f"Baselines 基线: {versions}")
    if told.cancelled_at:
        day = _day(told.cancelled_at, told)
        out.print(Text(f"Cancelled 项目取消 {day}: nothing more is expected 后续里程碑终止.", style="bold red"))
    if told.outlook:
        out.print(f"Outlook 预测: {told.outlook}")
    if told.provisional:
        out.print(Text(f"Not certain 日期未定: {told.provisional}", style="yellow"))
    out.print()
    _show_milestones(told, out)
    _show_causes(told, out)
    _show_changes(told, out)
    show_sum(told, out)
    show_payments(told, out)
    _show_concerns(told, out)


def _version(version: int, cause: str) -> str:
    return f"v{version} ({baseline_in_words(cause)})" if cause else f"v{version}"


def _show_milestones(told: PlanTold, out: Console) -> None:
    versions = [one.version for one in told.baselines]
    shown = versions if len(versions) <= SHOWN else [versions[0], *versions[1 - SHOWN :]]
    columns = ("Milestone", "里程碑", *(f"v{one}" for one in shown), "Forecast 预测", "Actual 实际", "Days 偏差")
    rows: list[tuple[str | Text, ...]] = [
        (
            f"{CRITICAL if one.critical else ' '} {one.milestone}",
            str(one.name),
            *(_day(one.planned.get(version), told) for version in shown),
            _day(None if one.signed_at else one.forecast, told),
            _day(one.signed_at, told),
            _days(one.working_days),
        )
        for one in told.milestones
    ]
    out.print(table(columns, rows))
    drives = "" if told.cancelled_at else f"{CRITICAL} drives the end 关键路径. "
    note = f"{drives}Days 偏差: working days 工作日 against v{told.plan_version}; {told.time_zone}."
    out.print(Text(note, style="dim"))


def _show_causes(told: PlanTold, out: Console) -> None:
    grouped: dict[tuple[datetime, str, str, str], list[tuple[str, CauseTold]]] = {}
    for one in told.milestones:
        for cause in one.causes:
            key = cause.occurred_at, cause.kind, cause.what, cause.reference
            grouped.setdefault(key, []).append((one.milestone, cause))
    if not grouped:
        return
    rows = []
    for key in sorted(grouped, key=lambda key: key[0]):
        moved = grouped[key]
        cause = moved[0][1]
        why = f"{cause.name} {cause.what if cause.what != cause.kind else ''}".strip() + (
            f": {cause.reason}" if cause.reason else ""
        )
        longest = max((one.via for _, one in moved), key=len)
        rows.append((local(cause.occurred_at, told.time_zone), why, _moves(moved, told), " → ".join(longest)))
    out.print("\nWhat has moved it 变动原因")
    out.print(table(("When 时间", "Cause 原因", "Moved 变动（工作日）", "Through 传导"), rows))


def _moves(moved: Iterable[tuple[str, CauseTold]], told: PlanTold) -> Text:
    """`+5 M3 M4, +4 M5`; a milestone that came or went with its date."""
    said: dict[str, list[str]] = {}
    for milestone, cause in moved:
        if cause.before is None:
            said.setdefault("new 新增", []).append(f"{milestone} {_day(cause.after, told)}")
        elif cause.after is None:
            said.setdefault("out 取消", []).append(milestone)
        else:
            said.setdefault(f"{cause.working_days:+d}", []).append(milestone)
    return Text(", ".join(" ".join((how, *milestones)) for how, milestones in said.items()))


def _show_changes(told: PlanTold, out: Console) -> None:
    if not told.changes:
        return
    out.print("\nChange orders 变更单")
    rows = [
        (
            one.change,
            one.what,
            _status(one),
            f"{one.size_days}",
            str(one.cost or ""),
            str(told.roles.get(one.approver, one.approver)),
            _proposed(one, told),
        )
        for one in told.changes
    ]
    out.print(
        table(("Order", "What 内容", "Stands at 状态", "Days 天数", "Cost 费用", "Approver 审批", "Proposes 拟调整"), rows)
    )


def _status(one: ChangeTold) -> Text:
    stands = str(STATUSES.get(one.status, one.status))
    return Text(f"{stands}, overdue 逾期" if one.late else stands, "bold red" if one.late else "")


def _proposed(one: ChangeTold, told: PlanTold) -> str:
    if one.proposed is None:
        return one.obstacle
    moved = [f"{each.milestone} {_day(each.after, told)} ({each.working_days:+d})" for each in one.proposed.moved]
    added = [f"{each.milestone} {_day(each.at, told)} (new 新增)" for each in one.proposed.added]
    removed = [f"{each.milestone} (out 取消)" for each in one.proposed.removed]
    return ", ".join([*moved, *added, *removed])


def _show_concerns(told: PlanTold, out: Console) -> None:
    for title, concerns in (("Risks 风险", told.risks), ("Issues 问题", told.issues)):
        if concerns:
            out.print(f"\n{title}")
            rows = [(one.id, one.text, one.owner, one.due_on.isoformat(), one.weight, _stands(one)) for one in concerns]
            out.print(table(("Id", "What 内容", "Owner 责任人", "By 期限", "Weight 程度", "Stands at 状态"), rows))


def _stands(one: ConcernTold) -> str | Text:
    if one.closed:
        return f"closed 已关闭: {one.closed}"
    return Text("overdue 逾期", "bold red") if one.late else "open 未关闭"


def _show_comparison(told: PlanTold, out: Console) -> None:
    assert told.compared is not None
    assert told.comparison is not None
    before, after = (_named(one) for one in told.compared)
    out.print(Text(f"Plan 计划 of {told.project}: {before} → {after}", style="bold"))
    found, names = told.comparison, {one.milestone: f"{one.milestone} {one.name}" for one in told.milestones}
    why = {one.milestone: "; ".join(one.causes) for one in told.explained}
    dates: list[tuple[str, str, str, str | Text]] = [
        (one.milestone, _day(one.before, told), _day(one.after, told), _days(one.working_days)) for one in found.moved
    ]
    dates += [(one.milestone, "–", _day(one.at, told), "new 新增") for one in found.added]
    dates += [(one.milestone, _day(one.at, told), "–", "out 取消") for one in found.removed]
    rows = [(names.get(code, code), *shown, why.get(code, "")) for code, *shown in dates]
    if rows:
        out.print(table(("Milestone 里程碑", before, after, "Days 偏差", "Cause 原因"), rows))
    same = ", ".join(found.unmoved)
    out.print(f"Not moved 未变: {same}" if same else "Every date has moved 全部日期均有变动.")


def _named(version: str) -> str:
    return f"v{version}" if version.isdecimal() else "forecast 预测"


def _day(at: datetime | None, told: PlanTold) -> str:
    return local(at, told.time_zone)[:10]


def _days(days: int) -> Text:
    return Text(f"{days:+d}" if days else "", "red" if days > 0 else "green")
