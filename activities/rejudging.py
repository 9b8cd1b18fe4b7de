"""A policy change for everybody: customers are moved to another playbook version many at a time, and only those are woken whose
next clock comes sooner than their workflow knows. Which rules hold, the same pure decider decides for each of them alone."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import AwareDatetime, Field
from temporalio import activity

from activities.commands import CommandHandler, Prepared
from activities.standing_still import stands_still
from activities.states import Folded
from domain.catalogue import decider_of
from domain.clocks import JudgeClocks
from domain.messages import SYSTEM, Actor, Frozen, own_id
from domain.moving import MovePlaybook, resolved
from domain.parsing import check_caller
from domain.playbook import PlaybookRef, Playbooks
from domain.refusals import RefusalError
from domain.standing import Clock
from eventstore.codec import Codec
from eventstore.port import Append, EventStore, StoredEvent, WrongVersionError

CATEGORY = "customer"
TOGETHER = 256
"""Customers that are decided on before they are appended together; meanwhile the next ones are decided on."""
TRIES = 5
"""How often one whose own workflow records something at the same moment is decided anew."""
AT_ONCE = 8
"""Workflows that are woken at the same time."""


class PolicyChange(Frozen):
    """What is asked: every customer under a playbook of that name goes over to this version."""

    to: str
    """`standard@2026.5`, with its edition where it has one."""
    reason: str
    actor: Actor
    since: AwareDatetime
    """The moment as of which the new policy holds, the same for everybody."""
    value_classes: tuple[str, ...] = ()
    """Only customers of these classes; all of them if empty."""
    page: int = 1_000
    """Customers that one activity takes."""
    rate: Annotated[float, Field(gt=0)] = 50.0
    """Workflows that are woken in a second, at most: the day's own commands need room too."""


class Counts(Frozen):
    """How far it has come."""

    seen: int = 0
    moved: int = 0
    there: int = 0
    """Under that version already, of before."""
    elsewhere: int = 0
    """Under a playbook of another name: left alone."""
    closed: int = 0
    """Of those nothing is left to move."""
    refused: dict[str, int] = Field(default_factory=dict)
    """By the type of the refusal; each is on record as a decision."""
    became: dict[str, int] = Field(default_factory=dict)
    """Of those that stand elsewhere by the new rules at once: `active → cooling`, by how many."""
    to_wake: int = 0
    woken: int = 0

    def plus(self, other: Counts) -> Counts:
        """Both together."""
        numbers = ("seen", "moved", "there", "elsewhere", "closed", "to_wake", "woken")
        return Counts(
            **{name: getattr(self, name) + getattr(other, name) for name in numbers},
            refused=dict(Counter(self.refused) + Counter(other.refused)),
            became=dict(Counter(self.became) + Counter(other.became)),
        )


class PageAsked(Frozen):
    """To the activity: the customers that come after one of them."""

    change: PolicyChange
    after: str = ""


class Page(Frozen):
    """From the activity: what became of them."""

    counts: Counts
    after: str | None = None
    """The last of them; None when there are no more."""
    wake: tuple[tuple[str, int], ...] = ()
    """The streams whose workflow must hear of it before its timer fires, each with when: seconds since 1970, 0 for at once."""


class WakeAsked(Frozen):
    """To the activity: wake these workflows, in this order."""

    change: PolicyChange
    streams: tuple[str, ...]


Wake = Callable[[JudgeClocks], Awaitable[bool]]
"""Make the running workflow of a stream look at its clocks anew; False when none runs, and none is started."""
Running = Callable[[], Awaitable[int]]
"""How many customer workflows run."""


@dataclass(slots=True)
class _Tally:
    """What is counted while a page goes by."""

    counts: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    became: Counter[str] = field(default_factory=Counter)
    wake: list[tuple[str, int]] = field(default_factory=list)

    def page(self, streams: Sequence[str], full: bool) -> Page:
        """The page's answer."""
        counts = Counts(**self.counts, refused=dict(self.refused), became=dict(self.became))
        return Page(counts=counts, after=streams[-1] if streams and full else None, wake=tuple(sorted(self.wake)))


@dataclass(frozen=True, slots=True)
class _Decided:
    """One customer, decided on: what to append, in this order, and the state that it had before."""

    stream: str
    before: Any
    steps: tuple[Prepared, ...]

    @property
    def after(self) -> Any:
        return self.steps[-1].after.state


