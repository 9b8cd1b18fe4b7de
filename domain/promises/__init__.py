"""The promises 承诺 of a project: recorded when they are made, carried through both handoffs until each has ended.

The ledger belongs to exactly one aggregate at any time: the funnel until the deal is won, then the handoff to delivery, the
implementation, the handoff to support, and support. Each takes the whole ledger over from its predecessor when it opens."""

from __future__ import annotations

from typing import get_args

from domain.messages import Command, Event
from domain.promises.commands import BreakPromise, ChangePromise, KeepPromise, LedgerCommand, LedgerCommands, RecordPromise
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
from domain.promises.ledger import after, answer, as_missing, clocks, reinstated, released
from domain.promises.promise import About, Ledger, Promise, PromiseStatus, PromiseStep, binding, undated, vanished
from domain.promises.refusals import (
    ConsentNotTheirsError,
    LedgerElsewhereError,
    NothingChangedError,
    PromiseEndedError,
    PromiseKnownError,
    PromiseUnknownError,
)

COMMANDS: tuple[type[Command], ...] = get_args(LedgerCommands)
"""What every holder of the ledger answers."""

EVENTS: tuple[type[Event], ...] = get_args(LedgerEvents)
"""What every holder of the ledger records."""

__all__ = [
    "COMMANDS",
    "EVENTS",
    "About",
    "BreakPromise",
    "ChangePromise",
    "ConsentNotTheirsError",
    "KeepPromise",
    "Ledger",
    "LedgerCommand",
    "LedgerCommands",
    "LedgerElsewhereError",
    "LedgerEvents",
    "NothingChangedError",
    "Promise",
    "PromiseBroken",
    "PromiseChanged",
    "PromiseEndedError",
    "PromiseKept",
    "PromiseKnownError",
    "PromiseOverdue",
    "PromiseRecorded",
    "PromiseReinstated",
    "PromiseReleased",
    "PromiseStatus",
    "PromiseStep",
    "PromiseUnknownError",
    "RecordPromise",
    "after",
    "answer",
    "as_missing",
    "binding",
    "clocks",
    "reinstated",
    "released",
    "undated",
    "vanished",
]
