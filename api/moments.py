"""A moment as it is written in an address."""

from __future__ import annotations

import re
from datetime import datetime
from http import HTTPStatus

from api.problems import ProblemError
from history.moments import NotAMomentError, moment
from runtime.composition import now


def moment_asked(name: str, text: str, zone: str) -> datetime:
    """A date (all of it, in a time zone) or a moment that the parameter of that name asks for; nobody is told of the future,
    so it is now at the latest.

    Raises `ProblemError` for what is neither."""
    # A plus sign in an address means a space to servers, and few callers write %2B before an offset.
    written = re.sub(r"(T\S+) (\d\d:?\d\d)$", r"\1+\2", text)
    try:
        return min(moment(written, zone), now())
    except NotAMomentError as error:
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, f"{name}: {error}") from None
