"""The words of support 支持."""

from __future__ import annotations

from typing import Literal

from domain.messages import Name

Status = Literal["early_life", "in_service", "renewal_window", "lapsed"]
STATUS_NAMES: dict[Status, Name] = {
    "early_life": Name(en="early-life support", zh="早期支持（上线护航）"),
    "in_service": Name(en="in service", zh="服务中"),
    "renewal_window": Name(en="renewal window open", zh="续约窗口期"),
    "lapsed": Name(en="contract lapsed", zh="合同已失效"),
}

Occasion = Literal["go_live", "closing", "yearly"]
OCCASION_NAMES: dict[Occasion, Name] = {
    "go_live": Name(en="after the go-live", zh="上线后"),
    "closing": Name(en="at the closing of a ticket", zh="工单关闭时"),
    "yearly": Name(en="yearly", zh="年度"),
}
