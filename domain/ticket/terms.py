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
KIND_NAMES: dict[Kind, Name] = {
    "incident": Name(en="incident", zh="故障"),
    "service_request": Name(en="service request", zh="服务请求"),
    "problem": Name(en="problem", zh="问题"),
    "change": Name(en="change", zh="变更"),
    "question": Name(en="question", zh="咨询"),
}
LINE_NAMES: dict[Line, Name] = {
    "first": Name(en="first line", zh="一线"),
    "second": Name(en="second line", zh="二线"),
    "remote": Name(en="remote support", zh="远程支持"),
    "on_site": Name(en="on site", zh="现场支持"),
    "experts": Name(en="expert meeting", zh="专家会诊"),
    "headquarters": Name(en="headquarters support", zh="总部支持"),
    "product": Name(en="product division", zh="产品事业部"),
}
AWAITED_NAMES: dict[Awaited, Name] = {
    "customer": Name(en="the customer", zh="客户"),
    "vendor": Name(en="a vendor", zh="厂商"),
    "problem": Name(en="a problem's solution", zh="问题解决"),
    "evidence": Name(en="evidence", zh="佐证"),
}
TARGET_NAMES: dict[TargetName, Name] = {
    "respond": Name(en="response", zh="响应"),
    "resolve": Name(en="resolution", zh="解决"),
}
