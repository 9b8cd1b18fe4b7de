"""What an implementation remembers of the gaps of its blueprint."""

from __future__ import annotations

from typing import Any

from domain.escalating import Escalated, Escalations, changed, ended
from domain.implementation.events import GapAnswered, GapRaised, ProjectAccepted


def after(known: Escalations, event: Any, *, held: bool) -> Escalations:
    """The escalations of an implementation after one more fact; the very same ones if it is not about them."""
    match event:
        case GapRaised():
            begun = Escalated(
                id=event.escalation,
                about=event.gap,
                first=event.step,
                step=event.step,
                line=event.line,
                since=event.occurred_at,
                reason=event.text,
                begun_at=event.occurred_at,
                asked_by=event.by,
                held=held,
            )
            return (*known, begun)
        case GapAnswered():
            return changed(known, event.escalation, outcome=event.outcome)
        case ProjectAccepted() if known:
            return ended(known, event.occurred_at, "accepted without an answer 未待答复即已验收")
        case _:
            return known
