"""The stores of the store suite: a fresh database of each kind."""

from __future__ import annotations

from tests.eventstore.conftest import postgresql_server, postgresql_template, postgresql_url, sqlite_url

__all__ = ["postgresql_server", "postgresql_template", "postgresql_url", "sqlite_url"]
