"""The read model `dwells`: one row for each stage that a deal has left, so that what is usual can be learned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.decider import Decider
from eventstore.port import RowChange

TABLE = "dwells"
THROUGH = ("advanced", "overridden", "won")
"""How a stay ends that tells how long the stage takes: through its gate. One that was lost, shelved, skipped, swapped or
returned ended for another reason."""


def rows(decider: Decider[Any], stream: str, state: Any) -> Sequence[RowChange]:
    """The rows of a deal: the stays that ended through their gate, with the working minutes that their event says."""
    root = state.root
    return [
        RowChange(
            TABLE,
            {
                "stream": stream,
                "entry": stay.entry,
                "project": root.project,
                "playbook": root.playbook.name,
                "value_class": root.value_class,
                "stage": stay.stage,
                "minutes": stay.dwell,
                "left_at": stay.left_at,
            },
        )
        for stay in decider.path(state)
        if stay.how in THROUGH and stay.left_at is not None and stay.dwell is not None
    ]
