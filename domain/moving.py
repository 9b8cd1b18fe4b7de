"""Moving open work to another version of its playbook: what would change, what needs a decision first, and the record of it.

Nothing moves by itself: a new version is for new work, and open work keeps the version that it lives under until somebody
moves it. What a move comes to is a pure function of state, old and new rules (`consequences`), so that it can be told
beforehand and is the same when it is recorded. A move passes no gate: a deal whose stage asks for nothing more goes on with
its next evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import AwareDatetime, Field, model_validator
from pydantic.json_schema import SkipJsonSchema

from domain import streams
from domain.messages import SYSTEM, Command, Event, Frozen, Id, LongId, Name, Text, own_id
from domain.playbook import Playbook, PlaybookRef, Playbooks
from domain.refusals import NotFoundError, RefusalError
from domain.standing import Clock, Tell, Unmet

if TYPE_CHECKING:
    from domain.decider import Context, Decider


# What is asked


MOVED_BY_ID: Mapping[str, Callable[[str], str]] = {
    "project": streams.project,
    "ticket": streams.ticket,
    "customer": streams.customer,
    "escalation": streams.escalation,
    "plan": streams.plan,
    "reactivation": streams.reactivation,
    "recovery": streams.recovery,
    "request": streams.request,
    "enablement": streams.enablement,
}
"""What a move is asked for by its id, and the stream of each."""


class MovePlaybook(Command):
    """Move a project with every open part of it, or work that no project takes along, to another playbook version.

    Refused with what must be decided first when something stands where the other version has no place for it."""

    command: Literal["MovePlaybook"] = "MovePlaybook"
    project: Id | None = None
    ticket: Id | None = None
    customer: Id | None = None
    escalation: LongId | None = None
    plan: Id | None = None
    """An industry, customer or project plan."""
    reactivation: LongId | None = None
    recovery: LongId | None = None
    request: Id | None = None
    """A product request."""
    enablement: Id | None = None
    """The unit whose enablements they are."""
    of: SkipJsonSchema[str | None] = None
    """The stream itself: how a project's workflow tells its parts. Not for callers."""
    to: Text
    """`standard@2026.3`; `2026.3` for a version of the same playbook; `standard` for its newest. The newest edition of that
    version, unless one is named: `2026.3+2`."""
    reason: Text
    stage_map: dict[str, str] = Field(default_factory=dict)
    """Where work stands that stands at a stage which the other version lacks: `{"F3": "S2"}`."""

    @model_validator(mode="after")
    def _exactly_one(self) -> MovePlaybook:
        given = (getattr(self, kind) for kind in (*MOVED_BY_ID, "of"))
        if sum(value is not None for value in given) != 1 or (self.of and self.actor != SYSTEM):
            raise ValueError(f"give one of {', '.join(f'`{kind}`' for kind in MOVED_BY_ID)}")
        return self

    @property
    def stream(self) -> str:
        """The stream of what is moved."""
        named = ((name, getattr(self, name)) for name in MOVED_BY_ID)
        return next((MOVED_BY_ID[name](str(value)) for name, value in named if value is not None), str(self.of))


# What happened


class Redated(Frozen):
    """A clock that the move has set anew; without `before` it is new, without `after` it runs no more."""

    clock: str
    before: AwareDatetime | None
    after: AwareDatetime | None


class PlaybookMoved(Event):
    """From here on this work lives under another version of its playbook."""

    type: ClassVar[str] = "PlaybookMoved"
    from_: PlaybookRef
    to: PlaybookRef
    reason: str
    stage_map: dict[str, str] = Field(default_factory=dict)
    redated: tuple[Redated, ...] = ()
    gained: tuple[str, ...] = ()
    """The codes of what is missing under the new version and was not under the old."""
    parts: tuple[str, ...] = ()
    """Of a project: the streams that are told to move with it."""


# What is refused


class PlaybookVersionUnknownError(NotFoundError):
    """There is no such playbook version; one that was just written is kept by the next worker that starts."""


class MoveNeedsDecisionError(RefusalError):
    """Something stands where the other version has no place for it: a person must say where it belongs."""


class NothingToMoveError(RefusalError):
    """The work is closed, or lives under that version already."""


# What a move comes to


class Consequences(Frozen):
    """What a move comes to for one piece of work."""

    stream: str
    gains: tuple[Unmet, ...] = ()
    """What is missing under the new rules and was not under the old, at this gate and at those that follow."""
    drops: tuple[Unmet, ...] = ()
    """What is missing under the old rules and is not asked for any more."""
    decisions: tuple[Unmet, ...] = ()
    """What a person must decide before the move."""
    redated: tuple[Redated, ...] = ()

    @property
    def kind(self) -> Literal["unchanged", "gains_gate", "needs_decision"]:
        """The one word for it."""
        return "needs_decision" if self.decisions else "gains_gate" if self.gains else "unchanged"


Fits = Callable[[Any, Playbook, Mapping[str, str]], Sequence[Unmet]]
"""What a person must decide before a state can live under other rules, given what the stage map says."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a project, as far as it has got; without a state when its first fact is not recorded yet."""

    stream: str
    decider: Decider[Any] | None = None
    state: Any = None


