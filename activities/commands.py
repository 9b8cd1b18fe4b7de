"""The one place where commands are decided and recorded: read, already recorded? decide, append, answer."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from activities.learning import Answering, Dwells
from activities.shapes import Answer, EventRef, Foresight, Owed, Refusal, Request, Standing
from activities.states import Folded, States
from activities.telling import OWED, SENDING, Channels, NoChannels, Telling, outbox_rows, owed, untold
from domain.catalogue import COMMANDS, decider_of
from domain.clocks import JudgeClocks
from domain.decider import Context, Decider
from domain.dwell import UsualDwell
from domain.messages import AT_THE_DOOR, Command, Event
from domain.moving import MovePlaybook
from domain.parsing import InvalidCommandError, check_caller, check_text
from domain.playbook import Playbooks
from domain.refusals import RefusalError
from domain.standing import Begin, Tell, View
from eventstore.codec import Codec
from eventstore.decisions import Answers, Grounds, Key, Learned, NotLookedUpError, Question, accepted, refused
from eventstore.failures import RejectedValueError
from eventstore.port import Append, EventStore, RowChange, StoredEvent

ProjectRows = Callable[[str, Any, int, Playbooks, Any], Sequence[RowChange]]
"""The read-model rows of a stream: (stream, state, version, playbooks, state before or None) -> rows that may have changed."""

FEW = 8
"""Up to how many words of a fan-out an answer waits for."""
PAGE = 100
"""How many words of a fan-out one standing tells of."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A command that was decided and not recorded yet."""

    append: Append
    after: Folded
    caused: tuple[str, ...]
    """The ids of what others are owed because of it."""


