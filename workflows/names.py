"""Names that Temporal and its operators see: the task queue, workflow ids and types, search attributes. Nothing personal."""

from __future__ import annotations

from temporalio.common import SearchAttributeKey

from domain.streams import category

TASK_QUEUE = "throughline"

STANDING = "standing"
"""The query that tells where the workflow stands."""

CUSTOMER_ID = SearchAttributeKey.for_keyword("CustomerId")
PROJECT_ID = SearchAttributeKey.for_keyword("ProjectId")
PHASE = SearchAttributeKey.for_keyword("Phase")
STAGE = SearchAttributeKey.for_keyword("Stage")
VALUE_CLASS = SearchAttributeKey.for_keyword("ValueClass")
OWNER_UNIT = SearchAttributeKey.for_keyword("OwnerUnit")
WAITING_FOR = SearchAttributeKey.for_keyword("WaitingFor")
HEALTH = SearchAttributeKey.for_keyword("Health")
DUE_AT = SearchAttributeKey.for_datetime("DueAt")
NEEDS_HUMAN = SearchAttributeKey.for_bool("NeedsHuman")

SEARCH_ATTRIBUTES = (
    CUSTOMER_ID,
    PROJECT_ID,
    PHASE,
    STAGE,
    VALUE_CLASS,
    OWNER_UNIT,
    WAITING_FOR,
    HEALTH,
    DUE_AT,
    NEEDS_HUMAN,
)


def policy_change(to: str) -> str:
    """The workflow id of a policy change for everybody: `policy-change/standard@2026.5`. It has no stream of its own."""
    return f"policy-change/{to}"


def workflow_type(stream: str) -> str:
    """The workflow type of a stream: `Funnel` of `funnel-P42`."""
    return category(stream).capitalize()


def workflow_id(stream: str) -> str:
    """The workflow id of a stream: `funnel/P42` of `funnel-P42`, `handoff/P42/delivery` of `handoff-P42-delivery`."""
    kind, _, rest = stream.partition("-")
    if kind == "handoff":
        project, _, side = rest.rpartition("-")
        return f"{kind}/{project}/{side}"
    return f"{kind}/{rest}"


def stream(workflow_id: str) -> str:
    """The stream of a workflow id: `workflow_id` turned round. No id of ours has a slash in it."""
    return workflow_id.replace("/", "-")