class Rejudging:
    """Activities with their dependencies."""

    def __init__(self, store: EventStore, codec: Codec, handler: CommandHandler, wake: Wake, running: Running) -> None:
        self._store, self._codec, self._handler = store, codec, handler
        self._wake, self._running = wake, running

    @activity.defn(name="rejudge_customers")
    async def rejudge(self, asked: PageAsked) -> Page:
        """Move one page of customers. May be repeated: one that this change has moved already is not moved again, and is named
        again if it must be woken."""
        change, tally = asked.change, _Tally()
        streams = await self._store.streams(CATEGORY, asked.after, change.page, change.value_classes)
        playbooks = await self._handler.shelf()
        stored = await self._store.read_many(streams)
        writing: asyncio.Task[None] | None = None
        try:
            for start in range(0, len(streams), TOGETHER):
                decided = []
                for stream in streams[start : start + TOGETHER]:
                    if one := await self._decide(change, stream, stored[stream], playbooks, tally):
                        decided.append(one)
                    await asyncio.sleep(0)  # The worker's other work goes on meanwhile.
                if writing is not None:
                    await writing
                writing = asyncio.create_task(self._record(change, decided, playbooks, tally))
                _heartbeat(start)
            if writing is not None:
                await writing
        finally:
            if writing is not None and not writing.done():
                writing.cancel()
        return tally.page(streams, len(streams) == change.page)

    @activity.defn(name="wake_customers")
    async def wake(self, asked: WakeAsked) -> int:
        """Wake workflows, at most so many a second; answers how many. One that does not run is not started for it: whoever
        starts it reads its stream as it is then."""
        if not await self._running():
            return 0
        room, (begin, woken) = asyncio.Semaphore(AT_ONCE), _so_far()
        pace = 1 / asked.change.rate

        async def one(stream: str) -> None:
            nonlocal woken
            try:
                heard = await self._wake(_look_again(stream, asked.change))
                woken += heard  # Not in one line: others count while this one waits.
            except Exception as problem:
                if not stands_still(problem):
                    raise
                activity.logger.warning("a customer could not be woken: its workflow stands still", extra={"stream": stream})
            finally:
                room.release()

        async with asyncio.TaskGroup() as tasks:
            loop = asyncio.get_running_loop()
            started, before, already = loop.time(), begin, woken
            for number, stream in enumerate(asked.streams[begin:], begin):
                await room.acquire()
                tasks.create_task(one(stream))
                await asyncio.sleep(max(0.0, started + (woken - already) * pace - loop.time()))
                if number >= before + AT_ONCE:
                    before = number
                    _heartbeat(max(begin, number - AT_ONCE), woken)
        return woken

    async def _decide(
        self, change: PolicyChange, stream: str, events: Sequence[StoredEvent], playbooks: Playbooks, tally: _Tally
    ) -> _Decided | None:
        """What becomes of one customer, not recorded yet; None when nothing is to be recorded."""
        decider = decider_of(stream)
        folded, moved_from = self._folded(stream, events, change)
        tally.counts["seen"] += 1
        found = await decided(self._handler, folded, change, stream, playbooks)
        if isinstance(found, str):
            if found == "there" and moved_from is not None:  # By this change, in a try that did not live to tell.
                tally.counts["moved"] += 1
                had = {str(one.command.command_id) for one in decider.owes(moved_from)}
                owing = any(str(one.command.command_id) not in had for one in decider.owes(folded.state))
                self._count(stream, moved_from, folded.state, owing, playbooks, tally)
            elif found in ("there", "elsewhere", "closed"):
                tally.counts[found] += 1
            else:
                tally.refused[found] += 1
            return None
        return _Decided(stream, folded.state, found)

    async def _record(self, change: PolicyChange, some: Sequence[_Decided], playbooks: Playbooks, tally: _Tally) -> None:
        await asyncio.gather(*(self._record_one(change, one, playbooks, tally) for one in some))

    async def _record_one(self, change: PolicyChange, one: _Decided, playbooks: Playbooks, tally: _Tally) -> None:
        """Append what was decided; where somebody was faster, decide anew on what stands there now."""
        for left in reversed(range(TRIES)):
            try:
                owing = [await self._append(step.append) for step in one.steps]
            except WrongVersionError:
                if not left:
                    raise
                tally.counts["seen"] -= 1
                again = await self._decide(change, one.stream, await self._store.read(one.stream), playbooks, tally)
                if again is None:
                    return
                one = again
                continue
            break
        caused = any(step.caused for step in one.steps)
        tally.counts["moved"] += 1
        self._count(one.stream, one.before, one.after, caused or any(owing), playbooks, tally)

    async def _append(self, append: Append) -> bool:
        """Whether notices are still owed after it."""
        await self._store.append(append)
        return bool(append.rows) and bool(await self._handler.told(append))

    def _count(self, stream: str, before: Any, after: Any, owing: bool, playbooks: Playbooks, tally: _Tally) -> None:
        decider = decider_of(stream)
        if (step := stepped(stream, before, after, playbooks)) is not None:
            tally.became[step] += 1
        armed, clock = decider.next_clock(before, playbooks), decider.next_clock(after, playbooks)
        if owing or sooner(armed, clock):
            tally.counts["to_wake"] += 1
            tally.wake.append((stream, 0 if owing or clock is None else int(clock.at.timestamp())))

    def _folded(self, stream: str, stored: Sequence[StoredEvent], change: PolicyChange) -> tuple[Folded, Any]:
        """The state of a stream, and the state before this change has moved it, if it has."""
        decider, state, before = decider_of(stream), decider_of(stream).initial(), None
        own = _command_id(stream, sum(one.type == "PlaybookMoved" for one in stored))
        for one in stored:
            if before is None and one.command_id == own and one.recorded_at >= change.since:
                before = state
            state = decider.fold((self._codec.decode(one),), state)
        return Folded(len(stored), state, frozenset(one.command_id for one in stored)), before


