"""Pilot and roll-out units: what the playbook repeats for each is planned for each."""

from __future__ import annotations

from collections.abc import Sequence

from domain.decider import Context
from domain.implementation.commands import PlanUnits
from domain.implementation.events import PlanBaselined, UnitsPlanned
from domain.implementation.graph import expand
from domain.implementation.people import allowed
from domain.implementation.planning import plan
from domain.implementation.refusals import PlanUnderWayError, UnitsNotForeseenError, UnitTwiceError
from domain.implementation.state import State
from domain.messages import Event
from domain.origin import listed

START, UNITS = "start", "units"
"""What made a baseline, as it is recorded in it."""


def plan_units(command: PlanUnits, state: State, context: Context) -> Sequence[Event]:
    """Name the units, while the plan is not yet agreed on: a new baseline from the start, with the milestones of each unit."""
    playbook = context.rules(state)
    rules = playbook.implementation
    allowed(command.actor, rules.planned_by, "Planning units")
    agreed = {baseline.cause for baseline in state.plan.baselines.values()} - {"", START, UNITS}
    if state.signed or state.overrides or agreed:
        raise PlanUnderWayError(
            "The plan is agreed on, a milestone or a change order is signed: units change by a change order."
        )
    if not any(milestone.per_unit for milestone in rules.milestones):
        raise UnitsNotForeseenError(f"The playbook {playbook.ref} repeats no milestone for units; it has one plan for all.")
    names = [unit.unit for unit in command.units]
    if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
        raise UnitTwiceError(f"Each unit has an id of its own; {listed(twice)} stands there more than once.")
    milestones = expand(rules, command.units)
    assert state.started_at is not None
    return [
        UnitsPlanned(occurred_at=context.at, units=command.units),
        PlanBaselined(
            occurred_at=context.at,
            plan_version=state.plan_version + 1,
            planned=plan(state.started_at, milestones, playbook.calendar),
            milestones=milestones,
            cause=UNITS,
        ),
    ]
