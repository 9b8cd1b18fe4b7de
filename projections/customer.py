"""The read model `customers`: one row a customer, for the list of those who look after them."""

from __future__ import annotations

from typing import Any

from domain.customer import DECIDER, State
from domain.customer.ladder import contracts_valid, next_step
from domain.messages import Money
from domain.origin import morning_of
from domain.playbook import Playbook, Playbooks
from eventstore.port import RowChange

TABLE = "customers"


def row(state: State, playbooks: Playbooks) -> RowChange:
    """The row of a customer. A ladder's next date is the one that holds if nothing more is heard of the customer."""
    rules = playbooks.of(state)
    view = DECIDER.view(state, rules)
    root = state.root
    told: dict[str, Any] = {
        "customer": root.customer,
        "name": state.name,
        "sought": sought(root.customer, state.name, state.record.registration, *state.record.aliases),
        "industry": state.industry,
        "region": state.region,
        "market": state.market,
        "value_class": state.value_class,
        "status": state.status,
        "step": "cooling" if state.cooling else "",
        "since": state.since,
        "owner": state.owner_now,
        "owner_unit": state.unit_now,
        "parent": state.record.parent,
        "merged_into": state.record.merged_into,
        "last_contact_at": state.life.contact_at,
        "next_contact_at": morning_of(state.next_contact_on, rules.calendar) if state.next_contact_on else None,
        "running": len(state.running),
        "contracts_valid": len(contracts_valid(state, rules)),
        "open_cases": len(state.open_cases),
        "waiting_for": view.waiting_for,
        "needs_human": view.needs_human,
        "health": view.health,
        "reason": view.reason,
        "revenue_minor": _minor(state.revenue),
        "registered_at": state.registered_at,
        "class_review": state.record.review is not None,
        "held": state.held,
    }
    return RowChange(TABLE, told | _ladder(state, rules))


def sought(*words: str) -> str:
    """What a search looks through: id, name, registration and aliases, in small letters."""
    return " ".join(filter(None, words)).casefold()


def _minor(amount: Money | None) -> int:
    return int(amount.amount * 100) if amount else 0


def _ladder(state: State, rules: Playbook) -> dict[str, Any]:
    """What comes next on the ladder and when, and when the customer would be dormant."""
    step = next_step(state, rules) if not state.held else None
    if step is None:
        return {"next_step": "", "next_step_at": None, "dormant_at": None}
    dormant_on = step.rung.dormant.after(step.signs.latest)
    dormant_at = step.at if step.to == "dormant" else max(step.at, morning_of(dormant_on, rules.calendar))
    return {"next_step": step.to, "next_step_at": step.at, "dormant_at": dormant_at}
