"""What a reactivation refuses."""

from __future__ import annotations

from domain.refusals import RefusalError


class ReactivationEndedError(RefusalError):
    """The reactivation has ended."""


class ReactivationRoleError(RefusalError):
    """That belongs to another role."""


class LeftAloneError(RefusalError):
    """The customer is a hold-out: it is left alone until its horizon."""


class StepUnknownError(RefusalError):
    """The playbook has no such step for customers of this value class."""


class StepSettledError(RefusalError):
    """The step is done or left out already."""


class OverBudgetError(RefusalError):
    """The cost would exceed the budget."""


class BudgetCurrencyError(RefusalError):
    """The sum is not in the currency of the budget, or of what was spent before."""


class BudgetNotRaisedError(RefusalError):
    """The budget is not greater than the one that holds, or there is no limit to raise."""


class OwnBudgetError(RefusalError):
    """Nobody approves a budget for a reactivation of their own."""


class AgainOnError(RefusalError):
    """A day to ask again belongs to an answer that puts it off."""
