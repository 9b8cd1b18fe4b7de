"""The decider: how one aggregate answers a command, how its facts add up, and what it waits for.

After Jérémie Chassaing's Decider: `decide(command, state) -> events`, `evolve(state, event) -> state`. To it we add `clocks`
(facts that come true by themselves), `owes` (what other aggregates must be told) and `view` (where it stands). All are pure
functions of state and playbook: time comes in with the command."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar, cast

from domain import owning, streams
from domain.calendars import CalendarRule, provisional
from domain.cancelling import (
    CANCELLED,
    PartUnwound,
    ProjectCancelledError,
    ProjectNotCancelledError,
    Unwind,
    compensation_noted,
)
from domain.clocks import ClocksReleased, JudgeClocks, ReleaseClocks
from domain.dwell import UsualDwells, nothing_learned
from domain.enabled_seen import (
    DealsQuestion,
    DealsSeen,
    EnablementQuestion,
    EnablementSeen,
    SeeDeals,
    SeeEnablement,
    no_deals,
    nobody_enabled,
)
from domain.messages import SYSTEM, Command, Event, Name
from domain.moving import Fits, MovePlaybook, Part, PlaybookMoved, move, under
from domain.owning import ChangeDealOwner, DealOwnerChanged, NoteOwner
from domain.phases import parts_of
from domain.playbook import Playbook, PlaybookRef, Playbooks
from domain.refusals import ClocksNotHeldError, NotFoundError, OccurredInFutureError
from domain.standing import Begin, Clock, Override, Proof, Stay, Tell, Unmet, View
from domain.tickets_seen import SeeTickets, TicketQuestion, TicketsSeen, no_tickets

CLOCK_SKEW = timedelta(seconds=2)
"""How far a caller's clock may run ahead of ours before its `occurred_at` counts as the future."""


class State(Protocol):
    """What every aggregate's state can tell the generic decision."""

    @property
    def exists(self) -> bool:
        """False until the opening event."""

    @property
    def held(self) -> bool:
        """True while the past is being brought along and the clocks stand still."""

    @property
    def playbook(self) -> PlaybookRef | None:
        """The playbook version that this aggregate lives under."""

    @property
    def owner_unit(self) -> str:
        """The unit that owns this; empty before the opening event."""

    @property
    def as_of(self) -> datetime | None:
        """The latest business moment that a fact of this aggregate has."""

    @property
    def unwound(self) -> PartUnwound | None:
        """That this part ended with its cancelled project, and what was undone in it."""

    @property
    def root(self) -> Any:
        """Customer, project and playbook of something that exists."""

    def not_before(self, moment: datetime) -> datetime:
        """`moment`, but never before what is known already."""


S = TypeVar("S", bound=State)
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Context:
    """What a decision may look at beside its own stream."""

    now: datetime
    """The moment of the decision."""
    at: datetime
    """When the thing asked for happened: the command's `occurred_at`, or now."""
    playbooks: Playbooks
    seen: Mapping[str, Any] = field(default_factory=dict)
    """The folded states of the other streams that the decider asked to see."""
    usual_dwell: UsualDwells = nothing_learned
    """`usual_dwell(stage, value_class, playbook_name)`: how long deals usually stay there. What was answered is kept with the
    decision, and whatever follows from it must stand in the event: neither replay nor a later look asks again."""
    see_tickets: SeeTickets = no_tickets
    """The tickets that a decision asks for; kept and used like the usual dwell."""
    see_enablement: SeeEnablement = nobody_enabled
    """Whether a unit is enabled for a product line; likewise."""
    see_deals: SeeDeals = no_deals
    """The open deals of a unit that a product line concerns; likewise."""

    def similar_tickets(self, customer: str, product: str, category: str, since: datetime) -> TicketsSeen:
        """The tickets of a customer about the same product and of the same category, opened since a moment."""
        return self.see_tickets(
            TicketQuestion(about="similar", customer=customer, product=product, category=category, since=since)
        )

    def open_tickets(self, project: str) -> TicketsSeen:
        """The tickets of a project that are neither closed nor cancelled."""
        return self.see_tickets(TicketQuestion(about="open", project=project))

    def late_tickets(self, project: str, since: datetime) -> TicketsSeen:
        """The tickets of a project that were opened since a moment and have missed a target, with when they last did."""
        return self.see_tickets(TicketQuestion(about="late", project=project, since=since))

    def enablement(self, unit: str, product_line: str) -> EnablementSeen:
        """What is on record of the enablement of a unit for a product line."""
        return self.see_enablement(EnablementQuestion(unit=unit, product_line=product_line))

    def open_deals(self, unit: str, product_line: str) -> DealsSeen:
        """The open deals of a product line that a unit owns now: none where no playbook at hand asks for an enablement."""
        if not any(one.enablement.concerns(product_line) for one in self.playbooks):
            return ()
        return self.see_deals(DealsQuestion(unit=unit, product_line=product_line))

    def rules(self, state: State) -> Playbook:
        """The playbook version that `state` lives under, as it holds for the unit that owns it."""
        return self.playbooks.of(state)


