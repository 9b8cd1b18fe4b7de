"""Where the implementation stands: its clocks, what others are owed, and what people see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from domain import promises
from domain.escalating import owed_to
from domain.implementation.events import MilestoneOverdue, MilestoneOverrideExpired, PaymentOverdue
from domain.implementation.gaps import answering
from domain.implementation.gates import still_lacking
from domain.implementation.graph import PlannedMilestone, in_unit, named
from domain.implementation.payments import outstanding
from domain.implementation.plan_standing import outlook, plan_clocks, plan_trouble
from domain.implementation.state import State
from domain.messages import Health, Name
from domain.origin import listed, morning_of
from domain.phases import phase_completed
from domain.playbook import ImplementationRules, Playbook
from domain.standing import Begin, Clock, Proof, Tell, Unmet, View

ISSUES = Name(en="open issues", zh="遗留问题")
GAP = Name(en="answer of the product division to a gap", zh="产品事业部对蓝图差距的答复")
PAYMENTS = Name(en="payments outstanding", zh="待收款")


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """The planned date of each milestone that is not signed off, the end of each override, payments and promises."""
    yield from _planned_dates(state, playbook)
    yield from _overrides(state, playbook)
    yield from _payments(state, playbook)
    yield from plan_clocks(state, playbook)
    if not state.completed:
        who = playbook.implementation.milestones[0].owner
        yield from promises.clocks(state.promises, playbook.calendar, who)


def _planned_dates(state: State, playbook: Playbook) -> Iterator[Clock]:
    """Of the milestones that could be signed now. One whose turn has not come is late because of those before it, which are
    told; it is told itself when its turn comes after its date."""
    for milestone in state.left(playbook.implementation):
        if milestone.code in state.overdue or not all(state.reached(code) for code in milestone.after):
            continue
        due = state.due(milestone)
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


def _overrides(state: State, playbook: Playbook) -> Iterator[Clock]:
    for one in state.overrides:
        if one.outcome != "open":
            continue
        due = _over(one.expires_on, playbook)
        who = playbook.implementation.milestone(one.gate).owner
        fact = MilestoneOverrideExpired(occurred_at=due, number=one.number, milestone=one.gate, who=who)
        name = f"override-{one.gate}-expired-{one.number}"
        yield Clock(name, due, f"override of {one.gate} ends 特批到期", fact, dated=True)


def _payments(state: State, playbook: Playbook) -> Iterator[Clock]:
    for one in outstanding(state):
        if not one.overdue:
            due = _over(one.due_on, playbook)
            fact = PaymentOverdue(
                occurred_at=due, milestone=one.milestone, due_on=one.due_on, who=_collects(playbook.implementation)
            )
            name = f"payment-{one.milestone}-overdue"
            yield Clock(name, due, f"payment for {one.milestone} 里程碑付款期限", fact, dated=True)


def _over(day: date, playbook: Playbook) -> datetime:
    """When a date is over: what is due on it may be done all day."""
    return morning_of(day + timedelta(days=1), playbook.calendar)


def _collects(rules: ImplementationRules) -> str:
    """The role that sees to it that what is owed comes in."""
    return next(iter(rules.payments_by), rules.milestones[-1].owner)


def owes(state: State) -> Sequence[Begin | Tell]:
    """An accepted project is handed over to support; the escalation of a gap is begun and ended by its implementation."""
    gaps = owed_to(state.escalations, state.root.project, state.held, state.unwound) if state.escalations else []
    if state.accepted_at is None:
        return gaps
    return (*gaps, phase_completed(state.root.project, "implementation", state.accepted_at, "project accepted 项目已验收"))


def proofs(state: State) -> Sequence[Proof]:
    """The deliverables of milestones that are not signed off, and the counts of defects."""
    counted = [
        Proof(id=f"{code}-{one.number}", what=code, reference=one.reference)
        for code, one in ((in_unit("defects", unit), one) for unit, one in state.defects.items())
    ]
    delivered = [
        Proof(
            id=f"{code}-{one.number}",
            what=code,
            reference=one.reference,
            given_by=one.submitted_by[0] if one.submitted_by else "",
        )
        for code, one in state.deliveries.items()
        if one.milestone not in state.signed and one.milestone in state.planned
    ]
    return [*delivered, *counted]


def view(state: State, playbook: Playbook) -> View:
    """The milestone that is next, what it lacks, and by when; beside it what else is open, late or owed."""
    rules = playbook.implementation
    fields: dict[str, Any] = {"phase": "implementation", **state.fields_of_origin()}
    left = state.left(rules)
    if not left:
        return _after_the_last(state, playbook, fields)
    following, *beside = _next(left, state)
    milestone = rules.milestone(following.of)
    lacking = still_lacking(following, state, rules)
    signers = [item.unmet() for item in milestone.signers] if milestone.effect != "handed_over" else []
    others = [Unmet(code=one.code, name=_beside(one, state, rules), who=rules.milestone(one.of).owner) for one in beside]
    health, reason = _trouble(state)
    return View(
        code=following.code,
        name=named(following, rules),
        closed=False,
        waiting_for=milestone.owner,
        due_at=state.planned[following.code],
        health=health,
        needs_human=health != "ok",
        reason=reason,
        missing=(*lacking, *signers, *others, *_unanswered(state, playbook)),
        outlook=outlook(state, playbook),
        **fields,
    )


def _unanswered(state: State, playbook: Playbook) -> list[Unmet]:
    """The gaps of the blueprint that the product division has not answered. They keep no milestone shut."""
    return [Unmet(code=f"gap:{one.about}", name=GAP, who=answering(playbook)) for one in state.escalations if one.open]


def _next(left: Sequence[PlannedMilestone], state: State) -> list[PlannedMilestone]:
    """The milestones that can be worked on now, the earliest due first; those that an override excuses come last."""
    open_ones = [one for one in left if all(state.reached(code) for code in one.after)]
    return sorted(open_ones or left[:1], key=lambda one: (state.excused(one.code), state.planned[one.code]))


def _beside(one: PlannedMilestone, state: State, rules: ImplementationRules) -> Name:
    """A milestone that is open beside the next one; one that is excused is still to be signed off."""
    name = named(one, rules)
    until = next((given.expires_on for given in reversed(state.overrides) if given.gate == one.code), None)
    if until is None or not state.excused(one.code):
        return name
    return Name(en=f"{name.en}: passed by an override until {until}", zh=f"{name.zh}：特批放行至{until}，仍须签署")


def _trouble(state: State) -> tuple[Health, str]:
    """What has gone wrong, in words; what is owed without being late is said too, but calls nobody."""
    expired = [one.gate for one in state.overrides if one.outcome == "expired" and not state.reached(one.gate)]
    owed = outstanding(state)
    late = [one.milestone for one in owed if one.overdue]
    broken = [one.promise for one in promises.binding(state.promises) if one.overdue] if not state.completed else []
    said = [
        f"override expired 特批已到期: {listed(expired)}" if expired else "",
        f"milestone late 里程碑逾期: {listed(state.overdue)}" if state.overdue else "",
        f"payment overdue 付款逾期: {listed(late)}" if late else "",
        f"promise overdue 承诺逾期: {listed(broken)}" if broken else "",
        *plan_trouble(state),
    ]
    told = "; ".join(one for one in said if one)
    if told:
        return ("blocked" if expired else "overdue"), told
    due = listed(f"{one.milestone} {one.due_on}" for one in owed)
    return "ok", f"payment due 应收款: {due}" if due else ""


def _after_the_last(state: State, playbook: Playbook, fields: dict[str, Any]) -> View:
    """Every milestone is signed off: what may be left are payments and open issues."""
    owed = outstanding(state)
    if not owed and not state.plan.open_issues:
        return View(code="completed", name=playbook.implementation.milestones[-1].name, closed=True, **fields)
    health, reason = _trouble(state)
    if not owed:
        return _issues_left(state, playbook, health, reason, fields)
    names = {one.milestone: playbook.implementation.milestone(one.milestone).name for one in owed}
    who = _collects(playbook.implementation)
    return View(
        code="payments",
        name=PAYMENTS,
        closed=False,
        waiting_for=who,
        due_at=_over(owed[0].due_on, playbook),
        health=health,
        needs_human=health != "ok",
        reason=reason,
        missing=tuple(Unmet(code=f"payment:{code}", name=name, who=who) for code, name in names.items()),
        **fields,
    )


def _issues_left(state: State, playbook: Playbook, health: Health, reason: str, fields: dict[str, Any]) -> View:
    issues = state.plan.open_issues
    return View(
        code="issues",
        name=ISSUES,
        closed=False,
        waiting_for=playbook.implementation.milestones[-1].owner,
        due_at=_over(next(iter(issues.values())).due_on, playbook),
        health=health,
        needs_human=health != "ok",
        reason=reason,
        missing=tuple(Unmet(code=f"issue:{name}", name=ISSUES, who=one.owner) for name, one in issues.items()),
        **fields,
    )
