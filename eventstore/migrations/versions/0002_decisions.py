"""Decisions that can be made once more, how long deals stay in a stage, and the overrides of gates.

Revision ID: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from eventstore.migrating import install_sql, make_put
from eventstore.schema import Instant, text

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add to the decisions what they were made on, and make the two read models; those are filled by the next `rebuild`."""
    for name in ("asked", "shelf", "learned", "proofs"):
        # Decisions of before have none: they stay readable, and cannot be made once more.
        op.add_column("decisions", sa.Column(name, text(), nullable=False, server_default=""))
    op.add_column("decisions", sa.Column("moment", Instant))
    _dwells()
    _overrides()
    install_sql("append_function.sql")
    make_put("dwells", "overrides")


def _required(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, text(), nullable=False) for name in names]


def _dwells() -> None:
    op.create_table(
        "dwells",
        sa.Column("stream", text(), primary_key=True),
        sa.Column("entry", sa.Integer, primary_key=True, autoincrement=False),
        *_required("project", "playbook", "value_class", "stage"),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("left_at", Instant, nullable=False),
    )
    op.create_index("dwells_usual", "dwells", ["playbook", "value_class", "stage", "left_at"])


def _overrides() -> None:
    op.create_table(
        "overrides",
        sa.Column("stream", text(), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        *_required("category", "customer", "project", "gate", "missing", "reason", "asked_by", "approver"),
        sa.Column("given_at", Instant, nullable=False),
        *_required("expires_on", "outcome", "deal"),
    )
    op.create_index("overrides_approver", "overrides", ["approver", "given_at"])
    op.create_index("overrides_project", "overrides", ["project"])