class CommandHandler:
    """Answers commands to any stream. Everything that it touches comes in as a port."""

    def __init__(
        self,
        store: EventStore,
        codec: Codec,
        project_rows: ProjectRows,
        load_playbooks: Callable[[], Awaitable[Playbooks]],
        clock: Callable[[], datetime],
        channels: Channels | None = None,
    ) -> None:
        """Without `channels` nobody is told anything."""
        self._channels = channels or NoChannels()
        self._telling = Telling(store, self._channels, clock)
        self._store = store
        self._codec = codec
        self._states = States(store, codec)
        self._project_rows = project_rows
        self._load_playbooks = load_playbooks
        self._playbooks: Playbooks | None = None
        self._clock = clock
        self._dwells = Dwells(store, clock)
        self._answering = Answering(store)

    async def respond(self, request: Request) -> Answer:
        """Answer one request.

        Costs one transaction for a command that records something, and one query for each stream that is looked at.
        Raises `StoreError`s, which are tried again; a refusal is an answer, not an error."""
        decider = decider_of(request.stream)
        if request.command is None:
            standing = await self._standing(request, await self._states.read(request.stream))
            return Answer(standing=standing, notices=await untold(self._store, request.stream))
        try:
            command = self._decode(request.command, request.stream)
        except RefusalError as refusal:
            standing = await self._standing(request, await self._states.read(request.stream))
            return Answer(standing=standing, refusal=_refusal(refusal))
        # 1. Read.
        folded = await self._states.read(request.stream)
        # 2. Already recorded? Then answer what was recorded the first time.
        if command.command_id in folded.commands:
            known = await self._store.recorded(request.stream, str(command.command_id))
            standing = await self._standing(request, folded)
            caused = await self._caused_then(decider, request.stream, known)
            notices = await untold(self._store, request.stream)
            return Answer(standing=standing, events=_refs(known), caused=caused, notices=notices, repeated=True)
        # 3. Decide.
        try:
            events, grounds = await self._decide(decider, command, folded, request.now)
        except RefusalError as refusal:
            return Answer(standing=await self._standing(request, folded), refusal=_refusal(refusal))
        if not events:
            # Whoever judges clocks and finds none may be a reminder to a workflow that has not heard of everything.
            notices = await untold(self._store, request.stream) if isinstance(command, JudgeClocks) else ()
            return Answer(standing=await self._standing(request, folded), notices=notices)
        # 4. Append.
        commands = folded.commands | {str(command.command_id)}
        after = Folded(folded.version + len(events), decider.fold(events, folded.state), commands)
        append = self._append(command, folded, after, events, grounds)
        try:
            stored = await self._store.append(append)
        except RejectedValueError as rejected:
            # Asking again would not help, and the workflow would stand still over it for ever.
            no = Refusal(type="ValueNotStorable", detail=f"The store does not take a value of this command: {rejected}.")
            return Answer(standing=await self._standing(request, folded), refusal=no)
        if stored[-1].version == after.version:
            self._states.keep(request.stream, after)
        # 5. Tell those who can be told at once. What another worker has recorded under the same id, that one tells.
        at_once = stored[-1].recorded_at == append.recorded_at
        left = await self._telling.at_once(append.rows) if at_once else owed(append.rows, SENDING)
        notices = (*owed(append.rows, OWED), *left)
        # 6. Answer.
        caused = _awaited(_caused(decider, folded.state, after.state))
        standing = await self._standing(request, after)
        return Answer(standing=standing, events=_refs(stored), caused=caused, notices=notices)

    async def _caused_then(self, decider: Decider[Any], stream: str, known: Sequence[StoredEvent]) -> tuple[str, ...]:
        """What a command caused when it was recorded: whoever asks again waits for the same debts as the first asker did."""
        stored = await self._store.read(stream, limit=known[-1].version)
        events = [self._codec.decode(event) for event in stored]
        before = decider.fold(events[: known[0].version - 1])
        return _awaited(_caused(decider, before, decider.fold(events[known[0].version - 1 :], before)))

    async def foresee(self, command: Command, now: datetime) -> Foresight:
        """What would come of a command whose workflow does not run; a refusal is kept on record.

        So that no workflow is started for a typing error, and one that is started shows itself right from the start. Where
        the stream exists, its workflow decides: foreseen is only how it stands."""
        decider = decider_of(command.stream)
        folded = await self._states.read(command.stream)
        if folded.version:
            return Foresight(view=await self._view(decider, folded.state))
        try:
            events, _ = await self._decide(decider, command, folded, now)
        except RefusalError as refusal:
            return Foresight(refusal=_refusal(refusal))
        return Foresight(view=await self._view(decider, decider.fold(events, folded.state)))

    async def _view(self, decider: Decider[Any], state: Any) -> View:
        playbooks = await self._shelf([state.playbook])
        return decider.view(state, playbooks.of(state))

    def _decode(self, written: dict[str, Any], stream: str) -> Command:
        command_class = COMMANDS.get(str(written.get("command")))
        if command_class is None:
            raise InvalidCommandError(f"This worker does not know the command {written.get('command')!r}.")
        text = json.dumps(written)
        check_text(text)
        try:
            command = command_class.model_validate_json(text, context=AT_THE_DOOR)
        except ValidationError as error:
            raise InvalidCommandError(f"{command_class.__name__} is not well formed: {error.error_count()} errors.") from None
        # The doors see to all of this; a client of Temporal's own may not.
        if command.command_id is None:
            raise InvalidCommandError(f"{command_class.__name__} needs a command_id: it is recorded once under it.")
        if command.stream != stream:
            # What one stream's state allows must not be written to another.
            raise InvalidCommandError(f"{command_class.__name__} is for {command.stream}, not for {stream}: send it there.")
        if not _of_the_system(command):
            check_caller(command)
        return command

    async def shelf(self) -> Playbooks:
        """All playbooks as they are kept now."""
        self._playbooks = None
        return await self._shelf()

    async def prepared(self, command: Command, folded: Folded, now: datetime, playbooks: Playbooks) -> Prepared | None:
        """What a command would record on a state that the caller has read, for callers who append many at once; None when it
        records nothing. A refusal is kept on record before it is raised (`RefusalError`)."""
        decider = decider_of(command.stream)
        events, grounds = await self._decide(decider, command, folded, now, playbooks)
        if not events:
            return None
        commands = folded.commands | {str(command.command_id)}
        after = Folded(folded.version + len(events), decider.fold(events, folded.state), commands)
        caused = tuple(_id(owed) for owed in _caused(decider, folded.state, after.state))
        return Prepared(self._append(command, folded, after, events, grounds), after, caused)

    async def told(self, append: Append) -> tuple[str, ...]:
        """Tell those who can be told at once of what was appended; the ids of the notices that are still owed."""
        left = await self._telling.at_once(append.rows)
        return (*owed(append.rows, OWED), *left)

    async def _decide(
        self, decider: Decider[Any], command: Command, folded: Folded, now: datetime, playbooks: Playbooks | None = None
    ) -> tuple[list[Event], Grounds]:
        """What follows from a command, and on which grounds; a refusal is recorded before it is raised."""
        known = self._dwells.known()
        answers: dict[Question, Any] = {}
        while True:
            grounds = await self._grounds(decider, command, folded, now, known, answers, playbooks)
            try:
                return decider.respond(command, folded.state, grounds.context), grounds
            except NotLookedUpError as asks:
                # And decide again: deciding leaves no trace.
                if isinstance(asks.key, tuple):
                    known[asks.key] = await self._dwells.look_up(asks.key)
                else:
                    answers[asks.key] = await self._answering.look_up(asks.key)
            except RefusalError as refusal:
                await self._store.record_refusal(refused(decider, command, grounds, refusal, self._clock()))
                raise

    async def _grounds(
        self,
        decider: Decider[Any],
        command: Command,
        folded: Folded,
        now: datetime,
        known: Mapping[Key, UsualDwell | None],
        answers: Answers,
        playbooks: Playbooks | None = None,
    ) -> Grounds:
        streams = decider.regards(command)
        seen = {stream: await self._states.read(stream) for stream in streams}
        # What is seen may lead further and further: up a group, along the merges of a customer.
        while new := [one for one in decider.regards_further(command, _states_of(seen)) if one not in seen]:
            seen |= {stream: await self._states.read(stream) for stream in new}
        refs = [folded.state.playbook, *(one.state.playbook for one in seen.values())]
        learned = Learned(known, answers)
        if isinstance(command, MovePlaybook) and playbooks is None:
            self._playbooks = None  # It may name a version that another worker has brought in just now.
        context = Context(
            now=now,
            at=command.occurred_at or now,
            playbooks=playbooks or await self._shelf(refs),
            seen={stream: one.state for stream, one in seen.items()},
            usual_dwell=learned.usual_dwell,
            see_tickets=learned.see_tickets,
            see_enablement=learned.see_enablement,
            see_deals=learned.see_deals,
        )
        return Grounds(folded.version, folded.state, context, {stream: one.version for stream, one in seen.items()}, learned)

    async def _shelf(self, refs: Sequence[Any] = ()) -> Playbooks:
        """All playbooks, read again when work turns up under a version that another worker has brought."""
        if self._playbooks is None or any(ref is not None and ref not in self._playbooks for ref in refs):
            self._playbooks = await self._load_playbooks()
        return self._playbooks

    async def _standing(self, request: Request, folded: Folded) -> Standing:
        stream, state = request.stream, folded.state
        if not state.exists:
            return Standing(stream=stream)
        decider = decider_of(stream)
        playbooks = await self._shelf([state.playbook])
        rules = playbooks.of(state)
        zone = ZoneInfo(rules.calendar.time_zone)  # People read these times in the Temporal UI, as they read them in `why`.
        view = decider.view(state, rules)
        clock = decider.next_clock(state, playbooks)
        owes = decider.owes(state)
        owed, later = _page(owes, request.delivered)
        return Standing(
            stream=stream,
            version=folded.version,
            view=view.model_copy(update={"due_at": view.due_at.astimezone(zone)}) if view.due_at else view,
            deadline=clock.deadline(zone) if clock else None,
            owed=tuple([await self._owed(one) for one in owed]),
            owed_later=later,
            forget=tuple(sorted({*(request.delivered or ())} - {_id(one) for one in owes})),
        )

    async def _owed(self, one: Begin | Tell) -> Owed:
        command = one.command
        return Owed(
            stream=command.stream,
            begins=isinstance(one, Begin),
            command=command.model_dump(mode="json", exclude_none=True),
            text=one.text if isinstance(one, Tell) else f"begin {command.stream}",
            view=(await self.foresee(command, self._clock())).view if isinstance(one, Begin) else None,
            to_many=_is_to_many(one),
        )

    def _append(self, command: Command, before: Folded, after: Folded, events: Sequence[Event], grounds: Grounds) -> Append:
        root, now = after.state.root, self._clock()
        return Append(
            stream=command.stream,
            expected_version=before.version,
            events=[self._codec.encode(event) for event in events],
            command_id=str(command.command_id),
            correlation_id=command.correlation_id or root.project or root.customer,
            causation_id=command.causation_id or "",
            actor=command.actor.model_dump_json(),
            customer=root.customer,
            project=root.project,
            playbook=str(root.playbook),
            recorded_at=now,
            decision=accepted(decider_of(command.stream), command, grounds, events, now),
            rows=[
                *self._project_rows(command.stream, after.state, after.version, grounds.context.playbooks, before.state),
                *self._notices(command, before, events, grounds.context, now),
            ],
        )

    def _notices(
        self, command: Command, before: Folded, events: Sequence[Event], context: Context, recorded_at: datetime
    ) -> Sequence[RowChange]:
        return outbox_rows(
            decider_of(command.stream),
            command.stream,
            (before.version, before.state),
            events,
            context.playbooks,
            actor=command.actor,
            now=context.now,
            recorded_at=recorded_at,
            channels=self._channels,
        )


