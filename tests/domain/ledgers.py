"""What tests ask of the promise ledger, and how they look at it, whichever phase holds it."""

from __future__ import annotations

from datetime import date
from typing import Any

from domain.phases import phase_stream
from domain.playbook import Phase
from domain.promises import BreakPromise, ChangePromise, KeepPromise, Ledger, Promise
from tests.domain.asked import DELIVERY
from tests.domain.scenario import World


def keep(name: str = "pr1", at: Phase = "funnel", project: str = "P1", **fields: Any) -> KeepPromise:
    return KeepPromise(project=project, promise=name, at=at, **({"reference": "minutes", "actor": DELIVERY} | fields))


def change(name: str = "pr1", at: Phase = "funnel", due_on: str | None = None, **fields: Any) -> ChangePromise:
    given: dict[str, Any] = {"consent": "letter", "consented_by": "王", "actor": DELIVERY, "project": "P1"}
    if due_on:
        given["due_on"] = date.fromisoformat(due_on)
    return ChangePromise(promise=name, at=at, **(given | fields))


def fail(name: str = "pr1", at: Phase = "funnel", project: str = "P1", **fields: Any) -> BreakPromise:
    return BreakPromise(project=project, promise=name, at=at, **({"reason": "no people", "actor": DELIVERY} | fields))


def ledger(world: World, at: Phase, project: str = "P1") -> Ledger:
    """The ledger as a phase has it."""
    found: Ledger = world.state(phase_stream(project, at)).promises
    return found


def one(world: World, at: Phase, name: str = "pr1") -> Promise:
    """One promise of it."""
    return next(promise for promise in ledger(world, at) if promise.promise == name)
