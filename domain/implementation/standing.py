"""Where the implementation stands: its clocks, what others are owed, and what people see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from domain.implementation.events import MilestoneOverdue
from domain.implementation.gates import still_lacking
from domain.implementation.graph import named
from domain.implementation.state import State
from domain.origin import listed
from domain.phases import phase_completed
from domain.playbook import Playbook
from domain.standing import Begin, Clock, Tell, View


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """The planned date of each milestone that is not signed off."""
    for milestone in state.left(playbook.implementation):
        if milestone.code in state.overdue:
            continue
        due = state.planned[milestone.code]
        yield Clock(
            name=f"milestone-{milestone.code}-overdue-{state.plan_version}",
            at=due,
            text=f"planned date of {milestone.code} 里程碑计划日期",
            fact=MilestoneOverdue(
                occurred_at=due,
                milestone=milestone.code,
                plan_version=state.plan_version,
                who=playbook.implementation.milestone(milestone.of).owner,
            ),
        )


def owes(state: State) -> Sequence[Begin | Tell]:
    """An accepted project is handed over to support."""
    if state.accepted_at is None:
        return ()
    return (phase_completed(state.root.project, "implementation", state.accepted_at, "project accepted 项目已验收"),)


def view(state: State, playbook: Playbook) -> View:
    """The milestone that is next, what it lacks, and by when."""
    rules = playbook.implementation
    fields = {"phase": "implementation", **state.fields_of_origin()}
    left = state.left(rules)
    if not left:
        last = rules.milestones[-1]
        return View(code="completed", name=last.name, closed=True, **fields)
    following = left[0]
    milestone = rules.milestone(following.of)
    lacking = still_lacking(following, state, rules)
    signers = [item.unmet() for item in milestone.signers] if milestone.effect != "handed_over" else []
    late = listed(state.overdue)
    return View(
        code=following.code,
        name=named(following, rules),
        closed=False,
        waiting_for=milestone.owner,
        due_at=state.planned[following.code],
        health="overdue" if state.overdue else "ok",
        needs_human=bool(state.overdue),
        reason=f"milestone late 里程碑逾期: {late}" if late else "",
        missing=tuple([*lacking, *signers]),
        **fields,
    )
