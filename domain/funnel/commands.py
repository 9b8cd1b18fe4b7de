"""What is asked of deal: its commands."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain import streams
from domain.messages import Command, Day, Frozen, Id, Text
from domain.promises import LedgerCommands


class FunnelCommand(Command):
    """A command to a project's funnel."""

    project: Id

    @property
    def stream(self) -> str:
        """The funnel's stream."""
        return streams.funnel(self.project)


class OpenFunnel(FunnelCommand):
    """Start selling: the deal of an open project stands at the first stage."""

    command: Literal["OpenFunnel"] = "OpenFunnel"
    opens: ClassVar[bool] = True
    internal: ClassVar[bool] = True


class Evidence(Frozen):
    """Proof that one exit criterion is met."""

    criterion: Text
    """The code of an exit criterion of any stage in the playbook."""
    reference: Text
    """Where the proof is: a document id, a link, minutes."""
    note: str = ""
    given_by: str = ""
    """Who gave it: a role or a staff id."""


class RecordEvidence(FunnelCommand):
    """Record evidence for exit criteria. The stage advances by itself when its last required piece is in."""

    command: Literal["RecordEvidence"] = "RecordEvidence"
    evidence: Annotated[tuple[Evidence, ...], Field(min_length=1, max_length=50)]


class PlanNextStep(FunnelCommand):
    """Plan the next step with the customer, with its date."""

    command: Literal["PlanNextStep"] = "PlanNextStep"
    on: Day
    step: Text


class OverrideGate(FunnelCommand):
    """Take the deal past the gates up to `to` without their evidence. On record for as long as the deal is known."""

    command: Literal["OverrideGate"] = "OverrideGate"
    to: Text
    """The code of a later stage, or `won`."""
    reason: Text
    approver: Id
    """Staff id of the one who approved it; not the one who asks."""
    expires_on: Day
    """Until when the missing evidence is excused."""


class LoseDeal(FunnelCommand):
    """The deal is lost 丢单 (FX). The customer is not: the contact is kept up."""

    command: Literal["LoseDeal"] = "LoseDeal"
    reason: Text
    competitor: str = ""
    keep_contact_on: Day | None = None


class ShelveDeal(FunnelCommand):
    """No decision 搁置 (FN): put the deal on the shelf until a date."""

    command: Literal["ShelveDeal"] = "ShelveDeal"
    reason: Text
    revisit_on: Day


class ResumeDeal(FunnelCommand):
    """Take a shelved deal up again at the stage where it stood."""

    command: Literal["ResumeDeal"] = "ResumeDeal"
    reason: Text


Commands = (
    OpenFunnel | RecordEvidence | PlanNextStep | OverrideGate | LoseDeal | ShelveDeal | ResumeDeal | LedgerCommands
)
