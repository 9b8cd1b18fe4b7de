"""Whether a service contract covers a ticket, and what is done about one that none covers: it is marked, never turned away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from domain import streams
from domain.customer import merging
from domain.decider import Context
from domain.messages import Event
from domain.origin import day_of
from domain.playbook import Playbook
from domain.ticket.commands import OpenTicket, SettleService
from domain.ticket.events import ServiceSettled
from domain.ticket.redating import Terms, redated
from domain.ticket.refusals import ServiceInOrderError, ServiceNotValidError
from domain.ticket.state import State
from domain.ticket.terms import MARK_NAMES, Mark


def marked(command: OpenTicket, contract: Any, customer: Any, at: datetime, rules: Playbook) -> Mark | Literal[""]:
    """Why no contract covers a ticket that is opened at `at`; empty when one does.

    `contract` is the support of the project that the ticket names, or the one that has its service code; None where it names
    no project, and no contract of the customer has the code."""
    if contract is None:
        return "unknown_code" if command.service_code else "no_code"
    return _validity(contract, command.service_code, at, rules)


def by_code(code: str, customer: Any, context: Context) -> Any:
    """The contract of the customer that has a service code, one in service before one that is not; None if none has it."""
    supports = (context.seen.get(streams.support(project)) for project in reversed(merging.signed(customer))) if code else ()
    fitting = [one for one in supports if one is not None and one.exists and one.service_code.casefold() == code.casefold()]
    return next((one for one in fitting if one.in_service), fitting[0] if fitting else None)


def _validity(contract: Any, code: str, at: datetime, rules: Playbook) -> Mark | Literal[""]:
    if not contract.exists:
        return "no_contract"
    if code and code.casefold() != contract.service_code.casefold():
        return "unknown_code"
    if contract.ended:
        return "ended"
    day = day_of(at, rules.calendar)
    if contract.ends_on is not None and day > contract.ends_on:
        return "lapsed"
    # A renewed contract remembers its last period alone: before that it was in service, or it could not have been renewed.
    if contract.period == 1 and contract.starts_on is not None and day < contract.starts_on:
        return "not_begun"
    return ""


def settle(command: SettleService, state: State, context: Context) -> Sequence[Event]:
    """Settle how the ticket is served: by a contract that covered it when it was opened, free of charge, or paid."""
    if not state.unsettled:
        raise ServiceInOrderError("There is nothing to settle: the ticket is in service, or it was settled before.")
    contract = _covering(command, state, context) if command.how == "covered" else None
    at = state.not_before(context.at)
    settled = ServiceSettled(
        occurred_at=at,
        how=command.how,
        project=command.project or "",
        service_code=contract.service_code if contract else "",
        reason=command.reason,
        by=command.actor.on_behalf_of or command.actor.id,
    )
    if contract is None or contract.level == state.level or state.resolved_at is not None:
        return [settled]
    terms = Terms(level=contract.level, service_code=contract.service_code, in_service=True)
    return [settled, *redated(state, at, context.rules(state), "contract", terms=terms, reason=command.reason)]


def regards_further(seen: Mapping[str, Any]) -> tuple[str, ...]:
    """The customer of a contract, and where it has gone if it was a duplicate."""
    of = (streams.customer(one.root.customer) for name, one in seen.items() if name.startswith("support-") and one.exists)
    return (*of, *merging.chain(seen))


def _its_own(contract: Any, state: State, context: Context) -> bool:
    """Whether a contract is of the ticket's customer, or of a duplicate of that."""
    mine, theirs = state.root.customer, contract.root.customer
    stands_for = merging.survivor(theirs, context.seen)
    return theirs == mine or (stands_for is not None and stands_for.root.customer == mine)


def _covering(command: SettleService, state: State, context: Context) -> Any:
    """The contract that covers the ticket after all."""
    if command.project is None:
        raise ServiceNotValidError("Name the project whose contract covers the ticket.")
    contract = context.seen.get(streams.support(command.project))
    if contract is None or not contract.exists or not _its_own(contract, state, context):
        raise ServiceNotValidError(f"The customer has no service contract for {command.project}: check the project.")
    assert state.opened_at is not None
    if mark := _validity(contract, "", state.opened_at, context.rules(state)):
        raise ServiceNotValidError(
            f"The contract of {command.project} did not cover the ticket when it was opened ({MARK_NAMES[mark].en}): "
            "settle it as goodwill or billed."
        )
    return contract
