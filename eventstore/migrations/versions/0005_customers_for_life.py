"""The lists and figures of customers and plans.

Revision ID: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from eventstore.migrating import install_sql, make_put
from eventstore.schema import Instant, text

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the read models; a store that has events already fills them by the next `rebuild`."""
    install_sql("make_put_function.sql")  # `money` is also a type of PostgreSQL's own: rows are named with their schema now.
    _customers()
    _deal_spans()
    _money()
    _plans()
    _targets()
    _plan_actions()
    _enablements()
    _product_requests()
    _project_modes()
    _reactivations()
    _recoveries()


def _customers() -> None:
    op.create_table(
        "customers",
        sa.Column("customer", text(), primary_key=True),
        *_required("name", "sought", "industry", "region", "market", "value_class", "status", "step"),
        sa.Column("since", Instant),
        *_required("owner", "owner_unit", "parent", "merged_into"),
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
        ("contact", "last_contact_at"),
        ("since", "since"),
        ("revenue", "revenue_minor"),
        ("name", "name"),
        ("next_step", "next_step_at"),
        ("dormant", "dormant_at"),
        ("attention", "needs_human"),
        ("sought", "sought"),
    ):
        op.create_index(f"customers_{name}", "customers", [column, "customer"])
    counted = ("merged_into", "status", "step", "value_class", "owner_unit", "industry", "region", "needs_human", "dormant_at")
    op.create_index("customers_counted", "customers", list(counted))
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


def _plans() -> None:
    op.create_table(
        "plans",
        sa.Column("plan", text(), primary_key=True),
        *_required("kind", "name", "industry", "region", "unit", "customer", "project", "parent"),
        sa.Column("version", sa.Integer, nullable=False),
        *_required("starts_on", "ends_on", "owner", "owner_unit", "currency", "status"),
        sa.Column("closed", sa.Boolean, nullable=False),
        sa.Column("set_at", Instant, nullable=False),
        sa.Column("closed_at", Instant),
        *_required("next_review_on", "last_review_on"),
        sa.Column("review_late", sa.Boolean, nullable=False),
        *_required("listed"),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("gaps", "open_actions", "overdue_actions")),
        *_required("target"),
        sa.Column("target_minor", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.BigInteger) for name in ("actual_minor", "weighted_minor")),
        sa.Column("coverage", sa.Integer),
    )
    op.create_index("plans_due", "plans", ["kind", "closed", "next_review_on", "plan"])
    op.create_index("plans_listed", "plans", ["closed", "listed", "plan", "gaps"])
    for column in ("customer", "project", "parent", "owner"):
        op.create_index(f"plans_{column}", "plans", [column])
    make_put("plans")


def _targets() -> None:
    op.create_table(
        "targets",
        *(sa.Column(name, text(), primary_key=True) for name in ("plan", "target")),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        *_required("period", "first_on", "last_on", "service_line", "measure"),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        *_required("currency"),
        sa.Column("since", Instant, nullable=False),
        sa.Column("until", Instant),
        *_required("taken_from", "reason"),
        *(sa.Column(name, sa.BigInteger) for name in ("allocated_minor", "actual_minor", "weighted_minor")),
        sa.Column("coverage", sa.Integer),
        *_required("seen_on", "gap_since"),
    )
    make_put("targets")


def _plan_actions() -> None:
    op.create_table(
        "plan_actions",
        *(sa.Column(name, text(), primary_key=True) for name in ("plan", "action")),
        *_required("what", "owner", "due_on", "status"),
        *(sa.Column(name, sa.Boolean, nullable=False) for name in ("open", "escalated")),
        *_required("gap"),
        sa.Column("by_itself", sa.Boolean, nullable=False),
        sa.Column("moves", sa.Integer, nullable=False),
        sa.Column("added_at", Instant, nullable=False),
        sa.Column("ended_at", Instant),
    )
    op.create_index("plan_actions_owner", "plan_actions", ["owner", "open", "due_on"])
    make_put("plan_actions")


def _enablements() -> None:
    op.create_table(
        "enablements",
        *(sa.Column(name, text(), primary_key=True) for name in ("unit", "line_key")),
        *_required("product_line", "status"),
        *(sa.Column(name, sa.Boolean, nullable=False) for name in ("enabled", "expiring")),
        *(sa.Column(name, Instant, nullable=False) for name in ("since", "enabled_at")),
        *_required("valid_until", "enabled_by", "role"),
        sa.Column("renewed", sa.Integer, nullable=False),
        *_required("evidence"),
    )
    op.create_index("enablements_line", "enablements", ["line_key", "unit"])
    make_put("enablements")


