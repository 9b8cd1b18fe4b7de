"""Where the handoff stands: its clocks, what others are owed, and what people see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from domain.handoff.deciding import lacking_items
from domain.handoff.events import ConditionLapsed, HandoffOverdue
from domain.handoff.state import STATUS_NAMES, State, kept_items
from domain.messages import Name
from domain.origin import morning_of
from domain.phases import phase_completed
from domain.playbook import Playbook
from domain.standing import Begin, Clock, Tell, View


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """The turn of the side that must act, and the dates of accepted conditions."""
    rules = playbook.handoffs[state.kind]
    if state.status == "accepted":
        for condition in state.conditions.values():
            if condition.condition not in state.lapsed:
                due = _morning_after(condition.due_on, playbook)
                fact = ConditionLapsed(occurred_at=due, condition=condition.condition, who=rules.giver)
                yield Clock(f"condition-{condition.condition}-lapsed", due, "condition of the acceptance 附条件到期", fact)
        return
    if state.overdue:
        return
    side: Literal["giver", "receiver"] = "receiver" if state.status == "offered" else "giver"
    due = due_at(state, playbook)
    yield Clock(
        name=f"handoff-{side}-overdue-{state.round}",
        at=due,
        text="answer of the receiver 接收方答复" if side == "receiver" else "offer of the giver 移交方提交",
        fact=HandoffOverdue(
            occurred_at=due, side=side, who=rules.receiver if side == "receiver" else rules.giver, round=state.round
        ),
    )


def _morning_after(day: date, playbook: Playbook) -> datetime:
    """When a date is over: what is due on it may be done all day."""
    return morning_of(day + timedelta(days=1), playbook.calendar)


def due_at(state: State, playbook: Playbook) -> datetime:
    """When the side that must act has to have acted."""
    assert state.since is not None
    rules = playbook.handoffs[state.kind]
    if state.status == "offered":
        return playbook.calendar.add_working_time(state.since, timedelta(hours=rules.answer_within))
    return playbook.calendar.add_working_days(state.since, rules.offer_within)


def owes(state: State) -> Sequence[Begin | Tell]:
    """An accepted handoff lets the project go on."""
    if not state.completed:
        return ()
    phase: Literal["handoff-delivery", "handoff-support"] = (
        "handoff-delivery" if state.kind == "delivery" else "handoff-support"
    )
    return (phase_completed(state.root.project, phase, state.since, "handoff accepted 交接已接收"),)


def view(state: State, playbook: Playbook) -> View:
    """Whose turn it is, what is missing, and by when."""
    rules = playbook.handoffs[state.kind]
    common = {"code": state.status, "phase": f"handoff-{state.kind}", **state.fields_of_origin()}
    name = Name(en=f"{rules.name.en}: {STATUS_NAMES[state.status].en}", zh=f"{rules.name.zh}：{STATUS_NAMES[state.status].zh}")
    if state.status == "accepted":
        due = min((condition.due_on for condition in state.conditions.values()), default=None)
        late = any(condition in state.lapsed for condition in state.conditions)
        return View(
            name=name,
            closed=not state.conditions,
            waiting_for=rules.giver if state.conditions else "",
            due_at=_morning_after(due, playbook) if due else None,
            health="overdue" if late else "ok",
            needs_human=late,
            reason="a condition of the acceptance has lapsed 附条件逾期" if late else "",
            **common,
        )
    lacking = lacking_items(kept_items(state), rules) if state.status != "offered" else []
    waiting_for = rules.receiver if state.status == "offered" else rules.giver
    return View(
        name=name,
        closed=False,
        waiting_for=waiting_for,
        due_at=due_at(state, playbook),
        health="overdue" if state.overdue else "at-risk" if state.status == "returned" else "ok",
        needs_human=state.overdue or state.status in ("offered", "returned"),
        reason=_reason(state),
        missing=tuple(lacking),
        **common,
    )


def _reason(state: State) -> str:
    late = "; the time for it has run out，已超时" if state.overdue else ""
    match state.status:
        case "offered":
            return f"offered, waiting for the receiver's answer 待接收方答复{late}"
        case "returned":
            return f"returned with named gaps 已退回，待补齐{late}"
        case _:
            return f"the offer is not made yet 尚未提交{late}" if state.overdue else ""
