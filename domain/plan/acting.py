"""Actions of a plan 行动: added, moved, done or dropped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import assert_never

from domain.decider import Context
from domain.messages import Event
from domain.origin import listed, not_past
from domain.plan.commands import AddAction, CompleteAction, DropAction, MoveAction
from domain.plan.events import ActionAdded, ActionCompleted, ActionDropped, ActionMoved
from domain.plan.refusals import ActionUnknownError, NothingRevisedError, TargetUnknownError
from domain.plan.state import Action, State


def decide(command: AddAction | MoveAction | CompleteAction | DropAction, state: State, context: Context) -> Sequence[Event]:
    """Answer a command about an action."""
    if isinstance(command, AddAction):
        return [_add(command, state, context)]
    action = _open_one(command.action, state)
    at, by = state.not_before(context.at), command.actor.id
    match command:
        case MoveAction():
            not_past(command.due_on, context.at, context.rules(state).calendar, "date of the action")
            if command.due_on == action.due_on:
                raise NothingRevisedError(f"The action {action.action} is due on {action.due_on} already.")
            moved = {"before": action.due_on, "due_on": command.due_on}
            return [ActionMoved(occurred_at=at, action=action.action, reason=command.reason, by=by, **moved)]
        case CompleteAction():
            return [ActionCompleted(occurred_at=at, action=action.action, result=command.result, by=by)]
        case DropAction():
            return [ActionDropped(occurred_at=at, action=action.action, reason=command.reason, by=by)]
        case _:
            assert_never(command)


def _add(command: AddAction, state: State, context: Context) -> Event:
    not_past(command.due_on, context.at, context.rules(state).calendar, "date of the action")
    if command.gap and command.gap not in state.targets:
        raise TargetUnknownError(f"There is no target {command.gap!r}; there are: {listed(state.targets) or 'none'}.")
    owner = command.owner or state.owner_now
    return added(state, state.not_before(context.at), command.what, owner, command.due_on, command.gap)


def added(
    state: State, at: datetime, what: str, owner: str, due_on: date, gap: str = "", *, by_itself: bool = False, after: int = 0
) -> ActionAdded:
    """The fact that the plan has one action more; `after` counts those that are added in the same moment before it."""
    named = f"A{len(state.actions) + after + 1}"
    return ActionAdded(occurred_at=at, action=named, what=what, owner=owner, due_on=due_on, gap=gap, by_itself=by_itself)


def _open_one(name: str, state: State) -> Action:
    for action in state.open_actions:
        if action.action == name:
            return action
    there = listed(action.action for action in state.open_actions) or "none"
    raise ActionUnknownError(f"There is no open action {name!r}; open are: {there}.")
