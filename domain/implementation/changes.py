"""Change orders 变更单: request, impact, approval by size, the customer's signature, and then the new baseline.

Until the signature the new plan is proposed only. Each order is computed against the plan of the moment: several may be open at
once, and the second to be signed builds on the first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from domain.decider import Context
from domain.implementation.events import PlanBaselined, UnitsPlanned
from domain.implementation.graph import AT, PlannedMilestone, Unit, expand, graph
from domain.implementation.payments import fallen_due
from domain.implementation.people import allowed, among, behind
from domain.implementation.plan import Change
from domain.implementation.plan_commands import (
    MOST_DAYS,
    ApproveChange,
    ChangeCommand,
    ChangeCommands,
    DeclineChange,
    Impact,
    RefuseChange,
    RequestChange,
    SignChange,
    WithdrawChange,
)
from domain.implementation.plan_events import (
    ChangeApproved,
    ChangeDeclined,
    ChangeRefused,
    ChangeRequested,
    ChangeSigned,
    ChangeWithdrawn,
)
from domain.implementation.plan_refusals import (
    ChangeEmptyError,
    ChangeImpossibleError,
    ChangeNotOpenError,
    ChangeOutgrownError,
    ChangePersonMissingError,
    ChangesNotForeseenError,
    NotTheCustomerError,
)
from domain.implementation.planning import end_of, plan
from domain.implementation.refusals import (
    MilestoneSignedAlreadyError,
    MilestoneUnknownError,
    OwnApprovalError,
    UnitTwiceError,
    UnitUnknownError,
)
from domain.implementation.signing import our_people
from domain.implementation.state import State, fold
from domain.messages import Actor, ActorKind, Event
from domain.origin import listed, not_past
from domain.playbook import Playbook
from domain.playbook.changes import ChangeRules
from domain.refusals import AlreadyExistsError, NotFoundError


@dataclass(frozen=True, slots=True)
class Proposal:
    """The plan that a change order would make of the plan of now."""

    milestones: tuple[PlannedMilestone, ...]
    planned: Mapping[str, datetime]
    fixed: Mapping[str, datetime]
    units: tuple[Unit, ...]
    size_days: int


def change(command: ChangeCommands, state: State, context: Context) -> Sequence[Event]:
    """Answer a command about a change order."""
    at, by = state.not_before(context.at), command.actor.id
    if command.actor.kind is not ActorKind.PERSON and not command.actor.on_behalf_of:
        raise ChangePersonMissingError(
            "A change order is asked for and answered by persons: name who does it (`actor.on_behalf_of`)."
        )
    if not isinstance(command, ApproveChange | RefuseChange):
        allowed(command.actor, rules_of(context.rules(state)).asked_by, "A change order")
    match command:
        case RequestChange():
            return _request(command, state, context)
        case ApproveChange():
            order = _waiting(command, state, "requested")
            _may_answer(order, command.actor)
            return [ChangeApproved(occurred_at=at, change=order.change, by=by, role=command.actor.role)]
        case RefuseChange():
            order = _waiting(command, state, "requested")
            _may_answer(order, command.actor)
            return [ChangeRefused(occurred_at=at, change=order.change, by=by, reason=command.reason)]
        case SignChange():
            return _sign(command, state, context)
        case DeclineChange():
            order = _waiting(command, state, "approved")
            _not_ours(order, command.declined_by, command.actor, state, context)
            return [ChangeDeclined(occurred_at=at, change=order.change, declined_by=command.declined_by, reason=command.reason)]
        case WithdrawChange():
            order = _waiting(command, state, "requested", "approved")
            return [ChangeWithdrawn(occurred_at=at, change=order.change, by=by, reason=command.reason)]
        case _:
            assert_never(command)


def rules_of(playbook: Playbook) -> ChangeRules:
    """What the playbook says about change orders; refused where it says nothing."""
    rules = playbook.implementation.changes
    if rules is None:
        raise ChangesNotForeseenError(
            f"{playbook.ref} says nothing about change orders; move the project to a version that does."
        )
    return rules


def proposal(impact: Impact, state: State, playbook: Playbook) -> Proposal:
    """What an impact makes of the plan of now; refused when it does not go together with it."""
    units = (*_staying(impact, state), *impact.units)
    names = [unit.unit for unit in units]
    if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
        raise UnitTwiceError(f"Each unit has an id of its own; {listed(twice)} is there already.")
    old = {one.code: one for one in graph(state, playbook.implementation)}
    milestones = expand(playbook.implementation, units) if impact.units or impact.units_out else tuple(old.values())
    milestones = tuple(_with_days(one, old.get(one.code), impact) for one in milestones)
    _touches_nothing_signed(impact, state, old, milestones)
    agreed_now = {code: end_of(day, playbook.calendar) for code, day in impact.dates.items()}
    codes = {one.code for one in milestones}
    fixed = {code: at for code, at in {**state.plan.fixed, **agreed_now}.items() if code in codes}
    assert state.started_at is not None
    kept = {code: state.planned[code] for code in state.signed}
    planned = plan(state.started_at, milestones, playbook.calendar, {**fixed, **kept})
    _in_order(impact, milestones, planned)
    moved = (playbook.calendar.working_days_between(state.planned[code], at) for code, at in planned.items() if code in old)
    farthest = max((abs(days) for days in moved), default=0)
    return Proposal(milestones, planned, fixed, units, max(farthest, *_work(impact, old, milestones)))


def _work(impact: Impact, old: Mapping[str, PlannedMilestone], new: Sequence[PlannedMilestone]) -> tuple[int, int]:
    """The working days that a change order brings in and takes out with units, whether they move a date or not; what it adds
    to milestones that stay comes in too."""
    codes = {one.code for one in new}
    more = sum(days for code, days in impact.days.items() if days > 0 and code in old)
    return more + sum(one.days for one in new if one.code not in old), sum(
        one.days for one in old.values() if one.code not in codes
    )


def _staying(impact: Impact, state: State) -> tuple[Unit, ...]:
    """The units of now without those that go out. One that is begun to be signed off, or is live, does not go out."""
    known = [unit.unit for unit in state.units]
    if unknown := [name for name in impact.units_out if name not in known]:
        raise UnitUnknownError(f"There is no unit {listed(unknown)}; there are {listed(known) or 'none in this project'}.")
    begun = {code.partition(AT)[2] for code in (*state.signed, *(one.gate for one in state.overrides))}
    if passed := [name for name in impact.units_out if name in begun]:
        raise MilestoneSignedAlreadyError(
            f"Of {listed(passed)} a milestone is passed already; a change order does not reach back."
        )
    if known and not impact.units and set(known) <= set(impact.units_out):
        raise ChangeImpossibleError("A unit must stay, or nothing would be built; to end all of it, cancel the project.")
    return tuple(unit for unit in state.units if unit.unit not in impact.units_out)


def _with_days(one: PlannedMilestone, before: PlannedMilestone | None, impact: Impact) -> PlannedMilestone:
    more = impact.days.get(one.code, 0)
    days = (before or one).days + more
    if days < 1:
        raise ChangeImpossibleError(f"{one.code} takes {days - more} working days; {-more} fewer leave none: take away less.")
    if days > MOST_DAYS:
        raise ChangeImpossibleError(f"{one.code} would take {days} working days; a milestone takes {MOST_DAYS} at most.")
    return one.model_copy(update={"days": days})


def _touches_nothing_signed(
    impact: Impact, state: State, old: Mapping[str, PlannedMilestone], new: Sequence[PlannedMilestone]
) -> None:
    named = {**impact.days, **impact.dates}
    after = {one.code: one for one in new}
    if signed := [code for code in named if code in state.signed]:
        raise MilestoneSignedAlreadyError(f"{listed(signed)} is signed off; a change order does not reach back.")
    if unknown := [code for code in named if code not in after]:
        raise MilestoneUnknownError(f"There is no milestone {listed(unknown)}; there are {listed(after)}.")
    if lost := [code for code in state.signed if code not in after or after[code].after != old[code].after]:
        raise MilestoneSignedAlreadyError(
            f"With these units {listed(lost)} would have to be signed off once more; a change order does not reach back."
        )


def _in_order(impact: Impact, milestones: Sequence[PlannedMilestone], planned: Mapping[str, datetime]) -> None:
    for one in milestones:
        if late := [code for code in one.after if one.code in impact.dates and planned[code] > planned[one.code]]:
            raise ChangeImpossibleError(
                f"{one.code} cannot be reached on {impact.dates[one.code]}, before {listed(late)} that it comes after: "
                "give a later date, or change those too."
            )


def _request(command: RequestChange, state: State, context: Context) -> Sequence[Event]:
    playbook = context.rules(state)
    rules, impact = rules_of(playbook), command.impact
    if command.change in state.plan.changes:
        raise AlreadyExistsError(f"There is a change order {command.change} already; take another id.")
    if not (impact.days or impact.dates or impact.units or impact.units_out or (impact.cost and impact.cost.amount)):
        raise ChangeEmptyError("A change order changes days, dates, units or cost; say what it changes.")
    _dates_to_come(impact, context, playbook)
    proposed = proposal(impact, state, playbook)
    return [
        ChangeRequested(
            occurred_at=state.not_before(context.at),
            change=command.change,
            what=command.what,
            reason=command.reason,
            impact=impact,
            by=command.actor.id,
            on_behalf_of=command.actor.on_behalf_of,
            size_days=proposed.size_days,
            approver=rules.tiers[rules.tier(proposed.size_days, impact.cost)].role,
            proposed=dict(proposed.planned),
        )
    ]


def _dates_to_come(impact: Impact, context: Context, playbook: Playbook) -> None:
    for code, day in impact.dates.items():
        not_past(day, context.at, playbook.calendar, f"new date of {code}")


def _sign(command: SignChange, state: State, context: Context) -> Sequence[Event]:
    order = _waiting(command, state, "approved")
    _not_ours(order, command.signed_by, command.actor, state, context)
    playbook = context.rules(state)
    rules = rules_of(playbook)
    _dates_to_come(order.impact, context, playbook)
    proposed = proposal(order.impact, state, playbook)
    needed = rules.tier(proposed.size_days, order.impact.cost)
    if needed > rules.tier(order.size_days, order.impact.cost):
        raise ChangeOutgrownError(
            f"By the plan of now {order.change} moves dates by {proposed.size_days} working days, not by {order.size_days}: "
            f"withdraw it, and ask anew for the approval of {rules.tiers[needed].role}."
        )
    at = state.not_before(context.at)
    signed = ChangeSigned(occurred_at=at, change=order.change, signed_by=command.signed_by, reference=command.reference)
    others = order.impact.units or order.impact.units_out
    units = [UnitsPlanned(occurred_at=at, units=proposed.units)] if others else []
    if proposed.planned == dict(state.planned) and proposed.milestones == graph(state, playbook.implementation):
        return [signed]  # Scope and cost alone leave the plan as it is.
    baseline = PlanBaselined(
        occurred_at=at,
        plan_version=state.plan_version + 1,
        planned=dict(proposed.planned),
        milestones=proposed.milestones,
        fixed=dict(proposed.fixed),
        cause=order.change,
    )
    return [signed, *units, baseline, *_due_without(fold((signed, *units, baseline), state), at, playbook)]


def _due_without(after: State, at: datetime, playbook: Playbook) -> Iterator[Event]:
    """The payments that waited for a unit which has gone out: what is left of their milestone is signed off."""
    for one in {one.of: one for one in after.milestones}.values():
        yield from fallen_due(one, at, after, playbook)


def _waiting(command: ChangeCommand, state: State, *statuses: str) -> Change:
    order = state.plan.changes.get(command.change)
    if order is None:
        known = listed(state.plan.changes)
        raise NotFoundError(f"There is no change order {command.change}" + (f"; there are {known}." if known else "."))
    if order.status not in statuses:
        next_step = {"requested": "it waits for its approval", "approved": "it waits for the customer's signature"}
        stands = next_step.get(order.status, f"it is {order.status}")
        raise ChangeNotOpenError(f"{order.change} does not wait for that: {stands}.")
    return order


def _may_answer(order: Change, actor: Actor) -> None:
    roles = [order.approver, *([order.escalated_to] if "approval" in order.overdue else [])]
    allowed(actor, tuple(dict.fromkeys(roles)), f"The answer to change order {order.change}")
    if any(among(one, order.asked_by) for one in behind(actor)):
        raise OwnApprovalError(f"Who has asked for {order.change} does not answer it; ask another {order.approver}.")


def _not_ours(order: Change, person: str, actor: Actor, state: State, context: Context) -> None:
    """The customer's answer is the customer's: not that of one who asked or approved, or who is known to be of our side."""
    if among(
        person, (*order.asked_by, order.approved_by, *behind(actor), *our_people(state, context.rules(state).implementation))
    ):
        raise NotTheCustomerError(f"{order.change} is answered by a person of the customer, not by {person}; name that person.")
