"""Any two versions of a plan beside each other: what came in, what went out, what moved and how far."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from pydantic import AwareDatetime

from domain.messages import Frozen


class Days(Protocol):
    """What a comparison needs of a calendar."""

    def working_days_between(self, start: datetime, end: datetime) -> int:
        """Negative when `end` comes first."""


class Dated(Frozen):
    """A milestone that only one of the two has."""

    milestone: str
    at: AwareDatetime


class Shifted(Frozen):
    """A milestone that both have, on different dates."""

    milestone: str
    before: AwareDatetime
    after: AwareDatetime
    working_days: int
    """Below zero when it came forward."""


class Comparison(Frozen):
    """What changed from one version of a plan to another."""

    added: tuple[Dated, ...]
    removed: tuple[Dated, ...]
    moved: tuple[Shifted, ...]
    unmoved: tuple[str, ...]


def compare(before: Mapping[str, datetime], after: Mapping[str, datetime], calendar: Days) -> Comparison:
    """Compare two versions by their dates; a baseline is compared with a baseline, or with the forecast."""
    both = [code for code in after if code in before]
    return Comparison(
        added=tuple(Dated(milestone=code, at=at) for code, at in after.items() if code not in before),
        removed=tuple(Dated(milestone=code, at=at) for code, at in before.items() if code not in after),
        moved=tuple(
            Shifted(
                milestone=code,
                before=before[code],
                after=after[code],
                working_days=calendar.working_days_between(before[code], after[code]),
            )
            for code in both
            if before[code] != after[code]
        ),
        unmoved=tuple(code for code in both if before[code] == after[code]),
    )
