"""The API beside the engine: served in this program's event loop, on one address, with one key."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from fastapi import FastAPI

from runtime.problems import RuntimeProblemError
from runtime.settings import Settings

KEY_FILE = "api.key"
"""In the home folder, readable only by its owner: where programs of this machine find the key of the running API."""

GRACE_SECONDS = 3
"""How long requests under way may take when the API stops; those that take longer are told to ask again."""


class ApiAddressError(RuntimeProblemError):
    """The API cannot listen where the settings say."""


class _Server(uvicorn.Server):
    """uvicorn inside a program that handles its own signals and says when it answers."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.answers = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        self.answers.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave SIGINT and SIGTERM to the program: it stops the API before what the API stands on."""
        yield


@contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """A socket on the API's address; taken first, so that a busy port is told before anything else is started.

    Raises `ApiAddressError` with a sentence for the user."""
    host, port = settings.api_host, settings.api_port
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.socket(family, kind)
    except OSError as error:
        raise ApiAddressError(f"THROUGHLINE_API_HOST={host} is no address of this machine ({error.strerror}).") from None
    with listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
        except OSError as error:
            raise ApiAddressError(
                f"The API cannot listen on {host}:{port} ({error.strerror}): stop what listens there (Throughline itself, "
                "if it runs already), or set THROUGHLINE_API_PORT to a free port."
            ) from None
        listener.set_inheritable(False)
        yield listener


@contextmanager
def key_of(settings: Settings) -> Iterator[str]:
    """The key that callers of the API must show: the one that is set, or a new one for as long as this program runs.

    A new one is also written to `api.key` in the home folder, with mode 0600; the file goes with the program."""
    if settings.api_key is not None:
        yield settings.api_key.get_secret_value()
        return
    key = secrets.token_urlsafe(24)
    file = settings.home / KEY_FILE
    settings.home.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)  # never written into a file that somebody else has made readable
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
        out.write(key)
    try:
        yield key
    finally:
        file.unlink(missing_ok=True)


@asynccontextmanager
async def serving(application: FastAPI, listener: socket.socket) -> AsyncIterator[asyncio.Task[None]]:
    """Serve, from when the body begins until it ends; the body gets the task that serves.

    The task ends by itself only when something is wrong."""
    config = uvicorn.Config(
        application,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]), name="api")
    answers = asyncio.create_task(server.answers.wait())
    try:
        # Whoever is told that it runs may ask at once. A server that fails to start ends its task instead.
        await asyncio.wait({task, answers}, return_when=asyncio.FIRST_COMPLETED)
        yield task
    finally:
        answers.cancel()
        server.should_exit = True
        with contextlib.suppress(asyncio.CancelledError):
            await task
        if unanswered := server.server_state.tasks:
            await asyncio.wait(unanswered, timeout=GRACE_SECONDS)  # each still tells its caller to ask again
