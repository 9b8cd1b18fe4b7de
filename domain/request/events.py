"""What happens to a product request."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from domain.clocks import ClocksReleased
from domain.messages import Event, Money
from domain.origin import Origin
from domain.request.terms import Answer, Kind


class RequestRaised(Event):
    """A need, or an insight into a market, is a request to a product division."""

    type: ClassVar[str] = "RequestRaised"
    origin: Origin
    request: str
    kind: Kind
    product_line: str
    title: str
    division: str
    """The unit that answers for the product line; empty when none is named."""
    industry: str = ""
    region: str = ""
    observation: str = ""
    """Of an insight: what was seen."""
    evidence: str = ""
    """Of an insight: where it shows."""
    escalation: str = ""
    by: str
    """Staff id."""
    who: str
    """The role that must answer."""


class RequestJoined(Event):
    """A customer stands behind the request, the one who raised it included."""

    type: ClassVar[str] = "RequestJoined"
    number: int
    """1, 2, 3 … in the order of joining."""
    customer: str
    project: str = ""
    need: str
    evidence: str
    value: Money | None = None
    by: str


class RequestOverdue(Event):
    """The time box for the answer is over; `occurred_at` is the due time."""

    type: ClassVar[str] = "RequestOverdue"
    round: int
    """1, and one more for each reopening."""
    who: str
    """The role that must answer."""


class RequestEscalated(Event):
    """It is still not answered: the one above the product division must see to it."""

    type: ClassVar[str] = "RequestEscalated"
    round: int
    to: str
    """The role."""


class RequestAnswered(Event):
    """The product division has answered."""

    type: ClassVar[str] = "RequestAnswered"
    answer: Answer
    text: str
    release: str = ""
    planned_on: date | None = None
    by: str
    role: str


class PlannedDateMoved(Event):
    """It is planned for another day or release."""

    type: ClassVar[str] = "PlannedDateMoved"
    before: date
    planned_on: date
    release_before: str
    release: str
    reason: str
    by: str


class PlannedDateMissed(Event):
    """The planned day is over and it is not there; `occurred_at` is the end of that day."""

    type: ClassVar[str] = "PlannedDateMissed"
    planned_on: date
    release: str
    who: str
    """The role that must deliver it, or move the date."""


class RequestDelivered(Event):
    """What was planned is there."""

    type: ClassVar[str] = "RequestDelivered"
    delivery: int
    """1, 2, 3 … of the request."""
    release: str
    reference: str
    by: str
    customers: tuple[str, ...]
    """Everybody behind it, each of whom is owed word."""
    tell_by: date
    """By when their owners are to tell them."""


class RequestReopened(Event):
    """It is to be answered anew."""

    type: ClassVar[str] = "RequestReopened"
    round: int
    reason: str
    by: str


Events = (
    RequestRaised
    | RequestJoined
    | RequestOverdue
    | RequestEscalated
    | RequestAnswered
    | PlannedDateMoved
    | PlannedDateMissed
    | RequestDelivered
    | RequestReopened
    | ClocksReleased
)
