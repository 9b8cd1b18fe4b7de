"""What a customer remembers of its latest reactivation 唤醒 and of the recoveries 丢单挽回 of its lost deals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from domain.customer.events import ContractSigned
from domain.customer.life_events import (
    CustomerInvalidated,
    CustomerReactivated,
    CustomerWarmed,
    CustomerWentDormant,
    ProjectBegun,
)
from domain.messages import Event
from domain.reactivating import HoldOutBroken, ReactivationReported, ReactivationStarted, Waking
from domain.recovering import Recovering, RecoveryReported, RecoveryStarted


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """What was begun to win the customer back, as far as it may still matter."""

    dormant_at: datetime | None = None
    """Since when the customer is dormant; None while it is not."""
    judged_from: datetime | None = None
    """Nothing begins by itself before it: its class was decided then, its past was in, or it stood for itself again."""
    waking: Waking | None = None
    """The latest reactivation, ended or not."""
    recoveries: tuple[Recovering, ...] = ()
    """The recoveries that have not told their end, the oldest first."""


MERGED = "CustomerMerged"
"""The type of the event after which a customer goes on as another."""
FROM_HERE_ON = ("ClocksReleased", "CustomerClassified", "MergeReversed")
"""The types of the events from which on something may begin by itself that could not before; what nobody could know of, nobody
has left undone."""


def evolve(recall: Recall, event: Event) -> Recall:
    """After one more fact of the customer, of whatever part."""
    at = event.occurred_at
    if event.type in FROM_HERE_ON:
        return replace(recall, judged_from=max(at, recall.judged_from or at))
    match event:
        case ReactivationStarted():
            return replace(recall, waking=remembered(event))
        case HoldOutBroken() | ReactivationReported():
            return replace(recall, waking=_waking(recall.waking, event))
        case CustomerWentDormant():
            return replace(recall, dormant_at=at)
        case CustomerReactivated() | CustomerWarmed():
            return replace(recall, dormant_at=None, waking=_awake(recall.waking, event))
        case ProjectBegun() | ContractSigned():
            how = "project" if isinstance(event, ProjectBegun) else "contract"
            again = isinstance(event, ProjectBegun) and event.times > 1
            recoveries = _reopened(recall.recoveries, event.project, at) if again else recall.recoveries
            return replace(recall, waking=_business(recall.waking, how, at), recoveries=recoveries)
        case CustomerInvalidated():
            recoveries = tuple(one if one.cut_at else replace(one, cut_at=at, cut_how="invalid") for one in recall.recoveries)
            return replace(recall, waking=_cut(recall.waking, "invalid", at), recoveries=recoveries)
        case RecoveryStarted():
            begun = Recovering(
                id=event.recovery, project=event.project, after=event.after, begun_at=at, known_at=event.known_at
            )
            return replace(recall, recoveries=(*recall.recoveries, begun))
        case RecoveryReported():
            return replace(recall, recoveries=tuple(one for one in recall.recoveries if one.id != event.recovery))
        case _:
            # The recoveries of its lost deals go on: for the customer that stands for it, as long as that does.
            return replace(recall, waking=_cut(recall.waking, "merged", at)) if event.type == MERGED else recall


def remembered(event: ReactivationStarted) -> Waking:
    """What a customer remembers of a reactivation that has begun."""
    return Waking(
        id=event.reactivation,
        number=event.number,
        by_itself=event.by_itself,
        attempt=event.attempt,
        begun_at=event.occurred_at,
        begun_from=event.begun_from,
        owner=event.owner,
        budget=event.budget,
        reason=event.reason,
        held_out=event.held_out,
        horizon=event.horizon,
    )


def _waking(waking: Waking | None, event: HoldOutBroken | ReactivationReported) -> Waking | None:
    if waking is None:
        return None
    if isinstance(event, HoldOutBroken):
        return replace(waking, broken=event)
    return replace(waking, outcome=event.outcome, try_again_on=event.try_again_on)


def _awake(waking: Waking | None, event: CustomerReactivated | CustomerWarmed) -> Waking | None:
    """The latest reactivation of a customer that is awake again: while it runs it has ended; later, a return still counts."""
    if waking is None or waking.awake_at is not None or waking.cut_at is not None:
        return waking
    if isinstance(event, CustomerWarmed) and waking.begun_from != "cooling":
        return waking
    if not waking.running and event.occurred_at > waking.horizon:
        return waking
    how = "answered" if waking.outcome == "answered" else event.reasons[0].code if event.reasons else ""
    return replace(waking, awake_at=event.occurred_at, awake_how=how)


def _business(waking: Waking | None, how: str, at: datetime) -> Waking | None:
    if waking is None or waking.business_at is not None or not waking.begun_at <= at <= waking.horizon:
        return waking
    return replace(waking, business_at=at, business_how=how)


def _reopened(recoveries: tuple[Recovering, ...], project: str, at: datetime) -> tuple[Recovering, ...]:
    return tuple(
        replace(one, cut_at=at, cut_how="reopened") if one.project == project and one.cut_at is None else one
        for one in recoveries
    )


def _cut(waking: Waking | None, how: Literal["invalid", "merged"], at: datetime) -> Waking | None:
    return replace(waking, cut_at=at, cut_how=how) if waking is not None and waking.running else waking
