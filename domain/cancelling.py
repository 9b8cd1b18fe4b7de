"""Cancelling a project: each part that was begun is unwound in its own stream, and says what was done about it.

What is generic about it is here and in the decider: every part, of whatever kind and in whatever state, answers `Unwind` with
its own compensations and with `PartUnwound`; from then on its clocks are silent, it is closed, takes no commands any more, and
owes its project word of what was undone. No part can forget that, and none has to see to it itself."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from domain import streams
from domain.messages import SYSTEM, Command, Event, Id, Name, Text, own_id
from domain.phases import ProjectCommand
from domain.refusals import RefusalError
from domain.standing import Tell

CANCELLED = Name(en="cancelled", zh="已取消")


class Unwind(Command):
    """The project is cancelled: end this part of it, in whatever state it is, and record each compensation."""

    command: Literal["Unwind"] = "Unwind"
    of: str
    """The stream of the part."""
    reason: Text
    approver: Id
    """Staff id of the one who approved the cancellation."""
    latest: bool = False
    """True for the latest part that was begun: nothing after it has taken over what it holds, its promises least of all."""
    internal: ClassVar[bool] = True

    @property
    def stream(self) -> str:
        """The stream of the part."""
        return self.of


class NoteCompensation(ProjectCommand):
    """A part of the cancelled project is unwound: note what was undone in it."""

    command: Literal["NoteCompensation"] = "NoteCompensation"
    part: str
    """The stream of the part."""
    what: tuple[str, ...] = ()
    """The types of the events that undid something there; none when nothing had to be undone."""
    internal: ClassVar[bool] = True


class PartUnwound(Event):
    """This part of a cancelled project has ended; `what` names the compensations recorded with it."""

    type: ClassVar[str] = "PartUnwound"
    part: str
    """The stream of the part: this one."""
    reason: str
    approver: str
    what: tuple[str, ...] = ()


class ProjectCancelledError(RefusalError):
    """The project is cancelled: its parts take nothing more."""


class ProjectNotCancelledError(RefusalError):
    """The project is not cancelled: no part of it is unwound."""


def compensation_noted(project: str, unwound: PartUnwound) -> Tell:
    """What a part that is unwound owes its project. The decider adds it to the debts of every such part."""
    command = NoteCompensation(
        project=project,
        part=unwound.part,
        what=unwound.what,
        command_id=own_id(f"compensated-{unwound.part}"),
        actor=SYSTEM,
        occurred_at=unwound.occurred_at,
        correlation_id=project,
    )
    return Tell(command=command, text="part unwound 已解除")


def unwinding(part: str, reason: str, approver: str, project: str, at: datetime | None, *, latest: bool = False) -> Tell:
    """What a cancelled project owes each part that was begun."""
    command = Unwind(
        of=part,
        reason=reason,
        approver=approver,
        latest=latest,
        command_id=own_id(f"unwind-{part}"),
        actor=SYSTEM,
        occurred_at=at,
        correlation_id=project,
    )
    return Tell(command=command, text=f"project cancelled, unwind the {streams.category(part)} 项目取消，解除")
