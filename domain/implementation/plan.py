"""What is known about a plan: its baselines, its forecast and what bent it, its change orders, risks and issues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from domain.implementation.events import MilestoneSignedOff, PlanBaselined
from domain.implementation.graph import PlannedMilestone
from domain.implementation.plan_commands import Impact
from domain.implementation.plan_events import (
    ChangeApproved,
    ChangeDeclined,
    ChangeOverdue,
    ChangeRefused,
    ChangeRequested,
    ChangeSigned,
    ChangeWithdrawn,
    DelayReported,
    ForecastMoved,
    IssueOverdue,
    IssueRaised,
    IssueResolved,
    MilestoneHeld,
    MilestoneReestimated,
    MoveCause,
    RiskClosed,
    RiskDue,
    RiskRaised,
)

AGREED = frozenset({"units", "change", "plan"})
"""Causes that move the plan itself: what they put off is no slip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """A version of the plan, as it was agreed on."""

    version: int
    at: datetime
    planned: Mapping[str, datetime]
    milestones: tuple[PlannedMilestone, ...] = ()
    fixed: Mapping[str, datetime] = field(default_factory=dict)
    cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """The farthest that one cause has put a date off, beside what was agreed on."""

    before: datetime
    after: datetime
    cause: MoveCause


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change order 变更单. `status`: requested, approved, signed, or how it ended: refused, declined, withdrawn."""

    change: str
    what: str
    reason: str
    impact: Impact
    asked_by: tuple[str, ...]
    requested_at: datetime
    size_days: int
    approver: str
    status: str = "requested"
    approved_by: str = ""
    approved_at: datetime | None = None
    overdue: tuple[str, ...] = ()
    """The answers that have not come in time: `approval`, `signature`."""
    escalated_to: str = ""

    @property
    def open(self) -> bool:
        """True while an answer is waited for."""
        return self.status in ("requested", "approved")

    @property
    def late(self) -> bool:
        """True while the answer that is waited for is late."""
        return {"requested": "approval", "approved": "signature"}.get(self.status, "") in self.overdue


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """A risk 风险 or an open issue 问题, with owner and date."""

    text: str
    owner: str
    due_on: date
    weight: str
    """`high`, or for a risk `high × low`: probability × impact."""
    late: bool = False
    closed: str = ""
    """How it ended; empty while it is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The plan of an implementation as its events tell it."""

    baselines: Mapping[int, Baseline] = field(default_factory=dict)
    forecast: Mapping[str, datetime] = field(default_factory=dict)
    """As it is on record: for what is signed, the date of that."""
    estimates: Mapping[str, int] = field(default_factory=dict)
    not_before: Mapping[str, Mapping[str, datetime]] = field(default_factory=dict)
    """By milestone, then by who said it: `hold`, `customer`, `vendor`, `third_party`."""
    slips: Mapping[str, Slip] = field(default_factory=dict)
    changes: Mapping[str, Change] = field(default_factory=dict)
    risks: Mapping[str, Concern] = field(default_factory=dict)
    issues: Mapping[str, Concern] = field(default_factory=dict)

    @property
    def open_issues(self) -> Mapping[str, Concern]:
        """The issues that are not settled, the earliest due first."""
        left = [(name, one) for name, one in self.issues.items() if not one.closed]
        return dict(sorted(left, key=lambda pair: pair[1].due_on))

    @property
    def fixed(self) -> Mapping[str, datetime]:
        """The agreed dates of the plan of now."""
        return self.baselines[max(self.baselines)].fixed if self.baselines else {}


def tracked(plan: Plan, event: Any) -> Plan:
    """The plan after one more fact; the same one when it is not about the plan."""
    at: datetime = event.occurred_at
    match event:
        case PlanBaselined():
            return _baselined(plan, event)
        case MilestoneSignedOff():
            return replace(plan, forecast={**plan.forecast, event.milestone: at})
        case ForecastMoved():
            return _moved(plan, event)
        case MilestoneReestimated():
            return replace(plan, estimates={**plan.estimates, event.milestone: event.days})
        case MilestoneHeld():
            return _held(plan, event.milestone, "hold", event.at)
        case DelayReported():
            return _held(plan, event.milestone, event.cause, event.at)
        case RiskRaised():
            weight = f"{event.probability} × {event.impact}"
            risk = Concern(text=event.text, owner=event.owner, due_on=event.due_on, weight=weight)
            return replace(plan, risks={**plan.risks, event.risk: risk})
        case RiskDue():
            return replace(plan, risks=_told(plan.risks, event.risk, late=True))
        case RiskClosed():
            return replace(plan, risks=_told(plan.risks, event.risk, closed=event.how))
        case IssueRaised():
            issue = Concern(text=event.text, owner=event.owner, due_on=event.due_on, weight=event.severity)
            return replace(plan, issues={**plan.issues, event.issue: issue})
        case IssueOverdue():
            return replace(plan, issues=_told(plan.issues, event.issue, late=True))
        case IssueResolved():
            return replace(plan, issues=_told(plan.issues, event.issue, closed=event.how))
        case _:
            return _changed(plan, event)


def _baselined(plan: Plan, event: PlanBaselined) -> Plan:
    """A milestone that was estimated anew and that the new plan gives more days takes as many more now."""
    baseline = Baseline(
        version=event.plan_version,
        at=event.occurred_at,
        planned=event.planned,
        milestones=event.milestones,
        fixed=event.fixed,
        cause=event.cause,
    )
    days = {one.code: one.days for one in event.milestones}
    last = plan.baselines[max(plan.baselines)].milestones if plan.baselines else ()
    was = {one.code: one.days for one in last}
    estimates = {
        code: max(1, estimate + days[code] - was.get(code, days[code]))
        for code, estimate in plan.estimates.items()
        if code in days
    }
    return replace(
        plan,
        baselines={**plan.baselines, event.plan_version: baseline},
        forecast=plan.forecast or event.planned,
        estimates=estimates,
    )


def _moved(plan: Plan, event: ForecastMoved) -> Plan:
    forecast, slips = dict(plan.forecast), dict(plan.slips)
    for move in event.moved:
        if move.after is None:
            forecast.pop(move.milestone, None)
            slips.pop(move.milestone, None)
            continue
        forecast[move.milestone] = move.after
        farthest = slips.get(move.milestone)
        lost = move.after - move.before if move.before else None
        agreed = event.cause.kind in AGREED
        if not agreed and lost and lost.total_seconds() > 0 and (farthest is None or lost > farthest.after - farthest.before):
            assert move.before is not None
            slips[move.milestone] = Slip(before=move.before, after=move.after, cause=event.cause)
    return replace(plan, forecast=forecast, slips=slips)


def _held(plan: Plan, milestone: str, source: str, at: datetime) -> Plan:
    words = {**plan.not_before.get(milestone, {}), source: at}
    return replace(plan, not_before={**plan.not_before, milestone: words})


def _told(concerns: Mapping[str, Concern], name: str, **fields: Any) -> Mapping[str, Concern]:
    return {**concerns, name: replace(concerns[name], **fields)}


def _changed(plan: Plan, event: Any) -> Plan:
    match event:
        case ChangeRequested():
            change = Change(
                change=event.change,
                what=event.what,
                reason=event.reason,
                impact=event.impact,
                asked_by=tuple(one for one in (event.by, event.on_behalf_of) if one),
                requested_at=event.occurred_at,
                size_days=event.size_days,
                approver=event.approver,
            )
            return replace(plan, changes={**plan.changes, event.change: change})
        case ChangeApproved():
            return _status(plan, event.change, status="approved", approved_by=event.by, approved_at=event.occurred_at)
        case ChangeRefused():
            return _status(plan, event.change, status="refused")
        case ChangeSigned():
            return _status(plan, event.change, status="signed")
        case ChangeDeclined():
            return _status(plan, event.change, status="declined")
        case ChangeWithdrawn():
            return _status(plan, event.change, status="withdrawn")
        case ChangeOverdue():
            overdue = (*plan.changes[event.change].overdue, event.answer)
            return _status(plan, event.change, overdue=overdue, escalated_to=event.escalated_to)
        case _:
            return plan


def _status(plan: Plan, name: str, **fields: Any) -> Plan:
    return replace(plan, changes={**plan.changes, name: replace(plan.changes[name], **fields)})
