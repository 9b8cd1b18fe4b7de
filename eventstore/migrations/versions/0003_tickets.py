"""The list of tickets.

Revision ID: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from eventstore.migrating import make_put
from eventstore.schema import Instant, text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the read model; a store that has tickets already fills it by the next `rebuild`."""
    op.create_table(
        "tickets",
        sa.Column("ticket", text(), primary_key=True),
        *_required("customer", "project", "kind", "title", "product", "category", "resolution", "priority", "status"),
        sa.Column("open", sa.Boolean, nullable=False),
        *_required("waiting_for", "line", "assigned_group", "assigned_to", "parent"),
        sa.Column("in_service", sa.Boolean, nullable=False),
        *_required("service_code"),
        sa.Column("opened_at", Instant, nullable=False),
        *(sa.Column(name, Instant) for name in ("acknowledged_at", "resolved_at", "closed_at")),
        *(sa.Column(name, Instant) for name in ("due_at", "respond_due", "resolve_due")),
        *(sa.Column(name, sa.Boolean, nullable=False) for name in ("respond_breached", "resolve_breached")),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("warned", "reopened", "hops")),
        *_required("value_class", "owner_unit"),
    )
    op.create_index("tickets_due", "tickets", ["open", "due_at"])
    op.create_index("tickets_customer", "tickets", ["customer"])
    op.create_index("tickets_pattern", "tickets", ["customer", "product", "category", "resolved_at"])
    make_put("tickets")


def _required(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, text(), nullable=False) for name in names]
