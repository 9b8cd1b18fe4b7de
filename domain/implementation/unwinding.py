"""Ending an implementation whose project is cancelled, in whatever state it is: each thing that is undone is a fact."""

from __future__ import annotations

from collections.abc import Sequence

from domain import promises
from domain.cancelling import Unwind
from domain.decider import Context
from domain.implementation.events import DeliverablesArchived, LiveUnitsLeft, MilestonesStopped, PaymentsToSettle
from domain.implementation.payments import outstanding, to_settle
from domain.implementation.plan_unwinding import plan_unwound
from domain.implementation.state import State
from domain.messages import Event


def unwind(command: Unwind, state: State, context: Context) -> Sequence[Event]:
    """Stop what is open, archive what is in, and name what is left to be agreed on: live units, payments."""
    left = state.left(context.rules(state).implementation)
    at = state.not_before(context.at)
    undone: list[Event] = []
    if left:
        undone.append(MilestonesStopped(occurred_at=at, milestones=tuple(one.code for one in left)))
    undone += plan_unwound(state, at, command)
    if left and state.deliveries:
        undone.append(DeliverablesArchived(occurred_at=at, deliverables=tuple(state.deliveries)))
    if left and state.live:
        undone.append(LiveUnitsLeft(occurred_at=at, units=tuple(state.live)))
    if (left or outstanding(state)) and to_settle(state):
        due = tuple(one.milestone for one in outstanding(state))
        received = tuple(code for code, one in state.payments.items() if one.receipts)
        undone.append(PaymentsToSettle(occurred_at=at, due=due, received=received))
    if command.latest or not state.completed:  # Once the handoff to support has begun, the promises are there.
        undone += promises.released(state.promises, at, command.reason)
    return undone
