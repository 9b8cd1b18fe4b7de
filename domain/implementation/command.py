"""What every command to an implementation shares."""

from __future__ import annotations

from domain import streams
from domain.messages import Command, Id


class ImplementationCommand(Command):
    """A command to a project's implementation."""

    project: Id

    @property
    def stream(self) -> str:
        """The implementation's stream."""
        return streams.implementation(self.project)
