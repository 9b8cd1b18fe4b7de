"""What an escalation refuses."""

from __future__ import annotations

from domain.refusals import RefusalError


class EscalationEndedError(RefusalError):
    """The escalation has ended: it is solved, answered, or its subject is done with."""


class EscalationRoleError(RefusalError):
    """The step belongs to another role."""


class AlreadyTakenUpError(RefusalError):
    """The same person has taken it up at this step already."""


class NoHigherStepError(RefusalError):
    """There is no such step above the one where it stands."""


class AnswerOnlyError(RefusalError):
    """At the last step it ends with an answer of the product division, and only there is one given."""


class AnswerDateMissingError(RefusalError):
    """A patch was promised without its date, or a requirement planned with neither version nor date."""


class NothingPromisedError(RefusalError):
    """No patch and no planned requirement with a date is outstanding."""
