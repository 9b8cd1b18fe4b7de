"""What a decision may ask of the tickets there are: those that are alike, those that are open, those that missed a target.

Asked only by the decisions that need it. What was answered is kept with the decision, and whatever follows from it must stand
in the event: neither replay nor a later look asks again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from pydantic import AwareDatetime

from domain.messages import Frozen


class TicketQuestion(Frozen):
    """Which tickets a decision asks for; an empty field does not narrow them down."""

    about: Literal["similar", "open", "late"]
    """`similar`: opened since a moment, cancelled ones and duplicates aside; `open`: neither closed nor cancelled; `late`:
    opened since a moment, with a target missed."""
    customer: str = ""
    project: str = ""
    product: str = ""
    category: str = ""
    since: AwareDatetime | None = None


class TicketSeen(Frozen):
    """A ticket that was found."""

    ticket: str
    at: AwareDatetime | None = None
    """When it was opened; of a late one, when it missed its last target. None where nobody asked for it."""


TicketsSeen = tuple[TicketSeen, ...]
"""The oldest first."""
SeeTickets = Callable[[TicketQuestion], TicketsSeen]


def no_tickets(_question: TicketQuestion) -> TicketsSeen:
    """A company that has no tickets yet."""
    return ()
