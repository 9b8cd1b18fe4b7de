"""The word between an enablement 赋能 and a deal: that it is to look anew whether its unit may sell its product line."""

from __future__ import annotations

from typing import ClassVar, Literal

from domain import streams
from domain.messages import Command, Id, Text


class NoteEnablement(Command):
    """The enablement of the deal's unit has changed: look anew. What holds is read where it is recorded, not in the word."""

    command: Literal["NoteEnablement"] = "NoteEnablement"
    project: Id
    unit: Id
    product_line: Text
    internal: ClassVar[bool] = True

    @property
    def stream(self) -> str:
        """The funnel's stream."""
        return streams.funnel(self.project)
