"""Where the plan stands: the clocks on answers, risks and issues, what is late of them, and where the plan is heading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from domain.implementation.graph import graph
from domain.implementation.plan import Change, Slip
from domain.implementation.plan_events import ChangeOverdue, IssueOverdue, MoveCause, RiskDue
from domain.implementation.planning import overdue_moves
from domain.implementation.state import State
from domain.messages import Name
from domain.origin import day_of, listed, morning_of
from domain.playbook import Playbook
from domain.standing import Clock

CAUSES: dict[str, Name] = {
    "signed": Name(en="signed off", zh="已签署"),
    "estimate": Name(en="new estimate", zh="重新估算"),
    "hold": Name(en="on hold", zh="暂缓"),
    "delay": Name(en="delay", zh="延误"),
    "overdue": Name(en="overdue", zh="逾期"),
    "units": Name(en="units planned", zh="实施单位规划"),
    "change": Name(en="change order", zh="变更单"),
    "plan": Name(en="new baseline", zh="新基线"),
    "playbook": Name(en="another playbook", zh="作业手册变更"),
    "today": Name(en="not signed by today", zh="今日仍未签署"),
    "recomputed": Name(en="computed anew", zh="重新计算"),
}
"""The kinds of causes, in words."""


def plan_clocks(state: State, playbook: Playbook) -> Iterator[Clock]:
    """What follows from a milestone that is overdue; the time that each answer to a change order, risk and issue has."""
    if moved := overdue_moves(state, playbook):
        name = f"forecast-{moved.cause.what}-overdue-{state.plan_version}"
        yield Clock(name, moved.occurred_at, f"forecast after {moved.cause.what} 预测顺延", moved)
    for name, issue in state.plan.issues.items():
        if not (issue.closed or issue.late):
            due = morning_of(issue.due_on + timedelta(days=1), playbook.calendar)
            late = IssueOverdue(occurred_at=due, issue=name, owner=issue.owner)
            yield Clock(f"issue-{name}-overdue", due, f"date of issue {name} 问题到期", late, dated=True)
    if done(state):
        return
    for change in state.plan.changes.values():
        yield from _answers(change, playbook)
    for name, risk in state.plan.risks.items():
        if not (risk.closed or risk.late):
            due = morning_of(risk.due_on + timedelta(days=1), playbook.calendar)
            fact = RiskDue(occurred_at=due, risk=name, owner=risk.owner)
            yield Clock(f"risk-{name}-due", due, f"date of risk {name} 风险到期", fact, dated=True)


def done(state: State) -> bool:
    """True when every milestone is signed off: nothing can change or put at risk the plan any more; issues may be left."""
    return all(code in state.signed for code in state.planned)


def _answers(change: Change, playbook: Playbook) -> Iterator[Clock]:
    rules = playbook.implementation.changes
    if rules is None or not change.open or change.late:
        return
    if change.status == "requested":
        due = playbook.calendar.add_working_time(change.requested_at, timedelta(hours=rules.answer_within))
        fact = ChangeOverdue(
            occurred_at=due, change=change.change, answer="approval", who=change.approver, escalated_to=rules.escalate_to
        )
        yield Clock(f"change-{change.change}-approval-overdue", due, f"approval of change {change.change} 变更审批", fact)
    elif change.approved_at is not None:
        due = playbook.calendar.add_working_days(change.approved_at, rules.sign_within)
        fact = ChangeOverdue(
            occurred_at=due, change=change.change, answer="signature", who="customer", escalated_to=rules.escalate_to
        )
        yield Clock(f"change-{change.change}-signature-overdue", due, f"signature of change {change.change} 变更签字", fact)


def plan_trouble(state: State) -> list[str]:
    """What is late about the plan beside its milestones, each in words of both languages; ids only."""
    plan, over = state.plan, done(state)
    orders = [f"{one.change} → {one.escalated_to}" for one in plan.changes.values() if one.late and not over]
    risks = [name for name, one in plan.risks.items() if one.late and not one.closed and not over]
    issues = [name for name, one in plan.issues.items() if one.late and not one.closed]
    said = [
        f"change order unanswered 变更单逾期未答复: {listed(orders)}" if orders else "",
        f"issue overdue 问题逾期: {listed(issues)}" if issues else "",
        f"risk due 风险到期: {listed(risks)}" if risks else "",
    ]
    return [one for one in said if one]


def outlook(state: State, playbook: Playbook, dates: Mapping[str, datetime] | None = None, beside: Iterable[Slip] = ()) -> str:
    """Where the plan is heading: the expected dates of go-live and acceptance, and what has put them off the farthest.

    By the forecast on record, or by other `dates` with what has put those off `beside` it."""
    expected = state.plan.forecast if dates is None else dates
    said = []
    for effect, label in (("went_live", "go-live 上线"), ("accepted", "acceptance 验收")):
        codes = [
            one.code
            for one in graph(state, playbook.implementation)
            if playbook.implementation.milestone(one.of).effect == effect and one.code not in state.signed
        ]
        if dated := [(expected[code], code) for code in codes if code in expected]:
            at, code = max(dated)
            said.append(f"{label} {_day(at, playbook)}{_against(at, state.planned[code], playbook)}")
    told = "; ".join(said)
    left = [*(slip for code, slip in state.plan.slips.items() if code not in state.signed), *beside]
    if told and left:
        farthest = max(left, key=lambda slip: slip.after - slip.before)
        told += f"; most by 主要原因 {slip_in_words(farthest, playbook)}"
    return told


def slip_in_words(slip: Slip, playbook: Playbook) -> str:
    """What put a date off, and by how much: `delay 延误 M3 +10`."""
    days = playbook.calendar.working_days_between(slip.before, slip.after)
    return f"{cause_in_words(slip.cause)} {days:+d}"


def cause_in_words(cause: MoveCause) -> str:
    """A cause in both languages, without the words of people: `delay 延误 M3`."""
    return f"{CAUSES.get(cause.kind, cause.kind)} {cause.what if cause.what != cause.kind else ''}".strip()


def _day(at: datetime, playbook: Playbook) -> str:
    return day_of(at, playbook.calendar).isoformat()


def _against(at: datetime, planned: datetime, playbook: Playbook) -> str:
    days = playbook.calendar.working_days_between(planned, at)
    return f" ({days:+d})" if days else ""
