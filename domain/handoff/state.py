"""What the handoff is: the state that its events add up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce
from typing import Any, Literal, assert_never

from domain.clocks import ClocksReleased
from domain.handoff.commands import Condition, Gap, ServiceContract
from domain.handoff.events import (
    ConditionLapsed,
    ConditionMet,
    Events,
    HandoffAccepted,
    HandoffOffered,
    HandoffOpened,
    HandoffOverdue,
    HandoffReturned,
)
from domain.messages import Name
from domain.origin import Rooted
from domain.promises import Promise
from domain.streams import HandoffKind

Status = Literal["preparing", "offered", "returned", "accepted"]
STATUS_NAMES: dict[Status, Name] = {
    "preparing": Name(en="being prepared", zh="准备中"),
    "offered": Name(en="offered", zh="待接收"),
    "returned": Name(en="returned", zh="已退回"),
    "accepted": Name(en="accepted", zh="已接收"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Rooted):
    """A handoff as its events tell it."""

    kind: HandoffKind = "delivery"
    status: Status = "preparing"
    round: int = 1
    since: datetime | None = None
    """When the side that must act now got its turn."""
    overdue: bool = False
    items: Mapping[str, str] = field(default_factory=dict)
    promises: tuple[Promise, ...] = ()
    gaps: tuple[Gap, ...] = ()
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    """The open ones, by id."""
    lapsed: tuple[str, ...] = ()
    service_contract: ServiceContract | None = None

    @property
    def completed(self) -> bool:
        """True when the receiver has the duty."""
        return self.status == "accepted"


def evolve(state: State, event: Events) -> State:
    """The handoff after one more fact."""
    at = event.occurred_at
    match event:
        case HandoffOpened():
            return replace(
                state,
                origin=event.origin,
                held=event.origin.held,
                kind=event.kind,
                promises=event.promises,
                since=at,
                as_of=at,
            )
        case HandoffOffered():
            items = {**kept_items(state), **event.items}
            contract = event.service_contract or state.service_contract
            turned = replace(state, items=items, gaps=(), service_contract=contract)
            return replace(turned, status="offered", since=at, overdue=False, as_of=at)
        case HandoffAccepted():
            conditions = {condition.condition: condition for condition in event.conditions}
            return replace(state, status="accepted", conditions=conditions, overdue=False, since=at, as_of=at)
        case HandoffReturned():
            turned = replace(state, status="returned", gaps=event.gaps, round=state.round + 1)
            return replace(turned, since=at, overdue=False, as_of=at)
        case HandoffOverdue():
            return replace(state, overdue=True)
        case ConditionMet():
            left = {key: value for key, value in state.conditions.items() if key != event.condition}
            return replace(state, conditions=left)
        case ConditionLapsed():
            return replace(state, lapsed=(*state.lapsed, event.condition))
        case ClocksReleased():
            return replace(state, held=False)
        case _:
            assert_never(event)


def fold(events: Iterable[Any], state: State) -> State:
    """The state after events that were just decided."""
    return reduce(evolve, events, state)


def kept_items(state: State) -> dict[str, str]:
    """What was offered before and not found wanting."""
    wanting = {gap.item for gap in state.gaps}
    return {code: reference for code, reference in state.items.items() if code not in wanting}
