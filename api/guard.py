"""What stands before every route: the Host check, the key, the headers that browsers obey, and the log of requests."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import logging
import re
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import ProblemError, problem
from domain.messages import ID_PATTERN

logger = logging.getLogger("api.access")

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
"""On every answer that does not say otherwise: it holds business, is not a page, and stays out of caches."""

STOPPING = "Throughline is stopping: ask again when it runs, with the same command_id if it is a command: it is recorded once."
STOPPED_SECONDS = 10
"""How long starting again usually takes."""

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})

BEARER = HTTPBearer(auto_error=False, description="The key that `starter.py up` prints, or THROUGHLINE_API_KEY.")
API_KEY = APIKeyHeader(name="X-API-Key", auto_error=False, description="The same key, for programs without bearer tokens.")


def key_check(key: str) -> Callable[..., Awaitable[None]]:
    """A dependency that lets only callers with the key through, in a time that does not tell how much of it was right.

    Raises ValueError for an empty key, which anybody could show."""
    if not key:
        raise ValueError("the API needs a key")
    expected = key.encode()

    async def check(
        bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
        api_key: Annotated[str | None, Depends(API_KEY)],
    ) -> None:
        shown = bearer.credentials if bearer is not None else api_key
        # Header text is latin-1; the key may be UTF-8: what counts is the bytes.
        if shown is None or not hmac.compare_digest(shown.encode("latin-1", errors="replace"), expected):
            what = "This address needs the API key" if shown is None else "This is not the API key"
            detail = f"{what}: send `Authorization: Bearer KEY` with the key that `starter.py up` printed."
            raise ProblemError(HTTPStatus.UNAUTHORIZED, detail, headers={"WWW-Authenticate": "Bearer"})

    return check


class Gate:
    """ASGI middleware around the whole application. `host` is the address that the API listens on."""

    def __init__(self, app: ASGIApp, host: str) -> None:
        self._app = app
        # On a network the API has names that only its operator knows; there the key alone decides.
        self._hosts = LOOPBACK_NAMES | {host.lower()} if _is_loopback(host) else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 0

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            if self._knows(Headers(scope=scope).get("host", "")):
                await self._app(scope, receive, send_on)
            else:
                detail = "This API answers only to its own address: use http://127.0.0.1 and its port."
                await problem(HTTPStatus.MISDIRECTED_REQUEST, detail)(scope, receive, send_on)
        except asyncio.CancelledError:
            # Only a server that stops does this. Left to it, the caller would be told of a mistake of ours.
            if status:
                raise
            headers = {"Retry-After": str(STOPPED_SECONDS), "Connection": "close"}
            await problem(HTTPStatus.SERVICE_UNAVAILABLE, STOPPING, headers=headers)(scope, receive, send_on)
        finally:
            _log(scope, status or 500, time.perf_counter() - began)

    def _knows(self, host: str) -> bool:
        """False for a foreign name: a web page may have pointed its own name at this machine (DNS rebinding)."""
        return self._hosts is None or re.sub(r":\d+$", "", host.lower()) in self._hosts


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _log(scope: Scope, status: int, seconds: float) -> None:
    """Method, route, ids, status, time: no query, no body, no address of a caller, nothing that somebody only typed."""
    # Our own pages are not routes of the framework, but what is there has a name of ours.
    route = getattr(scope.get("route"), "path_format", scope["path"] if status < 400 else "unmatched")
    ids = {f"{name}_id": value for name, value in scope.get("path_params", {}).items() if re.match(ID_PATTERN, str(value))}
    logger.info(
        "request",
        extra={"method": scope["method"], "route": route, "status": status, "milliseconds": round(seconds * 1000, 1), **ids},
    )


async def body_of(request: Request, limit: int) -> bytes:
    """The body of a JSON request.

    Raises `ProblemError`: 415 for another content type or a compressed body, 413 for more than `limit` bytes, however the
    caller counted them."""
    kind, _, parameters = request.headers.get("content-type", "application/json").partition(";")
    charset = re.search(r"charset\s*=\s*\"?([^\s\";]+)", parameters, re.IGNORECASE)
    if not re.fullmatch(r"application/([\w.+-]+\+)?json", kind.strip().lower()):
        detail = "A command is JSON: send `Content-Type: application/json`."
        raise ProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail)
    if charset is not None and charset[1].lower() not in ("utf-8", "utf8"):
        raise ProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "A command is JSON in UTF-8; leave the charset out.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise ProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send the command as it is, without Content-Encoding.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            detail = f"A command is at most {limit // 1024} KiB; it names documents by reference instead of holding them."
            raise ProblemError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)
    return bytes(body)
