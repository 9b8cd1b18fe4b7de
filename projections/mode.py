"""The read model `project_modes`: one row a project, with the business mode that it was opened in and why."""

from __future__ import annotations

from domain.project import State
from eventstore.port import RowChange

TABLE = "project_modes"


def row(state: State) -> RowChange:
    """The row of a project; without a mode, `reason` says why it has none."""
    root = state.root
    return RowChange(
        TABLE,
        {
            "project": root.project,
            "customer": root.customer,
            "mode": state.mode,
            "reason": state.mode_reason,
            "named": bool(state.mode) and not state.mode_reason,
            "value_class": root.value_class,
            "product_line": state.product_line,
            "owner_unit": state.unit_now,
            "running": state.running,
        },
    )
