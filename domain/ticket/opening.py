"""Taking a ticket: from whom, how urgent, under which contract. A ticket is never turned away for want of a service code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from domain import streams
from domain.customer import merging
from domain.decider import Context
from domain.messages import Event
from domain.origin import Origin
from domain.refusals import AlreadyExistsError, NotFoundError
from domain.ticket.commands import OpenTicket
from domain.ticket.events import TicketOpened
from domain.ticket.links import check_parent
from domain.ticket.redating import at_opening
from domain.ticket.service import by_code, marked
from domain.ticket.state import State
from domain.ticket.windows import Subject


def regards(command: OpenTicket) -> tuple[str, ...]:
    """The customer, and the project and its support if the ticket names one."""
    seen = (streams.customer(command.customer),)
    return (*seen, streams.project(command.project), streams.support(command.project)) if command.project else seen


def contracts(command: OpenTicket, seen: Mapping[str, Any]) -> tuple[str, ...]:
    """The projects of the customer that were won, and their support, where a service code must be looked for among them."""
    customer = seen.get(streams.customer(command.customer))
    if command.project or not command.service_code or customer is None or not customer.exists:
        return ()
    return tuple(stream for one in merging.signed(customer) for stream in (streams.project(one), streams.support(one)))


def open_it(command: OpenTicket, state: State, context: Context) -> Sequence[Event]:
    """Take the ticket; both clocks start. A service code names the project whose contract has it."""
    if state.exists:
        raise AlreadyExistsError(f"The ticket {command.ticket} is open already.")
    customer, project = _whose(command, context)
    if command.parent:
        check_parent(command.ticket, command.parent, state, context, command.customer)
    contract = context.seen.get(streams.support(command.project)) if command.project else None
    if not command.project and (found := by_code(command.service_code, customer, context)) is not None:
        contract, project = found, context.seen[streams.project(found.root.project)]
    rules = context.playbooks.of(project or customer)
    base = rules.support.matrix[command.impact][command.urgency]
    subject = Subject(kind=command.kind, product=command.product, base=base)
    mark = marked(command, contract, customer, context.at, rules)
    level = contract.level if contract is not None and not mark else ""
    role = (rules.support.settled_by or rules.customers.owner) if mark else ""
    return [
        TicketOpened(
            occurred_at=context.at,
            origin=Origin(
                customer=command.customer,
                project=command.project or (contract.root.project if contract is not None else ""),
                value_class=customer.value_class,
                owner_unit=customer.root.owner_unit,
                playbook=rules.ref,
                held=command.hold_clocks,
            ),
            ticket=command.ticket,
            kind=command.kind,
            title=command.title,
            impact=command.impact,
            urgency=command.urgency,
            **at_opening(rules, customer.value_class, level, subject, context.at),
            in_service=not mark,
            mark=mark,
            settled_by=role,
            settler=customer.owner_now if role == rules.customers.owner else "",
            product=command.product,
            category=command.category,
            service_code=command.service_code or (contract.service_code if contract is not None and not mark else ""),
            parent=command.parent or "",
            line=command.line,
            group=command.group,
            support=("early_life" if contract.early_life else "full") if contract is not None and contract.exists else "",
        )
    ]


def _whose(command: OpenTicket, context: Context) -> tuple[Any, Any]:
    """The customer, and the project if the ticket names one."""
    customer = context.seen.get(streams.customer(command.customer))
    if customer is None or not customer.exists:
        raise NotFoundError(f"There is no customer {command.customer}: register it first (RegisterCustomer).")
    if customer.record.merged is not None and not command.project and not command.service_code:
        raise merging.gone(customer)  # What its own contracts give it, it goes on to have.
    project = context.seen.get(streams.project(command.project)) if command.project else None
    if command.project and (project is None or not project.exists or not merging.is_of(project.root.customer, customer)):
        raise NotFoundError(f"Customer {command.customer} has no project {command.project}: check the id, or leave it out.")
    return customer, project
