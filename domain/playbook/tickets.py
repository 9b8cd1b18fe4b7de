"""What a playbook says of the life of a ticket 工单: the classes of its resolution, and who may do what."""

from __future__ import annotations

from typing import Literal

from domain.messages import Name
from domain.playbook.parts import Code, Rule

TicketAct = Literal["take", "assign", "own", "prioritise", "wait", "resolve", "confirm", "reopen", "cancel", "link", "settle"]
"""What people do with a ticket, where a playbook may leave it to some roles."""


class Resolution(Rule):
    """A class of resolutions."""

    code: Code
    name: Name


def _resolution(code: str, en: str, zh: str) -> Resolution:
    return Resolution(code=code, name=Name(en=en, zh=zh))


RESOLUTIONS = (
    _resolution("solved", "solved", "已解决"),
    _resolution("workaround", "workaround", "临时方案"),
    _resolution("patch", "solved by a patch", "补丁修复"),
    _resolution("configuration", "solved by configuration", "配置调整"),
    _resolution("data_corrected", "data corrected", "数据修正"),
    _resolution("user_training", "user trained", "用户培训"),
    _resolution("request_fulfilled", "request fulfilled", "请求已满足"),
    _resolution("answered", "question answered", "已答复"),
    _resolution("no_fault_found", "no fault found", "未发现故障"),
    _resolution("not_a_defect", "not a defect", "非缺陷"),
    _resolution("planned", "planned requirement", "列入需求计划"),
    _resolution("third_party", "solved by a third party", "第三方解决"),
    _resolution("duplicate", "duplicate of another ticket", "重复工单"),
    _resolution("no_answer", "customer did not answer", "客户未回复"),
)
"""The classes where a playbook does not list its own; the first one is meant where none is named."""
