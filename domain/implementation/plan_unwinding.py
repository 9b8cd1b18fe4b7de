"""What becomes of the open parts of a plan whose project is cancelled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from domain.cancelling import Unwind
from domain.implementation.plan_events import ChangeWithdrawn, IssueResolved, RiskClosed
from domain.implementation.state import State
from domain.messages import SYSTEM, Event


def plan_unwound(state: State, at: datetime, command: Unwind) -> Iterator[Event]:
    """Open change orders are withdrawn; risks and issues end with the project, each on record."""
    for order in state.plan.changes.values():
        if order.open:
            yield ChangeWithdrawn(occurred_at=at, change=order.change, by=SYSTEM.id, reason=command.reason)
    for name, risk in state.plan.risks.items():
        if not risk.closed:
            yield RiskClosed(occurred_at=at, risk=name, how=command.reason, by=SYSTEM.id)
    for name in state.plan.open_issues:
        yield IssueResolved(occurred_at=at, issue=name, how=command.reason, by=SYSTEM.id)
