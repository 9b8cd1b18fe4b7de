"""What is asked of a project: its commands."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints

from domain.cancelling import NoteCompensation
from domain.messages import Id, Money, Name, Text
from domain.phases import CompletePhase, ProjectCommand, ReopenProject

NAME = Name(en="project", zh="项目")


class OpenProject(ProjectCommand):
    """Open a project of a registered customer: its funnel starts at the first stage.

    The playbook is the one that serves the business mode, the customer's value class and the product line best, unless
    `playbook` names one; which one and why stands in the event."""

    command: Literal["OpenProject"] = "OpenProject"
    customer: Id
    name: Text
    product_line: str = ""
    mode: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""
    """The code of a business mode 经营模式 in the table of modes; none when left out."""
    amount: Money | None = None
    """The expected value of the deal."""
    owner: Id
    """Staff id of the deal's owner."""
    owner_unit: Id
    playbook: Id | None = None
    """The name of a playbook; chosen by mode, value class and product line when left out."""
    hold_clocks: bool = False
    """True to bring a past along: no clock is judged until `ReleaseClocks`."""
    delivery: Literal["here", "elsewhere"] = "here"
    """`elsewhere` when somebody else delivers it, or it was delivered long ago: the project closes with its deal."""
    opens: ClassVar[bool] = True


class CancelProject(ProjectCommand):
    """Cancel a project that is not lost, in whatever phase it is: every part that was begun is unwound, the latest first.

    A deal that is not decided yet is closed with it. The customer stays a customer."""

    command: Literal["CancelProject"] = "CancelProject"
    reason: Text
    reference: Text
    """Where the customer's notice is, or the agreement to end: a document id, a link, minutes."""
    approver: Id
    """Staff id of the one who approved it; not the one who asks."""
    approver_role: str = ""
    """The approver's role; the playbook says which one it must be."""


Commands = OpenProject | CompletePhase | ReopenProject | CancelProject | NoteCompensation
