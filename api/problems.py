"""One shape for everything that a caller is refused for: the result of a command that was not taken (`runtime.results`)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from activities.shapes import Refusal
from domain.messages import COMMAND_ID_PATTERN
from domain.parsing import reason_of
from eventstore.port import StoreUnavailableError
from history.places import PATTERN as PLACE
from runtime.results import NotTaken

logger = logging.getLogger(__name__)

NOT_FOUND = "NotFound"

TYPES = {
    HTTPStatus.BAD_REQUEST: "BadRequest",
    HTTPStatus.UNAUTHORIZED: "Unauthorized",
    HTTPStatus.NOT_FOUND: NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED: "MethodNotAllowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "TooLarge",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "UnsupportedMediaType",
    HTTPStatus.MISDIRECTED_REQUEST: "WrongHost",
    HTTPStatus.UNPROCESSABLE_ENTITY: "InvalidRequest",
    HTTPStatus.SERVICE_UNAVAILABLE: "Unavailable",
}
"""The error type of each status that is not about a command."""


NOT_THERE: dict[int | str, dict[str, Any]] = {
    404: {"model": NotTaken, "description": "There is no such id."},
    422: {"model": NotTaken, "description": "The address or its query is not well formed."},
}
"""For OpenAPI: how a question about something by its id may fail."""


VISIBLE = r"^[^\x00-\x1f]+$"
"""What a word that is searched for looks like."""

PATTERNS = {
    VISIBLE: "leave out control characters",
    PLACE: "give the `next` of the page before, or an id",
    COMMAND_ID_PATTERN: "it has 1 to 200 ASCII characters and no spaces",
}
"""What a parameter must look like, in words; an id is told as in a command."""


class ProblemError(Exception):
    """A request that is not answered as asked: its status and one sentence for the caller."""

    def __init__(self, status: HTTPStatus, detail: str, type_: str = "", headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers
        self.type = type_ or TYPES[status]


def problem(status: HTTPStatus, detail: str, type_: str = "", headers: dict[str, str] | None = None) -> Response:
    """The answer to a request that failed."""
    error = Refusal(type=type_ or TYPES.get(status, "HttpError"), detail=detail)
    return answer(NotTaken(command_id=None, error=error), status, headers)


def answer(refused: NotTaken, status: HTTPStatus, headers: dict[str, str] | None = None) -> Response:
    """A refusal as JSON."""
    return Response(refused.model_dump_json(), status, headers, media_type="application/json")


def install(app: FastAPI) -> None:
    """Answer every kind of failure in the one shape."""

    @app.exception_handler(ProblemError)
    async def _problem(_request: Request, error: ProblemError) -> Response:
        return problem(error.status, error.detail, error.type, error.headers)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        status = HTTPStatus(error.status_code)
        details = {
            HTTPStatus.NOT_FOUND: "There is nothing at this address; /docs shows what there is.",
            HTTPStatus.METHOD_NOT_ALLOWED: f"{request.method} is not for this address; /docs shows what is.",
        }
        headers = dict(error.headers) if error.headers else None
        return problem(status, details.get(status, f"{status.phrase}."), headers=headers)

    @app.exception_handler(RequestValidationError)
    async def _invalid(_request: Request, error: RequestValidationError) -> Response:
        wrong = [f"{one['loc'][-1]}: {_reason(one)}" for one in error.errors()]
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"{'; '.join(wrong)}.")

    @app.exception_handler(StoreUnavailableError)
    async def _store(_request: Request, error: StoreUnavailableError) -> Response:
        logger.warning("the store does not answer", extra={"problem": type(error).__name__})
        return problem(
            HTTPStatus.SERVICE_UNAVAILABLE, "The event store does not answer; ask again.", headers={"Retry-After": "1"}
        )

    @app.exception_handler(Exception)
    async def _ours(_request: Request, _error: Exception) -> Response:
        # The server logs the error itself; the caller learns nothing of our insides.
        detail = "A mistake of ours: it is in the log. If this was a command, send it again with the same command_id."
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail, "InternalError")


def _reason(error: Mapping[str, Any]) -> str:
    return PATTERNS.get(error.get("ctx", {}).get("pattern", "")) or reason_of(error)
