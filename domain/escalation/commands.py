"""What can be asked of an escalation. What its subject asks of it is in `domain.escalating`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from domain.escalating import (
    BeginEscalation,
    EndEscalation,
    EscalationCommand,
    PauseEscalation,
    RaiseEscalation,
    ResumeEscalation,
)
from domain.escalation.terms import Answer
from domain.messages import Day, Text


class TakeUpEscalation(EscalationCommand):
    """Take the escalation up at the step where it stands, in the role of that step. Its limit runs on."""

    command: Literal["TakeUpEscalation"] = "TakeUpEscalation"


class EscalateFurther(EscalationCommand):
    """Hand the escalation up to the next step, or to a higher one: the steps between are skipped, for the same reason."""

    command: Literal["EscalateFurther"] = "EscalateFurther"
    to: Text | None = None
    """The code of a higher step; the next one when left out."""
    reason: Text


class SolveEscalation(EscalationCommand):
    """Solve it at the step where it stands: the escalation ends, and its subject is told the solution. Not at the last step,
    which answers (AnswerEscalation)."""

    command: Literal["SolveEscalation"] = "SolveEscalation"
    solution: Text


class AnswerEscalation(EscalationCommand):
    """The product division answers at the last step: with a patch and its date, a workaround, a planned requirement with its
    version or date, or the reason why it is not a defect. The escalation ends, and its subject is told."""

    command: Literal["AnswerEscalation"] = "AnswerEscalation"
    answer: Answer
    text: Text
    """What the patch or requirement is, how the workaround goes, or why it is not a defect."""
    version: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    """The version of the product that a patch or a planned requirement comes with."""
    expected_on: Day | None = None
    """By when a patch or a planned requirement is delivered; overdue when that day is over."""


class RedateAnswer(EscalationCommand):
    """Promise the patch or the planned requirement for another day; before and after stay on record."""

    command: Literal["RedateAnswer"] = "RedateAnswer"
    expected_on: Day
    reason: Text


class DeliverAnswer(EscalationCommand):
    """The promised patch or planned requirement is there."""

    command: Literal["DeliverAnswer"] = "DeliverAnswer"
    reference: Text
    """Where it is: a patch number, release notes."""


Commands = (
    BeginEscalation
    | TakeUpEscalation
    | EscalateFurther
    | RaiseEscalation
    | SolveEscalation
    | AnswerEscalation
    | RedateAnswer
    | DeliverAnswer
    | PauseEscalation
    | ResumeEscalation
    | EndEscalation
)
