"""The phases of a project: their order, where each is recorded, and the word that one has ended."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints

from domain import streams
from domain.messages import SYSTEM, Command, Day, Id, Money, Name, Text, own_id
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


class OpenProject(ProjectCommand):
    """Open a project of a registered customer: its funnel starts at the first stage.

    The playbook is the one that serves the business mode, the customer's value class and the product line best, unless
    `playbook` names one; which one and why stands in the event."""

    command: Literal["OpenProject"] = "OpenProject"
    customer: Id
    name: Text
    product_line: str = ""
    mode: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""
    """The code of a business mode 经营模式 in the table of modes; when left out, the one that serves the customer's value
    class, if the table says so and exactly one does. The mode's owning unit is a hint: another may open the project too."""
    amount: Money | None = None
    """The expected value of the deal."""
    expected_on: Day | None = None
    """The day on which the signature is expected."""
    service_line: Annotated[str, StringConstraints(pattern=r"^([A-Za-z][A-Za-z0-9_]{0,39})?$")] = ""
    """The code of the service line 服务线 that the contract is about; none when left out."""
    owner: Id
    """Staff id of the deal's owner."""
    owner_unit: Id
    need: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = ""
    """In the customer's words: the first evidence of the deal, where the playbook has a criterion for it."""
    came_from: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    """What it has grown out of: a support, an improvement case, a campaign."""
    playbook: Id | None = None
    """The name of a playbook; chosen by mode, value class and product line when left out."""
    hold_clocks: bool = False
    """True to bring a past along: no clock is judged until `ReleaseClocks`."""
    delivery: Literal["here", "elsewhere"] = "here"
    """`elsewhere` when somebody else delivers it, or it was delivered long ago: the project closes with its deal."""
    opens: ClassVar[bool] = True


class BeginProject(OpenProject):
    """A project has grown out of a service contract or an improvement case: open it, as somebody has decided there."""

    command: Literal["BeginProject"] = "BeginProject"  # type: ignore[assignment]
    internal: ClassVar[bool] = True


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