async def decided(
    handler: CommandHandler, folded: Folded, change: PolicyChange, stream: str, playbooks: Playbooks
) -> tuple[Prepared, ...] | str:
    """The move of one customer and what comes true by it at once; or in one word why there is none."""
    decider, state, to = decider_of(stream), folded.state, PlaybookRef.parse(change.to)
    if state.playbook == to:
        return "there"
    if state.playbook.name != to.name:
        return "elsewhere"
    if decider.view(state, playbooks.of(state)).closed:
        return "closed"
    try:
        moved = await handler.prepared(move_of(stream, state.moves, change), folded, change.since, playbooks)
        assert moved is not None
        clock = decider.next_clock(moved.after.state, playbooks)
        if clock is None or clock.at > change.since:
            return (moved,)
        # What is true by the new rules already is recorded here: by nobody's timer but this one, and under the same id.
        judge = JudgeClocks(of=stream, command_id=own_id(clock.name), actor=SYSTEM)
        due = await handler.prepared(judge, moved.after, change.since, playbooks)
        return (moved, due) if due is not None else (moved,)
    except RefusalError as refusal:
        return refusal.type


def move_of(stream: str, moves: int, change: PolicyChange) -> MovePlaybook:
    """The command that moves one customer; by its id it is the same one that a move of this customer alone would be."""
    return MovePlaybook(
        customer=stream.partition("-")[2],
        to=change.to,
        reason=change.reason,
        actor=change.actor,
        occurred_at=change.since,
        command_id=_command_id(stream, moves + 1),
    )


def checked(change: PolicyChange, playbooks: Playbooks) -> PolicyChange:
    """The change with its version in full. Raises `PlaybookVersionUnknownError` for one that is not there, and
    `InvalidCommandError` for an actor who may not ask."""
    to = resolved(change.to, PlaybookRef.parse(change.to) if "@" in change.to else playbooks.latest().ref, playbooks)
    check_caller(move_of("customer-C", 0, change))
    return change.model_copy(update={"to": str(to)})


def stepped(stream: str, before: Any, after: Any, playbooks: Playbooks) -> str | None:
    """`active → dormant` for one that stands elsewhere now."""
    decider = decider_of(stream)
    was, will = (decider.view(state, playbooks.of(state)).code for state in (before, after))
    return f"{was} → {will}" if was != will else None


def sooner(armed: Clock | None, clock: Clock | None) -> bool:
    """Whether a workflow that waits for the one would come too late for the other."""
    return clock is not None and (armed is None or clock.at < armed.at)


def _command_id(stream: str, moves: int) -> str:
    return f"playbook-move-{stream}-{moves}"


def _look_again(stream: str, change: PolicyChange) -> JudgeClocks:
    named = own_id(f"policy-{change.to}-{int(change.since.timestamp())}")
    return JudgeClocks(of=stream, command_id=named, actor=SYSTEM)


def _heartbeat(*how_far: int) -> None:
    if activity.in_activity():
        activity.heartbeat(*how_far)


def _so_far() -> tuple[int, int]:
    """Where an earlier try has come to, and how many it had woken; what was on the way then is done again."""
    details: Sequence[Any] = activity.info().heartbeat_details if activity.in_activity() else ()
    return (int(details[0]), int(details[1])) if len(details) == 2 else (0, 0)
