"""One SQLite connection in a thread of its own, and what it takes to open a file that may be anything."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from eventstore.failures import ClosedStoreError, DamagedStoreError, ForeignStoreError, RejectedValueError
from eventstore.migrating import migrate
from eventstore.port import StoreError, StoreUnavailableError
from eventstore.schema import APPLICATION_ID

Result = TypeVar("Result")

BUSY_SECONDS = 10.0
"""How long a call waits for another program that is writing before it gives up."""

COUNTED = 64 * 1024
"""KiB of the file that the connection for figures keeps: with 2 MB each figure reads its pages anew, several times."""

CHECKED_BYTES = 16 * 1024 * 1024
"""A file up to this size is checked whole when it is opened (tens of milliseconds); damage in a larger one shows when met."""


class ConnectionThread:
    """A connection and the only thread that ever touches it. Opens at the first call, and again after one that broke it.

    A thread and a queue by hand: an executor's futures and their locks cost a short read more than SQLite does."""

    def __init__(self, path: Path, *, writes: bool, pages: int | None = None) -> None:
        self._path = path
        self._writes = writes
        self._pages = pages
        self._calls: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._connection: sa.Connection | None = None
        self._closed = False
        # A daemon: a program that ends without closing must not hang; what was answered is on the disk anyway.
        self._thread = Thread(target=self._serve, name=f"sqlite-{'writer' if writes else 'reader'}", daemon=True)
        self._thread.start()

    async def run(self, work: Callable[[sa.Connection], Result]) -> Result:
        """The result of `work`, done in the thread; database errors come back as `StoreError`s."""
        if self._closed:
            raise ClosedStoreError("the event store is closed")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()

        def call() -> None:
            try:
                answer: Result | BaseException = self._do(work)
            except BaseException as error:
                answer = error
            with suppress(RuntimeError):  # The loop is closed: nobody waits any more.
                loop.call_soon_threadsafe(_settle, future, answer)

        self._calls.put(call)
        return await future

    async def close(self) -> None:
        """Close the connection after the calls that wait for it, and end the thread."""
        if self._closed:
            return
        self._closed = True
        self._calls.put(None)
        await asyncio.to_thread(self._thread.join)

    def _serve(self) -> None:
        while call := self._calls.get():
            call()
        self._drop()

    def _do(self, work: Callable[[sa.Connection], Result]) -> Result:
        try:
            if self._connection is None:
                self._connection = connect(self._path, writes=self._writes, pages=self._pages)
            return work(self._connection)
        except StoreError:
            raise
        except (sqlite3.Error, sa.exc.SQLAlchemyError, ValueError, OverflowError) as error:
            failure = told(error, self._path)
            if not isinstance(failure, RejectedValueError):
                self._drop()
            raise failure from error

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            engine = connection.engine
            connection.close()
            engine.dispose()


def _settle(future: asyncio.Future[Result], answer: Result | BaseException) -> None:
    if future.done():
        return  # Its caller was cancelled.
    if isinstance(answer, BaseException):
        future.set_exception(answer)
    else:
        future.set_result(answer)


def driver(connection: sa.Connection) -> sqlite3.Connection:
    """The driver's own connection, for the hot paths: SQLAlchemy costs them more than SQLite does."""
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw


def connect(path: Path, *, writes: bool, waits: bool = True, pages: int | None = None) -> sa.Connection:
    """A connection whose commits are on the disk when they return, or one that cannot write.

    `pages` is how many KiB of the file it keeps in memory; SQLite's own 2,000 without.
    `waits=False` makes one that neither waits for a lock nor moves the write-ahead log into the file after a commit."""
    # The driver must not begin transactions by itself: ours begin as IMMEDIATE ones, so that they wait for the lock at the
    # start instead of failing in the middle.
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        poolclass=NullPool,
        connect_args={"timeout": BUSY_SECONDS if waits else 0, "isolation_level": None},
    )

    @sa.event.listens_for(engine, "connect")
    def _connected(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous = FULL" if writes else "PRAGMA query_only = 1")
        if pages is not None:
            cursor.execute(f"PRAGMA cache_size = -{pages}")
        if not waits:
            cursor.execute("PRAGMA wal_autocheckpoint = 0")
        cursor.close()

    if writes:

        @sa.event.listens_for(engine, "begin")
        def _begun(connection: sa.Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine.connect()


def prepare(connection: sa.Connection, path: Path) -> None:
    """Check that the file is ours or empty, bring its schema to the head, and switch it to WAL.

    Nothing is written before the check: a foreign database stays as it was."""
    raw = driver(connection)
    raw.execute("BEGIN")  # One look at the file: another program may be making it ours at this moment.
    try:
        _check(raw, path)
    finally:
        raw.execute("ROLLBACK")
    with connection.begin():
        _check(raw, path)  # Again under the lock: another program may just have made it.
        raw.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        migrate(connection)
    _use_wal(raw)
    if path.stat().st_size <= CHECKED_BYTES:
        found = raw.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise DamagedStoreError(_DAMAGED.format(path=path))


def _check(raw: sqlite3.Connection, path: Path) -> None:
    mark = raw.execute("PRAGMA application_id").fetchone()[0]
    tables = raw.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if mark != APPLICATION_ID and (mark or tables):
        raise ForeignStoreError(f"{path} is the database of another program: give Throughline a file of its own.")


def _use_wal(raw: sqlite3.Connection) -> None:
    deadline = time.monotonic() + BUSY_SECONDS
    while raw.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            raw.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            # SQLite does not wait here by itself while another program has the file open for a moment.
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


_DAMAGED = "{path} is damaged or not a SQLite database: put a backup in its place, or name another file."


def told(error: Exception, path: Path) -> StoreError:
    """A driver's or SQLAlchemy's error in words that say what to do."""
    origin = getattr(error, "orig", None) or error
    code = getattr(origin, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return DamagedStoreError(_DAMAGED.format(path=path))
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreUnavailableError(f"Another program kept {path} locked for {BUSY_SECONDS:.0f} seconds: try again.")
    if code == sqlite3.SQLITE_CANTOPEN:
        return StoreUnavailableError(f"{path} cannot be opened: check that it is a file in a folder that may be written.")
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY):
        return StoreUnavailableError(f"{path} cannot be written ({origin}): check the disk's space and the file's rights.")
    if isinstance(origin, (sqlite3.IntegrityError, sqlite3.DataError, ValueError, OverflowError, sa.exc.StatementError)):
        return RejectedValueError(f"{path} does not take a value: {origin}")
    return StoreUnavailableError(f"{path} did not answer: {origin}")
