"""What happened to promises: the events of the ledger, in the stream of the phase that held it."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from domain.messages import Event


class PromiseRecorded(Event):
    """A promise was made to the customer."""

    type: ClassVar[str] = "PromiseRecorded"
    promise: str
    about: str
    text: str
    made_by: str = ""
    made_to: str = ""
    due_on: date | None = None


class PromiseKept(Event):
    """A promise was kept."""

    type: ClassVar[str] = "PromiseKept"
    promise: str
    reference: str


class PromiseChanged(Event):
    """The customer agreed to other words or another date: the old ones have ended, the new ones go on."""

    type: ClassVar[str] = "PromiseChanged"
    promise: str
    before: str
    text: str
    due_before: date | None
    due_on: date | None
    consent: str
    consented_by: str


class PromiseBroken(Event):
    """A promise was not kept, and will not be."""

    type: ClassVar[str] = "PromiseBroken"
    promise: str
    reason: str


class PromiseOverdue(Event):
    """The date of a promise has passed and it is neither kept nor changed nor broken; `occurred_at` is the due time."""

    type: ClassVar[str] = "PromiseOverdue"
    promise: str
    due_on: date
    who: str
    """The role that must act."""


class PromiseReleased(Event):
    """What it was promised for does not come about: the deal was lost, the project cancelled, the contract ended."""

    type: ClassVar[str] = "PromiseReleased"
    promise: str
    reason: str


class PromiseReinstated(Event):
    """What had released the promise is undone, so that it binds us again: the deal was reopened."""

    type: ClassVar[str] = "PromiseReinstated"
    promise: str
    reason: str


LedgerEvents = (
    PromiseRecorded | PromiseKept | PromiseChanged | PromiseBroken | PromiseOverdue | PromiseReleased | PromiseReinstated
)
