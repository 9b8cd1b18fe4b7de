"""What can be asked of a project's support."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain import streams
from domain.messages import Command, Day, Id, Money
from domain.promises import LedgerCommands


class SupportCommand(Command):
    """A command to a project's support."""

    project: Id

    @property
    def stream(self) -> str:
        """The support's stream."""
        return streams.support(self.project)


class StartSupport(SupportCommand):
    """Support has accepted the handoff: its contract begins."""

    command: Literal["StartSupport"] = "StartSupport"
    opens: ClassVar[bool] = True
    internal: ClassVar[bool] = True


class RenewContract(SupportCommand):
    """Renew the service contract for another period."""

    command: Literal["RenewContract"] = "RenewContract"
    ends_on: Day
    notice_on: Day | None = None
    fee: Money | None = None
    """Of the new period."""


class RecordSatisfaction(SupportCommand):
    """Record how satisfied the customer is, from 1 (not at all) to 5 (very)."""

    command: Literal["RecordSatisfaction"] = "RecordSatisfaction"
    score: Annotated[int, Field(ge=1, le=5)]
    occasion: Literal["go_live", "closing", "yearly"]
    comment: str = ""


Commands = StartSupport | RenewContract | RecordSatisfaction | LedgerCommands
