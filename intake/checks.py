"""What can be wrong with one row of an export: every problem is collected, so that a person mends the row once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from domain.messages import ID_PATTERN
from intake.tables import Line
from intake.wording import Spelling

LARGEST = Decimal(10) ** 12
"""An amount of this size or more is a slip of the pen."""

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a row: `reason` is the same for all rows of its kind, `detail` is what this row says."""

    reason: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.reason} ({self.detail})" if self.detail else self.reason


class Problems:
    """The problems of one row. Each check gives the field's value, or None after noting what is wrong with it."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.found: list[Problem] = []
        if line.unreadable:
            self.found.append(Problem("the line cannot be read", line.unreadable))

    def __bool__(self) -> bool:
        return bool(self.found)

    def add(self, reason: str, detail: str = "") -> None:
        """Note a problem. Of a line that cannot be read, nothing more is said."""
        if not self.line.unreadable:
            self.found.append(Problem(reason, detail[:200]))

    def required(self, *columns: str) -> None:
        """The fields that must not be empty."""
        for column in columns:
            if not self.line[column]:
                self.add(f"{column} is empty")

    def identifier(self, column: str) -> None:
        """The field must do as part of an id of ours."""
        if not re.fullmatch(ID_PATTERN, f"CRM-{self.line[column]}") or not self.line[column]:
            self.add(f"{column} must be up to 60 letters, digits, `.`, `_` or `-`", self.line[column])

    def amount(self, column: str, *, optional: bool = False) -> Decimal | None:
        """A number that is zero or more, with at most two decimals."""
        written = self.line[column]
        if optional and not written:
            return None
        number = _number(written)
        if number is None:
            self.add(f"{column} is not an amount like 1054 or 1054.50", written)
        return number

    def day(self, column: str, today: date, *, optional: bool = False) -> date | None:
        """A date that has come."""
        written = self.line[column]
        if optional and not written:
            return None
        try:
            day = date.fromisoformat(written) if re.fullmatch(r"\d{4}-\d\d-\d\d", written, re.ASCII) else None
        except ValueError:
            day = None
        if day is None:
            self.add(f"{column} is not a date like 2017-03-01", written)
        elif day > today:
            self.add(f"{column} lies in the future", written)
        elif day.year < 1990:
            self.add(f"{column} lies before 1990", written)
        return day

    def find(self, column: str, known: Mapping[str, Value | None], file: str, spelling: Spelling) -> tuple[str, Value] | None:
        """The entry of another file that the field names, spaces and case aside, and what is known of it."""
        name = spelling.find(self.line[column], known)
        if name is None:
            self.add(f"{column} is not in {file}", self.line[column])
            return None
        value = known[name]
        if value is None:
            self.add(f"{column} names a line of {file} that is not usable", self.line[column])
            return None
        return name, value


def _number(written: str) -> Decimal | None:
    if not re.fullmatch(r"\d+(\.\d{1,2})?", written, re.ASCII):
        return None
    try:
        number = Decimal(written)
    except InvalidOperation:
        return None
    return number if number < LARGEST else None
