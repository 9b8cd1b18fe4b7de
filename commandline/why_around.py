"""What `why` prints around the gates: how long it stood where, overrides, what waits for an answer, promises, moved dates."""

from __future__ import annotations

from collections import Counter

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from commandline.showing import local, table
from commandline.why_grounds import INDENT, hours, override_in_words, role
from domain.messages import Name
from history.explaining import Why

HOW = {
    "advanced": Name(en="advanced", zh="推进"),
    "overridden": Name(en="overridden", zh="特批"),
    "skipped": Name(en="skipped", zh="跳过"),
    "swapped": Name(en="swapped", zh="换序"),
    "returned": Name(en="stepped back", zh="退回"),
    "shelved": Name(en="shelved", zh="搁置"),
    "won": Name(en="won", zh="成交"),
    "lost": Name(en="lost", zh="丢单"),
    "cancelled": Name(en="cancelled", zh="取消"),
}
"""How a stay in a stage ended."""
STATUSES = {
    "open": Name(en="open", zh="未了结"),
    "changed": Name(en="changed with consent", zh="经同意变更"),
    "kept": Name(en="kept", zh="已兑现"),
    "broken": Name(en="broken", zh="未兑现"),
    "released": Name(en="released", zh="已解除"),
}
"""What has become of a promise."""


def show_stays(found: Why, zone: str, out: Console) -> None:
    """The stage history, with the working time that each stay took."""
    if not found.path:
        return
    rows = []
    for stay in found.path:
        took = hours(stay.dwell) if stay.dwell is not None else ""
        how = str(HOW.get(stay.how, stay.how)) if stay.left_at else "stands here 当前"
        rows.append((f"{stay.stage} {stay.name or ''}", local(stay.entered_at, zone), local(stay.left_at, zone), took, how))
    out.print("\nStages 销售阶段")
    out.print(
        table(
            ("Stage 销售阶段", "From 进入", "To 离开", "Dwell 停留", "Left by 离开方式"), rows, whole=("From 进入", "To 离开")
        )
    )


def show_overrides(found: Why, out: Console) -> None:
    """Overrides that still excuse something, or excused what is owed again; the settled ones are counted."""
    standing = [one for one in found.overrides if one.outcome != "settled"]
    if standing:
        out.print("\nOverrides 特批放行", style="bold yellow")
    for one in standing:
        out.print(override_in_words(one))
        rows = [(code, str(name)) for code, name in zip(one.missing, one.missing_names, strict=True)]
        out.print(Padding(table(("Missing then 当时缺少", "What 内容"), rows), INDENT))
    if settled := len(found.overrides) - len(standing):
        out.print(f"Overrides settled 特批已补齐: {settled}.")


def show_pending(found: Why, zone: str, out: Console) -> None:
    """What waits for somebody's answer."""
    if not found.pending:
        return
    rows = []
    for one in found.pending:
        by, late = local(one.due_at, zone), Text("late 逾期", "bold red") if one.late else Text()
        rows.append((f"{one.id} {one.what}", one.of, ", ".join(role(code, found.roles) for code in one.roles), by, late))
    out.print("\nWaiting for an answer 待答复")
    out.print(table(("What 事项", "About 关于", "Who may answer 可答复", "By 截止", ""), rows))


def show_cancellation(found: Why, zone: str, out: Console) -> None:
    """By whom and why the project was cancelled, and what was undone in each part."""
    if (one := found.cancelled) is None:
        return
    said = f": {one.reason}; asked by 申请 {one.asked_by}, approved by 批准 {one.approver}, notice 通知 {one.reference}"
    out.print(Text.assemble((f"\nCancelled 项目取消 {local(one.occurred_at, zone)}", "bold"), said))
    rows = [
        (
            part.part,
            local(part.unwound_at, zone) or Text("not yet 尚未解除", "bold red"),
            "; ".join(map(str, part.what)) or ("nothing to undo 无须补偿" if part.unwound_at else ""),
        )
        for part in one.parts
    ]
    out.print(table(("Part 部分", "Unwound 解除时间", "Compensation 补偿"), rows))


def show_promises(found: Why, out: Console) -> None:
    """The promises that bind us; those that have ended are counted by how they ended."""
    binding = [one for one in found.promises if one.binding]
    if binding:
        out.print("\nPromises 承诺")
        rows = [(one.promise, one.text, str(one.due_on or ""), _status(one.status, overdue=one.overdue)) for one in binding]
        out.print(table(("Id 编号", "What 内容", "By 期限", "Now 现状"), rows))
    ended = Counter(one.status for one in found.promises if not one.binding)
    if ended:
        out.print("Promises ended 已了结: " + ", ".join(f"{count} {STATUSES[status]}" for status, count in ended.items()) + ".")


def _status(status: str, *, overdue: bool) -> Text:
    told = str(STATUSES.get(status, status))
    return Text(f"{told}, overdue 逾期", "bold red") if overdue else Text(told)


def show_moves(found: Why, zone: str, out: Console) -> None:
    """The dates of the plan that have moved, each with its cause."""
    if not found.moved:
        return
    rows = [
        (
            f"{one.milestone} {one.name or ''}".strip(),
            local(one.before, zone)[:10] or "new 新增",
            local(one.after, zone)[:10] or "out 取消",
            f"{one.cause}: {one.reason}" if one.reason else one.cause,
            local(one.occurred_at, zone),
        )
        for one in found.moved
    ]
    out.print(f"\nDates that moved last 最近日期变动 (all 全部: `plan {found.project}`)")
    out.print(
        table(
            ("Milestone 里程碑", "From 原", "To 现", "Cause 原因", "When 时间"), rows, whole=("From 原", "To 现", "When 时间")
        )
    )
