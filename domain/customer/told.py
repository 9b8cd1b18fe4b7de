"""How the reasons of the ladder are told, in English and Chinese, each with the day from which it holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from domain.customer.life import Start
from domain.customer.life_events import Reason
from domain.messages import Name

if TYPE_CHECKING:
    from domain.customer.ladder import Signs

ASLEEP: Mapping[str, tuple[str, str]] = {
    "no_running_project": ("no running project", "无在建项目"),
    "no_valid_contract": ("no valid contract", "无有效合同"),
    "no_product_use": ("no product use", "无产品使用"),
    "no_effective_contact": ("no effective contact", "无有效接触"),
}
START: Mapping[Start, tuple[str, str]] = {
    "registered": ("nothing seen of it; registered", "登记后无动态；登记"),
    "reactivated": ("nothing seen of it; reactivated", "唤醒后无动态；唤醒"),
    "requalified": ("nothing seen of it; qualified again", "重新认定后无动态；重新认定"),
    "ladder_began": ("nothing seen of it; judged by the ladder", "纳入休眠阶梯后无动态；纳入"),
}
WOKEN: Mapping[str, tuple[str, str]] = {
    "project": ("project", "项目"),
    "contract": ("valid contract", "有效合同"),
    "use": ("product use", "产品使用"),
    "contact": ("effective contact", "有效接触"),
    "answer": ("the customer has answered", "客户已答复"),
    "policy": ("by the rules that hold now", "按现行规则"),
}


def asleep(signs: Signs, start: Start, *, use_counts: bool = True) -> tuple[Reason, ...]:
    """Why a customer falls asleep: what is not there, since when; and what the time is counted from, if it is none of these."""
    kinds = [("no_running_project", signs.project), ("no_valid_contract", signs.contract)]
    kinds += [("no_product_use", signs.use)] if use_counts else []
    kinds.append(("no_effective_contact", signs.contact))
    reasons = tuple(_asleep(code, since) for code, since in kinds)
    return reasons if signs.start < signs.latest else (*reasons, _nothing_since(start, signs.start))


# Of one day the same is told of many customers, at every look at their clocks.
@lru_cache(maxsize=4096)
def _nothing_since(start: Start, since: date) -> Reason:
    en, zh = START[start]
    return Reason(code=f"since_{start}", since=since, text=Name(en=f"{en} {since}", zh=f"{zh}于 {since}"))


@lru_cache(maxsize=16384)
def _asleep(code: str, since: date | None) -> Reason:
    en, zh = ASLEEP[code]
    if since is None:
        return Reason(code=code, text=Name(en=f"{en} at all", zh=f"从{zh}"))
    return Reason(code=code, since=since, text=Name(en=f"{en} since {since}", zh=f"自 {since} 起{zh}"))


def woken(code: str, on: date) -> Reason:
    """What has woken a customer, and when."""
    en, zh = WOKEN[code]
    return Reason(code=code, since=on, text=Name(en=f"{en}, {on}", zh=f"{zh}，{on}"))
