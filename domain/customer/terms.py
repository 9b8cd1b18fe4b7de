"""The words of a customer 客户: the states that it can be in."""

from __future__ import annotations

from typing import Literal

from domain.messages import Name

Awake = Literal["potential", "active"]
"""The states in which a customer is awake, or cooling at the most."""
CustomerState = Literal["potential", "active", "dormant", "invalid"]
STATE_NAMES = {
    "potential": Name(en="potential", zh="潜在"),
    "active": Name(en="active", zh="有效"),
    "dormant": Name(en="dormant", zh="休眠"),
    "invalid": Name(en="invalid", zh="无效"),
}
COOLING = Name(en="cooling", zh="冷却")
"""A step of the ladder, inside potential or active."""
