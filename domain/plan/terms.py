"""The words of a plan 规划: its kinds, what its targets measure, and in which periods."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, StringConstraints

from domain.messages import EARLIEST, LATEST, Name
from domain.playbook.plans import PlanKind

Measure = Literal["won", "delivered", "collected"]
"""What a target counts: signed deals, accepted deliveries, money received."""

ALL_LINES = "all"
"""The service line of a target that is for all of them together."""

KIND_NAMES: dict[PlanKind, Name] = {
    "industry": Name(en="industry plan", zh="行业规划"),
    "customer": Name(en="customer plan", zh="客户规划"),
    "project": Name(en="project plan", zh="项目规划"),
}
MEASURE_NAMES: dict[Measure, Name] = {
    "won": Name(en="won", zh="签约"),
    "delivered": Name(en="delivered", zh="交付"),
    "collected": Name(en="collected", zh="回款"),
}
STATUS_NAMES: dict[str, Name] = {
    "set": Name(en="in force", zh="执行中"),
    "gap": Name(en="in force, with a gap", zh="执行中，有差距"),
    "ended": Name(en="period over, to be closed", zh="规划期已满，待关闭"),
    "closed": Name(en="closed", zh="已关闭"),
}
ACTION_NAMES: dict[str, Name] = {
    "open": Name(en="open", zh="进行中"),
    "overdue": Name(en="overdue", zh="逾期"),
    "done": Name(en="done", zh="已完成"),
    "dropped": Name(en="dropped", zh="已取消"),
}

PARENT_KIND: dict[PlanKind, PlanKind | None] = {"industry": None, "customer": "industry", "project": "customer"}
"""Under which kind of plan each kind hangs."""

_YEAR = re.compile(r"(\d{4})(?:H([12])|Q([1-4])|-(\d{2}))?", re.ASCII)
_DATES = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})", re.ASCII)


def period_of(code: str) -> tuple[date, date]:
    """The first and the last day of a period: `2026`, `2026H1`, `2026Q1`, `2026-03` or `2026-03-01..2026-05-31`.

    Raises ValueError for what is no period."""
    if dates := _DATES.fullmatch(code):
        first, last = date.fromisoformat(dates[1]), date.fromisoformat(dates[2])
    elif parts := _YEAR.fullmatch(code):
        year, half, quarter, month = (int(one) if one else 0 for one in parts.groups())
        start, months = (month, 1) if month else (3 * quarter - 2, 3) if quarter else (6 * half - 5, 6) if half else (1, 12)
        end = start + months - 1
        if not 1 <= start <= 12:
            raise ValueError(f"{code!r} has no such month")
        first, last = date(year, start, 1), date(year, end, monthrange(year, end)[1])
    else:
        raise ValueError(f"{code!r} is no period: write 2026, 2026H1, 2026Q1, 2026-03 or 2026-03-01..2026-05-31")
    if first > last or first < EARLIEST or last > LATEST:
        raise ValueError(f"{code!r} ends before it begins, or lies outside of the calendars")
    return first, last


def _is_period(code: str) -> str:
    period_of(code)
    return code


Period = Annotated[str, StringConstraints(strip_whitespace=True, max_length=30), AfterValidator(_is_period)]
"""`2026`, `2026H1`, `2026Q1`, `2026-03`, or two dates: `2026-03-01..2026-05-31`."""

ServiceLine = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
"""The code of a service line 业务线, or `all`."""


def key_of(period: str, service_line: str, measure: str) -> str:
    """What tells the targets of one plan from each other: `2026Q1/all/won`."""
    return f"{period}/{service_line}/{measure}"