def _product_requests() -> None:
    op.create_table(
        "product_requests",
        sa.Column("request", text(), primary_key=True),
        *_required("kind", "title", "product_line", "division", "industry", "region", "status"),
        *(sa.Column(name, sa.Boolean, nullable=False) for name in ("open", "overdue")),
        *_required("escalated_to", "customer"),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("customers", "deals")),
        sa.Column("value_minor", sa.BigInteger, nullable=False),
        *_required("currency", "raised_by"),
        sa.Column("raised_at", Instant, nullable=False),
        sa.Column("reopened", sa.Integer, nullable=False),
        *(sa.Column(name, Instant) for name in ("due_at", "answered_at")),
        *_required("in_release", "planned_on"),
        sa.Column("moved", sa.Integer, nullable=False),
        sa.Column("delivered_at", Instant),
        *_required("escalation"),
    )
    op.create_index("product_requests_due", "product_requests", ["open", "due_at"])
    op.create_index("product_requests_line", "product_requests", ["product_line", "request"])
    make_put("product_requests")
    op.create_table(
        "request_backers",
        sa.Column("request", text(), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        *_required("customer", "project"),
        sa.Column("value_minor", sa.BigInteger, nullable=False),
        *_required("currency"),
        sa.Column("since", Instant, nullable=False),
    )
    op.create_index("request_backers_customer", "request_backers", ["customer", "request"])
    make_put("request_backers")


def _project_modes() -> None:
    op.create_table(
        "project_modes",
        sa.Column("project", text(), primary_key=True),
        *_required("customer", "mode", "reason"),
        sa.Column("named", sa.Boolean, nullable=False),
        *_required("value_class", "product_line", "owner_unit"),
        sa.Column("running", sa.Boolean, nullable=False),
    )
    op.create_index("project_modes_mode", "project_modes", ["mode", "owner_unit", "running"])
    make_put("project_modes")


def _reactivations() -> None:
    op.create_table(
        "reactivations",
        sa.Column("reactivation", text(), primary_key=True),
        sa.Column("customer", text(), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("value_class", text(), nullable=False),
        sa.Column("owner", text(), nullable=False),
        sa.Column("owner_unit", text(), nullable=False),
        sa.Column("by_itself", sa.Boolean, nullable=False),
        sa.Column("begun_from", text(), nullable=False),
        sa.Column("held_out", sa.Boolean, nullable=False),
        sa.Column("broken", sa.Boolean, nullable=False),
        sa.Column("status", text(), nullable=False),
        sa.Column("outcome", text(), nullable=False),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("begun_at", Instant, nullable=False),
        sa.Column("ended_at", Instant),
        sa.Column("horizon_at", Instant, nullable=False),
        sa.Column("back_at", Instant),
        sa.Column("back_how", text(), nullable=False),
        sa.Column("business_at", Instant),
        sa.Column("business_how", text(), nullable=False),
        sa.Column("budget_minor", sa.BigInteger),
        sa.Column("spent_minor", sa.BigInteger, nullable=False),
        sa.Column("currency", text(), nullable=False),
        sa.Column("steps_done", sa.Integer, nullable=False),
        sa.Column("steps_left", sa.Integer, nullable=False),
        sa.Column("next_step", text(), nullable=False),
        sa.Column("due_at", Instant),
        sa.Column("overdue", sa.Integer, nullable=False),
        sa.Column("try_again_on", text(), nullable=False),
    )
    op.create_index("reactivations_customer", "reactivations", ["customer", "number"])
    op.create_index("reactivations_due", "reactivations", ["open", "due_at"])
    op.create_index("reactivations_effect", "reactivations", ["horizon_at", "value_class", "held_out"])
    make_put("reactivations")


def _recoveries() -> None:
    op.create_table(
        "recoveries",
        sa.Column("recovery", text(), primary_key=True),
        sa.Column("customer", text(), nullable=False),
        sa.Column("project", text(), nullable=False),
        sa.Column("value_class", text(), nullable=False),
        sa.Column("owner", text(), nullable=False),
        sa.Column("owner_unit", text(), nullable=False),
        sa.Column("after", text(), nullable=False),
        sa.Column("cause", text(), nullable=False),
        sa.Column("competitor", text(), nullable=False),
        sa.Column("reviewed", sa.Boolean, nullable=False),
        sa.Column("contacts_kept", sa.Integer, nullable=False),
        sa.Column("contacts_left", sa.Integer, nullable=False),
        sa.Column("next_contact_on", text(), nullable=False),
        sa.Column("attempt_on", text(), nullable=False),
        sa.Column("next_project", text(), nullable=False),
        sa.Column("outcome", text(), nullable=False),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("overdue", sa.Boolean, nullable=False),
        sa.Column("waiting_for", text(), nullable=False),
        sa.Column("due_at", Instant),
        sa.Column("begun_at", Instant, nullable=False),
        sa.Column("ended_at", Instant),
    )
    op.create_index("recoveries_customer", "recoveries", ["customer"])
    op.create_index("recoveries_project", "recoveries", ["project"])
    op.create_index("recoveries_due", "recoveries", ["open", "due_at"])
    make_put("recoveries")


def _required(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, text(), nullable=False) for name in names]
