"""What is refused, by name, about plans: change orders, risks and issues."""

from __future__ import annotations

from domain.refusals import RefusalError


class ChangesNotForeseenError(RefusalError):
    """The playbook version of the project says nothing about change orders."""


class ChangeEmptyError(RefusalError):
    """The change order changes neither dates nor units nor cost."""


class ChangeImpossibleError(RefusalError):
    """The impact of a change order does not go together with the plan of now."""


class ChangeOutgrownError(RefusalError):
    """Against the plan of now the change order is larger than what was approved."""


class ChangeNotOpenError(RefusalError):
    """The change order does not wait for that answer."""


class NotTheCustomerError(RefusalError):
    """Somebody of ours is named as the one who answered for the customer."""


class ConcernClosedError(RefusalError):
    """The risk or issue is closed already."""


class ChangePersonMissingError(RefusalError):
    """A change order is asked for and answered by persons; a program says on whose behalf it acts."""
