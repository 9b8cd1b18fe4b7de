"""What can be asked of the enablements of a unit."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain import streams
from domain.messages import Command, Day, Frozen, Id, Text


class Competence(Frozen):
    """A piece of evidence that a unit can sell a product line."""

    what: Literal["training", "certification", "reference", "other"]
    reference: Text
    """Where it is: a document id, a link, the project of a reference."""
    people: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """How many were trained or certified."""


class EnablementCommand(Command):
    """A command about the enablements of a unit."""

    unit: Id

    @property
    def stream(self) -> str:
        """The unit's stream."""
        return streams.enablement(self.unit)


class EnableUnit(EnablementCommand):
    """Enable a unit for a product line 赋能, on evidence and in a role that the playbook lets do so; once more to renew it. The
    open deals that wait for it go on by themselves."""

    command: Literal["EnableUnit"] = "EnableUnit"
    product_line: Text
    evidence: Annotated[tuple[Competence, ...], Field(min_length=1, max_length=50)]
    valid_until: Day | None = None
    """The last day of it; without an end when left out."""
    asked_by: Id | None = None
    """Staff id of the one in the unit who asks for it; never the one who enables."""
    opens: ClassVar[bool] = True


class WithdrawEnablement(EnablementCommand):
    """Take the enablement of a unit for a product line back. What its deals have passed stays passed; no further gate that asks
    for it opens."""

    command: Literal["WithdrawEnablement"] = "WithdrawEnablement"
    product_line: Text
    reason: Text


Commands = EnableUnit | WithdrawEnablement
