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
    _deal_spans()
    _money()


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


def _deal_spans() -> None:
    op.create_table(
        "deal_spans",
        sa.Column("project", text(), primary_key=True),
        sa.Column("entry", sa.Integer, primary_key=True, autoincrement=False),
        *_required("customer"),
        sa.Column("from_at", Instant, nullable=False),
        sa.Column("until_at", Instant),
        sa.Column("reach", sa.Integer, nullable=False),
        *_required("outcome", "stage"),
        sa.Column("win_rate", sa.Integer, nullable=False),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        *_required("currency", "expected_on", "category"),
        sa.Column("stalled", sa.Boolean, nullable=False),
        *_required("value_class", "owner", "owner_unit", "product_line", "service_line", "mode"),
    )
    op.create_index("deal_spans_reach", "deal_spans", ["reach", "from_at"])
    op.create_index("deal_spans_customer", "deal_spans", ["customer"])
    make_put("deal_spans")


def _money() -> None:
    op.create_table(
        "money",
        sa.Column("id", text(), primary_key=True),
        *_required("kind"),
        sa.Column("at", Instant, nullable=False),
        *_required("customer", "project"),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        *_required("currency", "value_class", "owner", "owner_unit", "service_line"),
    )
    op.create_index("money_kind", "money", ["kind", "at"])
    op.create_index("money_customer", "money", ["customer", "kind", "at"])
    op.create_index("money_project", "money", ["project"])
    make_put("money")


def _required(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, text(), nullable=False) for name in names]
