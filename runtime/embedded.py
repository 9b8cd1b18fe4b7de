"""The embedded Temporal development server: one program beside ours that starts with us and never outlives us."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO

import structlog
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import ConnectConfig, RPCError, ServiceClient

from runtime import tether
from runtime.leftover import LOOK_AGAIN_SECONDS, STOP_SECONDS, stop_leftover
from runtime.problems import EmbeddedServerError
from runtime.search_attributes import ensure_search_attributes
from runtime.sockets import port_is_taken

HOST = "127.0.0.1"
READY_SECONDS = 30.0
"""How long a server may take until it answers. Usually a third of a second."""
CHECK_SECONDS = 1.0
"""How long the check of an existing database may take; a larger one is looked at in part (about 500 MB a second)."""

LEFTOVER_PORT_SECONDS = 2.0
"""How long a server that was just killed may still hold its ports: a process is gone a moment before its sockets are."""

RESTART_SECONDS = 0.5
"""A pause before a server that ended by itself is started again, so that one that cannot run does not spin."""

logger = structlog.get_logger(__name__)

DYNAMIC_CONFIG = (
    # Timers fire to the millisecond instead of to the second.
    'history.timerProcessorMaxTimeShift="5ms"',
    # A person clicks, an import sends a hundred commands to one workflow at once: let them queue instead of failing at ten.
    "history.maxInFlightUpdates=1000",
)
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
)  # four times the throughput; a crash of the machine may lose the last moment


@asynccontextmanager
async def embedded_temporal(
    home: Path,
    port: int,
    ui_port: int | None,
    search_attributes: Mapping[str, str] | None = None,
    *,
    namespace: str = "default",
    extra_args: Sequence[str] = (),
) -> AsyncIterator[str]:
    """Run the server and give its address (`host:port`); it is ready when the body begins and gone when the body has ended.

    `home` keeps `temporal.db`, so a later run goes on with the same workflows. `ui_port` None: no web pages.
    `search_attributes` maps names to Temporal's types (`Keyword`, `Datetime`, `Bool`, …).

    Raises `EmbeddedServerError` with a sentence for the user: no program, port taken, home taken or not writable, a file that
    is not Temporal's, a server that does not start; `SearchAttributesError` when an attribute has another type there.
    """
    home = home.resolve()
    database = home / "temporal.db"
    program = _program()
    with _only_one_in(home):
        ended_badly = await stop_leftover(home / "temporal.pid", database)
        _refuse_foreign_file(database)
        await _refuse_taken_ports(port, ui_port, patience=LEFTOVER_PORT_SECONDS if ended_badly else 0.0)
        arguments = _arguments(database, port, ui_port, namespace, extra_args)
        address = f"{HOST}:{port}"
        with _running(program, arguments, home) as server:
            watch: asyncio.Task[None] | None = None
            try:
                await _until_ready(server.process, address, namespace, home)
                # Not by --search-attribute: on a file of an earlier run the server passes over what is new there.
                await ensure_search_attributes(await Client.connect(address, namespace=namespace), search_attributes or {})
                watch = asyncio.create_task(_kept_alive(server, address, namespace, home))
                yield address
            finally:
                server.stopping.set()
                await asyncio.shield(asyncio.create_task(_stopped(server.process)))
                if watch is not None:
                    await watch


def _program() -> str:
    beside = Path(sys.executable).parent / "temporal"
    found = str(beside) if os.access(beside, os.X_OK) else shutil.which("temporal")
    if found is None:
        raise EmbeddedServerError(
            "The `temporal` program was not found beside Python or on the PATH: run `make up`, which installs it, "
            "or set TEMPORAL_ADDRESS to a server that already runs."
        )
    return found


def _arguments(
    database: Path,
    port: int,
    ui_port: int | None,
    namespace: str,
    extra_args: Sequence[str],
) -> list[str]:
    arguments = ["server", "start-dev", "--db-filename", str(database), "--ip", HOST, "--port", str(port)]
    arguments += ["--headless"] if ui_port is None else ["--ui-port", str(ui_port), "--ui-disable-news-fetch"]
    # Its own settings come from us alone: a profile of the user's must not move it.
    arguments += ["--log-level", "error", "--disable-config-file", "--disable-config-env"]
    for pragma in PRAGMAS:
        arguments += ["--sqlite-pragma", pragma]
    for setting in DYNAMIC_CONFIG:
        arguments += ["--dynamic-config-value", setting]
    if namespace != "default":
        arguments += ["--namespace", namespace]
    return [*arguments, *extra_args]


@contextmanager
def _only_one_in(home: Path) -> Iterator[None]:
    """Hold the home folder: the lock goes with the process, however it ends."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = (home / "temporal.lock").open("a+", encoding="ascii")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise EmbeddedServerError(
            f"{home} cannot be written to ({reason}): set THROUGHLINE_HOME to a folder of yours."
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise EmbeddedServerError(_already_running(home, lock)) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _already_running(home: Path, lock: IO[str]) -> str:
    lock.seek(0)
    owner = lock.read().strip()
    who = f" (process {owner})" if owner else ""
    return f"Throughline already runs in {home}{who}: stop that one, or set THROUGHLINE_HOME to another folder and other ports."


