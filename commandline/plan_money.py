"""`plan`: payments, the cost of change orders beside them, and the change orders in sum."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from commandline.showing import table
from history.plan import PlanTold


def show_payments(told: PlanTold, out: Console) -> None:
    """What falls due with which milestone, and what is agreed on beside it."""
    if not told.payments:
        return
    out.print("\nPayments 付款")
    rows = [
        (
            one.what,
            str(one.name),
            f"{one.percent} %" if one.percent is not None else "",
            str(one.amount or ""),
            one.due_on.isoformat() if one.due_on else "",
            str(one.received or ""),
            Text(str(one.status), "bold red" if one.status.en == "overdue" else ""),
        )
        for one in told.payments
    ]
    columns = ("With 依据", "What 内容", "Part 比例", "Amount 金额", "Due 到期", "Received 已收", "Stands at 状态")
    out.print(table(columns, rows))


def show_sum(told: PlanTold, out: Console) -> None:
    """The size of all change orders together: many small ones are a large one."""
    found = told.changes_in_sum
    if found is None or found.orders < 2:
        return
    cost = "".join(f", {one}" for one in found.cost)
    approver = told.roles.get(found.approver, found.approver)
    size = f"{found.orders} orders 份, {found.days} days 天{cost}"
    out.print(f"In sum 合计: {size}; a single one of that size is approved by 同等规模的审批: {approver}")
