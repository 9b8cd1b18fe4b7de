"""What a recovery is: the state that its events add up to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import assert_never

from domain.messages import Frozen
from domain.origin import Rooted
from domain.playbook.recovery import RecoveryStepCode
from domain.recovering import RecoveryOutcome
from domain.recovery.events import (
    CauseRecorded,
    Events,
    NextAttemptDue,
    NextAttemptLinked,
    NextAttemptOverdue,
    NextAttemptPlanned,
    RecoveryBegun,
    RecoveryContactDue,
    RecoveryContactKept,
    RecoveryContactOverdue,
    RecoveryContactsPlanned,
    RecoveryEnded,
    RecoveryEscalated,
    RecoveryGivenUp,
    RecoveryStepOverdue,
    RecoveryTurnedIntoProject,
    ReviewHeld,
)


class Planned(Frozen):
    """A planned contact that has not taken place."""

    number: int
    on: date
    due: bool = False
    overdue: bool = False


class Kept(Frozen):
    """A contact that has taken place."""

    number: int
    channel: str
    summary: str
    at: datetime


class Attempt(Frozen):
    """The next attempt, as it is planned."""

    number: int
    on: date
    due: bool = False
    overdue: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Rooted):
    """A recovery as its events tell it."""

    id: str = ""
    project: str = ""
    """The project whose deal was lost."""
    after: str = ""
    begun_at: datetime | None = None
    counted_from: datetime | None = None
    """From when its steps count: from the loss, or from when a loss of the past was brought here."""
    cause: CauseRecorded | None = None
    review: ReviewHeld | None = None
    planned: tuple[Planned, ...] = ()
    """The contacts that are still to take place, in the order of their days."""
    numbered: int = 0
    """How many contacts were ever planned."""
    kept: tuple[Kept, ...] = ()
    attempt: Attempt | None = None
    overdue: tuple[str, ...] = ()
    """The steps that were not done in time, done later or not."""
    escalated: tuple[str, ...] = ()
    turned: RecoveryTurnedIntoProject | None = None
    next_project: str = ""
    next_contact_on: date | None = None
    outcome: RecoveryOutcome | None = None
    ended_at: datetime | None = None

    @property
    def open(self) -> bool:
        """True until it has ended."""
        return self.outcome is None

    @property
    def next_planned(self) -> date | None:
        """The day of the contact that is due first."""
        return self.planned[0].on if self.planned else None

    def done(self, step: RecoveryStepCode) -> bool:
        """Whether a step is done."""
        match step:
            case "cause":
                return self.cause is not None
            case "review":
                return self.review is not None
            case "contacts":
                return self.numbered > 0 or bool(self.kept)
            case "next_attempt":
                return self.attempt is not None


def evolve(state: State, event: Events) -> State:
    """The recovery after one more fact."""
    return replace(_evolved(state, event), as_of=state.not_before(event.occurred_at))


def _evolved(state: State, event: Events) -> State:
    at = event.occurred_at
    match event:
        case RecoveryBegun():
            begun = replace(state, origin=event.origin, id=event.recovery, project=event.project)
            return replace(begun, after=event.after, begun_at=at, counted_from=event.counted_from or at)
        case CauseRecorded():
            return replace(state, cause=event)
        case ReviewHeld():
            return replace(state, review=event)
        case RecoveryStepOverdue():
            return replace(state, overdue=(*state.overdue, event.step))
        case RecoveryEscalated():
            return replace(state, escalated=(*state.escalated, event.step))
        case RecoveryContactsPlanned() | RecoveryContactDue() | RecoveryContactOverdue() | RecoveryContactKept():
            return _contact(state, event)
        case NextAttemptPlanned():
            return replace(state, attempt=Attempt(number=event.number, on=event.on))
        case NextAttemptDue() | NextAttemptOverdue():
            told = {"due": True} if isinstance(event, NextAttemptDue) else {"overdue": True}
            return replace(state, attempt=state.attempt.model_copy(update=told) if state.attempt else None)
        case RecoveryTurnedIntoProject():
            ended = replace(state, outcome="next_attempt", ended_at=at)
            return replace(ended, turned=event, next_project=event.project)
        case NextAttemptLinked():
            return replace(state, outcome="next_attempt", ended_at=at, next_project=event.project)
        case RecoveryGivenUp():
            return replace(state, outcome="given_up", ended_at=at, next_contact_on=event.next_contact_on)
        case RecoveryEnded():
            return replace(state, outcome=event.outcome, ended_at=at)
        case _:
            assert_never(event)


def _contact(
    state: State, event: RecoveryContactsPlanned | RecoveryContactDue | RecoveryContactOverdue | RecoveryContactKept
) -> State:
    match event:
        case RecoveryContactsPlanned():
            planned = tuple(Planned(number=event.first + index, on=on) for index, on in enumerate(event.dates))
            return replace(state, planned=planned, numbered=event.first + len(planned) - 1)
        case RecoveryContactDue() | RecoveryContactOverdue():
            told = {"due": True} if isinstance(event, RecoveryContactDue) else {"overdue": True}
            found = (one.model_copy(update=told) if one.number == event.number else one for one in state.planned)
            return replace(state, planned=tuple(found))
        case RecoveryContactKept():
            kept = Kept(number=event.number, channel=event.channel, summary=event.summary, at=event.occurred_at)
            left = tuple(one for one in state.planned if one.number != event.planned)
            return replace(state, kept=(*state.kept, kept), planned=left)
