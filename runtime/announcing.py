"""Sends notices again that were given up, and finds streams that still owe some: each through its own workflow."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from activities.telling import DEAD, OWED, SENDING, SUPPRESSED, TABLE
from domain.clocks import JudgeClocks
from domain.messages import SYSTEM, own_id
from eventstore.port import EventStore, NoticeChange
from runtime.submitting import Submitter

ALL_ROWS = 1_000_000_000
AT_ONCE = 500
"""How many notices are changed in one transaction."""


async def send_again(
    store: EventStore, submitter: Submitter, ids: Sequence[str], *, all_dead: bool
) -> tuple[Sequence[str], Sequence[str]]:
    """Owe these notices afresh if they are dead letters or were not told (or all dead letters), and remind their workflows.

    Answers the ids of those that are on their way, and of those asked for that are not. A workflow that has ended is started
    again from its stream for them, sends them, and ends."""
    asked = list(dict.fromkeys(ids))
    if all_dead:
        asked += [str(row["id"]) for row in await store.rows(TABLE, {"status": DEAD}, limit=ALL_ROWS)]
    streams: dict[str, list[str]] = {}
    for start in range(0, len(asked), AT_ONCE):
        part = asked[start : start + AT_ONCE]
        change = NoticeChange(part, [DEAD, SUPPRESSED], OWED, datetime.now(UTC), afresh=True)
        for row in await store.change_notices(change):
            streams.setdefault(str(row["stream"]), []).append(str(row["id"]))
    for stream in streams:
        await remind_of_notices(submitter, stream)
    on_their_way = [one for owed in streams.values() for one in owed]
    return on_their_way, [one for one in ids if one not in set(on_their_way)]


async def remind_of_notices(submitter: Submitter, stream: str) -> None:
    """Let the workflow of a stream learn what notices the stream owes; one that does not run is started for it."""
    reminder = JudgeClocks(of=stream, command_id=own_id(f"notices-{uuid.uuid4().hex}"), actor=SYSTEM)
    await submitter.submit(reminder)


async def streams_that_owe(store: EventStore) -> Sequence[str]:
    """The streams with notices that are owed or in hand."""
    rows = [row for status in (OWED, SENDING) for row in await store.rows(TABLE, {"status": status}, limit=ALL_ROWS)]
    return sorted({str(row["stream"]) for row in rows})
