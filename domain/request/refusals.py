"""What is refused about product requests."""

from __future__ import annotations

from domain.refusals import RefusalError


class RequestsOffError(RefusalError):
    """The playbook knows no product requests: nobody would answer."""


class RequestRoleError(RefusalError):
    """Only the product division answers, moves the planned date and delivers."""


class BehindAlreadyError(RefusalError):
    """The customer, or that project, stands behind the request already."""


class NotOfCustomerError(RefusalError):
    """The project or the escalation belongs to another customer."""


class ValueNotCnyError(RefusalError):
    """What hangs on a request adds up in CNY."""


class RequestAnsweredError(RefusalError):
    """The request is answered: nobody answers it once more, or joins what is declined or there already."""


class PlanIncompleteError(RefusalError):
    """What is planned needs a release and a day; what is not planned has neither."""


class NotPlannedError(RefusalError):
    """Nothing is planned here that could be moved or delivered."""


class NothingMovedError(RefusalError):
    """It is planned for that day and release already."""


class NothingToReopenError(RefusalError):
    """The request has no answer yet, or what was planned is still to come."""
