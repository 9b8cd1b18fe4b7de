"""The read model `enablements`: one row for each product line of a unit, for the gates that ask for it and for people."""

from __future__ import annotations

import json
from collections.abc import Sequence

from domain.enablement import State
from domain.playbook.enablement import folded
from eventstore.port import RowChange

TABLE = "enablements"


def rows(state: State) -> Sequence[RowChange]:
    """A unit's rows. `line_key` is the product line as it is told apart, `valid_until` the last day as ISO 8601, or empty."""
    return [
        RowChange(
            TABLE,
            {
                "unit": state.root.owner_unit,
                "line_key": folded(one.product_line),
                "product_line": one.product_line,
                "status": one.status,
                "enabled": one.status == "enabled",
                "expiring": one.status == "enabled" and bool(one.warned),
                "since": one.since,
                "enabled_at": one.enabled_at,
                "valid_until": one.valid_until.isoformat() if one.valid_until else "",
                "enabled_by": one.by,
                "role": one.role,
                "renewed": one.renewed,
                "evidence": json.dumps([piece.model_dump(mode="json") for piece in one.evidence], ensure_ascii=False),
            },
        )
        for one in state.lines
    ]
