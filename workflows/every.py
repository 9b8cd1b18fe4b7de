"""Every workflow there is, by its type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.customer import CustomerWorkflow
from workflows.enablement import EnablementWorkflow
from workflows.escalation import EscalationWorkflow
from workflows.funnel import FunnelWorkflow
from workflows.handoff import HandoffWorkflow
from workflows.implementation import ImplementationWorkflow
from workflows.plan import PlanWorkflow
from workflows.plan_review import PlanReviewWorkflow
from workflows.policy_change import PolicyChangeWorkflow
from workflows.project import ProjectWorkflow
from workflows.reactivation import ReactivationWorkflow
from workflows.recovery import RecoveryWorkflow
from workflows.request import RequestWorkflow
from workflows.support import SupportWorkflow
from workflows.ticket import TicketWorkflow

WORKFLOWS: Mapping[str, Any] = {
    "Customer": CustomerWorkflow,
    "Project": ProjectWorkflow,
    "Funnel": FunnelWorkflow,
    "Handoff": HandoffWorkflow,
    "Implementation": ImplementationWorkflow,
    "Support": SupportWorkflow,
    "Ticket": TicketWorkflow,
    "Escalation": EscalationWorkflow,
    "Enablement": EnablementWorkflow,
    "Plan": PlanWorkflow,
    "Reactivation": ReactivationWorkflow,
    "Recovery": RecoveryWorkflow,
    "Request": RequestWorkflow,
    "PlanReview": PlanReviewWorkflow,
    "PolicyChange": PolicyChangeWorkflow,
}
"""Every workflow by its type."""