def resolved(to: str, current: PlaybookRef, playbooks: Playbooks, *, exactly: bool = False) -> PlaybookRef:
    """The version that `to` names, for work that lives under `current`: its newest edition, unless one is named or `exactly`
    what is written is meant. Raises `PlaybookVersionUnknownError`."""
    if to in playbooks.names() and not exactly:
        return playbooks.latest(to).ref
    try:
        named = PlaybookRef.parse(to if "@" in to else f"{current.name}@{to}")
    except ValueError as error:
        raise PlaybookVersionUnknownError(f"{error}.") from None
    same = [one.ref for one in playbooks if (one.ref.name, one.ref.version) == (named.name, named.version)]
    wanted = named if exactly or named.edition > 1 else max(same, key=lambda ref: ref.edition, default=named)
    if wanted not in playbooks:
        there = ", ".join(sorted(str(one.ref) for one in playbooks))
        raise PlaybookVersionUnknownError(
            f"There is no playbook version {to!r}; there are: {there}. A new file is brought in by the next start of a worker."
        )
    return wanted


def consequences(
    decider: Decider[Any],
    stream: str,
    state: Any,
    to: PlaybookRef,
    playbooks: Playbooks,
    stage_map: Mapping[str, str],
    at: datetime | None = None,
) -> Consequences:
    """What moving a piece of work at a moment comes to; without one, at its latest fact. Pure, and never raises for a version
    that is at hand."""
    moved = under(state, to)
    rules = playbooks.of(moved)
    if decisions := decider.fits(state, rules, stage_map):
        return Consequences(stream=stream, decisions=tuple(decisions))
    try:
        moved = decider.remap(moved, stage_map)
        when = state.not_before(at) if at is not None else state.as_of
        moved = decider.fold(decider.redated(moved, playbooks.of(state), rules, when), moved) if when else moved
        before, after = list(decider.still_missing(state, playbooks.of(state))), list(decider.still_missing(moved, rules))
        decider.view(moved, rules)
        redated = _redated(_clocks(decider, state, playbooks), _clocks(decider, moved, playbooks))
    except KeyError as missing:  # How rules say that they have no such stage, milestone, calendar.
        return Consequences(stream=stream, decisions=(no_place(str(missing.args[0])),))
    return Consequences(stream=stream, gains=_beyond(before, after), drops=_beyond(after, before), redated=redated)


def no_place(code: str) -> Unmet:
    """The decision that is due for something that the other version does not have."""
    en = f"{code} is not in that version: say where it belongs (stage_map)"
    return Unmet(code=code, name=Name(en=en, zh=f"新版本中没有{code}，须说明应归于何处"))


def under(state: Any, to: PlaybookRef) -> Any:
    """The state under another playbook version."""
    return replace(state, origin=state.root.model_copy(update={"playbook": to}))


def _beyond(before: Iterable[Unmet], after: Iterable[Unmet]) -> tuple[Unmet, ...]:
    had = {one.code for one in before}
    return tuple(one for one in after if one.code not in had)


def _clocks(decider: Decider[Any], state: Any, playbooks: Playbooks) -> dict[str, Clock]:
    running = () if state.held or state.unwound is not None else decider.clocks(state, playbooks.of(state))
    return {clock.name: clock for clock in running}


def _redated(before: Mapping[str, Clock], after: Mapping[str, Clock]) -> tuple[Redated, ...]:
    changes = []
    for name in dict.fromkeys([*before, *after]):
        was, will = before.get(name), after.get(name)
        if was is None or will is None or was.at != will.at:
            changes.append(Redated(clock=name, before=was.at if was else None, after=will.at if will else None))
    return tuple(changes)


# How it is decided, for an aggregate of any kind


def move(decider: Decider[Any], command: MovePlaybook, state: Any, context: Context) -> Sequence[Event]:
    """Answer the command to move a piece of work, and with a project its parts."""
    told_by_project = command.of is not None
    playbooks = context.playbooks
    current = state.root.playbook
    to = resolved(command.to, current, playbooks, exactly=told_by_project)
    parts = decider.taken_along(state, context)
    idle = state.unwound is not None or decider.view(state, playbooks.of(state)).closed
    there = to == current and all(part.state is not None and part.state.root.playbook == to for part in parts)
    if (idle and not parts) or there:
        if told_by_project:
            return []  # It ended while the word was on its way, or began under that version.
        why = "closed: nothing of it is left to move" if idle and not parts else f"under {to} already"
        raise NothingToMoveError(f"{_spoken(command.stream)} is {why}.")
    found = consequences(decider, command.stream, state, to, playbooks, command.stage_map, context.at)
    of_parts = [
        consequences(part.decider, part.stream, part.state, to, playbooks, command.stage_map, context.at)
        for part in parts
        if part.decider is not None and part.state is not None
    ]
    if decisions := [one for each in (found, *of_parts) for one in each.decisions]:
        told = "; ".join(one.name.en for one in decisions)
        raise MoveNeedsDecisionError(f"{_spoken(command.stream)} cannot move to {to} yet: {told}.", decisions)
    moved = PlaybookMoved(
        occurred_at=state.not_before(context.at),
        from_=current,
        to=to,
        reason=command.reason,
        stage_map=command.stage_map,
        redated=found.redated,
        gained=tuple(one.code for one in found.gains),
        parts=tuple(part.stream for part in parts),
    )
    return [moved]


def _spoken(stream: str) -> str:
    return f"The {stream.replace('-', ' ', 1)}"


def words_of_the_move(project: str, moves: int, moved: PlaybookMoved) -> list[Tell]:
    """What a project owes its parts after its `moves`-th move; the word of an earlier one is overtaken by the later."""
    return [
        Tell(
            command=MovePlaybook(
                of=part,
                to=str(moved.to),
                reason=moved.reason,
                stage_map=moved.stage_map,
                command_id=own_id(f"move-{part}-{moves}"),
                actor=SYSTEM,
                occurred_at=moved.occurred_at,
                correlation_id=project,
            ),
            text=f"moved to playbook {moved.to} 迁移到作业手册 {moved.to}",
        )
        for part in moved.parts
    ]
