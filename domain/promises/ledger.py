"""The promise ledger 承诺台账 as a part that funnel, handoffs, implementation and support each hold in turn.

A holder keeps `promises: Ledger` in its state, answers `LedgerCommands` with `answer`, adds `LedgerEvents` up with `after`, and
may wait for the dates with `clocks`. Its successor takes over the whole ledger when it opens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import assert_never

from domain.calendars import CalendarRule
from domain.decider import Context
from domain.messages import Event, Name
from domain.origin import listed, morning_of, not_past
from domain.people import among, behind
from domain.playbook import Phase
from domain.promises.commands import BreakPromise, ChangePromise, KeepPromise, LedgerCommands, RecordPromise
from domain.promises.events import (
    LedgerEvents,
    PromiseBroken,
    PromiseChanged,
    PromiseKept,
    PromiseOverdue,
    PromiseRecorded,
    PromiseReinstated,
    PromiseReleased,
)
from domain.promises.promise import Ledger, Promise, PromiseStep, binding, status_after
from domain.promises.refusals import (
    ConsentNotTheirsError,
    LedgerElsewhereError,
    NothingChangedError,
    PromiseEndedError,
    PromiseKnownError,
    PromiseUnknownError,
)
from domain.standing import Clock, Unmet


def answer(
    command: LedgerCommands, ledger: Ledger, context: Context, calendar: CalendarRule, moved_to: Phase | None = None
) -> Sequence[Event]:
    """Answer a command to the ledger. `moved_to` is the phase that has taken the ledger over, or will as soon as it opens."""
    if moved_to is not None:
        raise LedgerElsewhereError(
            f"The promises of {command.project} have gone on to {moved_to} and the phases after it: name in `at` the phase"
            " where the project stands now."
        )
    if isinstance(command, RecordPromise):
        return [_recorded(command, ledger, context, calendar)]
    promise = _open_one(command.promise, ledger)
    match command:
        case KeepPromise():
            return [PromiseKept(occurred_at=context.at, promise=command.promise, reference=command.reference)]
        case ChangePromise():
            return [_changed(command, promise, context, calendar)]
        case BreakPromise():
            return [PromiseBroken(occurred_at=context.at, promise=command.promise, reason=command.reason)]
        case _:
            assert_never(command)


def _recorded(command: RecordPromise, ledger: Ledger, context: Context, calendar: CalendarRule) -> PromiseRecorded:
    if any(promise.promise == command.promise for promise in ledger):
        raise PromiseKnownError(f"The promise {command.promise} is on record already; give the new one its own id.")
    if command.due_on:
        not_past(command.due_on, context.at, calendar, f"date of the promise {command.promise}")
    return PromiseRecorded(
        occurred_at=context.at,
        promise=command.promise,
        about=command.about,
        text=command.text,
        made_by=command.made_by or command.actor.id,
        made_to=command.made_to,
        due_on=command.due_on,
    )


def _open_one(name: str, ledger: Ledger) -> Promise:
    promise = next((one for one in ledger if one.promise == name), None)
    open_ones = listed(one.promise for one in binding(ledger)) or "none"
    if promise is None:
        raise PromiseUnknownError(f"There is no promise {name!r} on record; open are: {open_ones}.")
    if not promise.binding:
        raise PromiseEndedError(f"The promise {name} was {promise.status} already; open are: {open_ones}.")
    return promise


def _changed(command: ChangePromise, promise: Promise, context: Context, calendar: CalendarRule) -> PromiseChanged:
    if among(command.consented_by, behind(command.actor)):
        raise ConsentNotTheirsError("The consent to a change is the customer's: name who agreed there (`consented_by`).")
    text, due_on = command.text or promise.text, command.due_on or promise.due_on
    if (text, due_on) == (promise.text, promise.due_on):
        raise NothingChangedError("A change gives the promise another wording (`text`) or another date (`due_on`).")
    if command.due_on:
        not_past(command.due_on, context.at, calendar, f"date of the promise {command.promise}")
    return PromiseChanged(
        occurred_at=context.at,
        promise=command.promise,
        before=promise.text,
        text=text,
        due_before=promise.due_on,
        due_on=due_on,
        consent=command.consent,
        consented_by=command.consented_by,
    )


def released(ledger: Ledger, at: datetime, reason: str) -> list[PromiseReleased]:
    """The facts that end every promise that still binds us, because what it was promised for does not come about."""
    return [PromiseReleased(occurred_at=at, promise=one.promise, reason=reason) for one in binding(ledger)]


def reinstated(ledger: Ledger, at: datetime, reason: str) -> list[PromiseReinstated]:
    """The facts that let released promises bind us again, because what had released them is undone."""
    over = [one.promise for one in ledger if one.status == "released"]
    return [PromiseReinstated(occurred_at=at, promise=promise, reason=reason) for promise in over]


def clocks(ledger: Ledger, calendar: CalendarRule, who: str) -> Iterable[Clock]:
    """The date of each promise that still binds us; `who` is the role that must act on it."""
    for one in binding(ledger):
        if one.due_on is None or one.overdue:
            continue
        due = morning_of(one.due_on + timedelta(days=1), calendar)  # What is due on a day may be done all day.
        fact = PromiseOverdue(occurred_at=due, promise=one.promise, due_on=one.due_on, who=who)
        yield Clock(f"promise-{one.promise}-overdue-{len(one.steps) + 1}", due, "date of a promise 承诺期限", fact, dated=True)


def as_missing(promise: Promise, who: str) -> Unmet:
    """A promise that still binds us, as something that is to be done; never its words."""
    by = f", due on {promise.due_on}" if promise.due_on else ""
    bis = f"，期限 {promise.due_on}" if promise.due_on else ""
    name = Name(en=f"promise {promise.promise} to be kept{by}", zh=f"承诺 {promise.promise} 待兑现{bis}")
    return Unmet(code=promise.promise, name=name, who=who)


def after(ledger: Ledger, event: LedgerEvents) -> Ledger:
    """The ledger after one more fact."""
    at = event.occurred_at
    match event:
        case PromiseRecorded():
            made = Promise(
                promise=event.promise,
                about=event.about,
                text=event.text,
                made_by=event.made_by,
                made_to=event.made_to,
                made_at=at,
                due_on=event.due_on,
            )
            return (*ledger, made)
        case PromiseKept():
            return _with_step(ledger, event.promise, PromiseStep(what="kept", at=at, reference=event.reference))
        case PromiseChanged():
            step = PromiseStep(
                what="changed",
                at=at,
                reference=event.consent,
                by=event.consented_by,
                text=event.before,
                due_on=event.due_before,
            )
            changed = _with_step(ledger, event.promise, step)
            words = {"text": event.text, "due_on": event.due_on}
            return _replaced(changed, event.promise, lambda one: one.model_copy(update=words))
        case PromiseBroken():
            return _with_step(ledger, event.promise, PromiseStep(what="broken", at=at, reference=event.reason))
        case PromiseOverdue():
            return _replaced(ledger, event.promise, lambda one: one.model_copy(update={"overdue": True}))
        case PromiseReleased():
            return _with_step(ledger, event.promise, PromiseStep(what="released", at=at, reference=event.reason))
        case PromiseReinstated():
            return _with_step(ledger, event.promise, PromiseStep(what="reinstated", at=at, reference=event.reason))
        case _:
            assert_never(event)


def _with_step(ledger: Ledger, promise: str, step: PromiseStep) -> Ledger:
    def gone_on(one: Promise) -> Promise:
        steps = (*one.steps, step)
        return one.model_copy(update={"steps": steps, "status": status_after(steps), "overdue": False})

    return _replaced(ledger, promise, gone_on)


def _replaced(ledger: Ledger, promise: str, change: Callable[[Promise], Promise]) -> Ledger:
    return tuple(change(one) if one.promise == promise else one for one in ledger)
