"""`POST /v1/commands`: one command, in the same shape and with the same answer as a line of `starter.py do`."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.requests import ClientDisconnect

from api.guard import body_of
from api.problems import answer
from domain.parsing import InvalidCommandError
from runtime.results import MALFORMED, UNAVAILABLE, NotTaken, Result, Submits, Taken, refused_by, result_of

LIMIT = 256 * 1024
"""Bytes that a command may have."""

KEY_HEADER = "Idempotency-Key"
KEY_PATTERN = r"[\x21-\x7e]{1,200}"
"""As `domain.messages.CommandId` is."""

RETRY_SECONDS = 1

TAKEN: dict[str, Any] = {
    "ok": True,
    "command_id": "crm-4711-open",
    "events": [{"type": "ProjectOpened", "stream": "project-P42", "version": 1}],
}
NOT_READY: dict[str, Any] = {
    "ok": False,
    "command_id": "offer-1",
    "error": {
        "type": "ChecklistIncomplete",
        "detail": "The offer lacks contract: give each its proof under `items`.",
        "unmet": [{"code": "contract", "name": {"en": "Contract", "zh": "合同"}, "who": "sales"}],
    },
}
MALFORMED_EXAMPLE: dict[str, Any] = {
    "ok": False,
    "command_id": None,
    "error": {
        "type": "InvalidCommand",
        "detail": "OpenProject is not well formed: owner is missing.",
        "unmet": [{"code": "owner", "name": {"en": "owner is missing", "zh": "缺少 owner"}, "who": ""}],
    },
}


def _shown(example: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"example": example}}


RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "model": Taken,
        "description": "Recorded, now or the first time that this command_id was sent.",
        "content": _shown(TAKEN),
    },
    409: {
        "model": NotTaken,
        "description": "The business says no; `error.unmet` names what is missing and who can bring it.",
        "content": _shown(NOT_READY),
    },
    413: {"model": NotTaken, "description": f"More than {LIMIT // 1024} KiB."},
    415: {"model": NotTaken, "description": "Not `application/json` in UTF-8."},
    422: {
        "model": NotTaken,
        "description": "Not a command; `error.unmet` names each wrong field.",
        "content": _shown(MALFORMED_EXAMPLE),
    },
    503: {
        "model": NotTaken,
        "description": "Nobody can answer now; send it again with the same command_id.",
    },
}


def router(submitter: Submits, seconds: float) -> APIRouter:
    """The route; each command gets `seconds` for its answer."""
    routes = APIRouter(tags=["commands 命令"])

    @routes.post("/v1/commands", operation_id="submitCommand", summary="Submit one command 提交一条命令", responses=RESPONSES)
    async def submit(request: Request) -> Response:
        """Decide one command and record what follows from it.

        Send an `Idempotency-Key` (or `command_id`, which is the same): the command is then recorded once, however often it
        is sent, and every answer names the same events."""
        try:
            body = await body_of(request, LIMIT)
        except ClientDisconnect:
            return Response(status_code=HTTPStatus.BAD_REQUEST)  # nobody is there to read it
        try:
            key = _key(request.headers.getlist(KEY_HEADER))
        except InvalidCommandError as error:
            return respond(refused_by(error))
        return respond(await result_of(submitter, body, key, seconds=seconds))

    return routes


def respond(result: Result) -> Response:
    """The HTTP answer of a command's result."""
    if isinstance(result, Taken):
        return Response(result.model_dump_json(), media_type="application/json")
    if result.error.type in MALFORMED:
        return answer(result, HTTPStatus.UNPROCESSABLE_ENTITY)
    if result.error.type == UNAVAILABLE:
        return answer(result, HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": str(RETRY_SECONDS)})
    return answer(result, HTTPStatus.CONFLICT)


def _key(headers: list[str]) -> str | None:
    if not headers:
        return None
    if len(set(headers)) > 1:
        raise InvalidCommandError(f"{KEY_HEADER} is given more than once; send it once.")
    if not re.fullmatch(KEY_PATTERN, headers[0]):
        raise InvalidCommandError(f"{KEY_HEADER} must be 1 to 200 printable ASCII characters without spaces.")
    return headers[0]
