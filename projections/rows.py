"""Every read-model row of a stream: a function of that stream's state alone, so it can be rebuilt at any time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.catalogue import decider_of
from domain.playbook import Playbooks
from eventstore.port import RowChange
from projections import deal, standing

TABLES = (standing.TABLE, deal.TABLE)


def rows(stream: str, state: Any, version: int, playbooks: Playbooks) -> Sequence[RowChange]:
    """The rows of a stream at a version."""
    decider = decider_of(stream)
    changes = [standing.row(decider, stream, state, version, playbooks)]
    if decider.category == "funnel":
        changes.append(deal.row(state, playbooks))
    return changes
