"""What is refused, by name, about the deal."""

from __future__ import annotations

from domain.refusals import RefusalError


class DealClosedError(RefusalError):
    """The deal is won or lost: nothing more is recorded on it."""


class DealShelvedError(RefusalError):
    """The deal is on the shelf."""


class DealNotShelvedError(RefusalError):
    """There is nothing to resume."""


class CriterionUnknownError(RefusalError):
    """No stage of the playbook asks for that evidence."""


class StageUnknownError(RefusalError):
    """An override must name a later stage of the playbook, or `won`."""


class SelfApprovalError(RefusalError):
    """Nobody approves an override of their own."""
