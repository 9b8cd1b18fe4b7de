"""What `why` prints of a project's support: the contract and its renewal, what is open after go-live, the open tickets."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.text import Text

from commandline.showing import local, pairs, table
from commandline.why_grounds import role
from domain.messages import Name
from history.explaining import Why
from history.service import ServiceTold


def show_service(found: Why, zone: str, out: Console) -> None:
    """The support of a project that has come so far, and its open tickets, the next due first."""
    if found.service:
        out.print("\nService 服务")
        out.print(pairs(_contract(found.service, found.roles, zone)))
    if not found.tickets:
        return
    out.print("\nOpen tickets 未关闭工单 (`ticket T` tells one)")
    rows = [
        (
            one.ticket,
            one.priority,
            str(one.status),
            Text(local(one.due_at, zone) or "stands still 停表", "bold red" if one.late else ""),
            one.title,
            one.reason,
        )
        for one in found.tickets
    ]
    out.print(table(("Ticket 工单", "", "Stands 状态", f"Due 时限 ({zone})", "What 内容", "Needs a person 需人工"), rows))


def _contract(one: ServiceTold, roles: Mapping[str, Name], zone: str) -> list[tuple[str, str | Text]]:
    valid = "" if one.valid else "not valid any more 已失效"
    level = f", level 等级 {one.level}" if one.level else ""
    lines: list[tuple[str, str | Text]] = [
        ("Contract 合同", Text.assemble(f"{one.service_code}{level}, period 第{one.period}期 ", (valid, "bold red"))),
        ("Runs 服务期", f"{one.starts_on or ''} → {one.ends_on}, notice by 续约通知日 {one.notice_on}"),
    ]
    if one.windows:
        done = f"; done 已办: {', '.join(one.steps_done)}" if one.steps_done else ""
        lines.append(("Renewal 续约", f"window of {min(one.windows)} days open 续约窗口已开启{done}"))
    if one.grown_into:
        lines.append(("Grown into 转为新项目", one.grown_into))
    if one.early_life:
        lines.append(("Early life 早期支持", one.stable_from or "until the system is stable 至系统稳定"))
    lines += [
        ("Leftover 验收遗留", Text(f"{left.leftover}, by {left.due_on}", "bold red" if left.lapsed else ""))
        for left in one.leftovers
    ]
    lines += [
        (
            "Recovery 满意度补救",
            Text(
                f"{task.recovery}: score 评分 {task.score}{f', {task.ticket}' if task.ticket else ''}, "
                f"{role(task.who, roles)}, by {local(task.due_at, zone)}",
                "bold red" if task.overdue else "yellow",
            ),
        )
        for task in one.recoveries
    ]
    if one.scores:
        lines.append(("Satisfaction 满意度", f"{', '.join(map(str, one.scores))} of 5"))
    return lines
