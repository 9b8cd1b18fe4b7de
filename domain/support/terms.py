"""The words of support 支持."""

from __future__ import annotations

from typing import Literal

from domain.messages import Name

Status = Literal["in_service", "renewal_window", "lapsed"]
STATUS_NAMES: dict[Status, Name] = {
    "in_service": Name(en="in service", zh="服务中"),
    "renewal_window": Name(en="renewal window open", zh="续约窗口期"),
    "lapsed": Name(en="contract lapsed", zh="合同已失效"),
}
