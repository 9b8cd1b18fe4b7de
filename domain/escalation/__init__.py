"""The functional escalation 职能升级: one ladder for tickets, product gaps of deals and gaps of blueprints, up to the product
division, which answers."""

from __future__ import annotations

from typing import get_args

from domain.decider import Decider
from domain.escalating import (
    BeginEscalation,
    EndEscalation,
    EscalationCommand,
    Outcome,
    PauseEscalation,
    RaiseEscalation,
    ResumeEscalation,
    Subject,
)
from domain.escalation.commands import (
    AnswerEscalation,
    Commands,
    DeliverAnswer,
    EscalateFurther,
    RedateAnswer,
    SolveEscalation,
    TakeUpEscalation,
)
from domain.escalation.deciding import decide, looks_at
from domain.escalation.events import (
    AnswerDelivered,
    AnswerOverdue,
    AnswerRedated,
    EscalationAnswered,
    EscalationBegun,
    EscalationEnded,
    EscalationOverdue,
    EscalationPaused,
    EscalationRaised,
    EscalationResumed,
    EscalationSolved,
    EscalationTakenUp,
    Events,
)
from domain.escalation.limits import calendar_of, clocks
from domain.escalation.refusals import (
    AlreadyTakenUpError,
    AnswerDateMissingError,
    AnswerOnlyError,
    EscalationEndedError,
    EscalationRoleError,
    NoHigherStepError,
    NothingPromisedError,
)
from domain.escalation.standing import owes, unwind, view
from domain.escalation.state import Hop, State, evolve
from domain.escalation.terms import OUTCOME_NAMES, SUBJECT_NAMES, Answer
from domain.messages import Name

NAME = Name(en="escalation", zh="升级")

DECIDER = Decider[State](
    category="escalation",
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
    unwind=unwind,
    counts_on=calendar_of,
)

__all__ = [
    "DECIDER",
    "NAME",
    "OUTCOME_NAMES",
    "SUBJECT_NAMES",
    "AlreadyTakenUpError",
    "Answer",
    "AnswerDateMissingError",
    "AnswerDelivered",
    "AnswerEscalation",
    "AnswerOnlyError",
    "AnswerOverdue",
    "AnswerRedated",
    "BeginEscalation",
    "Commands",
    "DeliverAnswer",
    "EndEscalation",
    "EscalateFurther",
    "EscalationAnswered",
    "EscalationBegun",
    "EscalationCommand",
    "EscalationEnded",
    "EscalationEndedError",
    "EscalationOverdue",
    "EscalationPaused",
    "EscalationRaised",
    "EscalationResumed",
    "EscalationRoleError",
    "EscalationSolved",
    "EscalationTakenUp",
    "Events",
    "Hop",
    "NoHigherStepError",
    "NothingPromisedError",
    "Outcome",
    "PauseEscalation",
    "RaiseEscalation",
    "RedateAnswer",
    "ResumeEscalation",
    "SolveEscalation",
    "State",
    "Subject",
    "TakeUpEscalation",
    "calendar_of",
    "clocks",
    "decide",
    "evolve",
    "looks_at",
    "owes",
    "unwind",
    "view",
]
