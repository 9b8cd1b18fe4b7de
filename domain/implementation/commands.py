"""What is asked of implementation: its commands."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain import streams
from domain.implementation.graph import Unit
from domain.messages import Command, Frozen, Id, Text


class ImplementationCommand(Command):
    """A command to a project's implementation."""

    project: Id

    @property
    def stream(self) -> str:
        """The implementation's stream."""
        return streams.implementation(self.project)


class StartImplementation(ImplementationCommand):
    """Start: the first plan is baselined from the playbook, in working days from the start."""

    command: Literal["StartImplementation"] = "StartImplementation"
    opens: ClassVar[bool] = True
    internal: ClassVar[bool] = True


class PlanUnits(ImplementationCommand):
    """Name the pilot and roll-out units, before the kick-off is signed: the milestones that the playbook repeats are planned
    for each of them, pilots first. Later, units come and go by a change order."""

    command: Literal["PlanUnits"] = "PlanUnits"
    units: Annotated[tuple[Unit, ...], Field(min_length=1, max_length=50)]


class Deliverable(Frozen):
    """A deliverable with the place where it is."""

    deliverable: Text
    """The code of a deliverable of the playbook."""
    reference: Text


class SubmitDeliverables(ImplementationCommand):
    """Submit deliverables of one or more milestones."""

    command: Literal["SubmitDeliverables"] = "SubmitDeliverables"
    unit: Id | None = None
    """The unit that they are for, where their milestone is repeated for each."""
    deliverables: Annotated[tuple[Deliverable, ...], Field(min_length=1, max_length=50)]


class Signature(Frozen):
    """Who signed, in which role."""

    role: Text
    """The code of a signer of the milestone."""
    signed_by: Text
    """Staff or contact id of the one who signed."""


class SignOffMilestone(ImplementationCommand):
    """Sign a milestone off: all its deliverables are in, the milestones before it are signed, and its signers sign."""

    command: Literal["SignOffMilestone"] = "SignOffMilestone"
    milestone: Text
    """Its code: `M3`, or `M3@pilot` where it is repeated for each unit."""
    unit: Id | None = None
    """The unit, if it is not in the code already."""
    signatures: Annotated[tuple[Signature, ...], Field(min_length=1)]
    completion: Text
    """The proof that the completion mark is reached: minutes, a signed paper."""


class CompleteHandover(ImplementationCommand):
    """Support has accepted: the last milestone is signed by that."""

    command: Literal["CompleteHandover"] = "CompleteHandover"
    internal: ClassVar[bool] = True


Commands = StartImplementation | PlanUnits | SubmitDeliverables | SignOffMilestone | CompleteHandover
