"""Alembic migrations of the event store, run by `eventstore.migrating`; packaged beside the code."""
