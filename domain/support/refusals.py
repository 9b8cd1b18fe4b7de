"""What support refuses."""

from __future__ import annotations

from domain.refusals import RefusalError


class SupportNotAcceptedError(RefusalError):
    """The handoff to support is not accepted."""


class PeriodNotLongerError(RefusalError):
    """A renewal must end after the period that it renews."""


class NoticeOutsidePeriodError(RefusalError):
    """The notice date must lie in the new period."""
