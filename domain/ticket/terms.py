"""The words of a ticket 工单: its grades, its priorities, what it waits for, where it stands."""

from __future__ import annotations

from typing import Literal

from domain.messages import Name

Grade = Literal["high", "medium", "low"]
Priority = Literal["P1", "P2", "P3", "P4"]
Kind = Literal["incident", "service_request", "problem", "change", "question"]
Awaited = Literal["customer", "vendor", "problem", "evidence"]
Line = Literal["first", "second", "headquarters", "product"]
"""Who can have a ticket, from the first line up to the product division."""
TargetName = Literal["respond", "resolve"]
Status = Literal["new", "acknowledged", "in_progress", "waiting", "resolved", "closed", "cancelled", "duplicate"]
Relation = Literal["related", "caused_by", "causes", "duplicate_of", "duplicated_by"]
"""What another ticket is to this one."""
Mark = Literal["no_code", "not_checked", "no_contract", "unknown_code", "not_begun", "lapsed", "ended"]
"""Why a ticket is not in service."""
Settlement = Literal["covered", "goodwill", "billed"]
"""How it is settled that a ticket is not in service: a contract covers it after all, it is done free of charge, it is paid."""

STATUS_NAMES: dict[Status, Name] = {
    "new": Name(en="new", zh="新建"),
    "acknowledged": Name(en="taken up", zh="已受理"),
    "in_progress": Name(en="in progress", zh="处理中"),
    "waiting": Name(en="waiting", zh="等待中"),
    "resolved": Name(en="resolved", zh="已解决"),
    "closed": Name(en="closed", zh="已关闭"),
    "cancelled": Name(en="cancelled", zh="已取消"),
    "duplicate": Name(en="duplicate", zh="重复"),
}
BRINGS: dict[Awaited, str] = {"customer": "customer", "vendor": "vendor", "problem": "product", "evidence": "customer"}
"""The role that each wait is for."""
# `not_checked` stands only in events from before a code was looked for in the customer's contracts.
MARK_NAMES: dict[Mark, Name] = {
    "no_code": Name(en="no service code given", zh="未提供服务编码"),
    "not_checked": Name(en="service code given without its project, not checked", zh="服务编码未注明项目，尚未核对"),
    "no_contract": Name(en="no service contract", zh="无服务合同"),
    "unknown_code": Name(en="service code is not the customer's", zh="服务编码与客户不符"),
    "not_begun": Name(en="service period not begun", zh="服务期未开始"),
    "lapsed": Name(en="service period over", zh="服务期已过"),
    "ended": Name(en="service contract terminated", zh="服务合同已终止"),
}
INVERSE: dict[Relation, Relation] = {
    "related": "related",
    "caused_by": "causes",
    "causes": "caused_by",
    "duplicate_of": "duplicated_by",
    "duplicated_by": "duplicate_of",
}
"""What this ticket is to the other one."""
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
