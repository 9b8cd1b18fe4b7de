"""The words of a product request 产品需求: where it comes from, what the product division answers, and how it stands."""

from __future__ import annotations

from typing import Literal

from domain.messages import Name

Kind = Literal["need", "insight"]
"""`need`: of a customer; `insight`: seen in the market, of no one customer."""
Answer = Literal["planned", "workaround", "exists", "declined"]
"""What the product division may answer; `planned` and `workaround` mean what they mean in an escalation."""
Status = Literal["asked", "planned", "workaround", "exists", "declined", "delivered"]

KIND_NAMES: dict[str, Name] = {
    "need": Name(en="need of customers", zh="客户需求"),
    "insight": Name(en="market insight", zh="市场洞察"),
}
STATUS_NAMES: dict[str, Name] = {
    "asked": Name(en="to be answered", zh="待答复"),
    "planned": Name(en="planned requirement", zh="列入需求规划"),
    "workaround": Name(en="workaround", zh="规避方案"),
    "exists": Name(en="exists already", zh="已有功能"),
    "declined": Name(en="declined", zh="不采纳"),
    "delivered": Name(en="delivered", zh="已交付"),
}
