"""What tests ask of promises, conditions and early starts, and how they look at the promise ledger, whoever holds it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from domain.handoff import AllowEarlyStart, MeetCondition, RecordEarlyWork, RescheduleCondition
from domain.messages import Actor, ActorKind, Money
from domain.phases import phase_stream
from domain.playbook import Phase
from domain.promises import BreakPromise, ChangePromise, KeepPromise, Ledger, Promise
from tests.domain.asked import DELIVERY, SALES
from tests.domain.scenario import World

MANAGER = Actor(kind=ActorKind.PERSON, id="m1", role="manager")


def keep(name: str = "pr1", at: Phase = "funnel", project: str = "P1", **fields: Any) -> KeepPromise:
    given: dict[str, Any] = {"reference": "minutes", "actor": DELIVERY} | fields
    return KeepPromise(project=project, promise=name, at=at, **given)


def change(name: str = "pr1", at: Phase = "funnel", due_on: str | None = None, **fields: Any) -> ChangePromise:
    given: dict[str, Any] = {"consent": "letter", "consented_by": "王", "actor": DELIVERY, "project": "P1"}
    if due_on:
        given["due_on"] = date.fromisoformat(due_on)
    return ChangePromise(promise=name, at=at, **(given | fields))


def fail(name: str = "pr1", at: Phase = "funnel", project: str = "P1", **fields: Any) -> BreakPromise:
    given: dict[str, Any] = {"reason": "no people", "actor": DELIVERY} | fields
    return BreakPromise(project=project, promise=name, at=at, **given)


def ledger(world: World, at: Phase, project: str = "P1") -> Ledger:
    """The ledger as a phase has it."""
    found: Ledger = world.state(phase_stream(project, at)).promises
    return found


def one(world: World, at: Phase, name: str = "pr1") -> Promise:
    """One promise of it."""
    return next(promise for promise in ledger(world, at) if promise.promise == name)


def meet_condition(name: str = "c1", actor: Actor = SALES) -> MeetCondition:
    return MeetCondition(project="P1", kind="delivery", condition=name, reference="minutes", actor=actor)


def move_condition(due_on: str, name: str = "c1", **fields: Any) -> RescheduleCondition:
    given: dict[str, Any] = {"project": "P1", "kind": "delivery", "reason": "supplier is late", "actor": DELIVERY} | fields
    return RescheduleCondition(condition=name, due_on=date.fromisoformat(due_on), **given)


def cny(amount: str) -> Money:
    return Money(amount=Decimal(amount))


def allow_early_start(days: int = 5, cost: str = "50000", **fields: Any) -> AllowEarlyStart:
    given: dict[str, Any] = {"project": "P1", "reason": "the plant stops in May", "requested_by": "d1", "actor": MANAGER}
    return AllowEarlyStart(days=days, cost=cny(cost), **(given | fields))


def early_work(days: str = "2", cost: str = "20000", **fields: Any) -> RecordEarlyWork:
    given: dict[str, Any] = {"project": "P1", "what": "server set up", "actor": DELIVERY, "cost": cny(cost)}
    return RecordEarlyWork(days=Decimal(days), **(given | fields))
