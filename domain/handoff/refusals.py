"""What is refused, by name, about the handoff."""

from __future__ import annotations

from domain.refusals import RefusalError


class PhaseNotReachedError(RefusalError):
    """The project has not reached this handoff."""


class ItemUnknownError(RefusalError):
    """The checklist has no such item."""


class MilestonesNotPassedError(RefusalError):
    """Support takes over when every milestone before the handoff is signed off, or excused by an override that still holds."""


class SevereProblemsOpenError(RefusalError):
    """Known problems of class A are open; support takes none of them over."""


class ConditionsLapsedError(RefusalError):
    """A condition has lapsed under which delivery accepted the project: until it is met or dated anew nothing is handed on."""


class ChecklistIncompleteError(RefusalError):
    """A required item of the checklist has no proof."""


class HandoffNotOfferedError(RefusalError):
    """There is no offer to answer."""


class HandoffAlreadyOfferedError(RefusalError):
    """The offer is with the receiver; it is their turn."""


class HandoffAcceptedAlreadyError(RefusalError):
    """The handoff is accepted; it cannot be offered, accepted or returned again."""


class NotTheReceiverError(RefusalError):
    """Only the receiving team answers an offer."""


class ServiceContractMissingError(RefusalError):
    """Support takes over a contract with a service code, or nothing."""


class ServicePeriodWrongError(RefusalError):
    """The service period or its notice date makes no sense."""


class ConditionTwiceError(RefusalError):
    """Two conditions of an acceptance have the same id."""


class ConditionUnknownError(RefusalError):
    """No open condition has that id."""


class NotTheGiverError(RefusalError):
    """Only the giving team makes the offer."""


class SelfAnswerError(RefusalError):
    """Nobody answers an offer of their own, in whatever role."""


class NotYourConditionError(RefusalError):
    """A condition is met by the giver or by the role that it names."""


class RoleUnknownError(RefusalError):
    """The playbook has no such role."""


class ConditionDateSameError(RefusalError):
    """A new date of a condition is another one than before."""


class PromisesOpenError(RefusalError):
    """The receiver does not take over promises that bind us without a date to come."""


class PromisesLeftOutError(RefusalError):
    """An acceptance names every promise that still binds us, and no others."""


class PromisesSinceOfferError(RefusalError):
    """The promises are others than those that were offered."""


class EarlyStartNotForeseenError(RefusalError):
    """The playbook does not let work begin before the handoff is accepted."""


class EarlyStartNotApprovedError(RefusalError):
    """An early start is allowed by the role that the playbook names, for somebody else."""


class StabilityNotReachedError(RefusalError):
    """The system has not run stable for long enough to be handed over to support."""


class EarlyStartRunningError(RefusalError):
    """An early start is allowed already."""


class EarlyStartBeyondLimitError(RefusalError):
    """The playbook limits the days and the cost of early starts."""


class EarlyWorkNotAllowedError(RefusalError):
    """No early start was allowed for the moment of that work."""


class EarlyWorkBeyondLimitError(RefusalError):
    """The work goes beyond the days or the cost of the early start."""
