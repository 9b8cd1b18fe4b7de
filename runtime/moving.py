"""What moving open work to another playbook version would come to, from the store alone; and the move itself.

A project takes its open phases along. Its tickets and escalations, and the customers whose next tickets go by their rules where
they name no project, are moved each by a command of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from domain import streams
from domain.catalogue import decider_of
from domain.messages import Actor
from domain.moving import Consequences, MovePlaybook, PlaybookVersionUnknownError, consequences, resolved
from domain.playbook import PlaybookRef, Playbooks
from domain.playbook.editions import content, first_edition
from domain.project.moving import open_parts
from eventstore.port import EventStore
from history.log import Ledger
from runtime.composition import CODEC, Core
from runtime.playbooks import kept_playbooks, load_modes, load_playbooks
from runtime.submitting import CommandRefusedError, Submitter

ALONE = ("customer", "ticket", "escalation", "plan", "reactivation", "recovery", "request", "enablement")
"""The kinds of work that no project takes along."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a move would come to for one open project, or for one piece of work that moves on its own."""

    project: str
    """Empty for a ticket, an escalation or a customer of no project."""
    customer: str
    from_: PlaybookRef
    to: PlaybookRef
    moves: int
    """How often it has been moved before."""
    parts: tuple[Consequences, ...] = ()
    """The project itself and its open parts; empty when all of them live under that version already."""
    alone: str = ""
    """The stream of a ticket, an escalation or a customer, which moves on its own."""

    @property
    def id(self) -> str:
        """What people call it: the id of the project, ticket, escalation or customer."""
        return self.alone.partition("-")[2] or self.project

    @property
    def of_kind(self) -> str:
        """`project`, `ticket`, `escalation` or `customer`."""
        return streams.category(self.alone) if self.alone else "project"

    @property
    def there(self) -> bool:
        """True when there is nothing to move."""
        return not self.parts

    @property
    def kind(self) -> str:
        """`there`, or the gravest of what holds for a part; `redated` of what moves on its own, where only clocks change."""
        kinds: set[str] = {part.kind for part in self.parts}
        if self.alone and any(part.redated for part in self.parts):
            kinds.add("redated")
        grave = ("needs_decision", "gains_gate", "redated", "unchanged")
        return next((kind for kind in grave if kind in kinds), "there")


@dataclass(frozen=True, slots=True)
class Moved:
    """How a move went."""

    foreseen: Foreseen
    refusal: str = ""
    """Why it was refused; empty when it was recorded."""


@dataclass(slots=True)
class Outlook:
    """What a move would come to for all open work."""

    projects: list[Foreseen] = field(default_factory=list)
    alone: list[Foreseen] = field(default_factory=list)
    """Open tickets and escalations, and customers."""
    others: int = 0
    """Open projects under other playbooks than the one that is moved to."""
    others_alone: int = 0
    """Tickets, escalations and customers under other playbooks."""
    unknown: list[str] = field(default_factory=list)
    """Projects that were asked for, but are not open, and customers that are not there."""

    @property
    def every(self) -> list[Foreseen]:
        """Whatever can be moved, projects first."""
        return [*self.projects, *self.alone]


async def playbooks_and_files(core: Core) -> Playbooks:
    """The kept playbooks, and beside them what stands in the folder and has not been kept yet. Nothing is written.

    Raises `PlaybookError` for a file or a kept playbook that cannot be read."""
    kept = await kept_playbooks(core.store)
    folder, year = core.settings.playbooks, datetime.now(UTC).year
    versions = {(one.playbook, one.version) for one in kept}
    new = [first_edition(one, year) for one in load_playbooks(folder, kept) if (one.playbook, one.version) not in versions]
    modes = load_modes(folder)
    return Playbooks([*kept, *new], [*kept.tables, *([modes] if modes is not None else [])])


async def not_as_kept(core: Core) -> Sequence[PlaybookRef]:
    """The versions whose file says something else than what is kept under that number: nobody can be moved to the file's."""
    kept = await kept_playbooks(core.store)
    files = {(one.playbook, one.version): one for one in load_playbooks(core.settings.playbooks, kept)}
    return [
        one.ref
        for one in kept
        if one.edition == 1 and (file := files.get((one.playbook, one.version))) is not None and content(one) != file
    ]


