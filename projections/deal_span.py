"""The read model `deal_spans`: one row for each stretch of a deal in which nothing changed that a forecast depends on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from domain.funnel import State, win_rate
from domain.funnel.spans import Span, Stand, split
from domain.messages import Money
from domain.playbook import Playbooks
from eventstore.port import RowChange

TABLE = "deal_spans"
LASTING, DECIDED = -1, -2
RATES = {"won": 100, "lost": 0, "cancelled": 0}
"""The win rate of a deal that is decided, in percent."""


def rows(state: State, playbooks: Playbooks) -> Sequence[RowChange]:
    """The rows of a deal, the oldest stretch first. Amounts are in hundredths of their currency; a deal without one counts as
    nothing. A won deal whose project is cancelled is cancelled from then on. A deal stays with whoever owned it when it was
    decided.

    There is a row for each stretch and for each change of owner, even for one that cuts none: rows are never taken away, and a
    decision of an earlier moment, recorded later, may leave fewer stretches to cut than there were."""
    stretches = _with_its_end(state)
    spans = [part for span in stretches for part in _by_owner(state, span)]
    spans += [_nothing(stretches[0])] * (len(stretches) + len(state.owners) - len(spans))
    return [RowChange(TABLE, _row(state, playbooks, entry, span)) for entry, span in enumerate(spans, start=1)]


def _by_owner(state: State, span: Span) -> Sequence[Span]:
    return (span,) if span.stand.outcome in RATES else split((span,), (one.since for one in state.owners))


def _nothing(span: Span) -> Span:
    """A stretch of no length, which holds nothing."""
    return replace(span, until_at=span.from_at)


def _with_its_end(state: State) -> tuple[Span, ...]:
    if state.unwound is None or state.outcome != "won" or not state.spans:
        return state.spans
    *before, last = state.spans
    at = max(state.unwound.occurred_at, last.from_at)
    cancelled = Span(from_at=at, stand=replace(last.stand, outcome="cancelled"))
    return (*before, replace(last, until_at=at), cancelled)


def _row(state: State, playbooks: Playbooks, entry: int, span: Span) -> dict[str, Any]:
    root, stand = state.root, span.stand
    owner, unit = owner_at(state, span.from_at)
    return {
        "project": root.project,
        "entry": entry,
        "customer": root.customer,
        "from_at": span.from_at,
        "until_at": span.until_at,
        "reach": DECIDED if stand.outcome in RATES else reach(span.from_at, span.until_at),
        "outcome": stand.outcome,
        "stage": stand.stage,
        "win_rate": _rate(state, stand, playbooks),
        "amount_minor": minor(stand.amount),
        "currency": stand.amount.currency if stand.amount else "",
        "expected_on": stand.expected_on.isoformat() if stand.expected_on else "",
        "category": stand.category,
        "stalled": stand.stalled,
        "value_class": root.value_class,
        "owner": owner,
        "owner_unit": unit,
        "product_line": state.product_line,
        "service_line": state.service_line,
        "mode": state.mode,
    }


def _rate(state: State, stand: Stand, playbooks: Playbooks) -> int:
    """Percent, by the rules of that time. On the shelf a deal keeps the rate of its stage; the figures count it apart."""
    if stand.outcome in RATES:
        return RATES[stand.outcome]
    then = replace(state, stage=stand.stage, passed=stand.passed)
    return win_rate(then, playbooks.get(stand.playbook).funnel)


def owner_at(state: Any, at: datetime) -> tuple[str, str]:
    """Who owned a piece of work at a moment, and of which unit."""
    held = [
        (state.root.owner, state.root.owner_unit),
        *((one.owner, one.owner_unit) for one in state.owners if one.since <= at),
    ]
    return held[-1]


def minor(amount: Money | None) -> int:
    """An amount in hundredths of its currency: sums of them are exact in every database."""
    return int(amount.amount * 100) if amount else 0


def reach(from_at: datetime, until_at: datetime | None) -> int:
    """How long an open stretch is, as the index goes by it: the binary digits of its whole days; -1 while it lasts."""
    return LASTING if until_at is None else ((until_at - from_at) // timedelta(days=1)).bit_length()
