"""The read model `customers`: one row a customer, for the list of those who look after them."""

from __future__ import annotations

from typing import Any

from domain.customer import DECIDER, State
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
        "sought": sought(root.customer, state.name),
        "industry": state.industry,
        "region": state.region,
        "market": state.market,
        "value_class": state.value_class,
        "status": state.status,
        "step": "",
        "since": None,
        "owner": root.owner,
        "owner_unit": view.owner_unit,
        "parent": "",
        "merged_into": "",
        "mode": "",
        "last_contact_at": None,
        "next_contact_at": morning_of(state.next_contact_on, rules.calendar) if state.next_contact_on else None,
        "next_step": "",
        "next_step_at": None,
        "dormant_at": None,
        "running": 0,
        "contracts_valid": 0,
        "open_cases": len(state.open_cases),
        "waiting_for": view.waiting_for,
        "needs_human": view.needs_human,
        "health": view.health,
        "reason": view.reason,
        "revenue_minor": _minor(state.revenue),
        "registered_at": None,
        "class_review": False,
        "held": state.held,
    }
    return RowChange(TABLE, told | _of_its_life(state, rules))


def sought(customer: str, name: str) -> str:
    """What a search looks through: the id and the name, in small letters."""
    return f"{customer} {name}".casefold()


def _minor(amount: Money | None) -> int:
    return int(amount.amount * 100) if amount else 0


def _of_its_life(state: State, rules: Playbook) -> dict[str, Any]:
    return {}
