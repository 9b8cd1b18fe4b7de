"""Runs the migrations on the connection that `eventstore.migrating` hands over; the transaction and the lock are its own."""

from __future__ import annotations

from alembic import context

from eventstore.schema import METADATA, VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
    transactional_ddl=False,
)
context.run_migrations()
