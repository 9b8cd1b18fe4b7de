"""What happened to a project: its events."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from domain.clocks import ClocksReleased
from domain.messages import Event, Money
from domain.origin import Origin
from domain.planned import ProjectPlanNoted
from domain.playbook import Phase

Outcome = Literal["lost", "won", "delivered"]
"""How a project ended by itself; `won` when somebody else delivers it. A cancelled one ends with `CancellationCompleted`."""


class ProjectOpened(Event):
    """The project is open, under the playbook version named in its origin, chosen for the reason given."""

    type: ClassVar[str] = "ProjectOpened"
    origin: Origin
    name: str
    product_line: str
    amount: Money | None
    delivery: Literal["here", "elsewhere"]
    playbook_reason: str
    mode: str = ""
    """The code of the business mode; empty when it has none."""
    mode_reason: str = ""
    """Why it has this mode, or none; empty when the mode was named, and in events from before modes were found."""
    need: str = ""
    """In the customer's words, where the project has begun with one."""
    came_from: str = ""
    """What it has grown out of."""
    expected_on: date | None = None
    """The day on which the signature is expected."""
    service_line: str = ""
    """The code of the service line; empty when none was named."""


class PhaseEntered(Event):
    """The project has gone on to its next phase."""

    type: ClassVar[str] = "PhaseEntered"
    phase: Phase


class ProjectClosed(Event):
    """Nothing is left to run: the deal was lost, delivered elsewhere, or everything is handed over to support."""

    type: ClassVar[str] = "ProjectClosed"
    outcome: Outcome


class ProjectReopened(Event):
    """The lost deal was reopened by an approver: the project runs again."""

    type: ClassVar[str] = "ProjectReopened"
    times: int
    """How often it has been reopened by now."""


class ProjectCancelled(Event):
    """The project is cancelled; what was begun of it is unwound, the latest part first."""

    type: ClassVar[str] = "ProjectCancelled"
    reason: str
    reference: str
    """Where the customer's notice is."""
    approver: str
    parts: tuple[str, ...]
    """The streams that are unwound, in this order."""


class CompensationRecorded(Event):
    """A part of the cancelled project is unwound; `what` names the events that undid something there."""

    type: ClassVar[str] = "CompensationRecorded"
    part: str
    what: tuple[str, ...]


class CancellationCompleted(Event):
    """Every part of the cancelled project is unwound: the project is closed."""

    type: ClassVar[str] = "CancellationCompleted"


Events = (
    ProjectOpened
    | PhaseEntered
    | ProjectClosed
    | ProjectReopened
    | ProjectCancelled
    | CompensationRecorded
    | CancellationCompleted
    | ProjectPlanNoted
    | ClocksReleased
)
