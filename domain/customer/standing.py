"""What a customer waits for, and where it stands."""

from __future__ import annotations

from collections.abc import Iterable

from domain.customer.events import ContactDue
from domain.customer.state import State
from domain.customer.terms import STATE_NAMES
from domain.messages import Name
from domain.origin import morning_of
from domain.playbook import Playbook
from domain.standing import Clock, Unmet, View


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """The next planned contact."""
    if state.next_contact_on and not state.contact_due:
        due = morning_of(state.next_contact_on, playbook.calendar)
        yield Clock(
            name=f"contact-{state.next_contact_on.isoformat()}-due-{state.contacts + 1}",
            at=due,
            text=f"next contact due 下次联系 {state.next_contact_on.isoformat()}",
            fact=ContactDue(occurred_at=due, on=state.next_contact_on, who=playbook.customers.owner),
        )


def view(state: State, playbook: Playbook) -> View:
    """Where the customer stands."""
    missing: tuple[Unmet, ...] = ()
    owner = playbook.customers.owner
    if not state.value_class:
        missing = (Unmet(code="value_class", name=Name(en="value class", zh="价值分类"), who=owner),)
    due = morning_of(state.next_contact_on, playbook.calendar) if state.next_contact_on else None
    fields = state.fields_of_origin() | {"value_class": state.value_class}
    return View(
        code=state.status,
        name=STATE_NAMES[state.status],
        phase="customer",
        closed=False,
        waiting_for=owner if state.next_contact_on or missing else "",
        due_at=due,
        health="overdue" if state.contact_due else "ok",
        needs_human=state.contact_due,
        reason="keep in contact: the planned date has come 约定联系日期已到" if state.contact_due else "",
        missing=missing,
        **fields,
    )
