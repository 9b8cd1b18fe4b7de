"""The words of a customer 客户: the states that it can be in."""

from __future__ import annotations

from typing import Literal

from domain.messages import Name

CustomerState = Literal["potential", "active"]
STATE_NAMES = {"potential": Name(en="potential", zh="潜在"), "active": Name(en="active", zh="有效")}
