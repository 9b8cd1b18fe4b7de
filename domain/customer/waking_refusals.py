"""What a customer refuses where it is to be won back."""

from __future__ import annotations

from domain.refusals import RefusalError


class NotReactivatedHereError(RefusalError):
    """The customer's playbook reactivates no customers of its value class."""


class NotTheWakerError(RefusalError):
    """A reactivation is begun by another role."""


class NotAsleepError(RefusalError):
    """The customer is awake, or none any more."""


class ReactivationRunsError(RefusalError):
    """A reactivation of the customer runs already."""


class HeldOutError(RefusalError):
    """The customer is a hold-out: it is left alone, unless an approver breaks that."""


class TooSoonError(RefusalError):
    """The customer was tried a short time ago."""


class WakingApprovalError(RefusalError):
    """Breaking a hold-out, or a greater budget, needs an approver who neither asks for it nor owns the customer."""
