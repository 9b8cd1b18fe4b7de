"""Where the deal stands: its clocks, what others are owed, and what people see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal

from domain.funnel.deciding import missing
from domain.funnel.events import DealStalled, RevisitDue, StageOverdue
from domain.funnel.state import State
from domain.origin import morning_of
from domain.phases import phase_completed
from domain.playbook import Playbook, Stage
from domain.standing import Begin, Clock, Tell, View


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """The stage's time box and the stall; on the shelf, only the revisit date."""
    if state.outcome:
        return
    owner = playbook.funnel.stage(state.stage).owner
    if state.revisit_on:
        if not state.revisit_due:
            due = morning_of(state.revisit_on, playbook.calendar)
            fact = RevisitDue(occurred_at=due, revisit_on=state.revisit_on, who=owner)
            yield Clock(f"revisit-{state.revisit_on.isoformat()}-{state.entry}", due, "revisit the deal 重启搁置商机", fact)
        return
    if not state.overdue:
        due = due_at(state, playbook)
        yield Clock(
            name=f"stage-{state.stage}-overdue-{state.entry}",
            at=due,
            text=f"time box of {state.stage} 阶段时限",
            fact=StageOverdue(occurred_at=due, stage=state.stage, entry=state.entry, who=owner),
        )
    if not state.stalled:
        reason, stalls = _stalls(state, playbook)
        yield Clock(
            name=f"deal-stalled-{state.stage}-{state.entry}",
            at=stalls,
            text="deal stalls 商机停滞",
            fact=DealStalled(occurred_at=stalls, stage=state.stage, entry=state.entry, reason=reason, who=owner),
        )


def due_at(state: State, playbook: Playbook) -> datetime:
    """The end of the current stage's time box."""
    assert state.entered_at is not None
    return playbook.calendar.add_working_days(state.entered_at, playbook.funnel.stage(state.stage).time_box)


def _stalls(state: State, playbook: Playbook) -> tuple[Literal["dwell", "no_next_step"], datetime]:
    """Published practice: 1.5 × the usual dwell, or 30 days without a dated next step, whichever comes first."""
    assert state.entered_at is not None
    rules, box = playbook.funnel.stall, playbook.funnel.stage(state.stage).time_box
    dwell = playbook.calendar.add_working_days(state.entered_at, -(-box * rules.dwell_percent // 100))
    base = state.entered_at
    if state.next_step_on:
        base = max(base, morning_of(state.next_step_on, playbook.calendar))
    silent = base + timedelta(days=rules.without_next_step)
    return ("dwell", dwell) if dwell <= silent else ("no_next_step", silent)


def owes(state: State) -> Sequence[Begin | Tell]:
    """A decided deal is the project's business."""
    if not state.outcome:
        return ()
    return (phase_completed(state.root.project, "funnel", state.as_of, f"deal {state.outcome} 商机已决"),)


def view(state: State, playbook: Playbook) -> View:
    """Where the deal stands, what is missing, who must bring it and by when."""
    rules = playbook.funnel
    if state.outcome:
        name = rules.won if state.outcome == "won" else rules.lost
        return View(code=state.outcome, name=name, phase="funnel", closed=True, **state.fields_of_origin())
    stage = rules.stage(state.stage)
    if state.revisit_on:
        return View(
            code="shelved",
            name=rules.shelved,
            phase="funnel",
            closed=False,
            waiting_for=stage.owner,
            due_at=morning_of(state.revisit_on, playbook.calendar),
            health="overdue" if state.revisit_due else "ok",
            needs_human=state.revisit_due,
            reason="the revisit date has come 已到重启日期" if state.revisit_due else "",
            **state.fields_of_origin(),
        )
    return View(
        code=stage.code,
        name=stage.name,
        phase="funnel",
        closed=False,
        waiting_for=stage.owner,
        due_at=due_at(state, playbook),
        health="blocked" if state.stalled else "overdue" if state.overdue else "ok",
        needs_human=state.overdue or state.stalled,
        reason=_reason(state, stage),
        missing=tuple(item.unmet() for item in missing(state, rules)),
        **state.fields_of_origin(),
    )


def _reason(state: State, stage: Stage) -> str:
    if state.stalled:
        return f"stalled in {stage.code} 商机停滞"
    return f"time box of {stage.code} has run out 阶段超时" if state.overdue else ""
