"""What is refused, by name, about the handoff."""

from __future__ import annotations

from domain.refusals import RefusalError


class PhaseNotReachedError(RefusalError):
    """The project has not reached this handoff."""


class ItemUnknownError(RefusalError):
    """The checklist has no such item."""


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
