"""What a customer refuses."""

from __future__ import annotations

from domain.refusals import RefusalError


class CurrencyNotCnyError(RefusalError):
    """The revenue is not in CNY, so the market cannot be told."""


class WrongValueClassError(RefusalError):
    """The value class is unknown or belongs to another market."""


class DealNotDecidedError(RefusalError):
    """The project's deal is neither won nor lost yet."""


class CaseUnknownError(RefusalError):
    """There is no such open improvement case."""


class LeadKnownError(RefusalError):
    """There is a project of that name already."""


class NotCancelledError(RefusalError):
    """The project is not cancelled."""
