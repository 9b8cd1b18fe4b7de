"""New estimates, holds and delays: the plan stays as it was agreed on, the forecast moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, assert_never

from domain.decider import Context
from domain.implementation.gates import milestone_of
from domain.implementation.graph import PlannedMilestone
from domain.implementation.people import allowed
from domain.implementation.plan_commands import EstimateCommands, HoldUntil, ReestimateMilestone, ReportDelay
from domain.implementation.plan_events import DelayReported, MilestoneHeld, MilestoneReestimated
from domain.implementation.planning import end_of
from domain.implementation.refusals import MilestoneSignedAlreadyError
from domain.implementation.state import State
from domain.messages import Event
from domain.origin import not_past


def estimate(command: EstimateCommands, state: State, context: Context) -> Sequence[Event]:
    """Answer a word about when a milestone will be reached."""
    playbook = context.rules(state)
    allowed(command.actor, playbook.implementation.planned_by, "A word about the date of a milestone")
    milestone = milestone_of(command.milestone, None, state, playbook.implementation)
    if milestone.code in state.signed:
        raise MilestoneSignedAlreadyError(f"{milestone.code} is signed off; its date is no forecast any more.")
    match command:
        case ReestimateMilestone():
            return _reestimate(command, milestone, state, context)
        case HoldUntil() | ReportDelay():
            not_past(command.until, context.at, playbook.calendar, "date until which it waits")
            shared: dict[str, Any] = {
                "occurred_at": state.not_before(context.at),
                "milestone": milestone.code,
                "until": command.until,
                "at": end_of(command.until, playbook.calendar),
                "reason": command.reason,
                "by": command.actor.id,
            }
            return [MilestoneHeld(**shared) if isinstance(command, HoldUntil) else DelayReported(**shared, cause=command.cause)]
        case _:
            assert_never(command)


def _reestimate(command: ReestimateMilestone, milestone: PlannedMilestone, state: State, context: Context) -> Sequence[Event]:
    before = state.plan.estimates.get(milestone.code, milestone.days)
    if before == command.days:
        return []
    return [
        MilestoneReestimated(
            occurred_at=state.not_before(context.at),
            milestone=milestone.code,
            days=command.days,
            before=before,
            reason=command.reason,
            by=command.actor.id,
        )
    ]
