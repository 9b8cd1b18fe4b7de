"""The project 项目: a customer's undertaking from first lead to support, as a row of phases that follow each other."""

from __future__ import annotations

from typing import get_args

from domain.cancelling import NoteCompensation
from domain.decider import Decider
from domain.phases import CompletePhase, OpenProject, ReopenProject
from domain.project.commands import NAME, CancelProject, Commands
from domain.project.deciding import decide, looks_at, looks_further
from domain.project.events import (
    CancellationCompleted,
    CompensationRecorded,
    Events,
    PhaseEntered,
    ProjectCancelled,
    ProjectClosed,
    ProjectOpened,
    ProjectReopened,
)
from domain.project.moving import taken_along, to_come
from domain.project.refusals import (
    CancelledAlreadyError,
    CustomerUnknownError,
    NotTheApproverError,
    PhaseNotCompleteError,
    PlaybookUnknownError,
    ProjectLostError,
)
from domain.project.standing import clocks, owes, view
from domain.project.state import State, evolve

DECIDER = Decider[State](
    category="project",
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
    looks_further=looks_further,
    to_come=to_come,
    taken_along=taken_along,
)

__all__ = [
    "DECIDER",
    "NAME",
    "CancelProject",
    "CancellationCompleted",
    "CancelledAlreadyError",
    "Commands",
    "CompensationRecorded",
    "CompletePhase",
    "CustomerUnknownError",
    "Events",
    "NotTheApproverError",
    "NoteCompensation",
    "OpenProject",
    "PhaseEntered",
    "PhaseNotCompleteError",
    "PlaybookUnknownError",
    "ProjectCancelled",
    "ProjectClosed",
    "ProjectLostError",
    "ProjectOpened",
    "ProjectReopened",
    "ReopenProject",
    "State",
    "clocks",
    "decide",
    "evolve",
    "looks_at",
    "owes",
    "view",
]
