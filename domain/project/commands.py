"""What is asked of a project: its commands."""

from __future__ import annotations

from typing import Literal

from domain.cancelling import NoteCompensation
from domain.messages import Id, Name, Text
from domain.phases import BeginProject, CompletePhase, OpenProject, ProjectCommand, ReopenProject
from domain.planned import NoteProjectPlan

NAME = Name(en="project", zh="项目")


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


Commands = OpenProject | BeginProject | CompletePhase | ReopenProject | CancelProject | NoteCompensation | NoteProjectPlan
