"""What happens to an escalation."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from domain.clocks import ClocksReleased
from domain.escalating import Subject
from domain.escalation.terms import Answer
from domain.messages import Event
from domain.origin import Origin


class EscalationBegun(Event):
    """Something was not solved where it began, or needs the product division's answer: it stands at its first step."""

    type: ClassVar[str] = "EscalationBegun"
    origin: Origin
    escalation: str
    subject: Subject
    of: str
    """The ticket or project."""
    about: str = ""
    """The criterion or gap; empty for a ticket."""
    reason: str
    step: str
    line: str
    who: str
    """The role that must act."""
    calendar: str = ""
    """The service calendar that its limits are counted in; empty for the working calendar of the owning unit."""


class EscalationTakenUp(Event):
    """Somebody has it, at the step where it stands."""

    type: ClassVar[str] = "EscalationTakenUp"
    step: str
    by: str
    """Staff id."""


class EscalationRaised(Event):
    """It has gone up a step or more; when a limit ran out, `occurred_at` is that moment."""

    type: ClassVar[str] = "EscalationRaised"
    left: str
    entered: str
    line: str
    who: str
    """The role that must act."""
    skipped: tuple[str, ...] = ()
    reason: str
    by_itself: bool = False
    """True when the limit of the step that it left had run out."""


class EscalationOverdue(Event):
    """The limit of the last step has run out without an answer; `occurred_at` is the due time."""

    type: ClassVar[str] = "EscalationOverdue"
    step: str
    who: str
    """The role that must act."""


class EscalationPaused(Event):
    """Its ticket waits for the customer: the limit stands still."""

    type: ClassVar[str] = "EscalationPaused"
    spent: float
    """Working seconds of the step's limit that are used up."""


class EscalationResumed(Event):
    """The limit runs on."""

    type: ClassVar[str] = "EscalationResumed"


class EscalationSolved(Event):
    """Solved at the step where it stood."""

    type: ClassVar[str] = "EscalationSolved"
    step: str
    solution: str
    by: str
    role: str


class EscalationAnswered(Event):
    """The product division has answered."""

    type: ClassVar[str] = "EscalationAnswered"
    step: str
    answer: Answer
    text: str
    version: str = ""
    expected_on: date | None = None
    by: str
    role: str


class AnswerRedated(Event):
    """The promised patch or requirement comes on another day."""

    type: ClassVar[str] = "AnswerRedated"
    before: date
    expected_on: date
    reason: str
    by: str


class AnswerOverdue(Event):
    """The day of the promised patch or requirement is over and it is not there; `occurred_at` is the end of that day."""

    type: ClassVar[str] = "AnswerOverdue"
    expected_on: date
    who: str
    """The role that must act."""


class AnswerDelivered(Event):
    """The promised patch or requirement is there."""

    type: ClassVar[str] = "AnswerDelivered"
    reference: str
    by: str


class EscalationEnded(Event):
    """Its subject is resolved, cancelled or decided: nothing is left to escalate."""

    type: ClassVar[str] = "EscalationEnded"
    step: str
    reason: str


Events = (
    EscalationBegun
    | EscalationTakenUp
    | EscalationRaised
    | EscalationOverdue
    | EscalationPaused
    | EscalationResumed
    | EscalationSolved
    | EscalationAnswered
    | AnswerRedated
    | AnswerOverdue
    | AnswerDelivered
    | EscalationEnded
    | ClocksReleased
)
