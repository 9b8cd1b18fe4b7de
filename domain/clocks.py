"""Clocks in general: judging what ran out, and holding clocks while a half-way deal's past is brought along."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import model_validator
from pydantic.json_schema import SkipJsonSchema

from domain import streams
from domain.messages import SYSTEM, Command, Event, Id


class JudgeClocks(Command):
    """Record every clock of a stream that has run out by now. Asked for by the stream's own workflow."""

    command: Literal["JudgeClocks"] = "JudgeClocks"
    of: str
    internal: ClassVar[bool] = True

    @property
    def stream(self) -> str:
        """The stream whose clocks are judged."""
        return self.of


class ReleaseClocks(Command):
    """Let the held clocks of a project (with whatever phase it is in), of a ticket or of a customer run: each is judged once,
    against now."""

    command: Literal["ReleaseClocks"] = "ReleaseClocks"
    project: Id | None = None
    ticket: Id | None = None
    customer: Id | None = None
    of: SkipJsonSchema[str | None] = None
    """The stream itself: how a project's workflow tells its phases. Not for callers."""

    @model_validator(mode="after")
    def _exactly_one(self) -> ReleaseClocks:
        given = (self.project, self.ticket, self.customer, self.of)
        if sum(value is not None for value in given) != 1 or (self.of and self.actor != SYSTEM):
            raise ValueError("give one of `project`, `ticket` and `customer`")
        return self

    @property
    def stream(self) -> str:
        """The stream whose clocks are released."""
        if self.project is not None:
            return streams.project(self.project)
        if self.customer is not None:
            return streams.customer(self.customer)
        return streams.ticket(self.ticket) if self.ticket is not None else str(self.of)


class ClocksReleased(Event):
    """The past is in; from here on the clocks run."""

    type: ClassVar[str] = "ClocksReleased"
