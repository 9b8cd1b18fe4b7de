"""Is the store whole? Everything that its events promise, looked at from the first to the last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.catalogue import decider_of
from eventstore.codec import Codec
from eventstore.port import EventStore, StoredEvent, StoreError
from history.log import batches

ALL_ROWS = 1_000_000_000
STANDINGS = "standings"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it must be."""

    stream: str
    position: int | None
    """The position of the event that shows it; None for a finding about a read model."""
    what: str
    """One sentence."""


@dataclass(slots=True)
class Inspection:
    """What was looked at, and what was found."""

    events: int = 0
    findings: list[Finding] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)
    """The last version of each stream."""


@dataclass(slots=True)
class _Streams:
    """What must be remembered of the streams while the log is read."""

    states: dict[str, Any] = field(default_factory=dict)
    last_command: dict[str, str] = field(default_factory=dict)
    commands: set[tuple[str, str]] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)


async def inspect(store: EventStore, codec: Codec) -> Inspection:
    """Read the whole log once and compare the standings with it.

    Looks for: positions that do not ascend, versions with gaps, a command recorded twice in its stream, events that cannot
    be decoded, streams that do not fold, events that name another customer than their stream does, standings that are of
    another version. May run while others write."""
    inspection, streams = Inspection(), _Streams()
    position = 0
    async for batch in batches(store):
        for stored in batch:
            for what in _faults(stored, position, inspection, streams, codec):
                inspection.findings.append(Finding(stored.stream, stored.position, what))
            position = stored.position
            inspection.events += 1
            inspection.versions[stored.stream] = stored.version
    inspection.findings += await _standings(store, inspection.versions)
    return inspection


def _faults(stored: StoredEvent, before: int, seen: Inspection, streams: _Streams, codec: Codec) -> list[str]:
    faults = []
    if stored.position <= before:
        faults.append(f"position {stored.position} does not come after {before}")
    expected = seen.versions.get(stored.stream, 0) + 1
    if stored.version != expected:
        faults.append(f"version {stored.version} stands where {expected} must stand")
    return faults + _command(stored, streams) + _meaning(stored, streams, codec)


def _command(stored: StoredEvent, streams: _Streams) -> list[str]:
    """One command's events stand together: the same id again, further on, is the same command recorded twice."""
    if streams.last_command.get(stored.stream) == stored.command_id:
        return []
    streams.last_command[stored.stream] = stored.command_id
    key = (stored.stream, stored.command_id)
    if key in streams.commands:
        return [f"the command {stored.command_id} is recorded twice in its stream"]
    streams.commands.add(key)
    return []


def _meaning(stored: StoredEvent, streams: _Streams, codec: Codec) -> list[str]:
    stream = stored.stream
    if stream in streams.broken:
        return []  # What follows an event that cannot be read says nothing more.
    try:
        state = decider_of(stream).fold((codec.decode(stored),), streams.states.get(stream))
    except StoreError as error:
        streams.broken.add(stream)
        return [str(error)]
    except Exception as error:  # a fold must never raise, whatever it is given: that is what is looked for
        streams.broken.add(stream)
        return [f"version {stored.version} ({stored.type}) does not fold: {type(error).__name__}: {error}"]
    streams.states[stream] = state
    if not state.exists:
        return [f"the stream begins with {stored.type}, which opens nothing"]
    if state.root.customer != stored.customer:
        return [f"the event names the customer {stored.customer!r}, its stream {state.root.customer!r}"]
    return []


async def _standings(store: EventStore, versions: Mapping[str, int]) -> list[Finding]:
    kept = {str(row["stream"]): int(row["version"]) for row in await store.rows(STANDINGS, limit=ALL_ROWS)}
    differing = sorted(stream for stream in versions.keys() | kept.keys() if versions.get(stream) != kept.get(stream))
    findings = []
    for stream in differing:
        # Somebody may have written since: look at this one alone, the row before the stream.
        row = await store.rows(STANDINGS, {"stream": stream})
        stands = len(await store.read(stream))
        shown = int(row[0]["version"]) if row else 0
        if shown < versions.get(stream, 0) or shown > stands:
            what = f"its standing is of version {shown}, its log at version {stands}" if row else "it has no standing"
            findings.append(Finding(stream, None, f"{what}: run `python starter.py rebuild`"))
    return findings
