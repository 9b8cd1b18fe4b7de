"""Notices to people: which follow from recorded facts, and the activity that sends them over their channels."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.shapes import Announced, Announcement
from domain.decider import Decider
from domain.messages import Actor, Event
from domain.playbook import Playbook, Playbooks
from domain.telling import Notice, notices_of
from eventstore.port import EventStore, NoticeChange, RowChange

TABLE = "outbox"
OWED, SENDING, SENT, DEAD, SUPPRESSED = "owed", "sending", "sent", "dead", "suppressed"
STATUSES = (OWED, SENDING, SENT, DEAD, SUPPRESSED)
"""What a notice may be: owed; in a worker's hands; sent; given up, a dead letter; not told because its fact is too old."""

IN_HAND = timedelta(seconds=20)
"""How long a sender may have a notice in its hands; after that it has died with it."""
TOO_LATE = "the fact was {hours} hours old when it was recorded: too old to be told by itself, as the playbook has it"
UNCERTAIN = (
    "the worker ended while it was sending this: it may have arrived; ask the recipient, and send it again if it has not"
)


class NotSentError(Exception):
    """A channel did not take a notice. The sentence goes to operators: no address and no secret stands in it."""

    def __init__(self, why: str, *, for_good: bool = False) -> None:
        super().__init__(why)
        self.for_good = for_good
        """True when trying again would not help."""


class Channels(Protocol):
    """The ways to people."""

    async def send(self, notice: Mapping[str, Any]) -> None:
        """Send one row of the outbox over its channel; raises `NotSentError`."""

    def twice_is_once(self, kind: str) -> bool:
        """Whether recipients on channels of a kind recognise a notice that comes twice, by its id."""

    def at_once(self, kind: str) -> bool:
        """Whether to send over channels of a kind takes no time: a line in this program's own log. What goes out over them is
        sent with the fact itself; for the others there is an activity, for which no clock and no answer waits."""

    def closed(self, playbook: Playbook) -> Collection[str]:
        """The optional channels of a playbook that have no address here."""


class NoChannels:
    """Where nobody is told anything: what is owed all the same is given up, and says so."""

    async def send(self, notice: Mapping[str, Any]) -> None:
        """Give it up."""
        raise NotSentError(f"this program has no channel {notice['channel']}", for_good=True)

    def twice_is_once(self, kind: str) -> bool:
        """Nothing arrives."""
        return True

    def at_once(self, kind: str) -> bool:
        """Nothing goes out."""
        return False

    def closed(self, playbook: Playbook) -> Collection[str]:
        """Every channel, so that nothing is owed."""
        return [channel.code for channel in playbook.notices.channels]


def outbox_rows(
    decider: Decider[Any],
    stream: str,
    before: tuple[int, Any],
    events: Sequence[Event],
    playbooks: Playbooks,
    *,
    actor: Actor,
    now: datetime,
    recorded_at: datetime,
    channels: Channels,
) -> list[RowChange]:
    """The notices that follow from a command's events, as rows of the outbox; `before` are the version and state they met,
    `now` is the moment of the decision."""
    version, state = before
    rows = []
    for event in events:
        version, state = version + 1, decider.apply(state, event)
        playbook = playbooks.of(state)
        if not playbook.notices.rules:
            continue
        closed = channels.closed(playbook)
        told = notices_of(event, state, playbook, stream=stream, version=version, now=now, actor=actor, closed_channels=closed)
        rows += [_row(notice, playbook, now, recorded_at, at_once=channels.at_once(notice.kind)) for notice in told]
    return rows


def _row(notice: Notice, playbook: Playbook, now: datetime, recorded_at: datetime, *, at_once: bool) -> RowChange:
    rules = playbook.notices
    hours = (now - notice.occurred_at) // timedelta(hours=1)
    return RowChange(
        TABLE,
        {
            "id": notice.id,
            "stream": notice.stream,
            "version": notice.version,
            "event": notice.event,
            "customer": notice.customer,
            "project": notice.project,
            "recipient": notice.to.key,
            "role": notice.to.role,
            "unit": notice.to.unit,
            "person": notice.to.person,
            "channel": notice.channel,
            "kind": notice.kind,
            "body": json.dumps({"text": notice.text.model_dump(), "facts": notice.facts}, ensure_ascii=False),
            "status": SUPPRESSED if notice.late else SENDING if at_once else OWED,
            "tries": int(at_once and not notice.late),
            "tries_most": rules.tries,
            "occurred_at": notice.occurred_at,
            "made_at": recorded_at,
            "changed_at": recorded_at,
            "error": TOO_LATE.format(hours=hours) if notice.late else "",
        },
    )


