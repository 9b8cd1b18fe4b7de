"""What a ticket refuses."""

from __future__ import annotations

from domain.refusals import RefusalError


class TicketEndedError(RefusalError):
    """The ticket is closed, cancelled or a duplicate."""


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


class WorkStartedError(RefusalError):
    """Somebody works on the ticket already."""


class TicketRoleError(RefusalError):
    """The playbook leaves it to another role."""


class PrioritySameError(RefusalError):
    """The ticket has that priority already."""


class PriorityApproverError(RefusalError):
    """The playbook does not let that role approve a priority."""


class OwnPriorityError(RefusalError):
    """Nobody approves the priority that they ask for."""


class ResolutionUnknownError(RefusalError):
    """The playbook has no such class of resolutions."""


class TicketOwnerSameError(RefusalError):
    """That person is the ticket's owner already."""


class LinkImpossibleError(RefusalError):
    """A ticket is not linked with itself, nor with another customer's."""


class LinkKnownError(RefusalError):
    """The tickets are linked so already."""


class ParentImpossibleError(RefusalError):
    """That ticket cannot be the parent."""


class WordNotGivenError(RefusalError):
    """The ticket that is named has not said so."""


class DuplicateImpossibleError(RefusalError):
    """The ticket cannot be a duplicate of that one."""


class ServiceInOrderError(RefusalError):
    """There is nothing to settle about the service of the ticket."""


class ServiceNotValidError(RefusalError):
    """The contract did not cover the ticket when it was opened."""
