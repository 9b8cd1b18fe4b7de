"""The state of the business for people: what waits for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.messages import Name
from eventstore.port import EventStore

SHOWN = 200
"""How many are told, the earliest due first; lists of one kind (`tickets`, `customers --needs-person`) tell the rest."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that needs a person now."""

    stream: str
    code: str
    name: Name
    customer: str
    project: str
    reason: str
    who: str
    due_at: datetime | None
    health: str


async def waiting_for_people(store: EventStore) -> Sequence[Waiting]:
    """What needs a person now, the earliest due first; what has no due time comes last. At most `SHOWN`."""
    rows = await store.rows("standings", {"needs_human": True}, order_by=("due_at",), limit=SHOWN)
    return [
        Waiting(
            stream=row["stream"],
            code=row["code"],
            name=Name(en=row["name_en"], zh=row["name_zh"]),
            customer=row["customer"],
            project=row["project"],
            reason=row["reason"],
            who=row["waiting_for"],
            due_at=row["due_at"],
            health=row["health"],
        )
        for row in rows
    ]