def owed(rows: Sequence[RowChange], *statuses: str) -> tuple[str, ...]:
    """The ids of the notices among these rows that have one of these statuses."""
    return tuple(str(row.values["id"]) for row in rows if row.table == TABLE and row.values["status"] in statuses)


async def untold(store: EventStore, stream: str) -> tuple[str, ...]:
    """The ids of the notices that a stream still owes, whoever has them in hand; costs two queries."""
    found = [row for status in (OWED, SENDING) for row in await store.rows(TABLE, {"stream": stream, "status": status})]
    return tuple(str(row["id"]) for row in sorted(found, key=lambda row: (row["version"], row["id"])))


class Telling:
    """Sends notices. A notice is taken in hand before it is sent, and marked after."""

    def __init__(self, store: EventStore, channels: Channels, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._channels = channels
        self._clock = clock

    @activity.defn(name="announce")
    async def announce(self, announcement: Announcement) -> Announced:
        """Send notices; a regular activity, so that operators see it and its retries.

        Raises `ApplicationError` while one of them is still owed, so that Temporal asks again later; none is tried more
        often than its playbook says."""
        ids = announcement.notices
        taken = await self._taken(ids)
        became = await asyncio.gather(*(self._send(row) for row in taken))
        if len(taken) == len(set(ids)) and OWED not in became:
            return Announced(sent=became.count(SENT), dead=became.count(DEAD))  # As nearly always: nobody need be asked.
        left = [row for status in (OWED, SENDING) for row in await self._with_status(ids, status)]
        if left:
            why = "; ".join(sorted({f"{row['channel']}: {row['error'] or 'in the hands of another sender'}" for row in left}))
            raise ApplicationError(f"{len(left)} of {len(ids)} notices are not sent yet: {why}", type="NoticesOwed")
        return Announced(sent=became.count(SENT), dead=became.count(DEAD))

    async def at_once(self, rows: Sequence[RowChange]) -> tuple[str, ...]:
        """Send the notices that were taken in hand as they were written with their facts; the ids of those still owed.

        If this program dies meanwhile, they are found again in its hands and sent by an activity."""
        in_hand = [row.values for row in rows if row.table == TABLE and row.values["status"] == SENDING]
        became = await asyncio.gather(*(self._send(row) for row in in_hand))
        return tuple(str(row["id"]) for row, status in zip(in_hand, became, strict=True) if status == OWED)

    async def _taken(self, ids: Sequence[str]) -> list[Mapping[str, Any]]:
        """The notices that are ours to send now."""
        now = self._clock()
        taken = [*await self._store.change_notices(NoticeChange(ids, [OWED], SENDING, now, tried=True))]
        if len(taken) == len(set(ids)):
            return taken
        # Its sender has died with it, after the channel's yes or before: nobody knows.
        lost = await self._store.change_notices(
            NoticeChange(ids, [SENDING], SENDING, now, tried=True, untouched_since=now - IN_HAND)
        )
        for row in lost:
            if self._channels.twice_is_once(str(row["kind"])):
                taken.append(row)
            else:
                await self._mark(row, DEAD, UNCERTAIN)
        return taken

    async def _send(self, row: Mapping[str, Any]) -> str:
        try:
            await self._channels.send(row)
        except NotSentError as no:
            given_up = no.for_good or row["tries"] >= row["tries_most"]
            return await self._mark(row, DEAD if given_up else OWED, str(no))
        return await self._mark(row, SENT, "")

    async def _mark(self, row: Mapping[str, Any], status: str, error: str) -> str:
        await self._store.change_notices(NoticeChange([str(row["id"])], [SENDING], status, self._clock(), error=error))
        return status

    async def _with_status(self, ids: Sequence[str], status: str) -> list[Mapping[str, Any]]:
        wanted = set(ids)
        streams = {one.partition(":")[0] for one in ids}
        rows = [row for stream in streams for row in await self._store.rows(TABLE, {"stream": stream, "status": status})]
        return [row for row in rows if row["id"] in wanted]
