"""What is refused, by name, about the implementation."""

from __future__ import annotations

from domain.refusals import RefusalError


class HandoffNotAcceptedError(RefusalError):
    """The handoff that must come first is not accepted."""


class DeliverableUnknownError(RefusalError):
    """No milestone of the playbook has that deliverable."""


class MilestoneUnknownError(RefusalError):
    """The playbook has no such milestone."""


class MilestoneSignedAlreadyError(RefusalError):
    """The milestone is signed off; what is signed is not changed."""


class MilestoneNotReadyError(RefusalError):
    """A milestone lacks deliverables, signatures, or the milestones before it."""


class SignerUnknownError(RefusalError):
    """Somebody signed in a role that does not sign this milestone."""


class SignedByHandoffError(RefusalError):
    """The last milestone is signed by the accepted handoff to support, by nothing else."""


class UnitTwiceError(RefusalError):
    """Two units of a project have the same id."""


class PlanUnderWayError(RefusalError):
    """The plan is agreed on: it changes by a change order only."""
