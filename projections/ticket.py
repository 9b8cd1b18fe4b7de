"""The read model `tickets`: one row a ticket, for the desk's lists and for patterns that repeat."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from domain.playbook import Playbooks
from domain.ticket import State, TargetName, moment_of
from eventstore.port import RowChange

TABLE = "tickets"


def row(stream: str, state: State, playbooks: Playbooks) -> RowChange:
    """The row of a ticket. The due times of targets that are met, or whose clocks stand still, are empty."""
    due = _due_times(state, playbooks)
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
            "due_at": min(due.values(), default=None),
            "respond_due": due.get("respond"),
            "resolve_due": due.get("resolve"),
            "respond_breached": "respond" in state.breached,
            "resolve_breached": "resolve" in state.breached,
            "warned": max((int(told.rpartition("-")[2]) for told in state.warned), default=0),
            "reopened": state.reopened,
            "hops": state.hops,
            "value_class": root.value_class,
            "owner_unit": state.owner_unit,
        },
    )


def _due_times(state: State, playbooks: Playbooks) -> Mapping[TargetName, datetime]:
    if state.running_since is None or state.ended:
        return {}
    rules = playbooks.of(state)
    return {target: moment_of(state, rules, budget - spent) for target, budget, spent in state.targets()}
