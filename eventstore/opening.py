"""Opens the event store that a URL names."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from eventstore.failures import UnknownStoreUrlError
from eventstore.memory import MemoryStore
from eventstore.port import EventStore, StoreUnavailableError

_KNOWN = "use sqlite:///path/to/file.db, postgresql://user@host/database or memory://"


async def open_store(url: str) -> EventStore:
    """The store at `sqlite:///path`, `postgresql://…` or `memory://`, its schema brought to the newest version.

    Missing folders are made; several programs may open the same store at once. Raises a `StoreError` that says in one
    sentence what to do: `UnknownStoreUrlError`, `DamagedStoreError`, `ForeignStoreError`, `NewerStoreError`,
    `StoreUnavailableError`."""
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        # Not the URL itself: it may hold a password.
        raise UnknownStoreUrlError(f"The event store's URL is not understood: {_KNOWN}.") from None
    match parsed.get_backend_name():
        case "memory":
            return MemoryStore()
        case "sqlite":
            return await _open_sqlite(parsed)
        case "postgresql" | "postgres":
            from eventstore.postgresql import PostgresqlStore

            return await PostgresqlStore.open(parsed)
        case other:
            raise UnknownStoreUrlError(f"There is no event store of the kind {other!r}: {_KNOWN}.")


async def _open_sqlite(url: sa.URL) -> EventStore:
    from eventstore.sqlite import SqliteStore

    if not url.database or url.database == ":memory:":
        raise UnknownStoreUrlError(f"The event store's URL names no SQLite file: {_KNOWN}.")
    path = Path(url.database).expanduser()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailableError(
            f"The folder {path.parent} cannot be made ({error.strerror}): check its rights or name another."
        ) from error
    return await SqliteStore.open(path)
