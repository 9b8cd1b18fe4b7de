"""What the implementation is: the state that its events add up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce
from typing import Any, Literal, assert_never

from domain.clocks import ClocksReleased
from domain.escalating import Escalations
from domain.implementation import gap_state
from domain.implementation.commands import Signature
from domain.implementation.events import (
    DefectsCounted,
    DeliverableReviewed,
    DeliverablesArchived,
    DeliverableSubmitted,
    Events,
    GapAnswered,
    GapRaised,
    ImplementationStarted,
    LiveUnitsLeft,
    MilestoneOverdue,
    MilestoneOverridden,
    MilestoneOverrideExpired,
    MilestoneSignedOff,
    MilestonesStopped,
    PaymentFellDue,
    PaymentOverdue,
    PaymentReceived,
    PaymentSettled,
    PaymentsToSettle,
    PlanBaselined,
    ProjectAccepted,
    UnitsPlanned,
    WentLive,
    WorkEvents,
)
from domain.implementation.graph import PlannedMilestone, Unit, graph
from domain.implementation.plan import Plan, tracked
from domain.implementation.plan_events import AskedFacts, PlanEvents
from domain.implementation.records import DefectCount, Delivery, Payment, Receipt
from domain.leftovers import Leftover
from domain.messages import Money
from domain.origin import Rooted
from domain.playbook import ImplementationRules
from domain.promises import Ledger, after
from domain.standing import Override


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Rooted):
    """An implementation as its events tell it."""

    started_at: datetime | None = None
    amount: Money | None = None
    promises: Ledger = ()
    units: tuple[Unit, ...] = ()
    milestones: tuple[PlannedMilestone, ...] = ()
    """Those of the last baseline; empty when that is of an earlier time. Ask `graph(state, rules)`."""
    plan_version: int = 0
    planned: Mapping[str, datetime] = field(default_factory=dict)
    deliveries: Mapping[str, Delivery] = field(default_factory=dict)
    """What was submitted last, by deliverable."""
    defects: Mapping[str, DefectCount] = field(default_factory=dict)
    """The latest count by unit, under "" for all of it."""
    signed: Mapping[str, datetime] = field(default_factory=dict)
    signatures: Mapping[str, tuple[Signature, ...]] = field(default_factory=dict)
    """Who signed each milestone."""
    overrides: tuple[Override, ...] = ()
    """Every milestone that was passed without what it lacked, the oldest first."""
    payments: Mapping[str, Payment] = field(default_factory=dict)
    """What has fallen due, by milestone of the playbook."""
    overdue: tuple[str, ...] = ()
    live: Mapping[str, datetime] = field(default_factory=dict)
    """When each unit went live, by its id; under "" where there are no units."""
    went_live_at: datetime | None = None
    """When the last unit went live: all of the customer works with it."""
    accepted_at: datetime | None = None
    accepted_whole: bool = False
    """True when no payment had fallen due by the acceptance: then all of the price counts as delivered with it."""
    leftovers: tuple[Leftover, ...] = ()
    """What the customer has accepted without."""
    plan: Plan = field(default_factory=Plan)
    """Every baseline, the forecast, change orders, risks and issues."""
    escalations: Escalations = ()
    """Every gap of the blueprint that was taken to the product division, the oldest first; `about` is its id."""

    @property
    def completed(self) -> bool:
        """True when the customer has accepted: the handoff to support may begin."""
        return self.accepted_at is not None

    @property
    def submitted(self) -> Mapping[str, str]:
        """The references of the deliverables that are in; not those that were rejected."""
        return {code: one.reference for code, one in self.deliveries.items() if one.verdict != "rejected"}

    @property
    def open_severe(self) -> int:
        """How many defects of severity 1 are open by the latest counts: the known problems of class A."""
        there = {"", *(unit.unit for unit in self.units)}
        return sum(one.counts.get("1", 0) for unit, one in self.defects.items() if unit in there)

    def excused(self, milestone: str) -> bool:
        """True while an override lets the project go on past a milestone."""
        return any(one.gate == milestone and one.outcome == "open" for one in self.overrides)

    def reached(self, milestone: str) -> bool:
        """True for a milestone that is signed off, or passed by an override that has not expired."""
        return milestone in self.signed or self.excused(milestone)

    def due(self, milestone: PlannedMilestone) -> datetime:
        """When a milestone is overdue: on its planned date, or when the last of those before it is passed, if that is later."""
        signed = (self.signed[code] for code in milestone.after if code in self.signed)
        excused = (one.given_at for one in self.overrides if one.gate in milestone.after and one.gate not in self.signed)
        return max([self.planned[milestone.code], *signed, *excused])

    def left(self, rules: ImplementationRules) -> list[PlannedMilestone]:
        """The milestones that are not signed off, in the order of the graph."""
        return [milestone for milestone in graph(self, rules) if milestone.code not in self.signed]


def evolve(state: State, event: Events) -> State:
    """The implementation after one more fact."""
    now = _of_work_and_plan(state, event)
    known = gap_state.after(state.escalations, event, held=state.held)
    return now if known is state.escalations else replace(now, escalations=known)


def _of_work_and_plan(state: State, event: Events) -> State:
    plan = tracked(state.plan, event)
    if isinstance(event, PlanEvents):
        as_of = state.not_before(event.occurred_at) if isinstance(event, AskedFacts) else state.as_of
        return replace(state, plan=plan, as_of=as_of)
    told = _evolved(state, event)
    return told if plan is state.plan else replace(told, plan=plan)


def _evolved(state: State, event: WorkEvents) -> State:
    at = event.occurred_at
    match event:
        case ImplementationStarted():
            begun = replace(state, origin=event.origin, held=event.origin.held, promises=event.promises)
            return replace(begun, amount=event.amount, started_at=at, as_of=at)
        case UnitsPlanned():
            return _everywhere(replace(state, units=event.units, as_of=state.not_before(at)))
        case PlanBaselined():
            return _baselined(state, event)
        case DeliverableSubmitted() | DeliverableReviewed():
            return replace(state, deliveries={**state.deliveries, **_delivered(state, event)}, as_of=state.not_before(at))
        case DefectsCounted():
            return replace(state, defects={**state.defects, event.unit: _counted(state, event)}, as_of=state.not_before(at))
        case MilestoneSignedOff() | MilestoneOverridden() | MilestoneOverrideExpired():
            return _passed(state, event)
        case PaymentFellDue() | PaymentReceived() | PaymentOverdue() | PaymentSettled():
            return replace(state, payments={**state.payments, **_paid(state, event)}, as_of=state.not_before(at))
        case MilestoneOverdue():
            return replace(state, overdue=(*state.overdue, event.milestone))
        case WentLive():
            return _everywhere(replace(state, live={**state.live, event.unit: at}))
        case ProjectAccepted():
            whole = not state.payments
            return replace(state, accepted_at=at, accepted_whole=whole, leftovers=event.leftovers)
        case GapRaised() | GapAnswered():
            return replace(state, as_of=state.not_before(at))
        case MilestonesStopped() | DeliverablesArchived() | LiveUnitsLeft() | PaymentsToSettle():
            return replace(state, as_of=state.not_before(at))
        case ClocksReleased():
            return replace(state, held=False)
        case _:
            return replace(state, promises=after(state.promises, event))


def _baselined(state: State, event: PlanBaselined) -> State:
    """A milestone stays late when the new plan leaves its date as it was; with a new date it has a new chance."""
    late = tuple(code for code in state.overdue if state.planned.get(code) == event.planned.get(code))
    replanned = replace(state, plan_version=event.plan_version, planned=event.planned, milestones=event.milestones)
    return replace(replanned, overdue=late)


def _everywhere(state: State) -> State:
    """All of the customer is live when its last unit is."""
    live = bool(state.live) and ("" in state.live or all(unit.unit in state.live for unit in state.units))
    return replace(state, went_live_at=max(state.live.values()) if live else None)


def _delivered(state: State, event: DeliverableSubmitted | DeliverableReviewed) -> Mapping[str, Delivery]:
    known = state.deliveries.get(event.deliverable)
    if isinstance(event, DeliverableSubmitted):
        delivery = Delivery(
            milestone=event.milestone,
            reference=event.reference,
            submitted_by=event.submitted_by,
            number=known.number + 1 if known else 1,
        )
        return {event.deliverable: delivery}
    found = {"verdict": event.verdict, "reviewed_by": event.reviewed_by}
    return {event.deliverable: known.model_copy(update=found)} if known else {}


def _counted(state: State, event: DefectsCounted) -> DefectCount:
    before = state.defects.get(event.unit)
    return DefectCount(counts=event.counts, reference=event.reference, number=before.number + 1 if before else 1)


def _passed(state: State, event: MilestoneSignedOff | MilestoneOverridden | MilestoneOverrideExpired) -> State:
    code, at = event.milestone, event.occurred_at
    match event:
        case MilestoneSignedOff():
            late = tuple(one for one in state.overdue if one != code)
            signed = replace(state, signed={**state.signed, code: at}, overdue=late, as_of=state.not_before(at))
            signatures = {**state.signatures, code: event.signatures}
            return replace(signed, signatures=signatures, overrides=_outcome(state, code, "settled"))
        case MilestoneOverridden():
            given = Override(
                number=event.number,
                gate=code,
                missing=event.missing,
                reason=event.reason,
                asked_by=event.asked_by,
                approver=event.approver,
                given_at=at,
                expires_on=event.expires_on,
            )
            return replace(state, overrides=(*state.overrides, given), as_of=state.not_before(at))
        case MilestoneOverrideExpired():
            return replace(state, overrides=_outcome(state, code, "expired"))
        case _:
            assert_never(event)


def _outcome(state: State, milestone: str, outcome: Literal["settled", "expired"]) -> tuple[Override, ...]:
    def ended(one: Override) -> Override:
        over = one.gate == milestone and one.outcome == "open"
        return one.model_copy(update={"outcome": outcome}) if over else one

    return tuple(ended(one) for one in state.overrides)


def _paid(state: State, event: PaymentFellDue | PaymentReceived | PaymentOverdue | PaymentSettled) -> Mapping[str, Payment]:
    code = event.milestone
    if isinstance(event, PaymentFellDue):
        due = Payment(milestone=code, percent=event.percent, amount=event.amount, due_on=event.due_on)
        return {code: due.model_copy(update={"fell_due_at": event.occurred_at})}
    known = state.payments.get(code)
    if known is None:
        return {}
    match event:
        case PaymentReceived():
            receipts = (*known.receipts, Receipt(reference=event.reference, amount=event.amount, at=event.occurred_at))
            return {code: known.model_copy(update={"receipts": receipts})}
        case PaymentOverdue():
            return {code: known.model_copy(update={"overdue": True})}
        case PaymentSettled():
            return {code: known.model_copy(update={"settled": event.how, "settled_at": event.occurred_at})}
        case _:
            assert_never(event)


def fold(events: Iterable[Any], state: State) -> State:
    """The state after events that were just decided."""
    return reduce(evolve, events, state)
