"""The phases of a project: their order, where each is recorded, and the word that one has ended."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from domain import streams
from domain.messages import SYSTEM, Command, Id, Name, own_id
from domain.playbook import Phase
from domain.standing import Tell

PHASES: dict[str, Name] = {
    "funnel": Name(en="sales funnel", zh="销售漏斗"),
    "handoff-delivery": Name(en="handoff to delivery", zh="销售交接实施"),
    "implementation": Name(en="implementation", zh="实施"),
    "handoff-support": Name(en="handoff to support", zh="实施交接支持"),
    "support": Name(en="support", zh="支持"),
    "closed": Name(en="closed", zh="已关闭"),
}
NEXT: dict[str, Phase] = {
    "funnel": "handoff-delivery",
    "handoff-delivery": "implementation",
    "implementation": "handoff-support",
    "handoff-support": "support",
}


class ProjectCommand(Command):
    """A command to a project."""

    project: Id

    @property
    def stream(self) -> str:
        """The project's stream."""
        return streams.project(self.project)


class CompletePhase(ProjectCommand):
    """The phase's own stream says that it has ended: go on to the next."""

    command: Literal["CompletePhase"] = "CompletePhase"
    phase: Phase
    internal: ClassVar[bool] = True


class ReopenProject(ProjectCommand):
    """The lost deal was reopened by an approver: the project runs again."""

    command: Literal["ReopenProject"] = "ReopenProject"
    internal: ClassVar[bool] = True


def phase_stream(project: str, phase: str) -> str:
    """The stream in which a phase is recorded."""
    match phase:
        case "funnel":
            return streams.funnel(project)
        case "handoff-delivery":
            return streams.handoff(project, "delivery")
        case "implementation":
            return streams.implementation(project)
        case "handoff-support":
            return streams.handoff(project, "support")
        case _:
            return streams.support(project)


def parts_of(project: str) -> tuple[str, ...]:
    """The streams of all phases of a project, in their order, whether they were begun or not."""
    return tuple(phase_stream(project, phase) for phase in PHASES if phase != "closed")


def phase_completed(project: str, phase: Phase, at: datetime | None, text: str, times: int = 1) -> Tell:
    """What a phase owes its project when it has ended at `at`; `text` is what operators read.

    `times` counts how often it has ended: a deal that was reopened is decided again, and that is another word."""
    again = f"-{times}" if times > 1 else ""
    command = CompletePhase(
        project=project,
        phase=phase,
        command_id=own_id(f"{phase}-completed-{project}{again}"),
        actor=SYSTEM,
        occurred_at=at,
        correlation_id=project,
    )
    return Tell(command=command, text=text)


def deal_reopened(project: str, times: int, at: datetime | None) -> Tell:
    """What a funnel owes its project when its lost deal was reopened at `at`, for the `times`-th time (from 1 on)."""
    command = ReopenProject(
        project=project,
        command_id=own_id(f"reopen-{project}-{times}"),
        actor=SYSTEM,
        occurred_at=at,
        correlation_id=project,
    )
    return Tell(command=command, text="deal reopened 商机重新打开")
