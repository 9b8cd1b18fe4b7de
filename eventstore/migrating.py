"""Brings a database to the schema of this program. Safe to run from several programs at once: the caller holds the lock."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import sqlalchemy as sa

from eventstore.failures import ForeignStoreError, NewerStoreError
from eventstore.schema import HEAD, METADATA, VERSION_TABLE


def revision(connection: sa.Connection) -> str | None:
    """The revision that the database stands at; None before the first migration."""
    if not sa.inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(sa.text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()


def migrate(connection: sa.Connection) -> None:
    """Upgrade to `HEAD` inside the caller's transaction and lock; returns at once when the database stands there already.

    Raises `NewerStoreError` for a revision that this program does not know and `ForeignStoreError` for a database without
    our revision table that already has tables of our names."""
    found = revision(connection)
    if found == HEAD:
        return
    # Alembic takes a tenth of a second to load: only a database that is not at the head pays for it.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    if found is None:
        taken = sorted(set(sa.inspect(connection).get_table_names()) & set(METADATA.tables))
        if taken:
            raise ForeignStoreError(
                f"This database has tables of another program ({', '.join(taken)}): give Throughline a database of its own."
            )
    elif found not in {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}:
        raise NewerStoreError(
            f"This database was written by a newer Throughline (schema {found}; this program knows {HEAD}): "
            "upgrade the program."
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def install_sql(*names: str) -> None:
    """Within a migration, on PostgreSQL: run these files of `eventstore/sql/`, each of which makes one function anew."""
    from alembic import op

    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    for name in names:
        connection.exec_driver_sql(resources.files("eventstore").joinpath("sql", name).read_text(encoding="utf-8"))


def make_put(*tables: str) -> None:
    """Within a migration, on PostgreSQL: make anew the functions that write the rows of these read models; needed for a new
    read model and after any change of its columns."""
    from alembic import op

    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        connection.execute(sa.select(sa.func.throughline_make_put(table)))
