"""What a plan refuses."""

from __future__ import annotations

from domain.refusals import RefusalError


class PlanMisfitError(RefusalError):
    """What the plan is about, or what it hangs under, does not fit its kind."""


class PlanClosedError(RefusalError):
    """The plan is closed: it is read, and not changed."""


class NothingRevisedError(RefusalError):
    """The revision changes nothing."""


class PeriodOutsideError(RefusalError):
    """The period of a target lies outside of the plan's own."""


class CurrencyOfPlanError(RefusalError):
    """The amount is in another currency than the plan."""


class ReasonMissingError(RefusalError):
    """A target that is changed needs the reason for it."""


class TargetUnknownError(RefusalError):
    """The plan has no such target."""


class OverAllocatedError(RefusalError):
    """More is allocated than the target has."""


class NotAChildError(RefusalError):
    """The plan that gets a share does not hang under this one."""


class NotAllocatedError(RefusalError):
    """The parent plan has given no such share."""


class ActionUnknownError(RefusalError):
    """The plan has no such open action."""


class NotReviewedError(RefusalError):
    """There was no review on that date."""


class ReviewTooEarlyError(RefusalError):
    """A review is held on its date, not before."""
