"""What a ticket remembers of its escalations 升级."""

from __future__ import annotations

from typing import Any

from domain.escalating import Escalated, Escalations, changed, ended, open_one
from domain.ticket.events import (
    ClockPaused,
    ClockResumed,
    TicketAnswered,
    TicketCancelled,
    TicketClosed,
    TicketDuplicated,
    TicketEscalated,
    TicketResolved,
)


def after(known: Escalations, event: Any, *, held: bool, stood_still: bool, stands_still: bool) -> Escalations:
    """The escalations of a ticket after one more fact; the very same ones if it is not about them. `stood_still` and
    `stands_still` tell whether its clocks stood still before the fact, and after it."""
    if isinstance(event, TicketEscalated):
        return _escalated(known, event, held, stands_still) if event.escalation else known
    if isinstance(event, TicketAnswered):
        return changed(known, event.escalation, outcome=event.outcome)
    now = open_one(known)
    if now is None:
        return known
    at = event.occurred_at
    match event:
        case ClockPaused() if stands_still and not stood_still:
            return changed(known, now.id, stills=now.stills + 1, still_since=at, went_on_at=None)
        case ClockResumed() if stood_still and not stands_still and now.went_on_at is None:
            return changed(known, now.id, went_on_at=at)
        case TicketResolved():
            return ended(known, at, "resolved 工单已解决")
        case TicketClosed() | TicketCancelled() | TicketDuplicated():
            return ended(known, at, "ended 工单已结束")
        case _:
            return known


def _escalated(known: Escalations, event: TicketEscalated, held: bool, waits: bool) -> Escalations:
    at = event.occurred_at
    if all(one.id != event.escalation for one in known):
        begun = Escalated(
            id=event.escalation,
            first=event.step,
            step=event.step,
            line=event.line,
            since=at,
            reason=event.reason,
            begun_at=at,
            held=held,
            stills=int(waits),
            still_since=at if waits else None,
        )
        return (*known, begun)
    before = next(one for one in known if one.id == event.escalation)
    if before.step == event.step:
        return known
    asked = {} if event.noted else {"raised_to": event.step, "raised": event.reason, "raised_at": at}
    return changed(known, event.escalation, step=event.step, line=event.line, since=at, **asked)
