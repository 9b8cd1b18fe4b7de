"""Every decision made once more on the grounds that its record names: its playbook version, its moment, the streams as they
stood then. The verdict must be the same, and the events of a command that was taken must be those on record."""

from __future__ import annotations

import json
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from domain.catalogue import COMMANDS, decider_of
from domain.decider import Context
from domain.messages import Event
from domain.playbook import PlaybookRef, Playbooks
from domain.refusals import RefusalError
from domain.tickets_seen import no_tickets
from eventstore.codec import Codec
from eventstore.decisions import ACCEPTED, Grounds, Learned, accepted, refused
from eventstore.port import Decision, EventStore, StoredEvent
from history.integrity import Finding

PAGE = 500
"""Decisions, or events of one stream, a query."""
ALL = 1_000_000_000
OTHERS = 50
"""How many streams that decisions looked at are kept folded."""


@dataclass(slots=True)
class Reevaluation:
    """What was decided once more, and what came out otherwise."""

    decisions: int = 0
    groundless: int = 0
    """Decisions from before their grounds were kept: they cannot be made once more."""
    findings: list[Finding] = field(default_factory=list)


class _Followed:
    """One stream, folded forward from version to version; only what comes next is held."""

    def __init__(self, store: EventStore, codec: Codec, stream: str) -> None:
        self._store, self._codec, self.stream = store, codec, stream
        self._decider = decider_of(stream)
        self._start()

    def _start(self) -> None:
        self._version, self._state = 0, self._decider.initial()
        self._ahead: deque[StoredEvent] = deque()
        self._commands: dict[str, None] = {}

    async def at(self, version: int) -> Any:
        """The state at a version. Raises `StoreError`, and ValueError when the stream does not reach it."""
        if version < self._version:
            self._start()
        while self._version < version:
            coming = await self._next(0)
            if coming is None:
                raise ValueError(f"{self.stream} does not reach version {version}")
            self._state = self._decider.fold((self._codec.decode(coming),), self._state)
            self._pass(coming)
        return self._state

    async def then_recorded(self, command_id: str) -> list[StoredEvent]:
        """The events that a command recorded right after the version that was asked for last."""
        found: list[StoredEvent] = []
        while (coming := await self._next(len(found))) is not None and coming.command_id == command_id:
            found.append(coming)
        return found

    async def commands(self) -> Sequence[str]:
        """Every command that recorded events in the stream; reads on to its end, without folding."""
        while (coming := await self._next(0)) is not None:
            self._pass(coming)
        return list(self._commands)

    def _pass(self, event: StoredEvent) -> None:
        self._ahead.popleft()
        self._version = event.version
        self._commands[event.command_id] = None

    async def _next(self, index: int) -> StoredEvent | None:
        if index >= len(self._ahead):
            after = self._ahead[-1].version if self._ahead else self._version
            self._ahead.extend(await self._store.read(self.stream, after, PAGE))
        return self._ahead[index] if index < len(self._ahead) else None


class _Court:
    """Decides once more."""

    def __init__(self, store: EventStore, codec: Codec, playbooks: Playbooks) -> None:
        self._store, self._codec = store, codec
        self._shelf = cache(lambda newest: _as_it_was(playbooks, newest))
        self._others: OrderedDict[str, _Followed] = OrderedDict()

    def follow(self, stream: str) -> _Followed:
        """A stream, from its beginning."""
        return _Followed(self._store, self._codec, stream)

    async def differs(self, kept: Decision, stream: _Followed) -> str:
        """How a decision comes out otherwise, in one sentence; empty when it comes out the same."""
        try:
            state = await stream.at(kept.stream_version)
            again, events = await self._decide(kept, state)
        except Exception as error:  # a record that somebody has changed may break anywhere: that is what is looked for
            return f"cannot be decided once more: {type(error).__name__}: {error}"
        if again.verdict != kept.verdict:
            return f"was {kept.verdict}, and is {again.verdict} now ({again.detail or 'nothing is in the way'})"
        for name in ("command", "command_id", "actor", "playbook"):
            if getattr(again, name) != getattr(kept, name):
                return f"says {name} {getattr(kept, name)!r}, and it was {getattr(again, name)!r}"
        if again.verdict == ACCEPTED:
            recorded = await stream.then_recorded(kept.command_id)
            if what := _events_differ(events, recorded, self._codec):
                return what
        for name in ("unmet", "proofs"):
            if _codes(getattr(again, name)) != _codes(getattr(kept, name)):
                return f"says {name} {_codes(getattr(kept, name))}, and comes out with {_codes(getattr(again, name))}"
        return ""

    async def _decide(self, kept: Decision, state: Any) -> tuple[Decision, Sequence[Event]]:
        command = COMMANDS[kept.command].model_validate_json(kept.asked)
        if command.stream != kept.stream:
            raise ValueError(f"the command is for {command.stream}")
        decider, versions, moment = decider_of(kept.stream), json.loads(kept.looked_at), kept.moment
        assert moment is not None
        learned = Learned.as_recorded(kept.learned)
        context = Context(
            now=moment,
            at=command.occurred_at or moment,
            playbooks=self._shelf(kept.shelf),
            seen={stream: await self._other(stream).at(version) for stream, version in versions.items()},
            usual_dwell=learned.usual_dwell,
            # A record that names no answer at all may be of a program that did not look: it knew of no ticket.
            see_tickets=learned.see_tickets if json.loads(kept.learned or "[]") else no_tickets,
            see_enablement=learned.see_enablement,
            see_deals=learned.see_deals,
        )
        grounds = Grounds(kept.stream_version, state, context, versions, learned)
        try:
            events = decider.respond(command, state, context)
        except RefusalError as refusal:
            return refused(decider, command, grounds, refusal, kept.decided_at), ()
        return accepted(decider, command, grounds, events, kept.decided_at), events

    def _other(self, stream: str) -> _Followed:
        found = self._others.pop(stream, None) or self.follow(stream)
        self._others[stream] = found
        if len(self._others) > OTHERS:
            self._others.popitem(last=False)
        return found


