"""The read model `customers`: one row a customer, for the list of those who look after them."""

from __future__ import annotations

from typing import Any

from domain.customer import DECIDER, State
from domain.customer.life_events import CustomerCooled, CustomerWentDormant
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
        "step": "cooling" if state.life.cooling else "",
        "since": state.life.cooled_at or state.life.began_at,
        "owner": state.owner_now,
        "owner_unit": state.unit_now,
        "parent": "",
        "merged_into": "",
        "mode": "",
        "last_contact_at": state.life.contact_at,
        "next_contact_at": morning_of(state.next_contact_on, rules.calendar) if state.next_contact_on else None,
        "running": len(state.life.running),
        "contracts_valid": len(state.life.contracts),
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
    return RowChange(TABLE, told | _ladder(state, rules))


def sought(customer: str, name: str) -> str:
    """What a search looks through: the id and the name, in small letters."""
    return f"{customer} {name}".casefold()


def _minor(amount: Money | None) -> int:
    return int(amount.amount * 100) if amount else 0


def _ladder(state: State, rules: Playbook) -> dict[str, Any]:
    """What comes next on the ladder and when, and when the customer would be dormant, as its clocks stand now."""
    for clock in DECIDER.clocks(state, rules):
        if isinstance(clock.fact, CustomerCooled):
            dormant_at = morning_of(clock.fact.dormant_on, rules.calendar)
            return {"next_step": "cooling", "next_step_at": clock.at, "dormant_at": dormant_at}
        if isinstance(clock.fact, CustomerWentDormant):
            return {"next_step": "dormant", "next_step_at": clock.at, "dormant_at": clock.at}
    return {"next_step": "", "next_step_at": None, "dormant_at": None}
