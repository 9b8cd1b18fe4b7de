"""Where the handoff stands: its clocks, what others are owed, and what people see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal

from domain import promises
from domain.handoff import conditions, early_start
from domain.handoff.deciding import lacking_now, not_to_hand_over
from domain.handoff.events import HandoffEscalated, HandoffOverdue
from domain.handoff.state import STATUS_NAMES, State
from domain.messages import Name
from domain.phases import phase_completed
from domain.playbook import HandoffRules, Playbook
from domain.standing import Begin, Clock, Proof, Tell, View

LAPSED = "a condition of the acceptance has lapsed, the gate stands open again 附条件逾期，关口重新打开"


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """The turn of the side that must act, an early start, and the promises; once accepted, the dates of its conditions."""
    rules = playbook.handoffs[state.kind]
    if state.accepted:
        yield from conditions.clocks(state, rules, playbook)
        return
    yield from _turn(state, rules, playbook)
    yield from early_start.clocks(state, rules)
    yield from promises.clocks(state.promises, playbook.calendar, rules.giver)


def _turn(state: State, rules: HandoffRules, playbook: Playbook) -> Iterable[Clock]:
    side: Literal["giver", "receiver"] = "receiver" if state.status == "offered" else "giver"
    due, who = due_at(state, playbook), rules.receiver if side == "receiver" else rules.giver
    if not state.overdue:
        text = "answer of the receiver 接收方答复" if side == "receiver" else "offer of the giver 移交方提交"
        fact = HandoffOverdue(occurred_at=due, side=side, who=who, round=state.round)
        yield Clock(f"handoff-{side}-overdue-{state.round}", due, text, fact)
    elif rules.escalate_to and rules.escalate_after and not state.escalated:
        late = playbook.calendar.add_working_time(due, timedelta(hours=rules.escalate_after))
        called = HandoffEscalated(occurred_at=late, to=rules.escalate_to, who=who, round=state.round)
        yield Clock(f"handoff-{side}-escalated-{state.round}", late, "escalation of the handoff 交接升级", called)


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


def proofs(state: State) -> Sequence[Proof]:
    """What lies in the offer that waits for its answer, each item as it was offered in this round."""
    if state.status != "offered":
        return ()
    return [
        Proof(id=f"{code}-{state.round}", what=code, reference=reference, given_by=state.offered_by)
        for code, reference in state.items.items()
    ]


def view(state: State, playbook: Playbook) -> View:
    """Whose turn it is, who has the duty, what is missing, and by when."""
    rules = playbook.handoffs[state.kind]
    common = {"code": state.status, "phase": f"handoff-{state.kind}", **state.fields_of_origin()}
    name = Name(en=f"{rules.name.en}: {STATUS_NAMES[state.status].en}", zh=f"{rules.name.zh}：{STATUS_NAMES[state.status].zh}")
    if state.accepted:
        first = min(state.conditions.values(), key=lambda condition: condition.due_on, default=None)
        late = bool(state.lapsed)
        return View(
            name=name,
            closed=first is None,
            waiting_for=(first.who or rules.giver) if first else "",
            duty=rules.receiver,
            due_at=conditions.morning_after(first.due_on, playbook) if first else None,
            health="overdue" if late else "ok",
            needs_human=late,
            reason=f"{LAPSED}{_escalated(rules, called=bool(state.called))}" if late else "",
            missing=tuple(conditions.unmet(condition, rules.giver) for condition in state.conditions.values()),
            **common,
        )
    lacking = []
    if state.status != "offered":
        assert state.since is not None
        lacking = [
            *lacking_now(state, rules),
            *not_to_hand_over(state.promises, rules, playbook.calendar, state.not_before(state.since)),
        ]
    ended = bool(state.early_starts) and state.early_starts[-1].ended
    broken_word = any(promise.overdue for promise in state.promises)
    reasons = [_reason(state, rules), early_start.told(state), "a promise is overdue 承诺逾期" if broken_word else ""]
    return View(
        name=name,
        closed=False,
        waiting_for=rules.receiver if state.status == "offered" else rules.giver,
        duty=rules.giver,
        due_at=due_at(state, playbook),
        health="overdue" if state.overdue or ended or broken_word else "at-risk" if state.status == "returned" else "ok",
        needs_human=state.overdue or ended or broken_word or state.status in ("offered", "returned"),
        reason="; ".join(reason for reason in reasons if reason),
        missing=tuple(lacking),
        outlook=state.stability.told(state.since) if state.stability and state.since and state.status == "offered" else "",
        **common,
    )


def _escalated(rules: HandoffRules, *, called: bool) -> str:
    return f"; escalated to {rules.escalate_to} 已升级至 {rules.escalate_to}" if called else ""


def _reason(state: State, rules: HandoffRules) -> str:
    late = "; the time for it has run out，已超时" if state.overdue else ""
    late += _escalated(rules, called=state.escalated)
    match state.status:
        case "offered":
            return f"offered, waiting for the receiver's answer 待接收方答复{late}"
        case "returned":
            return f"returned with named gaps 已退回，待补齐{late}"
        case _:
            return f"the offer is not made yet 尚未提交{late}" if state.overdue else ""
