"""The short way for a lone caller on SQLite: commit right here instead of in the writer's thread.

Waking a thread and being woken by it takes half as long again as a commit on a fast disk. So a caller that is alone writes on
the event loop's own thread, as long as that holds the loop up for no longer than decoding a large message would. Where it
does (a slow disk, another program that writes, callers that come together), the thread does it, and batches pay off again."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa

from eventstore.sqlite_connection import connect, driver

Result = TypeVar("Result")

LONGEST_SECONDS = 0.002
"""A commit that takes longer than this sends the next ones to the thread."""

REST = 64
"""How many appends go to the thread after a slow commit or a crowd, before the short way is tried again."""

RUN = 128
"""After so many on the short way one goes to the thread, whose commit moves the write-ahead log into the file when due."""


class LoneWriter:
    """A second writing connection, used only on the thread of the event loop; it never waits for a lock."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sa.Connection | None = None
        self._elsewhere = 0
        self._run = 0

    def crowd(self) -> None:
        """Several callers came together: the thread takes the next appends, in batches."""
        self._elsewhere = REST

    def ready(self) -> bool:
        """Whether the next append may take the short way; counts it."""
        if self._elsewhere:
            self._elsewhere -= 1
            return False
        self._run = (self._run + 1) % RUN
        return self._run != 0

    def write(self, work: Callable[[sqlite3.Connection], Result]) -> Result | None:
        """The result of `work`; None when another connection is writing, so that nothing was done."""
        started = time.perf_counter()
        if self._connection is None:
            self._connection = connect(self._path, writes=True, waits=False)
        raw = driver(self._connection)
        try:
            raw.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            self.crowd()
            return None
        answer = work(raw)
        if time.perf_counter() - started > LONGEST_SECONDS:
            self._elsewhere = REST
        return answer

    def close(self) -> None:
        """Let go of the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            engine = connection.engine
            connection.close()
            engine.dispose()
