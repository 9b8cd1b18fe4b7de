"""What an escalation is: the state that its events add up to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import reduce
from typing import Any, assert_never

from domain.clocks import ClocksReleased
from domain.escalating import Outcome, Subject
from domain.escalation.events import (
    AnswerDelivered,
    AnswerOverdue,
    AnswerRedated,
    EscalationAnswered,
    EscalationBegun,
    EscalationEnded,
    EscalationOverdue,
    EscalationPaused,
    EscalationRaised,
    EscalationResumed,
    EscalationSolved,
    EscalationTakenUp,
    Events,
)
from domain.messages import Frozen
from domain.origin import Rooted


class Hop(Frozen):
    """One step that it has come to."""

    step: str
    line: str
    at: datetime
    reason: str
    by_itself: bool = False
    taken_by: str = ""
    """Who took it up there; empty if nobody did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Rooted):
    """An escalation as its events tell it."""

    id: str = ""
    subject: Subject = "ticket"
    of: str = ""
    about: str = ""
    calendar: str = ""
    hops: tuple[Hop, ...] = ()
    """Every step that it has come to, the first one included."""
    who: str = ""
    """The role of the step where it stands."""
    running_since: datetime | None = None
    """When the limit of the step started to run (again); None while it stands still."""
    spent: float = 0
    """Working seconds of the limit that were used up before that."""
    overdue: bool = False
    outcome: Outcome | None = None
    ended_at: datetime | None = None
    """When it was solved, answered, or ended with its subject."""
    ended_with_subject: bool = False
    expected_on: date | None = None
    """The day of a promised patch or requirement that is not delivered."""
    late: bool = False
    """True when that day is over."""
    redated: int = 0

    @property
    def step(self) -> str:
        """The code of the step where it stands."""
        return self.hops[-1].step if self.hops else ""

    @property
    def taken_by(self) -> str:
        """Who has taken it up at the step where it stands."""
        return self.hops[-1].taken_by if self.hops else ""

    @property
    def open(self) -> bool:
        """True while a step must act."""
        return self.ended_at is None

    @property
    def paused(self) -> bool:
        """True while it stands still for the customer."""
        return self.open and self.running_since is None


def evolve(state: State, event: Events) -> State:
    """The escalation after one more fact."""
    return replace(_evolved(state, event), as_of=state.not_before(event.occurred_at))


def _evolved(state: State, event: Events) -> State:
    at = event.occurred_at
    match event:
        case EscalationBegun():
            begun = replace(state, origin=event.origin, held=event.origin.held, id=event.escalation, of=event.of)
            first = Hop(step=event.step, line=event.line, at=at, reason=event.reason)
            begun = replace(begun, subject=event.subject, about=event.about, calendar=event.calendar, who=event.who)
            return replace(begun, hops=(first,), running_since=at)
        case EscalationTakenUp():
            *before, here = state.hops
            return replace(state, hops=(*before, here.model_copy(update={"taken_by": event.by})))
        case EscalationRaised():
            hop = Hop(step=event.entered, line=event.line, at=at, reason=event.reason, by_itself=event.by_itself)
            since = at if state.running_since is not None else None
            return replace(state, hops=(*state.hops, hop), who=event.who, running_since=since, spent=0, overdue=False)
        case EscalationOverdue():
            return replace(state, overdue=True)
        case EscalationPaused():
            return replace(state, running_since=None, spent=event.spent)
        case EscalationResumed():
            return replace(state, running_since=state.running_since or at)
        case EscalationSolved() | EscalationAnswered() | EscalationEnded():
            return _ended(state, event)
        case AnswerRedated():
            return replace(state, expected_on=event.expected_on, late=False, redated=state.redated + 1)
        case AnswerOverdue():
            return replace(state, late=True)
        case AnswerDelivered():
            return replace(state, expected_on=None, late=False)
        case ClocksReleased():
            return replace(state, held=False)
        case _:
            assert_never(event)


def _ended(state: State, event: EscalationSolved | EscalationAnswered | EscalationEnded) -> State:
    ended = replace(state, ended_at=event.occurred_at, running_since=None)
    match event:
        case EscalationSolved():
            solved = Outcome(how="solved", text=event.solution, step=event.step, by=event.by, role=event.role)
            return replace(ended, outcome=solved)
        case EscalationAnswered():
            answered = Outcome(
                how=event.answer,
                text=event.text,
                step=event.step,
                by=event.by,
                role=event.role,
                version=event.version,
                expected_on=event.expected_on,
            )
            return replace(ended, outcome=answered, expected_on=event.expected_on)
        case EscalationEnded():
            return replace(ended, ended_with_subject=True)
        case _:
            assert_never(event)


def fold(events: Iterable[Any], state: State) -> State:
    """The state after events that were just decided."""
    return reduce(evolve, events, state)
