"""The read model `standings`: one row a stream, with where it stands, who must act, and by when."""

from __future__ import annotations

import json
from typing import Any

from domain.decider import Decider
from domain.playbook import Playbooks
from eventstore.port import RowChange

TABLE = "standings"


def row(decider: Decider[Any], stream: str, state: Any, version: int, playbooks: Playbooks) -> RowChange:
    """The row of a stream at a version."""
    view = decider.view(state, playbooks.of(state))
    return RowChange(
        TABLE,
        {
            "stream": stream,
            "category": decider.category,
            "customer": view.customer,
            "project": view.project,
            "version": version,
            "closed": view.closed,
            "held": state.held,
            "phase": view.phase,
            "code": view.code,
            "name_en": view.name.en,
            "name_zh": view.name.zh,
            "waiting_for": view.waiting_for,
            "due_at": view.due_at,
            "health": view.health,
            "needs_human": view.needs_human,
            "reason": view.reason,
            "missing": json.dumps([one.model_dump(mode="json") for one in view.missing], ensure_ascii=False),
            "value_class": view.value_class,
            "owner_unit": view.owner_unit,
            "since": state.as_of,
        },
    )