BEGINNINGS: Mapping[str, str] = {
    "reactivation": "one begins when a customer falls asleep, or by StartReactivation; check the id (`reactivations --all`).",
    "recovery": "one begins when a deal is lost; check the id (`recoveries --all`).",
    "escalation": "one begins when its ticket or gap is escalated; check the id.",
}
"""How work begins that nobody opens by its id, and that is no phase of a project."""


@dataclass(frozen=True)
class Decider(Generic[S]):
    """One aggregate, as the rest of the system knows it."""

    category: str
    name: Name
    commands: tuple[type[Command], ...]
    events: tuple[type[Event], ...]
    initial: Callable[[], S]
    decide: Callable[[Any, S, Context], Sequence[Event]]
    evolve: Callable[[S, Any], S]
    clocks: Callable[[S, Playbook], Iterable[Clock]]
    owes: Callable[[S], Sequence[Begin | Tell]]
    view: Callable[[S, Playbook], View]
    looks_at: Callable[[Any], tuple[str, ...]] = lambda _command: ()
    """The other streams whose facts a command depends on."""
    looks_further: Callable[[Any, Mapping[str, Any]], tuple[str, ...]] = lambda _command, _seen: ()
    """More of them, which show only in what was seen in the first: the contracts of a customer."""
    unwind: Callable[[Unwind, S, Context], Sequence[Event]] = lambda _command, _state, _context: ()
    """What ends this piece of work when its project is cancelled; nothing for one that has ended or needs no undoing."""
    left_over: Callable[[S, Playbook], Sequence[Unmet]] = lambda _state, _playbook: ()
    """What somebody must still settle once it is unwound."""
    proofs: Callable[[S], Sequence[Proof]] = lambda _state: ()
    """The proofs in play where it stands now: the evidence, deliverables or checklist items of the gate that is next."""
    path: Callable[[S], Sequence[Stay]] = lambda _state: ()
    """Its stays in stages, the oldest first; only for work that goes through stages."""
    overrides: Callable[[S], Sequence[Override]] = lambda _state: ()
    """Every gate that was passed without its proofs, the oldest first, with what has become of it."""

    counts_on: Callable[[S, Playbook], CalendarRule | None] = lambda _state, playbook: playbook.calendar
    """The calendar by which its dates are counted now; None while it waits for a date that somebody has set."""

    to_come: Callable[[S, Playbook], Iterable[Unmet]] | None = None
    """Everything that is still missing, at the gate that is next and at those that follow; `missing` of its view if None."""
    fits: Fits = lambda _state, _playbook, _stage_map: ()
    """What a person must decide before this can live under other rules."""
    remap: Callable[[S, Mapping[str, str]], S] = lambda state, _stage_map: state
    """The state where the stage map says that it stands under other rules."""
    taken_along: Callable[[S, Context], Sequence[Part]] = lambda _state, _context: ()
    """The parts that a move takes along: those of a project that are open."""
    redated: Callable[[S, Playbook, Playbook, datetime], Sequence[Event]] = lambda _state, _was, _rules, _at: ()
    """What follows in this work, moved at a moment, for what was counted by the old rules until then: old rules and new."""
    once_moved: Callable[[S, Playbook, datetime], Sequence[Event]] = lambda _state, _playbook, _since: ()
    """What follows in this work from living under other rules since a moment: dates that are counted anew."""
    follows: Callable[[Sequence[Event], S, Context], Sequence[Event]] | None = None
    """What follows from the events of a command, clocks that ran out among them, for which one must look around first."""

    def __post_init__(self) -> None:
        """What holds for every kind of work is added here, so that none can forget it: the end of what belongs to a cancelled
        project, and the word that a date is not certain."""
        object.__setattr__(self, "owes", _and_word_of_the_unwinding(self.owes))
        shown = _closed_when_unwound(self._with_its_doubts(self.view), self.left_over)
        object.__setattr__(self, "view", _looked_at_once(shown))
        object.__setattr__(self, "clocks", _looked_at_once(_all_of(self.clocks)))

    def apply(self, state: S, event: Event) -> S:
        """The state after one more fact, of this aggregate or of any."""
        if isinstance(event, PartUnwound):
            return cast(S, replace(cast(Any, state), unwound=event))
        if isinstance(event, PlaybookMoved):
            moved: Any = under(state, event.to)
            return self.remap(cast(S, replace(moved, moved=event, moves=moved.moves + 1)), event.stage_map)
        if isinstance(event, DealOwnerChanged):
            owned: Any = state
            return cast(S, replace(owned, owners=(*owned.owners, event.holder)))
        return self.evolve(state, event)

    def regards(self, command: Command) -> tuple[str, ...]:
        """The other streams that a decision on a command looks at, whether the command is this aggregate's own or anyone's."""
        if isinstance(command, self.commands):
            return self.looks_at(command)
        if isinstance(command, Unwind):
            return (streams.project_of(command.of),)
        if isinstance(command, MovePlaybook) and command.project is not None:
            return parts_of(command.project)
        return owning.regards(command) if isinstance(command, ChangeDealOwner | NoteOwner) else ()

    def regards_further(self, command: Command, seen: Mapping[str, Any]) -> tuple[str, ...]:
        """The streams that a decision looks at because of what it has `seen` in those that it regards."""
        return self.looks_further(command, seen) if isinstance(command, self.commands) else ()

    def still_missing(self, state: S, playbook: Playbook) -> Iterable[Unmet]:
        """What is still missing here, at the gate that is next and at those that follow."""
        return self.to_come(state, playbook) if self.to_come is not None else self.view(state, playbook).missing

    def fold(self, events: Iterable[Event], state: S | None = None) -> S:
        """Add events up to a state, starting from `state` or from nothing."""
        folded = self.initial() if state is None else state
        for event in events:
            folded = self.apply(folded, event)
        return folded

    def next_clock(self, state: S, playbooks: Playbooks) -> Clock | None:
        """The clock that runs out first, or None while clocks are held or nothing is waited for."""
        if not state.exists or state.held or state.unwound is not None:
            return None
        rules = playbooks.of(state)
        first = min(self.clocks(state, rules), key=lambda clock: clock.at, default=None)
        doubt = _doubt(state, self.counts_on(state, rules), first.at) if first and not first.dated else ""
        return replace(first, provisional=doubt) if first and doubt else first

    def judge(self, state: S, until: datetime, playbooks: Playbooks) -> tuple[list[Event], S]:
        """The facts whose moment has come by `until`, each with its true due time, and the state after them."""
        facts: list[Event] = []
        while (clock := self.next_clock(state, playbooks)) is not None and clock.at <= until:
            facts.append(clock.fact)
            state = self.apply(state, clock.fact)
        return facts, state

    def respond(self, command: Command, state: S, context: Context) -> list[Event]:
        """Answer a command: first the clocks that ran out before it, then the command itself.

        Raises a `RefusalError` when the business says no; nothing is recorded then."""
        events = self._respond(command, state, context)
        if self.follows is None or not events:
            return events
        return [*events, *self.follows(events, self.fold(events, state), context)]

    def _respond(self, command: Command, state: S, context: Context) -> list[Event]:
        if context.at > context.now + CLOCK_SKEW:
            raise OccurredInFutureError(
                f"occurred_at {context.at.isoformat()} lies in the future; record a fact when it has happened."
            )
        if not state.exists and not command.opens:
            raise NotFoundError(f"There is no {command.stream.replace('-', ' ', 1)}: {self._how_it_begins()}")
        until = context.now if isinstance(command, JudgeClocks | ReleaseClocks) else context.at
        released = self._release(command, state, context)
        facts, state = self.judge(self.fold(released, state), until, context.playbooks)
        if isinstance(command, JudgeClocks | ReleaseClocks):
            return [*released, *facts]
        if isinstance(command, Unwind):
            return [*facts, *self._unwind(command, state, context)]
        if isinstance(command, MovePlaybook):
            moved = list(move(self, command, state, context))
            if moved:
                after = self.fold(moved, state)
                moved += self.redated(after, context.rules(state), context.rules(after), moved[0].occurred_at)
            after = self.fold(moved, state)
            return [*facts, *moved, *(self.once_moved(after, context.rules(after), moved[0].occurred_at) if moved else ())]
        if state.unwound is not None and not command.after_cancelling:
            return self._too_late(command)
        if isinstance(command, ChangeDealOwner | NoteOwner):
            return [*facts, *owning.change(command, state, context)]
        return [*facts, *self.decide(command, state, context)]

    def _with_its_doubts(self, view: Callable[[S, Playbook], View]) -> Callable[[S, Playbook], View]:
        """The view of an aggregate, with what is not certain about its date: nothing about one that has come, and nothing where
        the clock that runs out then is a dated one."""

        def shown(state: S, playbook: Playbook) -> View:
            own = view(state, playbook)
            if own.due_at is None or own.provisional:
                return own
            doubt = _doubt(state, self.counts_on(state, playbook), own.due_at)
            if not doubt or (state.as_of is not None and own.due_at <= state.as_of):
                return own
            then = [clock for clock in self.clocks(state, playbook) if clock.at == own.due_at]
            dated = bool(then) and all(clock.dated for clock in then)
            return own if dated else own.model_copy(update={"provisional": doubt})

        return shown

    def _how_it_begins(self) -> str:
        opening = [one.__name__ for one in self.commands if one.opens and not one.internal]
        if opening:
            return f"open it first ({opening[0]}), or check the id."
        of_a_project = "it begins by itself when its project gets there; check the id, and where the project stands."
        return BEGINNINGS.get(self.category, of_a_project)

    def _unwind(self, command: Unwind, state: S, context: Context) -> Sequence[Event]:
        if state.unwound is not None:
            return []
        project = context.seen.get(streams.project_of(command.of))
        runs = project is not None and (not project.exists or project.cancelled is None)
        if runs or streams.project_of(command.of) != streams.project(state.root.project) or not self._is_part(command.of):
            raise ProjectNotCancelledError(f"{command.of} is not unwound: its project runs; cancel that (CancelProject).")
        undone = list(self.unwind(command, state, context))
        what = tuple(dict.fromkeys(event.type for event in undone))
        at = self.fold(undone, state).not_before(context.at)
        ended = PartUnwound(occurred_at=at, part=command.of, reason=command.reason, approver=command.approver, what=what)
        return [*undone, ended]

    def _is_part(self, stream: str) -> bool:
        """A client of Temporal's own may say so of anything; tickets and customers outlive projects."""
        return self.category == "escalation" or stream in parts_of(streams.project_of(stream).partition("-")[2])

    def _too_late(self, command: Command) -> list[Event]:
        if command.internal:
            return []  # Word that was on its way when the project was cancelled.
        raise ProjectCancelledError(f"The project is cancelled; {command.stream.replace('-', ' ', 1)} takes nothing more.")

    def _release(self, command: Command, state: S, context: Context) -> list[Event]:
        if not isinstance(command, ReleaseClocks):
            return []
        if not state.held and command.actor == SYSTEM:
            return []  # The project's word came first: this was begun with its clocks running.
        if not state.held:
            raise ClocksNotHeldError(f"The clocks of {command.stream} are running already; there is nothing to release.")
        return [ClocksReleased(occurred_at=context.at)]


