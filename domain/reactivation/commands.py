"""What can be asked of a reactivation. What its customer asks of it is in `domain.reactivating`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from domain.messages import Day, Money, Text
from domain.playbook import Code
from domain.reactivating import (
    BeginReactivation,
    EndReactivation,
    NoteAwake,
    NoteBusiness,
    NoteHoldOutBroken,
    ReactivationCommand,
)
from domain.reactivation.terms import Answer


class CompleteStep(ReactivationCommand):
    """A step of the reactivation is done: what came of it, what it cost, where it is on record. A cost that would exceed the
    budget is refused."""

    command: Literal["CompleteStep"] = "CompleteStep"
    step: Code
    result: Text
    cost: Money | None = None
    reference: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = ""


class SkipStep(ReactivationCommand):
    """A step of the reactivation is left out, for a reason."""

    command: Literal["SkipStep"] = "SkipStep"
    step: Code
    reason: Text


class RaiseBudget(ReactivationCommand):
    """Approve a greater budget for the reactivation; by a role that the playbook names, never by its owner."""

    command: Literal["RaiseBudget"] = "RaiseBudget"
    budget: Money
    """The whole budget from now on, not what is added to it."""
    reason: Text


class RecordAnswer(ReactivationCommand):
    """The customer has answered: interested (it is awake again), not now, or no."""

    command: Literal["RecordAnswer"] = "RecordAnswer"
    answer: Answer
    reference: Text
    """Where the answer is on record: minutes, a letter, a call."""
    again_on: Day | None = None
    """With `not_now`: the day from which it may be asked again, if the customer named one."""


class StopReactivation(ReactivationCommand):
    """End the reactivation without an answer, for a reason."""

    command: Literal["StopReactivation"] = "StopReactivation"
    reason: Text


Commands = (
    BeginReactivation
    | CompleteStep
    | SkipStep
    | RaiseBudget
    | RecordAnswer
    | StopReactivation
    | NoteAwake
    | NoteBusiness
    | NoteHoldOutBroken
    | EndReactivation
)
