"""What the handoff is: the state that its events add up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import reduce
from typing import Any, Literal

from domain import promises
from domain.clocks import ClocksReleased
from domain.handoff.commands import Condition, Gap, ServiceContract
from domain.handoff.events import (
    ConditionLapsed,
    ConditionMet,
    ConditionRescheduled,
    EarlyStartAllowed,
    EarlyStartEnded,
    EarlyWorkRecorded,
    Events,
    HandoffAccepted,
    HandoffCancelled,
    HandoffEscalated,
    HandoffOffered,
    HandoffOpened,
    HandoffOverdue,
    HandoffReturned,
)
from domain.messages import Money, Name
from domain.origin import Rooted
from domain.promises import Ledger
from domain.stability import Stability
from domain.streams import HandoffKind

Status = Literal["preparing", "offered", "returned", "accepted", "reopened"]
STATUS_NAMES: dict[Status, Name] = {
    "preparing": Name(en="being prepared", zh="准备中"),
    "offered": Name(en="offered", zh="待接收"),
    "returned": Name(en="returned", zh="已退回"),
    "accepted": Name(en="accepted", zh="已接收"),
    "reopened": Name(en="reopened by a lapsed condition", zh="条件逾期，重新打开"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyStart:
    """One allowance to work before the receiver has signed, and what was used of it."""

    number: int
    allowed_at: datetime
    ends_at: datetime
    days: int
    cost: Money
    days_used: Decimal = Decimal(0)
    cost_used: Decimal = Decimal(0)
    ended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Rooted):
    """A handoff as its events tell it."""

    kind: HandoffKind = "delivery"
    status: Status = "preparing"
    round: int = 1
    since: datetime | None = None
    """When the side that must act now got its turn; once accepted, when that was."""
    overdue: bool = False
    escalated: bool = False
    """True when somebody was called because this turn is late."""
    items: Mapping[str, str] = field(default_factory=dict)
    promises: Ledger = ()
    """The promise ledger; with the acceptance it passes to what follows, and stays here as it was then."""
    promises_offered: Ledger = ()
    offered_by: str = ""
    """Staff id of the one who made the last offer."""
    offered_for: str = ""
    """In whose name, if not in their own."""
    gaps: tuple[Gap, ...] = ()
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    """The open ones, by id."""
    dates: Mapping[str, int] = field(default_factory=dict)
    """How many dates each condition has had; it makes the names of clocks unique."""
    lapsed: tuple[str, ...] = ()
    """The open conditions whose date has passed."""
    called: tuple[str, ...] = ()
    """The lapsed conditions for which somebody was called."""
    service_contract: ServiceContract | None = None
    stability: Stability | None = None
    """As it was measured with the last offer."""
    early_starts: tuple[EarlyStart, ...] = ()

    @property
    def accepted(self) -> bool:
        """True when the receiver has the duty."""
        return self.status in ("accepted", "reopened")

    @property
    def completed(self) -> bool:
        """True when the receiver has the duty."""
        return self.accepted

    @property
    def early_days(self) -> Decimal:
        """Working days of early starts that were used."""
        return sum((one.days_used for one in self.early_starts), Decimal(0))

    @property
    def early_cost(self) -> Money | None:
        """What was spent in early starts; None if there was none."""
        if not self.early_starts:
            return None
        spent = sum((one.cost_used for one in self.early_starts), Decimal(0))
        return Money(amount=spent, currency=self.early_starts[0].cost.currency)


def evolve(state: State, event: Events) -> State:
    """The handoff after one more fact."""
    at = event.occurred_at
    match event:
        case HandoffOpened():
            opened = replace(state, origin=event.origin, held=event.origin.held, kind=event.kind)
            return replace(opened, promises=event.promises, since=at, as_of=at)
        case HandoffOffered():
            items = {**kept_items(state), **event.items}
            contract = event.service_contract or state.service_contract
            turned = replace(state, items=items, gaps=(), service_contract=contract, promises_offered=event.promises)
            by = replace(turned, offered_by=event.offered_by, offered_for=event.offered_for, stability=event.stability)
            return _turn(by, "offered", at)
        case HandoffAccepted():
            conditions = {condition.condition: condition for condition in event.conditions}
            return _turn(replace(state, conditions=conditions, dates=dict.fromkeys(conditions, 1)), "accepted", at)
        case HandoffReturned():
            return _turn(replace(state, gaps=event.gaps, round=state.round + 1), "returned", at)
        case HandoffOverdue():
            return replace(state, overdue=True)
        case HandoffEscalated():
            if event.condition:
                return replace(state, called=(*state.called, event.condition))
            return replace(state, escalated=True)
        case ConditionMet() | ConditionLapsed() | ConditionRescheduled():
            return _condition(state, event)
        case EarlyStartAllowed() | EarlyWorkRecorded() | EarlyStartEnded():
            return replace(state, early_starts=_early(state.early_starts, event))
        case HandoffCancelled():
            return replace(state, conditions={}, lapsed=(), as_of=at)
        case ClocksReleased():
            return replace(state, held=False)
        case _:
            return replace(state, promises=promises.after(state.promises, event))


def _turn(state: State, status: Status, at: datetime) -> State:
    """The next side must act, or nobody any more."""
    return replace(state, status=status, since=at, as_of=at, overdue=False, escalated=False)


def _condition(state: State, event: ConditionMet | ConditionLapsed | ConditionRescheduled) -> State:
    """A condition that has lapsed opens the gate again until it is met or has a new date."""
    name = event.condition
    conditions, dates = dict(state.conditions), dict(state.dates)
    lapsed = tuple(one for one in state.lapsed if one != name)
    match event:
        case ConditionLapsed():
            lapsed = (*lapsed, name)
        case ConditionMet():
            conditions.pop(name, None)
        case ConditionRescheduled():
            dated = conditions.get(name)
            conditions |= {name: dated.model_copy(update={"due_on": event.due_on})} if dated else {}
            dates[name] = dates.get(name, 1) + 1
    called = state.called if isinstance(event, ConditionLapsed) else tuple(one for one in state.called if one != name)
    status: Status = "reopened" if lapsed else "accepted"
    as_of = state.not_before(event.occurred_at)
    return replace(state, status=status, conditions=conditions, dates=dates, lapsed=lapsed, called=called, as_of=as_of)


def _early(
    known: tuple[EarlyStart, ...], event: EarlyStartAllowed | EarlyWorkRecorded | EarlyStartEnded
) -> tuple[EarlyStart, ...]:
    match event:
        case EarlyStartAllowed():
            begun = EarlyStart(
                number=event.number, allowed_at=event.occurred_at, ends_at=event.ends_at, days=event.days, cost=event.cost
            )
            return (*known, begun)
        case EarlyWorkRecorded():
            return tuple(_used(one, event) if one.number == event.number else one for one in known)
        case EarlyStartEnded():
            return tuple(replace(one, ended=True) if one.number == event.number else one for one in known)


def _used(early: EarlyStart, event: EarlyWorkRecorded) -> EarlyStart:
    return replace(early, days_used=early.days_used + event.days, cost_used=early.cost_used + event.cost.amount)


def fold(events: Iterable[Any], state: State) -> State:
    """The state after events that were just decided."""
    return reduce(evolve, events, state)


def kept_items(state: State) -> dict[str, str]:
    """What was offered before and not found wanting."""
    wanting = {gap.item for gap in state.gaps}
    return {code: reference for code, reference in state.items.items() if code not in wanting}
