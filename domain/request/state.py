"""What a product request is: the state that its events add up to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import assert_never

from domain.clocks import ClocksReleased
from domain.messages import Frozen, Money
from domain.origin import Rooted
from domain.request.events import (
    Events,
    PlannedDateMissed,
    PlannedDateMoved,
    RequestAnswered,
    RequestDelivered,
    RequestEscalated,
    RequestJoined,
    RequestOverdue,
    RequestRaised,
    RequestReopened,
)
from domain.request.terms import Kind, Status


class Backer(Frozen):
    """A customer behind the request, with the project that needs it where one does."""

    number: int
    customer: str
    project: str = ""
    need: str
    evidence: str
    value: Money | None = None
    by: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Rooted):
    """A product request as its events tell it."""

    id: str = ""
    kind: Kind = "need"
    product_line: str = ""
    title: str = ""
    division: str = ""
    industry: str = ""
    region: str = ""
    observation: str = ""
    evidence: str = ""
    escalation: str = ""
    raised_by: str = ""
    raised_at: datetime | None = None
    backers: tuple[Backer, ...] = ()
    status: Status = "asked"
    asked_at: datetime | None = None
    """When it was raised, or reopened the last time: the time box counts from then."""
    round: int = 1
    """1, and one more for each reopening."""
    overdue_at: datetime | None = None
    escalated_to: str = ""
    text: str = ""
    """The answer in words."""
    answered_at: datetime | None = None
    answered_by: str = ""
    release: str = ""
    planned_on: date | None = None
    plannings: int = 0
    """How often a day was planned, moves included: it makes the names of clocks unique."""
    date_moves: int = 0
    """How often the planned day was moved."""
    missed: bool = False
    """True when the planned day is over and nothing is there."""
    delivered: RequestDelivered | None = None
    """The last delivery."""
    deliveries: int = 0

    @property
    def open(self) -> bool:
        """True while somebody must answer or deliver."""
        return self.status in ("asked", "planned")

    @property
    def customers(self) -> tuple[str, ...]:
        """Everybody behind it, each once, in the order of joining."""
        return tuple(dict.fromkeys(one.customer for one in self.backers))

    @property
    def deals(self) -> tuple[str, ...]:
        """The projects behind it, each once."""
        return tuple(dict.fromkeys(one.project for one in self.backers if one.project))

    @property
    def value(self) -> Decimal:
        """What hangs on it, in CNY."""
        return sum((one.value.amount for one in self.backers if one.value), Decimal(0))


def evolve(state: State, event: Events) -> State:
    """The request after one more fact."""
    return replace(_evolved(state, event), as_of=state.not_before(event.occurred_at))


def _evolved(state: State, event: Events) -> State:
    at = event.occurred_at
    match event:
        case RequestRaised():
            return _raised(state, event)
        case RequestJoined():
            fields = event.model_dump(exclude={"occurred_at", "value"})
            return replace(state, backers=(*state.backers, Backer(since=at, value=event.value, **fields)))
        case RequestOverdue():
            return replace(state, overdue_at=at)
        case RequestEscalated():
            return replace(state, escalated_to=event.to)
        case RequestAnswered():
            return _answered(state, event)
        case PlannedDateMoved():
            planned = replace(state, release=event.release, planned_on=event.planned_on, missed=False)
            return replace(planned, date_moves=state.date_moves + 1, plannings=state.plannings + 1)
        case PlannedDateMissed():
            return replace(state, missed=True)
        case RequestDelivered():
            there = replace(state, status="delivered", release=event.release, missed=False)
            return replace(there, delivered=event, deliveries=event.delivery)
        case RequestReopened():
            again = replace(state, status="asked", asked_at=at, round=event.round, overdue_at=None, escalated_to="")
            return replace(again, text="", answered_at=None, answered_by="", release="", planned_on=None, missed=False)
        case ClocksReleased():
            return replace(state, held=False)
        case _:
            assert_never(event)


def _raised(state: State, event: RequestRaised) -> State:
    told = event.model_dump(exclude={"occurred_at", "origin", "request", "by", "who"})
    raised = replace(state, id=event.request, origin=event.origin, held=event.origin.held, raised_by=event.by, **told)
    return replace(raised, raised_at=event.occurred_at, asked_at=event.occurred_at)


def _answered(state: State, event: RequestAnswered) -> State:
    answered = replace(state, status=event.answer, text=event.text, answered_at=event.occurred_at, answered_by=event.by)
    if event.answer != "planned":
        return answered
    planned = replace(answered, release=event.release, planned_on=event.planned_on)
    return replace(planned, plannings=state.plannings + 1)
