"""The port of the event store: what every adapter promises. One contract suite holds all of them to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event that is about to be stored. `data` is its JSON text, kept to the letter."""

    type: str
    schema_version: int
    data: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as it is stored. `position` orders the whole log, `version` counts 1, 2, 3 … in its stream."""

    position: int
    stream: str
    version: int
    type: str
    schema_version: int
    data: str
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    """JSON text of the actor."""
    command_id: str
    correlation_id: str
    causation_id: str
    customer: str
    project: str
    playbook: str
    """`name@version` of the rules that the event was decided under; empty when none was asked."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Why a command was taken or refused: the rule, the facts that were looked at, and what was unmet."""

    stream: str
    command: str
    command_id: str
    verdict: str
    """`accepted`, or the type of the refusal."""
    detail: str
    unmet: str
    """JSON list of the conditions that were not met."""
    actor: str
    """JSON text of the actor."""
    stream_version: int
    """The version of the stream that the decision was made on."""
    looked_at: str
    """JSON object: other streams that were looked at, with their versions."""
    playbook: str
    decided_at: datetime
    asked: str = ""
    """JSON text of the whole command. This and what follows is empty in the records of a Throughline that did not keep it."""
    moment: datetime | None = None
    """The moment that was `now` for the decision; the command's own `occurred_at` is in `asked`."""
    shelf: str = ""
    """JSON list: the newest version of each playbook at that moment, as `name@version`."""
    learned: str = ""
    """JSON list: what was learned from other work and looked at, such as the usual dwell of a stage."""
    proofs: str = ""
    """JSON list: the ids of the evidence, deliverables or checklist items in play."""


@dataclass(frozen=True, slots=True)
class RowChange:
    """One read-model row to be written in the append's transaction: inserted, or replaced by its primary key."""

    table: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Append:
    """All that one command writes, in one transaction: its events, its decision record and its read-model rows."""

    stream: str
    expected_version: int
    """The version of the stream's last event; 0 for a stream that does not exist yet."""
    events: Sequence[NewEvent]
    """At least one."""
    command_id: str
    correlation_id: str
    causation_id: str
    actor: str
    customer: str
    project: str
    playbook: str
    recorded_at: datetime
    decision: Decision | None = None
    rows: Sequence[RowChange] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class NoticeChange:
    """Notices in the outbox that go from one status to another, if they still have the first."""

    ids: Sequence[str]
    was: Sequence[str]
    """The statuses, one of which a notice must have to be changed."""
    becomes: str
    at: datetime
    error: str = ""
    tried: bool = False
    """Counts a try."""
    afresh: bool = False
    """Forgets the tries that were made."""
    untouched_since: datetime | None = None
    """Only those that nobody has changed since before this moment."""


class StoreError(Exception):
    """Something is wrong with the store or with how it was asked."""


class WrongVersionError(StoreError):
    """Somebody else has written to the stream since it was read. Never raised for a command that is stored already."""

    def __init__(self, stream: str, expected: int, actual: int) -> None:
        super().__init__(f"stream {stream} is at version {actual}, not at {expected}")
        self.stream, self.expected, self.actual = stream, expected, actual


class StoreUnavailableError(StoreError):
    """The database cannot be reached or did not answer; the same call may be tried again."""


class UnknownEventTypeError(StoreError):
    """A stored event whose type or schema version this program does not know; it is never skipped silently."""


class EventStore(Protocol):
    """Streams of events in one ordered log.

    Every `append` is durable when it returns. A command id is unique in its stream: appending one that is there already
    writes nothing and answers the events that it recorded the first time."""

    async def append(self, append: Append) -> Sequence[StoredEvent]:
        """Store the events at the end of their stream, with the decision and the read-model rows, in one transaction.

        Returns them as stored, or, for a command id that the stream knows, the events recorded then. Raises
        `WrongVersionError`, `StoreUnavailableError`."""

    async def read(self, stream: str, after_version: int = 0, limit: int | None = None) -> Sequence[StoredEvent]:
        """A stream's events in order, from after `after_version`; empty for a stream that does not exist."""

    async def read_many(self, streams: Sequence[str]) -> Mapping[str, Sequence[StoredEvent]]:
        """The events of many streams at once, each in its order; one that does not exist is left out."""

    async def streams(
        self, category: str, after: str = "", limit: int = 1000, value_classes: Sequence[str] = ()
    ) -> Sequence[str]:
        """The streams of a kind that have a standing, in the order of their names, from after one of them; only those of these
        value classes, if any are named."""

    async def recorded(self, stream: str, command_id: str) -> Sequence[StoredEvent]:
        """The events that a command recorded in its stream; empty if it is not known there."""

    async def read_all(self, after_position: int = 0, limit: int = 1000) -> Sequence[StoredEvent]:
        """The log in order, from after `after_position`. A reader that goes on from the last position it was given never
        misses an event, however late another writer commits."""

    async def latest(self, limit: int) -> Sequence[StoredEvent]:
        """The last events of the log, at most `limit`, in its order."""

    async def read_customer(self, customer: str) -> Sequence[StoredEvent]:
        """Every event about a customer and its projects, in the order of the log."""

    async def record_refusal(self, decision: Decision) -> None:
        """Keep the record of a refused command; the same refusal at the same stream version is kept once."""

    async def decisions(self, stream: str, limit: int = 100) -> Sequence[Decision]:
        """The decisions on commands to a stream, the newest first."""

    async def all_decisions(self, after: tuple[str, int] = ("", 0), limit: int = 1000) -> Sequence[tuple[int, Decision]]:
        """Every decision with its number, stream by stream and within a stream in order, from after (stream, number)."""

    async def rows(
        self, table: str, where: Mapping[str, Any] | None = None, order_by: Sequence[str] = (), limit: int = 1000
    ) -> Sequence[Mapping[str, Any]]:
        """Read-model rows whose columns equal `where`, ordered by `order_by` and then by the primary key; `-name` orders by
        that column from the greatest down. Nulls come last in either direction."""

    async def query(self, statement: sa.Select[Any]) -> Sequence[Mapping[str, Any]]:
        """What a SELECT over the read models of `eventstore.schema` finds: lists that join them, figures that sum them up.

        Values come as the schema's types say: a moment is an aware datetime in UTC on every database. Sums of integers come as
        the database's own type unless they are cast. Raises `StoreError` for a statement that is no SELECT."""

    async def replace_rows(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Empty a read model and fill it anew, in one transaction."""

    async def change_notices(self, change: NoticeChange) -> Sequence[Mapping[str, Any]]:
        """Change the status of notices in one transaction, each only if it has the status that is expected: of two callers who
        want the same notice one gets it. Answers the rows that were changed, as they are now, in the order of their ids."""

    async def count_notices(self) -> Mapping[str, int]:
        """How many notices there are, by status; none for a status that no notice has."""

    async def save_playbook(self, name: str, version: str, document: str) -> str:
        """Keep a playbook document unless that version is kept already; returns the document that is kept."""

    async def playbooks(self) -> Sequence[tuple[str, str, str]]:
        """Every kept playbook as (name, version, document)."""

    async def close(self) -> None:
        """Let go of the database."""
