"""The tables: the log of events, the decisions on commands, the kept playbooks, and the read models.

A table becomes a read model by standing in `READ_MODELS`: adapters write its rows generically, from its columns and its
primary key. A change here needs a migration beside the others and a new `HEAD`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

HEAD = "0005"
"""The newest migration; a store that stands at it opens without loading Alembic."""

VERSION_TABLE = "throughline_schema"
"""Where Alembic keeps the store's revision: a name of our own, so that a foreign `alembic_version` is never taken for ours."""

APPLICATION_ID = 0x5468726C
"""`Thrl`, in the header of each SQLite file of ours."""


def to_text(moment: datetime) -> str:
    """The moment as SQLite keeps it: ISO 8601 in UTC, always 32 characters, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


class Instant(TypeDecorator[datetime]):
    """A moment: timestamptz on PostgreSQL, fixed-width UTC text on SQLite; an aware datetime in UTC in Python."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text where the database has no type for a moment with its offset."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.DateTime(timezone=True))
        return dialect.type_descriptor(sa.String(32))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Into the database."""
        if value is None or dialect.name == "postgresql":
            return value
        return to_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Out of the database."""
        if value is None:
            return None
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment.astimezone(UTC)


class Verbatim(UserDefinedType[str]):
    """JSON text kept to the letter: `json` on PostgreSQL (not `jsonb`, which rewrites it), so that it can be queried too."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """The type in DDL."""
        return "JSON"


def text() -> sa.Text:
    """Text compared by code point everywhere: ids are case sensitive and sort the same on every database."""
    return sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


METADATA = sa.MetaData()

EVENTS = sa.Table(
    "events",
    METADATA,
    # On PostgreSQL the append function gives the positions, under a lock: a sequence would hand them out before the commit.
    sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
    sa.Column("stream", text(), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("type", text(), nullable=False),
    sa.Column("schema_version", sa.Integer, nullable=False),
    sa.Column("data", sa.Text().with_variant(Verbatim(), "postgresql"), nullable=False),
    sa.Column("occurred_at", Instant, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("actor", text(), nullable=False),
    sa.Column("command_id", text(), nullable=False),
    sa.Column("correlation_id", text(), nullable=False),
    sa.Column("causation_id", text(), nullable=False),
    sa.Column("customer", text(), nullable=False),
    sa.Column("project", text(), nullable=False),
    sa.Column("playbook", text(), nullable=False),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.UniqueConstraint("stream", "version", name="events_stream_version"),
    # A command may record several events, numbered 0, 1, 2 … here. A second append under the same id would begin at 0 again
    # and break this, so the database itself refuses to record a command twice. It is also the index that finds a command.
    sa.UniqueConstraint("stream", "command_id", "ordinal", name="events_stream_command"),
    sa.Index("events_customer", "customer", "position"),
    sqlite_autoincrement=True,
)

DECISIONS = sa.Table(
    "decisions",
    METADATA,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("stream", text(), nullable=False),
    sa.Column("command", text(), nullable=False),
    sa.Column("command_id", text(), nullable=False),
    sa.Column("verdict", text(), nullable=False),
    sa.Column("detail", text(), nullable=False),
    sa.Column("unmet", text(), nullable=False),
    sa.Column("actor", text(), nullable=False),
    sa.Column("stream_version", sa.Integer, nullable=False),
    sa.Column("looked_at", text(), nullable=False),
    sa.Column("playbook", text(), nullable=False),
    sa.Column("decided_at", Instant, nullable=False),
    sa.Column("asked", text(), nullable=False, server_default=""),
    sa.Column("moment", Instant),
    sa.Column("shelf", text(), nullable=False, server_default=""),
    sa.Column("learned", text(), nullable=False, server_default=""),
    sa.Column("proofs", text(), nullable=False, server_default=""),
    sa.Index("decisions_stream", "stream", "id"),
    # Partial: an accepted command is kept once by its events already.
    sa.Index(
        "decisions_refused_once",
        "stream",
        "command_id",
        "stream_version",
        "verdict",
        unique=True,
        sqlite_where=sa.text("verdict <> 'accepted'"),
        postgresql_where=sa.text("verdict <> 'accepted'"),
    ),
)

PLAYBOOKS = sa.Table(
    "playbooks",
    METADATA,
    sa.Column("name", text(), primary_key=True),
    sa.Column("version", text(), primary_key=True),
    sa.Column("document", text(), nullable=False),
)

STANDINGS = sa.Table(
    "standings",
    METADATA,
    sa.Column("stream", text(), primary_key=True),
    sa.Column("category", text(), nullable=False),
    sa.Column("customer", text(), nullable=False),
    sa.Column("project", text(), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("closed", sa.Boolean, nullable=False),
    sa.Column("held", sa.Boolean, nullable=False),
    sa.Column("phase", text(), nullable=False),
    sa.Column("code", text(), nullable=False),
    sa.Column("name_en", text(), nullable=False),
    sa.Column("name_zh", text(), nullable=False),
    sa.Column("waiting_for", text(), nullable=False),
    sa.Column("due_at", Instant),
    sa.Column("health", text(), nullable=False),
    sa.Column("needs_human", sa.Boolean, nullable=False),
    sa.Column("reason", text(), nullable=False),
    sa.Column("missing", text(), nullable=False),
    sa.Column("value_class", text(), nullable=False),
    sa.Column("owner_unit", text(), nullable=False),
    sa.Column("since", Instant),
    sa.Index("standings_customer", "customer"),
    sa.Index("standings_project", "project"),
    sa.Index("standings_attention", "closed", "needs_human"),
)

DEALS = sa.Table(
    "deals",
    METADATA,
    sa.Column("project", text(), primary_key=True),
    sa.Column("customer", text(), nullable=False),
    sa.Column("name", text(), nullable=False),
    sa.Column("product_line", text(), nullable=False),
    sa.Column("stage", text(), nullable=False),
    sa.Column("win_rate", sa.Integer, nullable=False),
    sa.Column("amount_minor", sa.BigInteger, nullable=False),
    sa.Column("currency", text(), nullable=False),
    sa.Column("outcome", text(), nullable=False),
    sa.Column("open", sa.Boolean, nullable=False),
    sa.Column("owner", text(), nullable=False),
    sa.Column("owner_unit", text(), nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("stage_since", Instant, nullable=False),
    sa.Column("closed_at", Instant),
    sa.Index("deals_customer", "customer"),
    sa.Index("deals_open", "open", "stage"),
)

DWELLS = sa.Table(
    "dwells",
    METADATA,
    sa.Column("stream", text(), primary_key=True),
    sa.Column("entry", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("project", text(), nullable=False),
    sa.Column("playbook", text(), nullable=False),
    sa.Column("value_class", text(), nullable=False),
    sa.Column("stage", text(), nullable=False),
    sa.Column("minutes", sa.Integer, nullable=False),
    sa.Column("left_at", Instant, nullable=False),
    sa.Index("dwells_usual", "playbook", "value_class", "stage", "left_at"),
)

OVERRIDES = sa.Table(
    "overrides",
    METADATA,
    sa.Column("stream", text(), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("category", text(), nullable=False),
    sa.Column("customer", text(), nullable=False),
    sa.Column("project", text(), nullable=False),
    sa.Column("gate", text(), nullable=False),
    sa.Column("missing", text(), nullable=False),
    sa.Column("reason", text(), nullable=False),
    sa.Column("asked_by", text(), nullable=False),
    sa.Column("approver", text(), nullable=False),
    sa.Column("given_at", Instant, nullable=False),
    sa.Column("expires_on", text(), nullable=False),
    sa.Column("outcome", text(), nullable=False),
    sa.Column("deal", text(), nullable=False),
    sa.Index("overrides_approver", "approver", "given_at"),
    sa.Index("overrides_project", "project"),
)

TICKETS = sa.Table(
    "tickets",
    METADATA,
    sa.Column("ticket", text(), primary_key=True),
    sa.Column("customer", text(), nullable=False),
    sa.Column("project", text(), nullable=False),
    sa.Column("kind", text(), nullable=False),
    sa.Column("title", text(), nullable=False),
    sa.Column("product", text(), nullable=False),
    sa.Column("category", text(), nullable=False),
    sa.Column("resolution", text(), nullable=False),
    sa.Column("priority", text(), nullable=False),
    sa.Column("status", text(), nullable=False),
    sa.Column("open", sa.Boolean, nullable=False),
    sa.Column("waiting_for", text(), nullable=False),
    sa.Column("line", text(), nullable=False),
    sa.Column("assigned_group", text(), nullable=False),
    sa.Column("assigned_to", text(), nullable=False),
    sa.Column("parent", text(), nullable=False),
    sa.Column("in_service", sa.Boolean, nullable=False),
    sa.Column("service_code", text(), nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("acknowledged_at", Instant),
    sa.Column("resolved_at", Instant),
    sa.Column("closed_at", Instant),
    sa.Column("due_at", Instant),
    sa.Column("respond_due", Instant),
    sa.Column("resolve_due", Instant),
    sa.Column("respond_breached", sa.Boolean, nullable=False),
    sa.Column("resolve_breached", sa.Boolean, nullable=False),
    sa.Column("warned", sa.Integer, nullable=False),
    sa.Column("reopened", sa.Integer, nullable=False),
    sa.Column("hops", sa.Integer, nullable=False),
    sa.Column("value_class", text(), nullable=False),
    sa.Column("owner_unit", text(), nullable=False),
    sa.Index("tickets_due", "open", "due_at"),
    sa.Index("tickets_customer", "customer"),
    sa.Index("tickets_pattern", "customer", "product", "category", "resolved_at"),
)

CUSTOMERS = sa.Table(
    "customers",
    METADATA,
    sa.Column("customer", text(), primary_key=True),
    sa.Column("name", text(), nullable=False),
    sa.Column("sought", text(), nullable=False),
    sa.Column("industry", text(), nullable=False),
    sa.Column("region", text(), nullable=False),
    sa.Column("market", text(), nullable=False),
    sa.Column("value_class", text(), nullable=False),
    sa.Column("status", text(), nullable=False),
    sa.Column("step", text(), nullable=False),
    sa.Column("since", Instant),
    sa.Column("owner", text(), nullable=False),
    sa.Column("owner_unit", text(), nullable=False),
    sa.Column("parent", text(), nullable=False),
    sa.Column("merged_into", text(), nullable=False),
    sa.Column("last_contact_at", Instant),
    sa.Column("next_contact_at", Instant),
    sa.Column("next_step", text(), nullable=False),
    sa.Column("next_step_at", Instant),
    sa.Column("dormant_at", Instant),
    sa.Column("running", sa.Integer, nullable=False),
    sa.Column("contracts_valid", sa.Integer, nullable=False),
    sa.Column("open_cases", sa.Integer, nullable=False),
    sa.Column("waiting_for", text(), nullable=False),
    sa.Column("needs_human", sa.Boolean, nullable=False),
    sa.Column("health", text(), nullable=False),
    sa.Column("reason", text(), nullable=False),
    sa.Column("revenue_minor", sa.BigInteger, nullable=False),
    sa.Column("registered_at", Instant),
    sa.Column("class_review", sa.Boolean, nullable=False),
    sa.Column("held", sa.Boolean, nullable=False),
    sa.Index("customers_standing", "status", "step", "value_class"),
    sa.Index("customers_owner", "owner", "customer"),
    sa.Index("customers_unit", "owner_unit", "customer"),
    sa.Index("customers_industry", "industry", "region", "customer"),
    sa.Index("customers_parent", "parent", "customer"),
    # Wide, so that how many fit is counted in it alone, whatever is asked for.
    sa.Index(
        "customers_counted",
        *("merged_into", "status", "step", "value_class", "owner_unit", "industry", "region", "needs_human", "dormant_at"),
    ),
    sa.Index("customers_contact", "last_contact_at", "customer"),
    sa.Index("customers_since", "since", "customer"),
    sa.Index("customers_revenue", "revenue_minor", "customer"),
    sa.Index("customers_name", "name", "customer"),
    sa.Index("customers_next_step", "next_step_at", "customer"),
    sa.Index("customers_dormant", "dormant_at", "customer"),
    sa.Index("customers_attention", "needs_human", "customer"),
    sa.Index("customers_sought", "sought", "customer"),
)

DEAL_SPANS = sa.Table(
    "deal_spans",
    METADATA,
    sa.Column("project", text(), primary_key=True),
    sa.Column("entry", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("customer", text(), nullable=False),
    sa.Column("from_at", Instant, nullable=False),
    sa.Column("until_at", Instant),
    sa.Column("reach", sa.Integer, nullable=False),
    sa.Column("outcome", text(), nullable=False),
    sa.Column("stage", text(), nullable=False),
    sa.Column("win_rate", sa.Integer, nullable=False),
    sa.Column("amount_minor", sa.BigInteger, nullable=False),
    sa.Column("currency", text(), nullable=False),
    sa.Column("expected_on", text(), nullable=False),
    sa.Column("category", text(), nullable=False),
    sa.Column("stalled", sa.Boolean, nullable=False),
    sa.Column("value_class", text(), nullable=False),
    sa.Column("owner", text(), nullable=False),
    sa.Column("owner_unit", text(), nullable=False),
    sa.Column("product_line", text(), nullable=False),
    sa.Column("service_line", text(), nullable=False),
    sa.Column("mode", text(), nullable=False),
    sa.Index("deal_spans_reach", "reach", "from_at"),
    sa.Index("deal_spans_customer", "customer"),
)
"""`reach` is the number of binary digits of an open stretch's length in whole days, -1 for one that lasts, and -2 for a deal
that is decided. Of the stretches that hold at a moment, those of a reach began within a known time before it: so a moment of
the past is found as fast as today."""

MONEY = sa.Table(
    "money",
    METADATA,
    sa.Column("id", text(), primary_key=True),
    sa.Column("kind", text(), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("customer", text(), nullable=False),
    sa.Column("project", text(), nullable=False),
    sa.Column("amount_minor", sa.BigInteger, nullable=False),
    sa.Column("currency", text(), nullable=False),
    sa.Column("value_class", text(), nullable=False),
    sa.Column("owner", text(), nullable=False),
    sa.Column("owner_unit", text(), nullable=False),
    sa.Column("service_line", text(), nullable=False),
    sa.Index("money_kind", "kind", "at"),
    sa.Index("money_customer", "customer", "kind", "at"),
    sa.Index("money_project", "project"),
)

ENABLEMENTS = sa.Table(
    "enablements",
    METADATA,
    sa.Column("unit", text(), primary_key=True),
    sa.Column("line_key", text(), primary_key=True),
    sa.Column("product_line", text(), nullable=False),
    sa.Column("status", text(), nullable=False),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Column("expiring", sa.Boolean, nullable=False),
    sa.Column("since", Instant, nullable=False),
    sa.Column("enabled_at", Instant, nullable=False),
    sa.Column("valid_until", text(), nullable=False),
    sa.Column("enabled_by", text(), nullable=False),
    sa.Column("role", text(), nullable=False),
    sa.Column("renewed", sa.Integer, nullable=False),
    sa.Column("evidence", text(), nullable=False),
    sa.Index("enablements_line", "line_key", "unit"),
)

PRODUCT_REQUESTS = sa.Table(
    "product_requests",
    METADATA,
    sa.Column("request", text(), primary_key=True),
    sa.Column("kind", text(), nullable=False),
    sa.Column("title", text(), nullable=False),
    sa.Column("product_line", text(), nullable=False),
    sa.Column("division", text(), nullable=False),
    sa.Column("industry", text(), nullable=False),
    sa.Column("region", text(), nullable=False),
    sa.Column("status", text(), nullable=False),
    sa.Column("open", sa.Boolean, nullable=False),
    sa.Column("overdue", sa.Boolean, nullable=False),
    sa.Column("escalated_to", text(), nullable=False),
    sa.Column("customer", text(), nullable=False),
    sa.Column("customers", sa.Integer, nullable=False),
    sa.Column("deals", sa.Integer, nullable=False),
    sa.Column("value_minor", sa.BigInteger, nullable=False),
    sa.Column("currency", text(), nullable=False),
    sa.Column("raised_by", text(), nullable=False),
    sa.Column("raised_at", Instant, nullable=False),
    sa.Column("reopened", sa.Integer, nullable=False),
    sa.Column("due_at", Instant),
    sa.Column("answered_at", Instant),
    sa.Column("in_release", text(), nullable=False),
    sa.Column("planned_on", text(), nullable=False),
    sa.Column("moved", sa.Integer, nullable=False),
    sa.Column("delivered_at", Instant),
    sa.Column("escalation", text(), nullable=False),
    sa.Index("product_requests_due", "open", "due_at"),
    sa.Index("product_requests_line", "product_line", "request"),
)

REQUEST_BACKERS = sa.Table(
    "request_backers",
    METADATA,
    sa.Column("request", text(), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("customer", text(), nullable=False),
    sa.Column("project", text(), nullable=False),
    sa.Column("value_minor", sa.BigInteger, nullable=False),
    sa.Column("currency", text(), nullable=False),
    sa.Column("since", Instant, nullable=False),
    sa.Index("request_backers_customer", "customer", "request"),
)

PROJECT_MODES = sa.Table(
    "project_modes",
    METADATA,
    sa.Column("project", text(), primary_key=True),
    sa.Column("customer", text(), nullable=False),
    sa.Column("mode", text(), nullable=False),
    sa.Column("reason", text(), nullable=False),
    sa.Column("named", sa.Boolean, nullable=False),
    sa.Column("value_class", text(), nullable=False),
    sa.Column("product_line", text(), nullable=False),
    sa.Column("owner_unit", text(), nullable=False),
    sa.Column("running", sa.Boolean, nullable=False),
    sa.Index("project_modes_mode", "mode", "owner_unit", "running"),
)

PLANS = sa.Table(
    "plans",
    METADATA,
    sa.Column("plan", text(), primary_key=True),
    sa.Column("kind", text(), nullable=False),
    sa.Column("name", text(), nullable=False),
    sa.Column("industry", text(), nullable=False),
    sa.Column("region", text(), nullable=False),
    sa.Column("unit", text(), nullable=False),
    sa.Column("customer", text(), nullable=False),
    sa.Column("project", text(), nullable=False),
    sa.Column("parent", text(), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("starts_on", text(), nullable=False),
    sa.Column("ends_on", text(), nullable=False),
    sa.Column("owner", text(), nullable=False),
    sa.Column("owner_unit", text(), nullable=False),
    sa.Column("currency", text(), nullable=False),
    sa.Column("status", text(), nullable=False),
    sa.Column("closed", sa.Boolean, nullable=False),
    sa.Column("set_at", Instant, nullable=False),
    sa.Column("closed_at", Instant),
    sa.Column("next_review_on", text(), nullable=False),
    sa.Column("last_review_on", text(), nullable=False),
    sa.Column("review_late", sa.Boolean, nullable=False),
    sa.Column("listed", text(), nullable=False),
    sa.Column("gaps", sa.Integer, nullable=False),
    sa.Column("open_actions", sa.Integer, nullable=False),
    sa.Column("overdue_actions", sa.Integer, nullable=False),
    sa.Column("target", text(), nullable=False),
    sa.Column("target_minor", sa.BigInteger, nullable=False),
    sa.Column("actual_minor", sa.BigInteger),
    sa.Column("weighted_minor", sa.BigInteger),
    sa.Column("coverage", sa.Integer),
    sa.Index("plans_due", "kind", "closed", "next_review_on", "plan"),
    sa.Index("plans_listed", "closed", "listed", "plan", "gaps"),
    sa.Index("plans_customer", "customer"),
    sa.Index("plans_project", "project"),
    sa.Index("plans_parent", "parent"),
    sa.Index("plans_owner", "owner"),
)

TARGETS = sa.Table(
    "targets",
    METADATA,
    sa.Column("plan", text(), primary_key=True),
    sa.Column("target", text(), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("period", text(), nullable=False),
    sa.Column("first_on", text(), nullable=False),
    sa.Column("last_on", text(), nullable=False),
    sa.Column("service_line", text(), nullable=False),
    sa.Column("measure", text(), nullable=False),
    sa.Column("amount_minor", sa.BigInteger, nullable=False),
    sa.Column("currency", text(), nullable=False),
    sa.Column("since", Instant, nullable=False),
    sa.Column("until", Instant),
    sa.Column("taken_from", text(), nullable=False),
    sa.Column("reason", text(), nullable=False),
    sa.Column("allocated_minor", sa.BigInteger),
    sa.Column("actual_minor", sa.BigInteger),
    sa.Column("weighted_minor", sa.BigInteger),
    sa.Column("coverage", sa.Integer),
    sa.Column("seen_on", text(), nullable=False),
    sa.Column("gap_since", text(), nullable=False),
)

PLAN_ACTIONS = sa.Table(
    "plan_actions",
    METADATA,
    sa.Column("plan", text(), primary_key=True),
    sa.Column("action", text(), primary_key=True),
    sa.Column("what", text(), nullable=False),
    sa.Column("owner", text(), nullable=False),
    sa.Column("due_on", text(), nullable=False),
    sa.Column("status", text(), nullable=False),
    sa.Column("open", sa.Boolean, nullable=False),
    sa.Column("escalated", sa.Boolean, nullable=False),
    sa.Column("gap", text(), nullable=False),
    sa.Column("by_itself", sa.Boolean, nullable=False),
    sa.Column("moves", sa.Integer, nullable=False),
    sa.Column("added_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Index("plan_actions_owner", "owner", "open", "due_on"),
)

REACTIVATIONS = sa.Table(
    "reactivations",
    METADATA,
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
    sa.Index("reactivations_customer", "customer", "number"),
    sa.Index("reactivations_due", "open", "due_at"),
    sa.Index("reactivations_effect", "horizon_at", "value_class", "held_out"),
)

RECOVERIES = sa.Table(
    "recoveries",
    METADATA,
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
    sa.Index("recoveries_customer", "customer"),
    sa.Index("recoveries_project", "project"),
    sa.Index("recoveries_due", "open", "due_at"),
)

OUTBOX = sa.Table(
    "outbox",
    METADATA,
    sa.Column("id", text(), primary_key=True),
    sa.Column("stream", text(), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("event", text(), nullable=False),
    sa.Column("customer", text(), nullable=False),
    sa.Column("project", text(), nullable=False),
    sa.Column("recipient", text(), nullable=False),
    sa.Column("role", text(), nullable=False),
    sa.Column("unit", text(), nullable=False),
    sa.Column("person", text(), nullable=False),
    sa.Column("channel", text(), nullable=False),
    sa.Column("kind", text(), nullable=False),
    sa.Column("body", text(), nullable=False),
    sa.Column("status", text(), nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("tries_most", sa.Integer, nullable=False),
    sa.Column("occurred_at", Instant, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("error", text(), nullable=False),
    sa.Index("outbox_status", "status", "changed_at"),
    sa.Index("outbox_stream", "stream"),
)
"""Notices, written in the transaction of the facts that they tell of. Not a read model: what has become of them is known only
here, so `rebuild` leaves it alone."""

READ_MODELS = {
    table.name: table
    for table in (
        STANDINGS,
        DEALS,
        DWELLS,
        OVERRIDES,
        TICKETS,
        CUSTOMERS,
        DEAL_SPANS,
        MONEY,
        ENABLEMENTS,
        PRODUCT_REQUESTS,
        REQUEST_BACKERS,
        PROJECT_MODES,
        PLANS,
        TARGETS,
        PLAN_ACTIONS,
        REACTIVATIONS,
        RECOVERIES,
    )
}
"""The tables that `replace_rows` may name."""
WRITTEN_ALONG = {**READ_MODELS, OUTBOX.name: OUTBOX}
"""The tables that `RowChange`s and `rows` may name."""
