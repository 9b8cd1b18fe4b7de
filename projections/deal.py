"""The read model `deals`: one row a deal, for the pipeline by stage."""

from __future__ import annotations

from domain.funnel import State, win_rate
from domain.playbook import Playbooks
from eventstore.port import RowChange

TABLE = "deals"


def row(state: State, playbooks: Playbooks) -> RowChange:
    """The row of a deal. Amounts are in hundredths of their currency, so that sums are exact in every database."""
    rules = playbooks.of(state).funnel
    rates = {"won": 100, "lost": 0, "cancelled": 0}
    return RowChange(
        TABLE,
        {
            "project": state.root.project,
            "customer": state.root.customer,
            "name": state.name,
            "product_line": state.product_line,
            "stage": state.stage,
            "win_rate": rates.get(state.outcome, win_rate(state, rules)),
            "amount_minor": int(state.amount.amount * 100) if state.amount else 0,
            "currency": state.amount.currency if state.amount else "",
            "outcome": state.outcome,
            "open": not state.outcome,
            "owner": state.owner_now,
            "owner_unit": state.unit_now,
            "opened_at": state.opened_at,
            "stage_since": state.entered_at,
            "closed_at": state.as_of if state.outcome else None,
        },
    )
