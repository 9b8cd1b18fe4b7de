"""Names of streams. One aggregate is one stream is one workflow is one writer; only these functions make the names."""

from __future__ import annotations

from typing import Literal

HandoffKind = Literal["delivery", "support"]
"""`delivery` is sales → delivery (G1); `support` is delivery → support (G2)."""


def customer(customer_id: str) -> str:
    """The stream of a customer 客户."""
    return f"customer-{customer_id}"


def project(project_id: str) -> str:
    """The stream of a project 项目."""
    return f"project-{project_id}"


def funnel(project_id: str) -> str:
    """The stream of a project's sales funnel 销售漏斗."""
    return f"funnel-{project_id}"


def handoff(project_id: str, kind: HandoffKind) -> str:
    """The stream of one of a project's two handoffs 交接."""
    return f"handoff-{project_id}-{kind}"


def implementation(project_id: str) -> str:
    """The stream of a project's implementation 实施."""
    return f"implementation-{project_id}"


def support(project_id: str) -> str:
    """The stream of a project's support contract 支持."""
    return f"support-{project_id}"


def ticket(ticket_id: str) -> str:
    """The stream of a ticket 工单."""
    return f"ticket-{ticket_id}"


def escalation(escalation_id: str) -> str:
    """The stream of an escalation 升级; its id says what it is about: `escalation-ticket.T9.1`."""
    return f"escalation-{escalation_id}"


def reactivation(reactivation_id: str) -> str:
    """The stream of a reactivation 唤醒; its id is the customer's and which of its reactivations it is: `reactivation-C7.1`."""
    return f"reactivation-{reactivation_id}"


def recovery(recovery_id: str) -> str:
    """The stream of a recovery 丢单挽回; its id is the project's and which of its losses it follows: `recovery-P42.1`."""
    return f"recovery-{recovery_id}"


def plan(plan_id: str) -> str:
    """The stream of an industry, customer or project plan 规划."""
    return f"plan-{plan_id}"


def enablement(unit: str) -> str:
    """The stream of the enablements 赋能 of a unit."""
    return f"enablement-{unit}"


def request(request_id: str) -> str:
    """The stream of a product request 产品需求."""
    return f"request-{request_id}"


def project_of(stream: str) -> str:
    """The stream of the project that a phase's stream belongs to: `project-P42` of `handoff-P42-delivery`; of an escalation of
    a phase, `escalation-funnel.P42.1`, likewise."""
    kind, _, name = stream.partition("-")
    if kind == "escalation":
        return project(name.partition(".")[2].rpartition(".")[0])
    return project(name.rpartition("-")[0] if kind == "handoff" else name)


def category(stream: str) -> str:
    """The kind of aggregate that a stream belongs to: `funnel` of `funnel-P42`."""
    return stream.partition("-")[0]
