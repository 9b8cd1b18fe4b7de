"""The read model `tickets`: one row a ticket, for the desk's lists and for patterns that repeat."""

from __future__ import annotations

from domain.playbook import Playbooks
from domain.ticket import State, TargetName, due_at
from eventstore.port import RowChange

TABLE = "tickets"
TARGETS: tuple[TargetName, ...] = ("respond", "resolve")


def row(stream: str, state: State, playbooks: Playbooks) -> RowChange:
    """The row of a ticket. A target that was missed keeps the moment when it was; the due time of one that is met, or whose
    clock stands still, is empty."""
    rules = playbooks.of(state)
    due = {target: due_at(state, rules, target) for target in TARGETS}
    running = state.running_since is not None and not state.ended and state.resolved_at is None
    unmet = [due[target] for target, _, _ in state.targets()] if running else []
    root = state.root
    return RowChange(
        TABLE,
        {
            "ticket": stream.partition("-")[2],
            "customer": root.customer,
            "project": root.project,
            "kind": state.kind,
            "title": state.title,
            "product": state.product,
            "category": state.category,
            "resolution": state.resolution,
            "priority": state.priority,
            "status": state.status,
            "open": not state.ended,
            "waiting_for": state.waiting_for or "",
            "line": state.line,
            "assigned_group": state.group,
            "assigned_to": state.assigned_to,
            "parent": state.parent,
            "in_service": state.in_service,
            "service_code": state.service_code,
            "opened_at": state.opened_at,
            "acknowledged_at": state.acknowledged_at,
            "resolved_at": state.resolved_at,
            "closed_at": state.closed_at,
            "due_at": min((moment for moment in unmet if moment is not None), default=None),
            "respond_due": due["respond"],
            "resolve_due": due["resolve"],
            "respond_breached": "respond" in state.breached,
            "resolve_breached": "resolve" in state.breached,
            "warned": max((int(told.rpartition("-")[2]) for told in state.warned), default=0),
            "reopened": state.reopened,
            "hops": state.hops,
            "value_class": root.value_class,
            "owner_unit": state.owner_unit,
        },
    )
