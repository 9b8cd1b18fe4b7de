"""The stretches of a deal's life in which nothing changed that a forecast depends on: what figures at any date are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise
from typing import Literal

from domain.messages import Money
from domain.playbook import PlaybookRef

Category = Literal["commit", "best_case", "pipeline", "omitted"]
"""How sure the owner is that a deal comes in its period: counted on, possible, one of many, or not counted at all."""
Standing = Literal["", "shelved", "won", "lost", "cancelled"]
"""What has become of a deal; empty while somebody works on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """All that a forecast depends on, as it stands in one stretch."""

    stage: str
    passed: tuple[str, ...] = ()
    """The gates behind the deal: the win rate goes by them."""
    playbook: PlaybookRef | None = None
    """Whose win rates hold; None once the deal is decided."""
    amount: Money | None = None
    outcome: Standing = ""
    stalled: bool = False
    expected_on: date | None = None
    category: Category = "pipeline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One stretch: from a moment on, until the next one begins; None while it lasts. One of no length holds nothing: a fact of
    an earlier moment, recorded later, has taken its place."""

    from_at: datetime
    until_at: datetime | None = None
    stand: Stand


def tracked(spans: tuple[Span, ...], stand: Stand, at: datetime) -> tuple[Span, ...]:
    """The stretches after a fact of a moment; the very same ones if it changes nothing here. None is ever taken away, so that
    the place of each in the row stays its name for ever."""
    if not spans:
        return (Span(from_at=at, stand=stand),)
    last = spans[-1]
    if last.stand == stand:
        return spans
    if last.from_at == at:
        return (*spans[:-1], replace(last, stand=stand))
    at = max(at, spans[0].from_at)
    return (*(_ended(one, at) for one in spans), Span(from_at=at, stand=stand))


def _ended(span: Span, at: datetime) -> Span:
    """A stretch that lasts, or lasted, no longer than until a moment."""
    if span.until_at is not None and span.until_at <= at:
        return span
    return replace(span, from_at=min(span.from_at, at), until_at=at)


def split(spans: Sequence[Span], moments: Iterable[datetime]) -> list[Span]:
    """The same stretches, cut where something else changed at these moments."""
    cuts = sorted(set(moments))
    found: list[Span] = []
    for span in spans:
        inside = [at for at in cuts if span.from_at < at and (span.until_at is None or at < span.until_at)]
        bounds = [span.from_at, *inside, span.until_at]
        found += [replace(span, from_at=since, until_at=until) for since, until in pairwise(bounds) if since]
    return found
