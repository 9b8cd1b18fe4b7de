"""What support refuses."""

from __future__ import annotations

from domain.refusals import RefusalError


class SupportNotAcceptedError(RefusalError):
    """The handoff to support is not accepted."""


class PeriodNotLongerError(RefusalError):
    """A renewal must end after the period that it renews."""


class NoticeOutsidePeriodError(RefusalError):
    """The notice date must lie in the new period."""


class ServiceLevelUnknownError(RefusalError):
    """The playbook has no such service level."""


class ContractUnchangedError(RefusalError):
    """A change of the contract must change something."""


class ContractNotValidError(RefusalError):
    """The contract has lapsed or ended."""


class RenewalStepUnknownError(RefusalError):
    """The playbook has no such renewal step."""


class RenewalStepDoneError(RefusalError):
    """The renewal step is on record already for this period."""


class GrownAlreadyError(RefusalError):
    """A new project has grown out of this period already, or there is one of that name."""


class RecoveryUnknownError(RefusalError):
    """There is no such open recovery task."""


class LeftoverUnknownError(RefusalError):
    """There is no such open leftover."""


class NotYourLeftoverError(RefusalError):
    """A leftover is settled by the role that brings it, or by support; and dated anew by support alone."""


class LeftoverDateSameError(RefusalError):
    """The leftover has that date already."""
