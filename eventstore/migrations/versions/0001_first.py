"""The log, the decisions, the playbooks and the first read models.

Revision ID: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from eventstore.migrating import install_sql, make_put
from eventstore.schema import Instant, Verbatim, text

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make everything."""
    _events()
    _decisions()
    _playbooks()
    _standings()
    _deals()
    install_sql("make_put_function.sql", "append_function.sql")
    make_put("standings", "deals")


def _required(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, text(), nullable=False) for name in names]


def _counter(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True)


def _events() -> None:
    op.create_table(
        "events",
        sa.Column(
            "position",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            primary_key=True,
            # PostgreSQL: no sequence. The append function numbers the events, under its lock.
            autoincrement=op.get_bind().dialect.name == "sqlite",
        ),
        *_required("stream"),
        sa.Column("version", sa.Integer, nullable=False),
        *_required("type"),
        sa.Column("schema_version", sa.Integer, nullable=False),
        sa.Column("data", sa.Text().with_variant(Verbatim(), "postgresql"), nullable=False),
        sa.Column("occurred_at", Instant, nullable=False),
        sa.Column("recorded_at", Instant, nullable=False),
        *_required("actor", "command_id", "correlation_id", "causation_id", "customer", "project", "playbook"),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.UniqueConstraint("stream", "version", name="events_stream_version"),
        sa.UniqueConstraint("stream", "command_id", "ordinal", name="events_stream_command"),
        sqlite_autoincrement=True,
    )
    op.create_index("events_customer", "events", ["customer", "position"])


def _decisions() -> None:
    op.create_table(
        "decisions",
        _counter("id"),
        *_required("stream", "command", "command_id", "verdict", "detail", "unmet", "actor"),
        sa.Column("stream_version", sa.Integer, nullable=False),
        *_required("looked_at", "playbook"),
        sa.Column("decided_at", Instant, nullable=False),
    )
    op.create_index("decisions_stream", "decisions", ["stream", "id"])
    refused = sa.text("verdict <> 'accepted'")
    columns = ["stream", "command_id", "stream_version", "verdict"]
    op.create_index("decisions_refused_once", "decisions", columns, unique=True, sqlite_where=refused, postgresql_where=refused)


def _playbooks() -> None:
    op.create_table(
        "playbooks",
        sa.Column("name", text(), primary_key=True),
        sa.Column("version", text(), primary_key=True),
        *_required("document"),
    )


def _standings() -> None:
    op.create_table(
        "standings",
        sa.Column("stream", text(), primary_key=True),
        *_required("category", "customer", "project"),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("closed", sa.Boolean, nullable=False),
        sa.Column("held", sa.Boolean, nullable=False),
        *_required("phase", "code", "name_en", "name_zh", "waiting_for"),
        sa.Column("due_at", Instant),
        *_required("health"),
        sa.Column("needs_human", sa.Boolean, nullable=False),
        *_required("reason", "missing", "value_class", "owner_unit"),
        sa.Column("since", Instant),
    )
    op.create_index("standings_customer", "standings", ["customer"])
    op.create_index("standings_project", "standings", ["project"])
    op.create_index("standings_attention", "standings", ["closed", "needs_human"])


def _deals() -> None:
    op.create_table(
        "deals",
        sa.Column("project", text(), primary_key=True),
        *_required("customer", "name", "product_line", "stage"),
        sa.Column("win_rate", sa.Integer, nullable=False),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        *_required("currency", "outcome"),
        sa.Column("open", sa.Boolean, nullable=False),
        *_required("owner", "owner_unit"),
        sa.Column("opened_at", Instant, nullable=False),
        sa.Column("stage_since", Instant, nullable=False),
        sa.Column("closed_at", Instant),
    )
    op.create_index("deals_customer", "deals", ["customer"])
    op.create_index("deals_open", "deals", ["open", "stage"])
