"""The reactivation 唤醒 of a customer that sleeps: steps in time, a budget, an end, and a share that is left alone to compare
with."""

from __future__ import annotations

from typing import get_args

from domain.decider import Decider
from domain.messages import Name
from domain.reactivating import BeginReactivation, EndReactivation, HoldOutBroken, NoteAwake, NoteBusiness, NoteHoldOutBroken
from domain.reactivation.commands import Commands, CompleteStep, RaiseBudget, RecordAnswer, SkipStep, StopReactivation
from domain.reactivation.deciding import decide, looks_at
from domain.reactivation.events import (
    BudgetRaised,
    BusinessFollowed,
    CustomerCameBack,
    Events,
    HeldOut,
    HorizonPassed,
    ReactivationAnswered,
    ReactivationBegun,
    ReactivationEnded,
    ReactivationStepCompleted,
    ReactivationStepOverdue,
    ReactivationStepSkipped,
)
from domain.reactivation.limits import clocks, due_at, open_steps
from domain.reactivation.refusals import (
    AgainOnError,
    BudgetCurrencyError,
    BudgetNotRaisedError,
    LeftAloneError,
    OverBudgetError,
    OwnBudgetError,
    ReactivationEndedError,
    ReactivationRoleError,
    StepSettledError,
    StepUnknownError,
)
from domain.reactivation.standing import owes, view
from domain.reactivation.state import State, evolve
from domain.reactivation.terms import OUTCOME_NAMES, STATUS_NAMES, Answer, Status

NAME = Name(en="reactivation", zh="唤醒")

DECIDER = Decider[State](
    category="reactivation",
    name=NAME,
    commands=get_args(Commands),
    events=get_args(Events),
    initial=State,
    decide=decide,
    evolve=evolve,
    clocks=clocks,
    owes=owes,
    view=view,
    looks_at=looks_at,
)

__all__ = [
    "DECIDER",
    "NAME",
    "OUTCOME_NAMES",
    "STATUS_NAMES",
    "AgainOnError",
    "Answer",
    "BeginReactivation",
    "BudgetCurrencyError",
    "BudgetNotRaisedError",
    "BudgetRaised",
    "BusinessFollowed",
    "Commands",
    "CompleteStep",
    "CustomerCameBack",
    "EndReactivation",
    "Events",
    "HeldOut",
    "HoldOutBroken",
    "HorizonPassed",
    "LeftAloneError",
    "NoteAwake",
    "NoteBusiness",
    "NoteHoldOutBroken",
    "OverBudgetError",
    "OwnBudgetError",
    "RaiseBudget",
    "ReactivationAnswered",
    "ReactivationBegun",
    "ReactivationEnded",
    "ReactivationEndedError",
    "ReactivationRoleError",
    "ReactivationStepCompleted",
    "ReactivationStepOverdue",
    "ReactivationStepSkipped",
    "RecordAnswer",
    "SkipStep",
    "State",
    "Status",
    "StepSettledError",
    "StepUnknownError",
    "StopReactivation",
    "clocks",
    "decide",
    "due_at",
    "evolve",
    "looks_at",
    "open_steps",
    "owes",
    "view",
]