def _refuse_foreign_file(database: Path) -> None:
    """Look before the server does: it would change a foreign file, and start on a damaged one only to fail later."""
    if not database.exists():
        return
    give_up = time.monotonic() + CHECK_SECONDS
    try:
        with contextlib.closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
            connection.set_progress_handler(lambda: time.monotonic() > give_up, 10_000)
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not {"namespaces", "executions", "history_node"} <= tables:
                raise EmbeddedServerError(_move_away(database, "is not a Temporal database"))
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.OperationalError:
        return  # the check took too long, or the file cannot be opened now: the server will say what is wrong
    except sqlite3.DatabaseError:
        raise EmbeddedServerError(_move_away(database, "is damaged or is not a SQLite file")) from None
    if verdict != "ok":
        raise EmbeddedServerError(_move_away(database, "is damaged"))


def _move_away(database: Path, what: str) -> str:
    return (
        f"{database} {what}: move it away (and the -wal and -shm files beside it), start again, then run "
        "`python starter.py recover`, which starts the open workflows again from the event store."
    )


async def _refuse_taken_ports(port: int, ui_port: int | None, patience: float) -> None:
    remedies = {
        port: f"set THROUGHLINE_TEMPORAL_PORT to a free port, or set TEMPORAL_ADDRESS={HOST}:{port} if it is a Temporal server "
        "that should be used",
    }
    if ui_port is not None:
        remedies[ui_port] = "or set THROUGHLINE_TEMPORAL_UI_PORT to a free port"
    give_up = time.monotonic() + patience
    for number, remedy in remedies.items():
        while port_is_taken(HOST, number):
            if time.monotonic() >= give_up:
                raise EmbeddedServerError(f"Port {number} is in use: stop what listens there, {remedy}.")
            await asyncio.sleep(LOOK_AGAIN_SECONDS)


class _Server:
    """The server process, in a session of its own: Ctrl-C in the terminal is for us, and we stop it after the workers."""

    def __init__(self, program: str, arguments: Sequence[str], home: Path) -> None:
        self._command = [sys.executable, "-I", "-S", tether.__file__, str(os.getpid()), program, *arguments]
        self._home = home
        self.stopping = asyncio.Event()
        self.process = self._start("wb")

    def restart(self) -> None:
        """Start again what has ended."""
        self.process = self._start("ab")

    def _start(self, log_mode: str) -> subprocess.Popen[bytes]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")}
        with (self._home / "temporal.log").open(log_mode) as log:
            process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,
            )
        (self._home / "temporal.pid").write_text(str(process.pid), encoding="ascii")
        return process


@contextmanager
def _running(program: str, arguments: Sequence[str], home: Path) -> Iterator[_Server]:
    server = _Server(program, arguments, home)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.process.kill()
            server.process.wait()
        (home / "temporal.pid").unlink(missing_ok=True)


async def _kept_alive(server: _Server, address: str, namespace: str, home: Path) -> None:
    """Start the server again when it ends without being told to: workers and clients wait for it and go on."""
    while True:
        await asyncio.to_thread(server.process.wait)
        if server.stopping.is_set():
            return
        logger.warning("Temporal's server ended by itself; it is started again", status=server.process.returncode)
        await asyncio.sleep(RESTART_SECONDS)
        if server.stopping.is_set():
            return
        server.restart()
        try:
            await _until_ready(server.process, address, namespace, home)
        except EmbeddedServerError as error:
            logger.error(str(error))


async def _until_ready(server: subprocess.Popen[bytes], address: str, namespace: str, home: Path) -> None:
    give_up = time.monotonic() + READY_SECONDS
    while not await _ready(address, namespace):
        if server.poll() is not None:
            raise EmbeddedServerError(_why_it_ended(home))
        if time.monotonic() > give_up:
            raise EmbeddedServerError(
                f"The embedded Temporal server did not answer at {address} within {READY_SECONDS:.0f} seconds: "
                f"see {home / 'temporal.log'}; if the machine was only busy, try again."
            )
        await asyncio.sleep(LOOK_AGAIN_SECONDS)


async def _ready(address: str, namespace: str) -> bool:
    """It answers, is healthy, and knows the namespace."""
    limit = timedelta(seconds=5)
    try:
        service = await ServiceClient.connect(ConnectConfig(target_host=address, connect_timeout=limit))
        if not await service.check_health(timeout=limit):
            return False
        await service.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=namespace), timeout=limit)
    except (RPCError, RuntimeError):
        return False
    return True


def _why_it_ended(home: Path) -> str:
    log = home / "temporal.log"
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    taken = next((line for line in lines if "address already in use" in line), "")  # a panic's many lines may follow it
    said = (taken or (lines[-1] if lines else "nothing")).removeprefix("Error: ")[:300]
    if taken:
        return f"The embedded Temporal server ended at once, another program took its port ({said}): start again."
    if not any(word in said.lower() for word in ("sql", "database", "schema", "disk image", "table")):
        return f"The embedded Temporal server ended at once and said: {said} (more in {log}): is its program whole?"
    ended = f"could not be used, the embedded Temporal server ended at once and said: {said} (more in {log})"
    return _move_away(home / "temporal.db", ended)


async def _stopped(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        await asyncio.to_thread(server.wait, STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        await asyncio.to_thread(server.wait)
