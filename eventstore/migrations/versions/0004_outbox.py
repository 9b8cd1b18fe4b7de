"""The outbox: notices that are owed, with what has become of them.

Revision ID: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from eventstore.migrating import make_put
from eventstore.schema import Instant, text

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the outbox, empty: nobody is told of what was recorded before."""
    op.create_table(
        "outbox",
        sa.Column("id", text(), primary_key=True),
        *_required("stream"),
        sa.Column("version", sa.Integer, nullable=False),
        *_required("event", "customer", "project", "recipient", "role", "unit", "person", "channel", "kind", "body", "status"),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("tries", "tries_most")),
        *(sa.Column(name, Instant, nullable=False) for name in ("occurred_at", "made_at", "changed_at")),
        *_required("error"),
    )
    op.create_index("outbox_status", "outbox", ["status", "changed_at"])
    op.create_index("outbox_stream", "outbox", ["stream"])
    make_put("outbox")


def _required(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, text(), nullable=False) for name in names]
