"""Lists in pages: the parameter that says where to go on, and what is answered when there is no such place."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Query

from api.problems import NOT_FOUND, ProblemError
from history.places import PATTERN

After = Annotated[str | None, Query(pattern=PATTERN, description="`next` of the page before, or an id.")]


def no_place(after: str | None) -> ProblemError:
    """There is nothing to go on after."""
    detail = f"There is no place {after} to go on after in this order: give the `next` of the page before."
    return ProblemError(HTTPStatus.NOT_FOUND, detail, NOT_FOUND)
