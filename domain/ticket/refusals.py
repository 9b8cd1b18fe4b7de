"""What a ticket refuses."""

from __future__ import annotations

from domain.refusals import RefusalError


class TicketEndedError(RefusalError):
    """The ticket is closed or cancelled."""


class TicketNotOpenError(RefusalError):
    """The ticket is resolved: close it or reopen it."""


class TicketNotResolvedError(RefusalError):
    """Only a resolved ticket can be closed or reopened."""


class TicketWaitingError(RefusalError):
    """The ticket waits already."""


class TicketNotWaitingError(RefusalError):
    """The ticket does not wait for anything."""


class AlreadyAcknowledgedError(RefusalError):
    """The ticket has been taken up already."""
