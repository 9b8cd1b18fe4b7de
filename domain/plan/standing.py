"""What a plan waits for, what it owes the plans below, and where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from domain.messages import SYSTEM, Health, Name, own_id
from domain.origin import day_of, morning_of
from domain.plan import subject
from domain.plan.commands import TakeTarget
from domain.plan.events import ActionEscalated, ActionOverdue, PlanPeriodEnded, ReviewOverdue
from domain.plan.reviewing import role_of
from domain.plan.state import Action, Part, State, Target
from domain.plan.terms import STATUS_NAMES
from domain.planned import noted
from domain.playbook import Playbook
from domain.standing import Clock, Tell, Unmet, View

MOST_NAMED = 10
"""How many actions and gaps the view names; the rest is in the lists."""


def next_review_on(state: State, playbook: Playbook) -> date | None:
    """The date of the next review; None for a plan that is not reviewed any more, or never by itself.

    The first is after the day on which the plan was set and not before it begins, the last is the first one after its end."""
    cadence = playbook.plans.cadence(state.kind)
    if cadence is None or state.closed_at is not None or state.set_at is None:
        return None
    last, content = state.last_review, state.content
    if last is not None and last.review_on > content.ends_on:
        return None
    if last is not None:
        return cadence.first_after(last.review_on)
    since = day_of(state.set_at, playbook.calendar_of_all)  # All units are reviewed at one moment, wherever they are.
    return cadence.first_after(max(since, content.starts_on - timedelta(days=1)))


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """The review that does not come, the dates of actions, the end of the period."""
    if state.closed_at is not None:
        return
    rules, who, calendar = playbook.plans, role_of(playbook), playbook.calendar
    review_on = next_review_on(state, playbook)
    if review_on is not None and state.review_late != review_on:
        at = morning_of(review_on + timedelta(days=rules.grace_days), calendar)
        late = ReviewOverdue(occurred_at=at, review_on=review_on, who=who)
        yield Clock(f"review-{review_on}-overdue", at, f"review of {review_on} 规划评审", late, dated=True)
    if not state.period_over:
        ends_on = state.content.ends_on
        at = morning_of(ends_on + timedelta(days=1), calendar)
        over = PlanPeriodEnded(occurred_at=at, ends_on=ends_on, who=who)
        yield Clock(f"period-over-{state.version}", at, "end of the plan's period 规划期满", over, dated=True)
    for action in state.open_actions:
        yield from _of_action(action, playbook, who)


def _of_action(action: Action, playbook: Playbook, who: str) -> Iterable[Clock]:
    rules, named = playbook.plans, f"action-{action.action}"
    due = action.due_on + timedelta(days=1)
    if not action.overdue:
        at = morning_of(due, playbook.calendar)
        late = ActionOverdue(occurred_at=at, action=action.action, due_on=action.due_on, owner=action.owner, who=who)
        yield Clock(f"{named}-overdue-{action.moves + 1}", at, f"action {action.action} due 行动到期", late, dated=True)
    elif rules.escalate_after_days is not None and not action.escalated:
        at = morning_of(due + timedelta(days=rules.escalate_after_days), playbook.calendar)
        up = ActionEscalated(occurred_at=at, action=action.action, due_on=action.due_on, who=str(rules.escalates_to))
        text = f"overdue action {action.action} is escalated 逾期行动升级"
        yield Clock(f"{named}-escalated-{action.moves + 1}", at, text, up, dated=True)


def owes(state: State) -> Sequence[Tell]:
    """What it is about hears once that it is there; each plan below its share of each target, the latest one only."""
    shares = [_share(state, target, part) for target in state.targets.values() for part in target.parts]
    return [*noted(state), *shares] if state.exists else shares


def _share(state: State, target: Target, part: Part) -> Tell:
    command = TakeTarget(
        plan=part.plan,
        period=target.period,
        service_line=target.service_line,
        measure=target.measure,
        parent=state.id,
        amount=part.amount,
        number=part.number,
        command_id=own_id(f"target-{state.id}-{target.key.replace('/', '-')}-{part.plan}-{part.number}"),
        actor=SYSTEM,
        occurred_at=part.at,
        correlation_id=state.root.project or state.root.customer or state.id,
    )
    return Tell(command=command, text="share of the target 目标分解", to_many=True)


def view(state: State, playbook: Playbook) -> View:
    """Where the plan stands, who must act, and by when."""
    fields: dict[str, Any] = {"phase": "plan", **state.fields_of_origin()}
    named: dict[str, Any] = {"code": state.status, "name": STATUS_NAMES[state.status]}
    if state.closed_at is not None:
        return View(closed=True, **named, **fields)
    who = role_of(playbook)
    up = [one for one in state.open_actions if one.escalated]
    reasons, health = _reasons(state)
    review_on = next_review_on(state, playbook)
    dates = [one.due_on for one in state.open_actions if not one.overdue] + ([review_on] if review_on else [])
    return View(
        closed=False,
        waiting_for=str(playbook.plans.escalates_to) if up else who,
        due_at=morning_of(min(dates), playbook.calendar) if dates else None,
        health=health,
        needs_human=bool(reasons),
        reason="; ".join(reasons),
        missing=tuple(_missing(state, who, str(playbook.plans.escalates_to))),
        **named,
        **fields,
    )


def _reasons(state: State) -> tuple[list[str], Health]:
    late = [one.action for one in state.open_actions if one.overdue]
    reasons = []
    if state.review_late is not None:
        reasons.append(f"review of {state.review_late} has not come 评审逾期")
    if late:
        reasons.append(f"overdue actions 逾期行动: {', '.join(late[:MOST_NAMED])}")
    if (gone := subject.reason(state)) is not None:
        reasons.append(f"{gone.en} {gone.zh}")
    if state.period_over:
        reasons.append("the period is over, close the plan 规划期已满，待关闭")
    if over := [one.key for one in state.targets.values() if one.allocated > one.amount.amount]:
        reasons.append(f"more is allocated than there is 分解超出目标: {', '.join(over[:MOST_NAMED])}")
    gaps = [one.key for one in state.gaps]
    unrecorded = state.last_review is not None and bool(gaps) and not state.last_review.records
    if unrecorded:
        reasons.append(f"gaps to decide on 差距待处理: {', '.join(gaps[:MOST_NAMED])}")
    return reasons, "overdue" if late or state.review_late is not None else "at-risk" if gaps or over or gone else "ok"


def _missing(state: State, who: str, above: str) -> Iterable[Unmet]:
    if (gone := subject.reason(state)) is not None:
        yield Unmet(code="subject", name=gone, who=who)
    if not state.targets:
        yield Unmet(code="target", name=Name(en="target", zh="目标"), who=who)
    for target in state.gaps[:MOST_NAMED]:
        percent = target.seen.percent if target.seen is not None else None
        told = Name(en=f"gap of {target.key}: {percent} % covered", zh=f"{target.key}差距：覆盖率{percent}%")
        yield Unmet(code=f"gap-{target.key}", name=told, who=who)
    for action in state.open_actions[:MOST_NAMED]:
        told = Name(en=f"action {action.action}, due {action.due_on}", zh=f"行动{action.action}，{action.due_on}到期")
        yield Unmet(code=action.action, name=told, who=above if action.escalated else who)
    if state.last_review is not None and not state.last_review.records:
        on = state.last_review.review_on
        yield Unmet(code="review_record", name=Name(en=f"record of the review of {on}", zh=f"{on}评审记录"), who=who)
