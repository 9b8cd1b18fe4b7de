"""How a recovery answers its commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal, assert_never

from domain import streams
from domain.customer import merging
from domain.decider import Context
from domain.messages import Actor, Event
from domain.origin import Origin, day_of, known, listed, not_past
from domain.people import among, behind
from domain.playbook.recovery import RecoveryRules
from domain.recovering import BeginRecovery, EndRecovery, Recovering, project_of
from domain.recovery.commands import (
    Commands,
    GiveUpRecovery,
    HoldReview,
    KeepContact,
    LinkNextAttempt,
    PlanContacts,
    PlanNextAttempt,
    RecordCause,
    TurnIntoProject,
)
from domain.recovery.events import (
    CauseRecorded,
    NextAttemptLinked,
    NextAttemptPlanned,
    RecoveryBegun,
    RecoveryContactKept,
    RecoveryContactsPlanned,
    RecoveryEnded,
    RecoveryGivenUp,
    RecoveryTurnedIntoProject,
    ReviewHeld,
)
from domain.recovery.refusals import (
    AttemptKnownError,
    AttemptNotOpenError,
    CauseUnknownError,
    OwnDealError,
    RecoveryOverError,
    RecoveryRoleError,
    RecoveryStepsMissingError,
    ReviewInFutureError,
)
from domain.recovery.state import State
from domain.refusals import NotFoundError
from domain.standing import Unmet


def looks_at(command: Commands) -> tuple[str, ...]:
    """What the customer says is checked there, and the lost deal tells whose it was; a next attempt is looked at itself."""
    match command:
        case BeginRecovery():
            return (streams.customer(command.customer), streams.funnel(project_of(command.recovery)))
        case EndRecovery():
            return (streams.customer(command.customer),)
        case TurnIntoProject():
            return (streams.project(command.project),)
        case LinkNextAttempt():
            return (streams.project(command.project), streams.project(project_of(command.recovery)))
        case _:
            return ()


def looks_further(command: Commands, seen: Mapping[str, Any]) -> tuple[str, ...]:
    """Whose the linked project is and whose the lost one, and where customers have gone that were duplicates."""
    if not isinstance(command, LinkNextAttempt):
        return ()
    projects = (streams.project(command.project), streams.project(project_of(command.recovery)))
    found = [one for one in map(seen.get, projects) if one is not None and one.exists]
    return (*(streams.customer(one.root.customer) for one in found), *merging.chain(seen))


def decide(command: Commands, state: State, context: Context) -> Sequence[Event]:
    """Answer a command to a recovery."""
    match command:
        case BeginRecovery():
            return [] if state.exists else _begin(command, context)
        case EndRecovery():
            return _end(command, state, context)
        case _:
            pass
    if not state.open:
        raise RecoveryOverError(f"The recovery {command.recovery} has ended ({state.outcome}).")
    match command:
        case RecordCause():
            return [_cause(command, state, context)]
        case HoldReview():
            return [_review(command, state, context)]
        case PlanContacts() | KeepContact():
            return [_contact(command, state, context)]
        case PlanNextAttempt():
            return [_attempt(command, state, context)]
        case TurnIntoProject() | LinkNextAttempt():
            return [_next(command, state, context)]
        case GiveUpRecovery():
            return [_given_up(command, state, context)]
        case _:
            assert_never(command)


def _told(command: BeginRecovery | EndRecovery, context: Context) -> tuple[Origin, Recovering]:
    """The customer, and what it has on record of this recovery."""
    customer = known(context.seen.get(streams.customer(command.customer)), f"customer {command.customer}", "check the id")
    for one in customer.recall.recoveries:
        if one.id == command.recovery:
            return customer.root.model_copy(update={"playbook": customer.playbook}), one
    raise NotFoundError(f"{command.customer} tells of no recovery {command.recovery}: check the id.")


def _begin(command: BeginRecovery, context: Context) -> Sequence[Event]:
    customer, recovering = _told(command, context)
    deal = known(context.seen.get(streams.funnel(recovering.project)), f"deal {recovering.project}", "check the id")
    origin = Origin(
        customer=customer.customer,
        project=recovering.project,
        value_class=deal.root.value_class,
        owner=deal.owner_now,
        owner_unit=deal.unit_now,
        playbook=customer.playbook,
    )
    after: Literal["lost", "cancelled"] = "cancelled" if recovering.after == "cancelled" else "lost"
    return [
        RecoveryBegun(
            occurred_at=recovering.begun_at,
            origin=origin,
            recovery=command.recovery,
            project=recovering.project,
            after=after,
            counted_from=recovering.known_at,
        )
    ]


def _end(command: EndRecovery, state: State, context: Context) -> Sequence[Event]:
    customer = known(context.seen.get(streams.customer(command.customer)), f"customer {command.customer}", "check the id")
    if command.recovery in merging.recovered(customer):  # One of a duplicate, for which it stands.
        how: Literal["", "reopened", "invalid", "merged"] = "invalid" if customer.status == "invalid" else ""
    else:
        how = _told(command, context)[1].cut_how
    return [RecoveryEnded(occurred_at=state.not_before(context.at), outcome=how)] if state.open and how else []


def _rules(state: State, context: Context) -> RecoveryRules:
    rules = context.rules(state).recovery
    if rules is None:  # Moved to a playbook that knows no recovery: what has begun is still ended by a person.
        raise RecoveryRoleError(f"The playbook of {state.id} knows no recovery; move it to a version that does (MovePlaybook).")
    return rules


def _by_step(actor: Actor, step: str, rules: RecoveryRules) -> None:
    """A step is done by its own role, or by the one that is called when it is overdue."""
    roles = [one.who for one in rules.steps if one.code == step]
    if roles:
        _in_role(actor, (*roles, rules.escalate_to), f"its step {step} is done")


def _in_role(actor: Actor, roles: Sequence[str], what: str) -> None:
    if actor.role not in roles:
        raise RecoveryRoleError(
            f"Of a recovery {what} by {listed(dict.fromkeys(roles))}, not by {actor.role or 'somebody without a role'}."
        )


def _cause(command: RecordCause, state: State, context: Context) -> Event:
    rules = _rules(state, context)
    _by_step(command.actor, "cause", rules)
    if rules.cause(command.cause) is None:
        there = listed(one.code for one in rules.causes)
        raise CauseUnknownError(f"{command.cause!r} is no cause of a loss in the playbook; there are: {there}.")
    return CauseRecorded(
        occurred_at=state.not_before(context.at),
        cause=command.cause,
        text=command.text,
        competitor=command.competitor,
        price=command.price,
        by=command.actor.id,
    )


def _review(command: HoldReview, state: State, context: Context) -> Event:
    _by_step(command.actor, "review", _rules(state, context))
    if command.on > (today := day_of(context.at, context.rules(state).calendar)):
        raise ReviewInFutureError(f"A review is recorded when it was held; {command.on} lies after {today}.")
    return ReviewHeld(
        occurred_at=state.not_before(context.at),
        on=command.on,
        participants=tuple(dict.fromkeys(command.participants)),
        findings=command.findings,
        reference=command.reference,
        by=command.actor.id,
    )


def _contact(command: PlanContacts | KeepContact, state: State, context: Context) -> Event:
    _by_step(command.actor, "contacts", _rules(state, context))
    at, by = state.not_before(context.at), command.actor.id
    if isinstance(command, KeepContact):
        return RecoveryContactKept(
            occurred_at=at,
            number=len(state.kept) + 1,
            planned=state.planned[0].number if state.planned else 0,
            channel=command.channel,
            summary=command.summary,
            reference=command.reference,
            by=by,
        )
    dates = tuple(sorted(set(command.dates)))
    not_past(dates[0], context.at, context.rules(state).calendar, "day of a contact")
    return RecoveryContactsPlanned(occurred_at=at, dates=dates, first=state.numbered + 1, by=by)


def _attempt(command: PlanNextAttempt, state: State, context: Context) -> Event:
    _by_step(command.actor, "next_attempt", _rules(state, context))
    not_past(command.on, context.at, context.rules(state).calendar, "day of the next attempt")
    return NextAttemptPlanned(
        occurred_at=state.not_before(context.at),
        number=state.attempt.number + 1 if state.attempt else 1,
        on=command.on,
        idea=command.idea,
        by=command.actor.id,
    )


def _next(command: TurnIntoProject | LinkNextAttempt, state: State, context: Context) -> Event:
    rules, at = _rules(state, context), state.not_before(context.at)
    _by_step(command.actor, "next_attempt", rules)
    _ready_to_end(state, rules)
    there = context.seen.get(streams.project(command.project))
    if isinstance(command, LinkNextAttempt):
        project = known(there, f"project {command.project}", "make a new one of the recovery (TurnIntoProject)")
        mine = _stands_for(project.root.customer, context) == _stands_for(state.root.customer, context)
        if not mine or command.project == state.project or not project.running:
            raise AttemptNotOpenError(f"{command.project} is no open project of this customer beside the lost one.")
        return NextAttemptLinked(occurred_at=at, project=command.project)
    if there is not None and there.exists:
        raise AttemptKnownError(
            f"There is a project {command.project} already: give the new one its own id, or link it (LinkNextAttempt)."
        )
    return RecoveryTurnedIntoProject(
        occurred_at=at,
        project=command.project,
        name=command.name,
        need=command.need,
        product_line=command.product_line,
        amount=command.amount,
        owner=command.owner or state.owner_now,
        owner_unit=command.owner_unit or state.unit_now,
    )


def _stands_for(customer: str, context: Context) -> str:
    """The customer that stands for one today: itself, or the one that it was merged into."""
    found = merging.survivor(customer, context.seen)
    return str(found.root.customer) if found is not None and found.exists else customer


def _ready_to_end(state: State, rules: RecoveryRules) -> None:
    left = [step for step in rules.steps if step.code in rules.before_ending and not state.done(step.code)]
    if left:
        unmet = [Unmet(code=step.code, name=step.name, who=step.who) for step in left]
        raise RecoveryStepsMissingError(
            f"Before the recovery ends these steps must be done: {listed(step.code for step in left)}.", unmet
        )


def _given_up(command: GiveUpRecovery, state: State, context: Context) -> Event:
    rules, calendar = _rules(state, context), context.rules(state).calendar
    _in_role(command.actor, rules.given_up_by, "the deal is given up")
    if any(among(one, state.every_owner) for one in behind(command.actor)):
        raise OwnDealError("A lost deal is given up by somebody else than its owner.")
    _ready_to_end(state, rules)
    on = command.next_contact_on or day_of(context.at, calendar) + timedelta(days=rules.next_contact)
    not_past(on, context.at, calendar, "next contact")
    return RecoveryGivenUp(
        occurred_at=state.not_before(context.at),
        reason=command.reason,
        approver=command.actor.id,
        role=command.actor.role,
        next_contact_on=on,
    )
