"""Windows 时间窗口 in which help is more urgent than usual: the month-end close, the days when wages are paid."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from domain.messages import Name
from domain.playbook.parts import Code, Rule, wrong

Days = Annotated[int, Field(ge=0, le=10)]
"""Working days; a month has more of them than twice this in no calendar that anybody works by."""


class Window(Rule):
    """Days that come again every month, on which the class of a ticket is raised.

    It lasts from the first moment of its first day to the last moment of its last, days off in between included, by the
    working calendar of the unit that owns the ticket."""

    code: Code
    name: Name
    kind: Literal["month_end_close", "days_of_month"] = "month_end_close"
    """`month_end_close`: the last working days of a month and the first of the next. `days_of_month`: dates."""
    working_days_before: Days = 0
    """Of a month's end: its last so many working days. Of a date: so many working days before it."""
    working_days_after: Days = 0
    days_of_month: tuple[Annotated[int, Field(ge=1, le=31)], ...] = ()
    """A date that a month lacks is its last day."""
    day_off: Literal["before", "after", "same"] = "before"
    """Where a date goes that nobody works on: to the working day before or after it, or nowhere."""
    raises: Annotated[int, Field(ge=1, le=3)] = 1
    """By how many classes: P3 becomes P2 by one. P1 stays P1."""
    kinds: tuple[str, ...] = ()
    """The kinds of ticket that it holds for; none named: all."""
    priorities: tuple[Literal["P1", "P2", "P3", "P4"], ...] = ()
    """The priorities, before it, that it holds for; none named: all."""
    products: tuple[str, ...] = ()
    afterwards: Literal["back", "stays"] = "back"
    """What becomes of a ticket that is still open when the window ends: back to its own class, or it stays raised."""

    @model_validator(mode="after")
    def _has_days(self) -> Window:
        if self.kind == "days_of_month" and not self.days_of_month:
            raise wrong("needs the dates of the window", "days_of_month")
        if self.kind == "month_end_close" and self.days_of_month:
            raise wrong("is for the kind days_of_month; a month-end close has its days by itself", "days_of_month")
        if self.kind == "month_end_close" and not (self.working_days_before or self.working_days_after):
            raise wrong("or working_days_after must name at least one day", "working_days_before")
        return self
