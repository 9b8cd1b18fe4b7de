"""Cancelling a project: each part that was begun is unwound in its own stream, and says what was done about it."""

from __future__ import annotations

from typing import ClassVar, Literal

from domain.messages import Command, Id, Text


class Unwind(Command):
    """The project is cancelled: end this part of it, in whatever state it is, and record each compensation."""

    command: Literal["Unwind"] = "Unwind"
    of: str
    """The stream of the part."""
    reason: Text
    approver: Id
    """Staff id of the one who approved the cancellation."""
    internal: ClassVar[bool] = True

    @property
    def stream(self) -> str:
        """The stream of the part."""
        return self.of