def _looked_at_once(function: Callable[[S, Playbook], R]) -> Callable[[S, Playbook], R]:
    """The same function, which remembers its last answer: within one command the judge, the rows and the standing ask about
    one and the same state. By identity, for to compare two states costs its time too."""
    last: tuple[Any, Any, Any] = (None, None, None)

    def answered(state: S, playbook: Playbook) -> R:
        nonlocal last
        of, under_, answer = last
        if of is not state or under_ is not playbook:
            answer = function(state, playbook)
            last = (state, playbook, answer)
        return cast(R, answer)

    return answered


def _all_of(clocks: Callable[[S, Playbook], Iterable[Clock]]) -> Callable[[S, Playbook], Iterable[Clock]]:
    return lambda state, playbook: tuple(clocks(state, playbook))


def _and_word_of_the_unwinding(owes: Callable[[S], Sequence[Begin | Tell]]) -> Callable[[S], Sequence[Begin | Tell]]:
    """The debts of an aggregate, and once it is unwound, the word of that to its project."""

    def owed(state: S) -> Sequence[Begin | Tell]:
        own = owes(state)
        return (
            own
            if state.unwound is None or not state.root.project
            else (*own, compensation_noted(state.root.project, state.unwound))
        )

    return owed


def _doubt(state: State, calendar: CalendarRule | None, at: datetime) -> str:
    """What is not certain about a moment that was counted from the latest fact on, at the longest."""
    if calendar is None:
        return ""
    return provisional(calendar, min(state.as_of or at, at), at)


def _closed_when_unwound(
    view: Callable[[S, Playbook], View], left_over: Callable[[S, Playbook], Sequence[Unmet]]
) -> Callable[[S, Playbook], View]:
    """The view of an aggregate; one that is unwound is closed, whatever it waited for, and names what is left to settle."""

    def shown(state: S, playbook: Playbook) -> View:
        own = view(state, playbook)
        if state.unwound is None:
            return own
        left = tuple(left_over(state, playbook))
        to_settle: dict[str, Any] = {}
        if left:
            reason = f"cancelled, to settle 取消后待结清: {', '.join(one.code for one in left)}"
            to_settle = {"missing": left, "waiting_for": left[0].who, "reason": reason}
        return View(code="cancelled", name=CANCELLED, phase=own.phase, closed=True, **to_settle, **_whose(own))

    return shown


def _whose(view: View) -> dict[str, Any]:
    return view.model_dump(include={"customer", "project", "value_class", "owner_unit"})
