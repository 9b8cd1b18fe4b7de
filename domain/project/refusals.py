"""What is refused to a project, and why."""

from __future__ import annotations

from domain.refusals import NotFoundError, RefusalError


class PhaseNotCompleteError(RefusalError):
    """The phase has not ended, so the next cannot begin."""


class CustomerUnknownError(NotFoundError):
    """The project's customer is not registered."""


class PlaybookUnknownError(NotFoundError):
    """There is no playbook of that name."""


class CancelledAlreadyError(RefusalError):
    """The project is cancelled already."""


class ProjectLostError(RefusalError):
    """The deal was lost: there is nothing to cancel."""


class NotTheApproverError(RefusalError):
    """The approval is not that of the role which the playbook asks for, or it is the asker's own."""
