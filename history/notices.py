"""The outbox for reading: what people were told, what is owed to them, and the dead letters."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import AwareDatetime

from domain.messages import Frozen, Name
from eventstore.port import EventStore

TABLE = "outbox"
Status = Literal["owed", "sending", "sent", "dead", "suppressed"]
STATUSES: tuple[Status, ...] = ("owed", "sending", "sent", "dead", "suppressed")


class NoticeKept(Frozen):
    """One notice in the outbox."""

    id: str
    event: str
    stream: str
    version: int
    occurred_at: AwareDatetime
    """When the fact happened that it tells of."""
    customer: str
    project: str
    recipient: str
    """Staff id, or `role@unit`."""
    role: str
    channel: str
    status: Status
    tries: int
    tries_most: int
    made_at: AwareDatetime
    changed_at: AwareDatetime
    text: Name
    error: str
    """Why the last try failed, or why it was not told; never an address or a secret."""


async def notices(store: EventStore, asked: Mapping[str, str | None], limit: int) -> Sequence[NoticeKept]:
    """The notices whose columns equal what is asked (None asks nothing), the newest first."""
    where = {name: value for name, value in asked.items() if value is not None}
    return [_kept(row) for row in await store.rows(TABLE, where, order_by=("-made_at",), limit=limit)]


async def tally(store: EventStore) -> Mapping[str, int]:
    """How many notices there are of each status."""
    counts = await store.count_notices()
    return {status: counts.get(status, 0) for status in STATUSES}


def _kept(row: Mapping[str, Any]) -> NoticeKept:
    return NoticeKept.model_validate({**row, "text": json.loads(row["body"])["text"]})