def _states_of(seen: Mapping[str, Folded]) -> dict[str, Any]:
    return {stream: one.state for stream, one in seen.items()}


def _of_the_system(command: Command) -> bool:
    """Whether a command is one that workflows give each other: an internal one, or one that names a stream itself."""
    return command.internal or getattr(command, "of", None) is not None


def _caused(decider: Decider[Any], before: Any, after: Any) -> list[Begin | Tell]:
    """The debts that `after` has and `before` had not."""
    had = {_id(owed) for owed in decider.owes(before)}
    return [owed for owed in decider.owes(after) if _id(owed) not in had]


def _awaited(caused: Sequence[Begin | Tell]) -> tuple[str, ...]:
    """The ids of those that an answer waits for: whoever looks at the store afterwards finds what has followed, but nobody
    waits until hundreds have been told."""
    many = sum(_is_to_many(owed) for owed in caused) > FEW
    return tuple(_id(owed) for owed in caused if not (many and _is_to_many(owed)))


def _page(owed: Sequence[Begin | Tell], delivered: Sequence[str] | None) -> tuple[list[Begin | Tell], int]:
    """What a standing tells of what is owed, and how much of a fan-out it leaves for later: a history keeps every standing."""
    if delivered is None:
        return list(owed), 0
    done = set(delivered)
    left = [one for one in owed if isinstance(one, Begin) or _id(one) not in done]
    later = [one for one in left if _is_to_many(one)][PAGE:]
    put_off = {_id(one) for one in later}
    return [one for one in left if _id(one) not in put_off], len(later)


def _is_to_many(owed: Begin | Tell) -> bool:
    return isinstance(owed, Tell) and owed.to_many


def _id(owed: Begin | Tell) -> str:
    return str(owed.command.command_id)


def _refs(stored: Sequence[StoredEvent]) -> tuple[EventRef, ...]:
    return tuple(EventRef(type=event.type, stream=event.stream, version=event.version) for event in stored)


def _refusal(refused: RefusalError) -> Refusal:
    return Refusal(type=refused.type, detail=refused.detail, unmet=refused.unmet)
