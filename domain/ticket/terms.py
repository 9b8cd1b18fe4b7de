"""The words of a ticket 工单: its grades, its priorities, what it waits for, where it stands."""

from __future__ import annotations

from typing import Literal

from domain.messages import Name

Grade = Literal["high", "medium", "low"]
Priority = Literal["P1", "P2", "P3", "P4"]
Kind = Literal["incident", "service_request", "problem", "change", "question"]
Awaited = Literal["customer", "vendor", "problem", "evidence"]
Line = Literal["first", "second", "remote", "on_site", "experts", "headquarters", "product"]
"""Who can have a ticket, from the first line up to the product division."""
TargetName = Literal["respond", "resolve"]
Status = Literal["new", "acknowledged", "waiting", "resolved", "closed", "cancelled"]

STATUS_NAMES: dict[Status, Name] = {
    "new": Name(en="new", zh="新建"),
    "acknowledged": Name(en="in progress", zh="处理中"),
    "waiting": Name(en="waiting", zh="等待中"),
    "resolved": Name(en="resolved", zh="已解决"),
    "closed": Name(en="closed", zh="已关闭"),
    "cancelled": Name(en="cancelled", zh="已取消"),
}
TARGET_NAMES: dict[TargetName, Name] = {
    "respond": Name(en="response", zh="响应"),
    "resolve": Name(en="resolution", zh="解决"),
}
