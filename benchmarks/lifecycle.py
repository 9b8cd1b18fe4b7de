"""One project's whole life as commands, scripted from the playbook: from the first contact to a renewed contract.

Piece by piece, each criterion and each deliverable is a command of its own; together, those of a stage or milestone are one
command, as people who have them at hand would send them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from domain.implementation import share
from domain.messages import Money
from domain.playbook import Playbook

CommandJson = dict[str, Any]

TICKETS = 5
VALUE_CLASS = "vip"
PRICE: CommandJson = {
    "list_price": {"amount": "1300000", "currency": "CNY"},
    "price": {"amount": "1200000", "currency": "CNY"},
    "margin_percent": "40",
}
"""Inside the limits of every value class."""
REVENUE = "2500000000"
AMOUNT = Money(amount=Decimal("1200000"))


def lifecycle(
    playbook: Playbook, customer: str, project: str, today: date, tickets: int = TICKETS, *, together: bool = False
) -> Iterator[CommandJson]:
    """The commands of one lifecycle, in order, as a caller would write them, `command_id` included."""
    commands = _commands(playbook, customer, project, today, tickets)
    for number, command in enumerate(_joined(commands, playbook) if together else commands, 1):
        yield {**command, "command_id": f"{project}-{number}"}


def _joined(commands: Iterator[CommandJson], playbook: Playbook) -> Iterator[CommandJson]:
    """The same facts in fewer commands: what belongs to one stage or milestone goes into one."""
    belongs = {code: stage.code for code, (stage, _) in playbook.funnel.criteria.items()}
    belongs |= {item.code: one.code for one in playbook.implementation.milestones for item in one.deliverables}
    waiting: CommandJson | None = None
    for command in commands:
        field = {"RecordEvidence": "evidence", "SubmitDeliverables": "deliverables"}.get(command["command"], "")
        if waiting and field in waiting and _one(waiting, command, field, belongs):
            waiting = {**waiting, field: [*waiting[field], *command[field]]}
            continue
        if waiting:
            yield waiting
        waiting = command
    if waiting:
        yield waiting


def _one(waiting: CommandJson, command: CommandJson, field: str, belongs: dict[str, str]) -> bool:
    """Whether both are of one stage or milestone, and by the same person."""
    here, there = (belongs[_code(one[field][0])] for one in (waiting, command))
    return here == there and waiting["actor"] == command["actor"]


def _code(piece: CommandJson) -> str:
    return str(piece.get("criterion") or piece.get("deliverable"))


def opening(customer: str, project: str) -> Iterator[CommandJson]:
    """The customer and its project: after these the funnel runs."""
    sales = _actor("sales")
    contact = {"name": "contact", "role": "CIO"}
    yield {
        "command": "RegisterCustomer",
        "customer": customer,
        "name": f"Customer {customer}",
        "industry": "machinery",
        "revenue": {"amount": REVENUE, "currency": "CNY"},
        "contact": contact,
        "owner": "u-sales",
        "owner_unit": "north",
        "actor": sales,
    }
    yield {
        "command": "ClassifyCustomer",
        "customer": customer,
        "value_class": VALUE_CLASS,
        "evidence": "annual report",
        "approver": "u-manager",
        "approver_role": "manager",
        "actor": sales,
    }
    yield {
        "command": "OpenProject",
        "project": project,
        "customer": customer,
        "name": f"Project {project}",
        "amount": AMOUNT.model_dump(mode="json"),
        "owner": "u-sales",
        "owner_unit": "north",
        "actor": sales,
    }


def evidence(playbook: Playbook, project: str) -> Iterator[CommandJson]:
    """Every required exit criterion of every stage, each in a command of its own; the last one wins the deal.

    What only another role may bring, and the price, come first in their stage."""
    for stage in playbook.funnel.stages:
        required = [item for item in stage.criteria if item.required]
        for item in sorted(required, key=lambda item: item.proof != "quote" and not item.strict):
            if item.proof == "quote":
                yield {"command": "QuotePrice", "project": project, **PRICE, "actor": _actor("sales")}
                continue
            piece = {"criterion": item.code, "reference": f"doc-{item.code}"}
            actor = _actor(item.who if item.strict else "sales")
            yield {"command": "RecordEvidence", "project": project, "evidence": [piece], "actor": actor}


def _commands(playbook: Playbook, customer: str, project: str, today: date, tickets: int) -> Iterator[CommandJson]:
    yield from opening(customer, project)
    yield from evidence(playbook, project)
    yield from _handoff(playbook, project, "delivery", {})
    yield from _milestones(playbook, project)
    contract = {
        "service_code": f"SC-{project}",
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=365)).isoformat(),
    }
    yield from _handoff(playbook, project, "support", {"service_contract": contract})
    for number in range(1, tickets + 1):
        yield from _ticket(customer, project, f"{project}-T{number}")
    ends_on = (today + timedelta(days=730)).isoformat()
    yield {"command": "RenewContract", "project": project, "ends_on": ends_on, "actor": _actor("support")}
    yield {"command": "RecordSatisfaction", "project": project, "score": 5, "occasion": "yearly", "actor": _actor("support")}


def _handoff(playbook: Playbook, project: str, kind: Any, extra: CommandJson) -> Iterator[CommandJson]:
    rules = playbook.handoffs[kind]
    target = {"project": project, "kind": kind}
    items = {item.code: f"doc-{item.code}" for item in rules.checklist}
    yield {"command": "OfferHandoff", **target, "items": items, **extra, "actor": _actor(rules.giver)}
    yield {"command": "AcceptHandoff", **target, "actor": _actor(rules.receiver)}


def _milestones(playbook: Playbook, project: str) -> Iterator[CommandJson]:
    """Every milestone but the last, which support signs by accepting the handoff."""
    actor = _actor("delivery")
    for milestone in playbook.implementation.milestones:
        for item in milestone.deliverables:
            if item.required:
                piece = {"deliverable": item.code, "reference": f"doc-{item.code}"}
                yield {"command": "SubmitDeliverables", "project": project, "deliverables": [piece], "actor": actor}
        to_review = [item.code for item in milestone.deliverables if item.required and item.review]
        if to_review:
            reviews = [{"deliverable": code, "verdict": "accepted"} for code in to_review]
            reviewer = {**actor, "id": "u-reviewer"}
            yield {"command": "ReviewDeliverables", "project": project, "reviews": reviews, "actor": reviewer}
        if milestone.max_open:
            none_open = {str(severity): 0 for severity in milestone.max_open}
            counted = {"counts": none_open, "reference": "list of defects", "actor": actor}
            yield {"command": "RecordDefects", "project": project, **counted}
        if milestone.effect != "handed_over":
            yield {
                "command": "SignOffMilestone",
                "project": project,
                "milestone": milestone.code,
                "completion": "minutes of the meeting",
                "signatures": [{"role": signer.code, "signed_by": f"u-{signer.code}"} for signer in milestone.signers],
                "actor": actor,
            }
        if owed := share(milestone.code, AMOUNT, playbook.implementation):
            yield {
                "command": "RecordPayment",
                "project": project,
                "milestone": milestone.code,
                "reference": f"bank-{project}-{milestone.code}",
                "amount": owed.model_dump(mode="json"),
                "actor": _actor("sales"),
            }


def _ticket(customer: str, project: str, ticket: str) -> Iterator[CommandJson]:
    opened = {"customer": customer, "project": project, "title": "Cannot log in", "impact": "medium", "urgency": "medium"}
    steps: list[tuple[str, CommandJson]] = [
        ("OpenTicket", opened),
        ("AcknowledgeTicket", {}),
        ("AssignTicket", {"to": "u-support"}),
        ("ResolveTicket", {"solution": "password reset"}),
        ("CloseTicket", {"confirmed_by": "key user"}),
    ]
    for name, fields in steps:
        yield {"command": name, "ticket": ticket, **fields, "actor": _actor("support")}


def _actor(role: str) -> CommandJson:
    return {"kind": "person", "id": f"u-{role}", "role": role}
