"""How PostgreSQL is reached, and what its failures mean."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from eventstore.failures import RejectedValueError
from eventstore.migrating import migrate
from eventstore.port import StoreError, StoreUnavailableError

Result = TypeVar("Result")

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 30.0
"""How long a call waits for the server before it counts as lost."""

MIGRATION_LOCK = 7519402

FAILURES = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    sa.exc.SQLAlchemyError,
    OSError,
    ValueError,
    OverflowError,
)
"""What the driver and SQLAlchemy raise. A TimeoutError is an OSError; asyncpg raises its internal error when a connection is
lost in the middle of a call."""

_SETTINGS = {
    "application_name": "throughline",
    # The append function relies on it; a database may have another default.
    "default_transaction_isolation": "read committed",
    "lock_timeout": "15s",
    "jit": "off",
}


def make_engine(url: sa.URL) -> AsyncEngine:
    """An engine whose connections give up on a silent server."""
    return create_async_engine(
        url.set(drivername="postgresql+asyncpg"),
        pool_size=4,
        connect_args={"timeout": CONNECT_SECONDS, "command_timeout": ANSWER_SECONDS, "server_settings": _SETTINGS},
    )


async def driver(connection: AsyncConnection) -> Any:
    """asyncpg's own connection, for the hot paths."""
    return (await connection.get_raw_connection()).driver_connection


async def prepare(engine: AsyncEngine) -> None:
    """Bring the schema to the head; programs that start at once take turns."""
    async with engine.begin() as connection:
        await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
        await connection.run_sync(migrate)


async def asked_twice(engine: AsyncEngine, work: Callable[[AsyncConnection], Awaitable[Result]]) -> Result:
    """The result of `work` on a connection from the pool; once more on a new one when the first was lost, as after a restart
    of the server. `work` must be safe to repeat. Raises `StoreError`s only."""
    try:
        return await _asked(engine, work)
    except StoreUnavailableError:
        await engine.dispose()  # The other idle connections are likely lost as well.
    return await _asked(engine, work)


async def _asked(engine: AsyncEngine, work: Callable[[AsyncConnection], Awaitable[Result]]) -> Result:
    try:
        async with engine.connect() as connection:
            return await work(connection)
    except FAILURES as error:
        raise told(error, engine.url) from error


def told(error: Exception, url: sa.URL) -> StoreError:
    """A driver's or SQLAlchemy's error in words that say what to do; never with the password."""
    origin: BaseException = getattr(error, "orig", None) or error
    origin = origin.__cause__ if isinstance(origin.__cause__, (asyncpg.PostgresError, asyncpg.InterfaceError)) else origin
    state = str(getattr(origin, "sqlstate", None) or "")
    refused = isinstance(origin, (asyncpg.DataError, ValueError, OverflowError, sa.exc.StatementError))
    if (refused and not isinstance(origin, OSError)) or state[:2] in ("22", "23"):
        return RejectedValueError(f"PostgreSQL does not take a value: {origin}")
    where = f"{url.host or url.query.get('host', 'localhost')}/{url.database}"
    reason = str(origin) or type(origin).__name__
    return StoreUnavailableError(
        f"PostgreSQL at {where} did not answer ({reason}): check that it runs and that the URL names host, database and user."
    )
