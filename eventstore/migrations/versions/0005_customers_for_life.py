"""The lists and figures of customers and plans.

Revision ID: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from eventstore.migrating import make_put
from eventstore.schema import Instant, text

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the read models; a store that has events already fills them by the next `rebuild`."""
    _customers()


def _customers() -> None:
    op.create_table(
        "customers",
        sa.Column("customer", text(), primary_key=True),
        *_required("name", "sought", "industry", "region", "market", "value_class", "status", "step"),
        sa.Column("since", Instant),
        *_required("owner", "owner_unit", "parent", "merged_into", "mode"),
        *(sa.Column(name, Instant) for name in ("last_contact_at", "next_contact_at")),
        *_required("next_step"),
        *(sa.Column(name, Instant) for name in ("next_step_at", "dormant_at")),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("running", "contracts_valid", "open_cases")),
        *_required("waiting_for"),
        sa.Column("needs_human", sa.Boolean, nullable=False),
        *_required("health", "reason"),
        sa.Column("revenue_minor", sa.BigInteger, nullable=False),
        sa.Column("registered_at", Instant),
        *(sa.Column(name, sa.Boolean, nullable=False) for name in ("class_review", "held")),
    )
    op.create_index("customers_standing", "customers", ["status", "step", "value_class"])
    for name, column in (
        ("owner", "owner"),
        ("unit", "owner_unit"),
        ("parent", "parent"),
        ("merged", "merged_into"),
        ("next_step", "next_step_at"),
        ("dormant", "dormant_at"),
        ("attention", "needs_human"),
        ("sought", "sought"),
    ):
        op.create_index(f"customers_{name}", "customers", [column, "customer"])
    op.create_index("customers_industry", "customers", ["industry", "region", "customer"])
    make_put("customers")


def _required(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, text(), nullable=False) for name in names]
