"""The words of a reactivation 唤醒: what the customer may answer, how one stands and how it ends."""

from __future__ import annotations

from typing import Literal

from domain.messages import Name
from domain.reactivating import Outcome

Answer = Literal["interested", "not_now", "no"]
"""What the customer may answer."""

Status = Literal["running", "held_out", "watched", "closed"]
"""`running`; left alone as a hold-out; ended and watched until the horizon; closed."""

STATUS_NAMES: dict[str, Name] = {
    "running": Name(en="being reactivated", zh="唤醒中"),
    "held_out": Name(en="left alone, to compare with", zh="对照组，不干预"),
    "watched": Name(en="ended, watched until the horizon", zh="已结束，观察期"),
    "closed": Name(en="closed", zh="已关闭"),
}
OUTCOME_NAMES: dict[Outcome, Name] = {
    "answered": Name(en="answered: interested", zh="客户有意向"),
    "woke": Name(en="woke by itself", zh="自行恢复"),
    "no": Name(en="refused by the customer", zh="客户拒绝"),
    "not_now": Name(en="put off by the customer", zh="客户暂缓"),
    "budget_spent": Name(en="budget spent", zh="预算用尽"),
    "steps_done": Name(en="all steps done, no answer", zh="步骤完成，未获答复"),
    "latest": Name(en="latest end date reached", zh="到达最晚结束日期"),
    "stopped": Name(en="stopped by a person", zh="人工终止"),
    "invalid": Name(en="customer became invalid", zh="客户已无效"),
    "merged": Name(en="customer merged into another", zh="客户已合并"),
    "held_out": Name(en="left alone until the horizon", zh="对照期满"),
}
