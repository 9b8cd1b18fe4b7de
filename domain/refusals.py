"""A decision against a command: said in words that tell the asker what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Iterable

from domain.standing import Unmet


class RefusalError(Exception):
    """A business refusal. Subclasses are the named refusals; `type` is their name as callers see it (without `Error`).

    `detail` is one sentence with what to do; `unmet` lists the conditions that are not met, if it is about a gate."""

    def __init__(self, detail: str, unmet: Iterable[Unmet] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.unmet = tuple(unmet)

    @property
    def type(self) -> str:
        """The refusal's stable name, for programs."""
        return type(self).__name__.removesuffix("Error")


class OccurredInFutureError(RefusalError):
    """`occurred_at` lies in the future: facts are recorded when they have happened."""


class NotFoundError(RefusalError):
    """What the command speaks of does not exist."""


class AlreadyExistsError(RefusalError):
    """What the command would open exists already."""


class DateInPastError(RefusalError):
    """A date to come lies in the past."""


class DateTooFarError(RefusalError):
    """A date lies further ahead than the playbook allows."""


class ClocksNotHeldError(RefusalError):
    """There are no held clocks to release."""
