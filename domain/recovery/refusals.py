"""What a recovery refuses."""

from __future__ import annotations

from domain.refusals import RefusalError


class RecoveryOverError(RefusalError):
    """The recovery has ended."""


class RecoveryRoleError(RefusalError):
    """That belongs to another role."""


class CauseUnknownError(RefusalError):
    """The playbook's list has no such cause."""


class ReviewInFutureError(RefusalError):
    """A review is recorded when it was held."""


class RecoveryStepsMissingError(RefusalError):
    """The playbook asks for steps before a recovery may end."""


class AttemptKnownError(RefusalError):
    """There is a project of that name already."""


class AttemptNotOpenError(RefusalError):
    """The project is not an open one of this customer, or it is the lost one itself."""


class OwnDealError(RefusalError):
    """Nobody gives up a deal of their own."""
