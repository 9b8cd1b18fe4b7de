"""Improvement cases 改进事项: tickets that are alike become a case, and a case becomes a lead or is dismissed."""

from __future__ import annotations

from collections.abc import Sequence

from domain import streams
from domain.customer.commands import DismissCase, NotePattern, TurnIntoLead
from domain.customer.events import CaseDismissed, CaseTurnedIntoLead, ImprovementCaseOpened
from domain.customer.refusals import CaseUnknownError, CustomerInvalidError, LeadKnownError
from domain.customer.state import Case, State
from domain.decider import Context
from domain.messages import Event
from domain.origin import listed
from domain.refusals import NotFoundError


def note(command: NotePattern, state: State, context: Context) -> Sequence[Event]:
    """A pattern: one open case for a product and category, and no ticket counts twice."""
    for one in command.tickets:
        ticket = context.seen.get(streams.ticket(one))  # None where an earlier decision, made again, has not looked.
        if ticket is not None and not (ticket.exists and ticket.root.customer == command.customer):
            raise NotFoundError(f"There is no ticket {one} of customer {command.customer}: open it first.")
    rules = context.rules(state).support.service.pattern
    alike = [one for one in state.cases if (one.product, one.category) == (command.product, command.category)]
    used = {ticket for one in alike for ticket in one.tickets}
    fresh = tuple(ticket for ticket in command.tickets if ticket not in used)
    if rules is None or any(not one.ended for one in alike) or len(fresh) < rules.tickets:
        return []
    return [
        ImprovementCaseOpened(
            occurred_at=context.at,
            case=f"I{len(state.cases) + 1}",
            product=command.product,
            category=command.category,
            tickets=fresh,
            who=rules.owner,
        )
    ]


def turn(command: TurnIntoLead, state: State, context: Context) -> Sequence[Event]:
    """A lead out of a case."""
    case = _open_one(command.case, state)
    if state.status == "invalid":
        raise CustomerInvalidError("The customer is invalid: qualify it again first (RequalifyCustomer), or dismiss the case.")
    there = context.seen.get(streams.project(command.project))
    if there is not None and there.exists:
        raise LeadKnownError(f"There is a project {command.project} already: give the new one its own id.")
    return [
        CaseTurnedIntoLead(
            occurred_at=context.at,
            case=case.case,
            project=command.project,
            name=command.name,
            need=command.need,
            product_line=command.product_line,
            amount=command.amount,
            owner=command.owner or state.owner_now,
            owner_unit=command.owner_unit or state.unit_now,
        )
    ]


def dismiss(command: DismissCase, state: State, context: Context) -> Sequence[Event]:
    """Nothing comes of it."""
    case = _open_one(command.case, state)
    return [CaseDismissed(occurred_at=context.at, case=case.case, reason=command.reason)]


def _open_one(name: str, state: State) -> Case:
    for case in state.open_cases:
        if case.case == name:
            return case
    open_ones = listed(case.case for case in state.open_cases) or "none"
    raise CaseUnknownError(f"There is no open improvement case {name!r}; open are: {open_ones}.")
