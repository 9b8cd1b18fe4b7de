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


class UnitsNotForeseenError(RefusalError):
    """The playbook repeats no milestone, so that units would change nothing."""


class PlanUnderWayError(RefusalError):
    """The plan is agreed on: it changes by a change order only."""


class GapsClosedError(RefusalError):
    """No gap of the blueprint is taken to the product division any more, or ever."""


class UnitUnknownError(RefusalError):
    """The project has no such unit."""


class RoleNotAllowedError(RefusalError):
    """The playbook gives this to other roles."""


class DeliverableNotInError(RefusalError):
    """What is to be reviewed has not been submitted, or was rejected and must be submitted again."""


class SelfReviewError(RefusalError):
    """Nobody reviews what they have submitted themselves."""


class ReviewerNotNamedError(RefusalError):
    """A program has no opinion: the person whose review it is must be named."""


class FindingsMissingError(RefusalError):
    """Something was rejected without a word about what is wrong."""


class SignatureTwiceError(RefusalError):
    """A role signed twice, or one person in two roles."""


class SignerNotTheirsError(RefusalError):
    """Somebody signed for the side of the contract that they do not belong to."""


class ApproverNotAllowedError(RefusalError):
    """The approver's role may not approve an override of a milestone."""


class OwnApprovalError(RefusalError):
    """Nobody approves what they have asked for themselves."""


class NothingToOverrideError(RefusalError):
    """The milestone lacks nothing, or is passed already."""


class PaymentNotDueError(RefusalError):
    """No payment has fallen due for that milestone."""


class PaymentKnownError(RefusalError):
    """That payment is on record already."""


class CurrencyWrongError(RefusalError):
    """A payment came in another currency than it is owed in."""


class LeftoversWrongError(RefusalError):
    """A leftover belongs to the acceptance, has an id of its own, a date to come and a role that there is."""


class NothingToSettleError(RefusalError):
    """No payment of a cancelled project is to be settled there."""
