"""Who owns a piece of work, and how it passes to somebody else: no stage, timer or right changes with it.

The unit that work was opened by stays the unit of its rules, calendar and time zone; the new owner and unit are who is shown,
gets the tasks and the notices. Everyone who ever owned a deal stays barred from approving it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import AwareDatetime

from domain import streams
from domain.cancelling import ProjectCancelledError
from domain.messages import SYSTEM, Command, Event, Frozen, Id, Text, own_id
from domain.refusals import NotFoundError, RefusalError
from domain.standing import Tell

if TYPE_CHECKING:
    from domain.decider import Context


WITH_THE_CUSTOMER = ("reactivation", "recovery")
"""Work that is about the customer itself: it goes to the customer's new owner, unless it has an owner of its own."""


class Holder(Frozen):
    """Who has owned a piece of work from a moment on, after its first owner."""

    owner: str
    """Staff id."""
    owner_unit: str
    since: AwareDatetime
    reason: str = ""
    deals: tuple[str, ...] = ()
    """Of a customer: the projects that were handed over with it."""
    with_deals: bool = False
    """Of a customer: true where everything was handed over with it."""


class ChangeDealOwner(Command):
    """Hand a project to another owner 变更负责人: its deal, and every phase that has begun or is to come. Stage, clocks, due
    dates, rules and calendar stay as they are, and whoever has owned the deal may not approve it."""

    command: Literal["ChangeDealOwner"] = "ChangeDealOwner"
    project: Id
    owner: Id
    """Staff id of the new owner."""
    owner_unit: Id | None = None
    """The new owner's unit; the same as before when left out."""
    reason: Text

    @property
    def stream(self) -> str:
        """The project's stream."""
        return streams.project(self.project)


class NoteOwner(Command):
    """The customer has handed a project over, or a project a phase of its own: word of it, checked against `source`."""

    command: Literal["NoteOwner"] = "NoteOwner"
    of: str
    """The stream that is told."""
    source: str
    """The stream in which the change of owner is recorded."""
    number: int
    """1, 2, 3 … in that stream."""
    internal: ClassVar[bool] = True

    @property
    def stream(self) -> str:
        """The stream that is told."""
        return self.of


class DealOwnerChanged(Event):
    """A project, or a phase of it, has another owner."""

    type: ClassVar[str] = "DealOwnerChanged"
    owner: str
    owner_unit: str
    owner_before: str
    unit_before: str
    reason: str
    source: str = ""
    """The stream of which the word came; empty where a person has asked for this very change."""

    @property
    def holder(self) -> Holder:
        """The new owner, as the state keeps them."""
        return Holder(owner=self.owner, owner_unit=self.owner_unit, since=self.occurred_at, reason=self.reason)


HANDING_OVER = ("customer", "project")
"""Whose word a change of owner is: the kinds of stream that hand others over with themselves."""


class SameOwnerError(RefusalError):
    """That person of that unit owns it already."""


def regards(command: ChangeDealOwner | NoteOwner) -> tuple[str, ...]:
    """Word of a new owner is checked where it is recorded."""
    if not isinstance(command, NoteOwner) or streams.category(command.source) not in HANDING_OVER:
        return ()  # a word of anything else is refused: nobody there hands anything over
    return (command.source,)


def change(command: ChangeDealOwner | NoteOwner, state: Any, context: Context) -> Sequence[Event]:
    """Answer the command to hand a piece of work over, whatever its kind."""
    if isinstance(command, NoteOwner):
        source, holder = command.source, _noted(command, state, context)
        owner, unit, reason = holder.owner, holder.owner_unit, holder.reason
        if (owner, unit) == (state.owner_now, state.unit_now) or _stays(command, holder, state, context):
            return []
    else:
        if state.cancelled is not None:
            raise ProjectCancelledError(f"The project {command.project} is cancelled; nobody needs to take it over.")
        source, owner, unit, reason = "", command.owner, command.owner_unit or state.unit_now, command.reason
        if (owner, unit) == (state.owner_now, state.unit_now):
            raise SameOwnerError(f"{owner} of {unit} owns the project {command.project} already: name somebody else.")
    return [
        DealOwnerChanged(
            occurred_at=state.not_before(context.at),
            owner=owner,
            owner_unit=unit,
            owner_before=state.owner_now,
            unit_before=state.unit_now,
            reason=reason,
            source=source,
        )
    ]


def _stays(command: NoteOwner, holder: Holder, state: Any, context: Context) -> bool:
    """Whether work about a customer stays with its owner: it was somebody else's than the customer's since it began."""
    if streams.category(command.of) not in WITH_THE_CUSTOMER or streams.category(command.source) != "customer":
        return False
    customer = context.seen[command.source]
    earlier: Sequence[Holder] = customer.owners[: command.number - 1]
    at_first = [customer.root.owner, *(one.owner for one in earlier if one.since <= state.begun_at)][-1]
    predecessors = {at_first, *(one.owner for one in earlier if one.since > state.begun_at)}
    return not holder.with_deals and state.owner_now not in predecessors


def _is_about(of: str, customer: str, source: Any) -> bool:
    """Whether work is about a customer itself, or about a duplicate that it stands for."""
    absorbed = (name for one in source.record.absorbed.values() for name in one.held.recoveries)
    own = source.root.customer == customer and streams.category(of) in WITH_THE_CUSTOMER
    return own or of in map(streams.recovery, absorbed)


def _noted(command: NoteOwner, state: Any, context: Context) -> Holder:
    """The change that a word is about. Raises `NotFoundError` for one that is not on record there, or not about this work."""
    source = context.seen.get(command.source)
    known = source.owners if source is not None and source.exists else ()
    holder: Holder | None = known[command.number - 1] if 0 < command.number <= len(known) else None
    root, of = state.root, command.of
    mine = holder is not None and (
        (command.source == streams.project(root.project) and bool(root.project))
        or (
            streams.category(command.source) == "customer"
            and root.project in holder.deals
            and of == streams.project(root.project)
        )
        or (streams.category(command.source) == "customer" and _is_about(of, root.customer, source))
    )
    if holder is None or not mine:
        raise NotFoundError(f"{command.source} has not handed {command.of} over: change the owner there first.")
    return holder


def word(stream: str, source: str, number: int, holder: Holder, correlation: str, *, to_many: bool = False) -> Tell:
    """What is owed to a stream because of the `number`-th change of owner in another."""
    command = NoteOwner(
        of=stream,
        source=source,
        number=number,
        command_id=own_id(f"owner-{source}-{number}-{stream}"),
        actor=SYSTEM,
        occurred_at=holder.since,
        correlation_id=correlation,
    )
    return Tell(command=command, text="owner changed 负责人变更", to_many=to_many)


def words_to_parts(project: str, owners: Sequence[Holder], parts: Iterable[str]) -> list[Tell]:
    """What a project owes each phase that has begun: every change of its owner, in their order."""
    of = list(parts)
    source = streams.project(project)
    return [word(part, source, number, one, project) for number, one in enumerate(owners, start=1) for part in of]
