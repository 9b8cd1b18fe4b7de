"""What a customer is: the state that its events add up to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from domain.customer.commands import Contact
from domain.customer.events import (
    ContactDue,
    ContactRecorded,
    ContractEnded,
    ContractSigned,
    CustomerActivated,
    CustomerClassified,
    CustomerRegistered,
    Events,
    KeepContactPlanned,
)
from domain.customer.terms import CustomerState
from domain.messages import Money
from domain.origin import Rooted


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Rooted):
    """A customer as its events tell it."""

    name: str = ""
    industry: str = ""
    region: str = ""
    revenue: Money | None = None
    market: str = ""
    value_class: str = ""
    status: CustomerState = "potential"
    contact: Contact | None = None
    contacts: int = 0
    contracts: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    """The contracts that ended with their cancelled project; the ids of the projects."""
    cancelled: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    next_contact_on: date | None = None
    contact_due: bool = False


def evolve(state: State, event: Events) -> State:
    """The customer after one more fact."""
    match event:
        case CustomerRegistered():
            return replace(
                state,
                origin=event.origin,
                name=event.name,
                industry=event.industry,
                region=event.region,
                revenue=event.revenue,
                market=event.market,
                contact=event.contact,
                as_of=event.occurred_at,
            )
        case CustomerClassified():
            return replace(state, value_class=event.value_class)
        case ContactRecorded():
            on = event.next_contact_on
            return replace(state, contacts=state.contacts + 1, next_contact_on=on, contact_due=False)
        case ContractSigned():
            return replace(state, contracts=(*state.contracts, event.project))
        case CustomerActivated():
            return replace(state, status="active")
        case KeepContactPlanned():
            on = min(event.on, state.next_contact_on) if state.next_contact_on else event.on
            if event.after == "cancelled":
                return replace(state, cancelled=(*state.cancelled, event.project), next_contact_on=on)
            return replace(state, lost=(*state.lost, event.project), next_contact_on=on)
        case ContractEnded():
            return replace(state, ended=(*state.ended, event.project))
        case ContactDue():
            return replace(state, contact_due=True)
        case _:
            assert_never(event)
