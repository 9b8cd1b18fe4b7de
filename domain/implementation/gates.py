"""What a milestone still lacks before it can be signed off."""

from __future__ import annotations

from domain.implementation.graph import PlannedMilestone, graph, in_unit, in_words, named
from domain.implementation.refusals import MilestoneUnknownError
from domain.implementation.state import State
from domain.origin import listed
from domain.playbook import ImplementationRules, Item
from domain.standing import Unmet


def milestone_of(code: str, unit: str | None, state: State, rules: ImplementationRules) -> PlannedMilestone:
    """The milestone that a command names, with its unit in the code or beside it; refused when there is none."""
    milestones = graph(state, rules)
    for milestone in milestones:
        if milestone.code == in_unit(code, unit):
            return milestone
    raise MilestoneUnknownError(
        f"There is no milestone {in_unit(code, unit)!r}; there are {listed(one.code for one in milestones)}."
    )


def still_lacking(milestone: PlannedMilestone, state: State, rules: ImplementationRules) -> list[Unmet]:
    """The earlier milestones and the deliverables that a milestone still lacks."""
    lacking = [
        Unmet(code=one.code, name=named(one, rules), who=rules.milestone(one.of).owner)
        for one in graph(state, rules)
        if one.code in milestone.after and one.code not in state.signed
    ]
    items = rules.milestone(milestone.of).deliverables
    return lacking + [
        brought_for(item, milestone)
        for item in items
        if item.required and in_unit(item.code, milestone.unit) not in state.submitted
    ]


def brought_for(item: Item, milestone: PlannedMilestone) -> Unmet:
    """A deliverable that is missing, under its code in the project."""
    return Unmet(code=in_unit(item.code, milestone.unit), name=in_words(item.name, milestone.unit), who=item.who)
