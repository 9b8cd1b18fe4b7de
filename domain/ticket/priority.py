"""The priority of a ticket: what impact and urgency make, corrected or overridden, each with its reason."""

from __future__ import annotations

from collections.abc import Sequence

from domain.decider import Context
from domain.messages import Event
from domain.ticket.commands import ChangePriority, OverridePriority
from domain.ticket.events import PriorityChanged, PriorityOverridden
from domain.ticket.people import approves_priority
from domain.ticket.redating import by_priority
from domain.ticket.refusals import PrioritySameError
from domain.ticket.state import State


def change(command: ChangePriority, state: State, context: Context) -> Sequence[Event]:
    """Correct impact or urgency. While an override is in force, the priority stays as it was approved."""
    impact, urgency = command.impact or state.impact, command.urgency or state.urgency
    if (impact, urgency) == (state.impact, state.urgency):
        raise PrioritySameError(f"Impact is {impact} and urgency is {urgency} already: give another one of the two.")
    matrix = context.rules(state).support.matrix[impact][urgency]
    at = state.not_before(context.at)
    base = state.base_priority if state.overridden else matrix
    return [
        PriorityChanged(
            occurred_at=at,
            impact=impact,
            urgency=urgency,
            before=state.base_priority,
            after=base,
            reason=command.reason,
            by=command.actor.on_behalf_of or command.actor.id,
        ),
        *by_priority(state, context.rules(state), at, base),
    ]


def override(command: OverridePriority, state: State, context: Context) -> Sequence[Event]:
    """Give a priority against the matrix, approved by somebody else; or the matrix's own, which ends an override."""
    rules, at, before = context.rules(state), state.not_before(context.at), state.base_priority
    approves_priority(command.approver, command.approver_role, command.actor, rules.support)
    if command.priority == before:
        raise PrioritySameError(f"The ticket has priority {command.priority} already: give another one.")
    matrix = rules.support.matrix[state.impact][state.urgency]
    overridden = PriorityOverridden(
        occurred_at=at,
        before=before,
        after=command.priority,
        matrix=matrix,
        reason=command.reason,
        asked_by=command.actor.on_behalf_of or command.actor.id,
        approver=command.approver,
        approver_role=command.approver_role,
    )
    return [overridden, *by_priority(state, rules, at, command.priority, decided=command.priority != matrix)]
