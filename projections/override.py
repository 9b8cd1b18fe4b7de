"""The read model `overrides`: one row for each gate that was passed without its proofs, countable by person and outcome."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from domain.decider import Decider
from eventstore.port import RowChange

TABLE = "overrides"


def rows(decider: Decider[Any], stream: str, state: Any) -> Sequence[RowChange]:
    """The rows of a stream; `deal` is what has become of the deal itself, as far as its own stream says."""
    root = state.root
    return [
        RowChange(
            TABLE,
            {
                "stream": stream,
                "number": one.number,
                "category": decider.category,
                "customer": root.customer,
                "project": root.project,
                "gate": one.gate,
                "missing": json.dumps(one.missing, ensure_ascii=False),
                "reason": one.reason,
                "asked_by": one.asked_by,
                "approver": one.approver,
                "given_at": one.given_at,
                "expires_on": one.expires_on.isoformat(),
                "outcome": one.outcome,
                # Whatever comes after the funnel has begun because the deal was won.
                "deal": state.outcome if decider.category == "funnel" else "won",
            },
        )
        for one in decider.overrides(state)
    ]