async def outlook(
    store: EventStore,
    playbooks: Playbooks,
    to: str | None,
    only: Sequence[str] = (),
    stage_map: Mapping[str, str] | None = None,
    customers: Sequence[str] = (),
) -> Outlook:
    """What moving open work to `to` would come to; without `to`, each to the newest version of its own playbook.

    Without `only` (projects, with their tickets and escalations) and `customers` (with all that is open of them), the work
    under the playbook that `to` is a version of. Reads the whole log once. Raises `PlaybookVersionUnknownError` for a version
    that is not there."""
    ledger = Ledger(store, CODEC)
    await ledger.catch_up()
    there = {state.root.customer for stream, state in ledger.states.items() if streams.category(stream) == "customer"}
    found = Outlook(unknown=[name for name in customers if name not in there])
    known = {state.root.project: state for stream, state in ledger.states.items() if streams.category(stream) == "project"}
    theirs = [name for name, state in known.items() if state.root.customer in customers]
    chosen = bool(only or customers)
    for name in sorted({*only, *theirs} if chosen else known):
        state = known.get(name)
        parts = open_parts(state, ledger.states, playbooks) if state is not None else ()
        if state is None or (not parts and _closed(streams.project(name), state, playbooks)):
            found.unknown += [name] if name in only else []
            continue
        target = resolved(to or state.playbook.name, state.playbook, playbooks)
        if to is not None and not chosen and _named(to, playbooks) not in ("", state.playbook.name):
            found.others += 1
            continue
        found.projects.append(_foreseen(state, parts, target, playbooks, stage_map or {}))
    now = datetime.now(UTC)
    for stream, state in sorted(ledger.states.items()):
        wanted = state.root.customer in customers or (state.root.project in only and streams.category(stream) != "customer")
        if streams.category(stream) not in ALONE or (chosen and not wanted) or _closed(stream, state, playbooks):
            continue
        if to is not None and not chosen and _named(to, playbooks) not in ("", state.playbook.name):
            found.others_alone += 1
            continue
        target = resolved(to or state.playbook.name, state.playbook, playbooks)
        found.alone.append(_foreseen_alone(stream, state, target, playbooks, stage_map or {}, now))
    if to is not None and not found.every and not found.unknown and "@" in to:
        resolved(to, PlaybookRef.parse(to), playbooks)  # So that a version that is not there is told even with no work open.
    return found


def _named(to: str, playbooks: Playbooks) -> str:
    """The playbook that `to` names; empty when it is only a version."""
    return to.partition("@")[0] if "@" in to else to if to in playbooks.names() else ""


def _closed(stream: str, state: Any, playbooks: Playbooks) -> bool:
    return decider_of(stream).view(state, playbooks.of(state)).closed


def _foreseen_alone(
    stream: str, state: Any, target: PlaybookRef, playbooks: Playbooks, stage_map: Mapping[str, str], now: datetime
) -> Foreseen:
    """Of one that has no parts; its clocks are counted anew from now on, as the move itself would."""
    what = consequences(decider_of(stream), stream, state, target, playbooks, stage_map, now)
    return Foreseen(
        project=state.root.project,
        customer=state.root.customer,
        from_=state.playbook,
        to=target,
        moves=state.moves,
        parts=() if state.playbook == target else (what,),
        alone=stream,
    )


def _foreseen(
    state: Any, parts: Sequence[Any], target: PlaybookRef, playbooks: Playbooks, stage_map: Mapping[str, str]
) -> Foreseen:
    own = streams.project(state.root.project)
    begun = {own: state, **{part.stream: part.state for part in parts if part.state is not None}}
    there = all(one.playbook == target for one in begun.values())
    found = [consequences(decider_of(stream), stream, one, target, playbooks, stage_map) for stream, one in begun.items()]
    return Foreseen(
        project=state.root.project,
        customer=state.root.customer,
        from_=state.playbook,
        to=target,
        moves=state.moves,
        parts=() if there else tuple(found),
    )


async def carry_out(
    submitter: Submitter, foreseen: Sequence[Foreseen], reason: str, actor: Actor, stage_map: Mapping[str, str]
) -> list[Moved]:
    """Send the move of each that is not there yet, one after the other, and tell how each went."""
    told = []
    for one in foreseen:
        if one.there:
            continue
        command = MovePlaybook.model_validate(
            {
                one.of_kind: one.id,
                "to": str(one.to),
                "reason": reason,
                "stage_map": dict(stage_map),
                "actor": actor,
                "command_id": f"playbook-move-{one.alone or one.project}-{one.moves + 1}",
            }
        )
        try:
            await submitter.submit(command)
        except CommandRefusedError as refused:
            told.append(Moved(one, f"{refused.refusal.type}: {refused.refusal.detail}"))
        else:
            told.append(Moved(one))
    return told


__all__ = [
    "Foreseen",
    "Moved",
    "Outlook",
    "PlaybookVersionUnknownError",
    "carry_out",
    "not_as_kept",
    "outlook",
    "playbooks_and_files",
]
