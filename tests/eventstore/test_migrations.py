"""The migrations make the schema that the program believes in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from eventstore import migrations
from eventstore.postgresql_connection import make_engine, prepare
from eventstore.schema import HEAD, METADATA, VERSION_TABLE


def test_the_newest_migration_is_the_one_that_the_program_expects() -> None:
    assert ScriptDirectory(migrations.__path__[0]).get_heads() == [HEAD]


def _differences(connection: sa.Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
    return list(compare_metadata(context, METADATA))


async def test_on_postgresql_the_migrations_make_the_tables_of_the_schema(empty_postgresql: str) -> None:
    engine = make_engine(sa.make_url(empty_postgresql))
    await prepare(engine)
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
    await engine.dispose()


def test_on_sqlite_the_migrations_make_the_tables_of_the_schema() -> None:
    from eventstore.migrating import migrate

    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        migrate(connection)
        assert _differences(connection) == []
    engine.dispose()