async def reevaluate(store: EventStore, codec: Codec, playbooks: Playbooks, streams: Iterable[str] = ()) -> Reevaluation:
    """Make every decision once more, stream by stream, and look for commands that recorded events without one; `streams` are
    those that must have decisions. Holds one page of decisions and some streams at a time. May run while others write."""
    done, court = Reevaluation(), _Court(store, codec, playbooks)
    without = set(streams)
    async for stream, decisions in _by_stream(store):
        without.discard(stream)
        followed = court.follow(stream)
        taken: set[str] = set()
        async for kept in decisions:
            if kept.verdict == ACCEPTED:
                taken.add(kept.command_id)
            if not kept.asked:
                done.groundless += 1
                continue
            done.decisions += 1
            if what := await court.differs(kept, followed):
                done.findings.append(Finding(stream, None, f"the decision on {kept.command} {kept.command_id} {what}"))
        done.findings += await _undecided(store, followed, taken)
    for stream in sorted(without):
        done.findings += await _undecided(store, court.follow(stream), set())
    return done


async def _by_stream(store: EventStore) -> AsyncIterator[tuple[str, AsyncIterator[Decision]]]:
    """Each stream with its decisions, in order; those of one stream must be read before the next is asked for."""
    log = _all(store)
    coming = await anext(log, None)

    async def of(stream: str) -> AsyncIterator[Decision]:
        nonlocal coming
        while coming is not None and coming.stream == stream:
            yield coming
            coming = await anext(log, None)

    while coming is not None:
        yield coming.stream, of(coming.stream)


async def _all(store: EventStore) -> AsyncIterator[Decision]:
    after = ("", 0)
    while page := await store.all_decisions(after, PAGE):
        for _, decision in page:
            yield decision
        after = page[-1][1].stream, page[-1][0]


async def _undecided(store: EventStore, stream: _Followed, taken: set[str]) -> list[Finding]:
    """A command that recorded events has its decision, or somebody has written round the one place where they are made."""
    missing = [command for command in await stream.commands() if command not in taken]
    if missing:  # Somebody may have written since the decisions were read.
        late = await store.decisions(stream.stream, ALL)
        taken = {one.command_id for one in late if one.verdict == ACCEPTED}
    return [
        Finding(stream.stream, None, f"the command {command} recorded events, but no decision on it is kept")
        for command in missing
        if command not in taken
    ]


def _as_it_was(playbooks: Playbooks, newest: str) -> Playbooks:
    return playbooks.when_newest_were(PlaybookRef.parse(ref) for ref in json.loads(newest))


def _codes(listed: str) -> list[str]:
    return [one["code"] if isinstance(one, dict) else str(one) for one in json.loads(listed)]


def _events_differ(again: Sequence[Event], recorded: Sequence[StoredEvent], codec: Codec) -> str:
    """How the events of a command come out otherwise; empty when they are those on record."""
    if [event.type for event in again] != [stored.type for stored in recorded]:
        told = ", ".join(stored.type for stored in recorded) or "nothing"
        return f"recorded {told}, and would record {', '.join(event.type for event in again) or 'nothing'} now"
    for fresh, stored in zip(again, recorded, strict=True):
        kept = codec.decode(stored)
        # Fields that a later program has added to the event were not there to be recorded.
        if kept != fresh and not _holds(json.loads(fresh.model_dump_json()), _as_recorded(kept, stored)):
            return f"recorded another {stored.type} (version {stored.version}) than it would record now"
    return ""


def _as_recorded(kept: Event, stored: StoredEvent) -> Any:
    return json.loads(stored.data if stored.schema_version == kept.schema_version else kept.model_dump_json())


def _holds(fresh: Any, kept: Any) -> bool:
    """Everything in `kept` is in `fresh` too, however deep."""
    if isinstance(kept, dict) and isinstance(fresh, dict):
        return all(name in fresh and _holds(fresh[name], value) for name, value in kept.items())
    if isinstance(kept, list) and isinstance(fresh, list):
        return len(kept) == len(fresh) and all(map(_holds, fresh, kept))
    return bool(fresh == kept)
