"""The read models `product_requests` and `request_backers`: what is asked of the product divisions, and by whom."""

from __future__ import annotations

from collections.abc import Sequence

from domain.playbook import Playbooks
from domain.request import State, due_at
from eventstore.port import RowChange

TABLE = "product_requests"
BACKERS = "request_backers"


def row(state: State, playbooks: Playbooks) -> RowChange:
    """The row of a request. What hangs on it is in hundredths of CNY."""
    return RowChange(
        TABLE,
        {
            "request": state.id,
            "kind": state.kind,
            "title": state.title,
            "product_line": state.product_line,
            "division": state.division,
            "industry": state.industry,
            "region": state.region,
            "status": state.status,
            "open": state.open,
            "overdue": state.open and (state.missed or (state.status == "asked" and state.overdue_at is not None)),
            "escalated_to": state.escalated_to,
            "customer": state.root.customer,
            "customers": len(state.customers),
            "deals": len(state.deals),
            "value_minor": int(state.value * 100),
            "currency": "CNY",
            "raised_by": state.raised_by,
            "raised_at": state.raised_at,
            "reopened": state.round - 1,
            "due_at": due_at(state, playbooks.of(state)),
            "answered_at": state.answered_at,
            "in_release": state.release,
            "planned_on": state.planned_on.isoformat() if state.planned_on else "",
            "moved": state.date_moves,
            "delivered_at": state.delivered.occurred_at if state.delivered and state.status == "delivered" else None,
            "escalation": state.escalation,
        },
    )


def backers(state: State) -> Sequence[RowChange]:
    """The rows of those behind a request."""
    return [
        RowChange(
            BACKERS,
            {
                "request": state.id,
                "number": one.number,
                "customer": one.customer,
                "project": one.project,
                "value_minor": int(one.value.amount * 100) if one.value else 0,
                "currency": one.value.currency if one.value else "",
                "since": one.since,
            },
        )
        for one in state.backers
    ]
