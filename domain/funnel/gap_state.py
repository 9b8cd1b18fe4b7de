"""What a deal remembers of the product division being asked about its gaps."""

from __future__ import annotations

from collections.abc import Container

from domain.escalating import Escalated, Escalations, changed, ended
from domain.funnel.events import DealLost, DealWon
from domain.funnel.gate_events import ProductAnswered, ProductAnswerRequested


def after(known: Escalations, event: object, evidence: Container[str], *, held: bool) -> Escalations:
    """The escalations of a deal after one more fact; the very same ones if it is not about them. A decided deal ends those
    whose answer it does not wait for any more; of a cancelled project they are unwound with it."""
    match event:
        case ProductAnswerRequested():
            begun = Escalated(
                id=event.escalation,
                about=event.criterion,
                first=event.step,
                step=event.step,
                line=event.line,
                since=event.occurred_at,
                reason=event.gap,
                begun_at=event.occurred_at,
                asked_by=event.asked_by,
                held=held,
            )
            return (*known, begun)
        case ProductAnswered():
            return changed(known, event.escalation, outcome=event.outcome)
        case DealLost():
            return ended(known, event.occurred_at, "deal lost 丢单")
        case DealWon() if known:
            proven = tuple(one for one in known if one.open and one.about in evidence)
            over = {one.id: one for one in ended(proven, event.occurred_at, "deal won 成交")}
            return tuple(over.get(one.id, one) for one in known)
        case _:
            return known
