"""What a plan is: the state that its events add up to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, assert_never

from domain.clocks import ClocksReleased
from domain.messages import Money
from domain.origin import Rooted
from domain.owning import Holder
from domain.plan.events import (
    ActionAdded,
    ActionCompleted,
    ActionDropped,
    ActionEscalated,
    ActionMoved,
    ActionOverdue,
    Content,
    Covered,
    Events,
    GapClosed,
    GapFound,
    PlanClosed,
    PlanOwnerChanged,
    PlanPeriodEnded,
    PlanReviewed,
    PlanRevised,
    PlanSet,
    PlanSubjectChanged,
    ReviewOverdue,
    ReviewRecorded,
    TargetAllocated,
    TargetSet,
    TargetTaken,
)
from domain.plan.terms import Measure, key_of
from domain.planned import Subject
from domain.playbook.plans import PlanKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a plan."""

    version: int
    at: datetime
    content: Content
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetVersion:
    """One version of a target."""

    version: int
    at: datetime
    amount: Money
    reason: str = ""
    parent: str = ""
    """The plan that has given it; empty for one that was set here."""
    number: int = 0
    """The allocation at the parent that it comes from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a plan below has of a target."""

    plan: str
    amount: Money
    number: int
    """The allocation in which it was given this amount."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is to be reached in a period and service line."""

    period: str
    first: date
    last: date
    service_line: str
    measure: Measure
    versions: tuple[TargetVersion, ...] = ()
    allocations: int = 0
    parts: tuple[Part, ...] = ()
    """What the plans below have of it; 0 where it was taken back."""
    seen: Covered | None = None
    """As the latest review saw it."""
    seen_on: date | None = None
    gap_since: date | None = None
    """The date of the review that has found the gap; None without one."""

    @property
    def key(self) -> str:
        """What tells it from the other targets of the plan."""
        return key_of(self.period, self.service_line, self.measure)

    @property
    def amount(self) -> Money:
        """Its newest version."""
        return self.versions[-1].amount

    @property
    def taken_from(self) -> str:
        """The plan that it comes from; empty for one that was set here."""
        return self.versions[-1].parent

    @property
    def allocated(self) -> Decimal:
        """How much of it the plans below have."""
        return sum((one.amount.amount for one in self.parts), Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An action of the plan."""

    action: str
    what: str
    owner: str
    due_on: date
    added_at: datetime
    gap: str = ""
    by_itself: bool = False
    moves: int = 0
    overdue: bool = False
    escalated: bool = False
    ended_at: datetime | None = None
    how: str = ""
    """`done` or `dropped`; empty while it is open."""
    result: str = ""

    @property
    def open(self) -> bool:
        """True while it is neither done nor dropped."""
        return self.ended_at is None

    @property
    def status(self) -> str:
        """`open`, `overdue`, `done` or `dropped`."""
        return self.how or ("overdue" if self.overdue else "open")


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A review that was held."""

    review_on: date
    at: datetime
    figures: tuple[Covered, ...] = ()
    other_currencies: int = 0
    late: bool = False
    as_of: datetime | None = None
    """The moment that its figures are of."""
    records: tuple[ReviewRecorded, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Rooted):
    """A plan as its events tell it."""

    id: str = ""
    kind: PlanKind = "industry"
    industry: str = ""
    region: str = ""
    unit: str = ""
    parent: str = ""
    currency: str = "CNY"
    set_at: datetime | None = None
    versions: tuple[Version, ...] = ()
    targets: Mapping[str, Target] = field(default_factory=dict)
    actions: tuple[Action, ...] = ()
    reviews: tuple[Review, ...] = ()
    review_late: date | None = None
    """The date of the review that is overdue."""
    period_over: bool = False
    subject: Subject = "in_force"
    """How the customer or project that it is about stands."""
    subject_to: str = ""
    """The customer that stands for a merged one."""
    subject_open: bool = False
    """True until the plan is revised or closed, or its subject is there again."""
    closed_at: datetime | None = None

    @property
    def content(self) -> Content:
        """What its newest version says."""
        return self.versions[-1].content

    @property
    def version(self) -> int:
        """The number of its newest version."""
        return self.versions[-1].version if self.versions else 0

    @property
    def last_review(self) -> Review | None:
        """The latest review."""
        return self.reviews[-1] if self.reviews else None

    @property
    def gaps(self) -> tuple[Target, ...]:
        """The targets of which a review has found too little covered."""
        return tuple(one for one in self.targets.values() if one.gap_since is not None)

    @property
    def open_actions(self) -> tuple[Action, ...]:
        """The actions that are neither done nor dropped."""
        return tuple(one for one in self.actions if one.open)

    @property
    def status(self) -> str:
        """`set`, `gap`, `ended` or `closed`."""
        if self.closed_at is not None:
            return "closed"
        return "ended" if self.period_over else "gap" if self.gaps else "set"


def evolve(state: State, event: Events) -> State:
    """The plan after one more fact."""
    return replace(_evolved(state, event), as_of=state.not_before(event.occurred_at))


def _evolved(state: State, event: Events) -> State:
    match event:
        case PlanSet():
            return _set(state, event)
        case PlanRevised():
            new = Version(version=event.version, at=event.occurred_at, content=event.content, reason=event.reason)
            over = state.period_over and event.content.ends_on <= event.before.ends_on
            return replace(state, versions=(*state.versions, new), period_over=over, subject_open=False)
        case PlanSubjectChanged():
            gone = event.subject != "in_force"
            return replace(state, subject=event.subject, subject_to=event.to, subject_open=gone)
        case PlanOwnerChanged():
            holder = Holder(owner=event.owner, owner_unit=event.owner_unit, since=event.occurred_at, reason=event.reason)
            return replace(state, owners=(*state.owners, holder))
        case PlanPeriodEnded():
            return replace(state, period_over=True)
        case PlanClosed():
            return replace(state, closed_at=event.occurred_at)
        case TargetSet() | TargetTaken() | TargetAllocated() | GapFound() | GapClosed():
            return _of_target(state, event)
        case PlanReviewed():
            return _reviewed(state, event)
        case ReviewOverdue():
            return replace(state, review_late=event.review_on)
        case ReviewRecorded():
            reviews = tuple(
                replace(one, records=(*one.records, event)) if one.review_on == event.review_on else one
                for one in state.reviews
            )
            return replace(state, reviews=reviews)
        case ActionAdded() | ActionMoved() | ActionCompleted() | ActionDropped() | ActionOverdue() | ActionEscalated():
            return _acted(state, event)
        case ClocksReleased():
            return replace(state, held=False)
        case _:
            assert_never(event)


def _set(state: State, event: PlanSet) -> State:
    first = Version(version=1, at=event.occurred_at, content=event.content)
    return replace(
        state,
        origin=event.origin,
        held=event.origin.held,
        id=event.plan,
        kind=event.kind,
        industry=event.industry,
        region=event.region,
        unit=event.unit,
        parent=event.parent,
        currency=event.currency,
        set_at=event.occurred_at,
        versions=(first,),
    )


def _of_target(state: State, event: TargetSet | TargetTaken | TargetAllocated | GapFound | GapClosed) -> State:
    key = key_of(event.period, event.service_line, event.measure)
    target = state.targets.get(key) or Target(
        period=event.period, first=event.first, last=event.last, service_line=event.service_line, measure=event.measure
    )
    match event:
        case TargetSet():
            new = TargetVersion(version=event.version, at=event.occurred_at, amount=event.amount, reason=event.reason)
            target = replace(target, versions=(*target.versions, new))
        case TargetTaken():
            taken: dict[str, Any] = {"parent": event.parent, "number": event.number}
            given = TargetVersion(version=event.version, at=event.occurred_at, amount=event.amount, **taken)
            target = replace(target, versions=(*target.versions, given))
        case TargetAllocated():
            target = replace(target, allocations=event.number, parts=_parts(target, event))
        case GapFound():
            target = replace(target, gap_since=target.gap_since or event.review_on)
        case GapClosed():
            target = replace(target, gap_since=None)
        case _:
            assert_never(event)
    return replace(state, targets={**state.targets, key: target})


def _parts(target: Target, event: TargetAllocated) -> tuple[Part, ...]:
    before = {one.plan: one for one in target.parts}
    parts = []
    for share in event.shares:
        had = before.get(share.plan)
        same = had is not None and had.amount == share.amount
        given = Part(plan=share.plan, amount=share.amount, number=event.number, at=event.occurred_at)
        parts.append(had if same and had is not None else given)
    return tuple(parts)


def _reviewed(state: State, event: PlanReviewed) -> State:
    targets = dict(state.targets)
    for figure in event.figures:
        key = key_of(figure.period, figure.service_line, figure.measure)
        if key in targets:
            targets[key] = replace(targets[key], seen=figure, seen_on=event.review_on)
    held = Review(
        review_on=event.review_on,
        at=event.occurred_at,
        figures=event.figures,
        other_currencies=event.other_currencies,
        late=event.late,
        as_of=event.as_of,
    )
    return replace(state, targets=targets, reviews=(*state.reviews, held), review_late=None)


def _acted(
    state: State, event: ActionAdded | ActionMoved | ActionCompleted | ActionDropped | ActionOverdue | ActionEscalated
) -> State:
    at = event.occurred_at
    match event:
        case ActionAdded():
            told: dict[str, Any] = event.model_dump(include={"action", "what", "owner", "due_on", "gap", "by_itself"})
            return replace(state, actions=(*state.actions, Action(added_at=at, **told)))
        case ActionMoved():
            return _changed(state, event.action, due_on=event.due_on, overdue=False, escalated=False, moved=1)
        case ActionCompleted():
            return _changed(state, event.action, ended_at=at, how="done", result=event.result)
        case ActionDropped():
            return _changed(state, event.action, ended_at=at, how="dropped", result=event.reason)
        case ActionOverdue():
            return _changed(state, event.action, overdue=True)
        case ActionEscalated():
            return _changed(state, event.action, escalated=True)
        case _:
            assert_never(event)


def _changed(state: State, action: str, moved: int = 0, **fields: Any) -> State:
    actions = tuple(replace(one, moves=one.moves + moved, **fields) if one.action == action else one for one in state.actions)
    return replace(state, actions=actions)
