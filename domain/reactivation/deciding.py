"""How a reactivation answers its commands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, assert_never

from domain import streams
from domain.decider import Context
from domain.messages import Actor, Event, Money
from domain.origin import Origin, known, listed, not_past
from domain.people import among, behind
from domain.playbook.reactivation import ReactivationRules, ReactivationStep
from domain.reactivating import (
    BeginReactivation,
    EndReactivation,
    NoteAwake,
    NoteBusiness,
    NoteHoldOutBroken,
    Waking,
    customer_of,
)
from domain.reactivation.commands import Commands, CompleteStep, RaiseBudget, RecordAnswer, SkipStep, StopReactivation
from domain.reactivation.events import (
    BudgetRaised,
    BusinessFollowed,
    CustomerCameBack,
    HeldOut,
    ReactivationAnswered,
    ReactivationBegun,
    ReactivationStepCompleted,
    ReactivationStepSkipped,
)
from domain.reactivation.limits import ended, ends_by, steps_of
from domain.reactivation.refusals import (
    AgainOnError,
    BudgetCurrencyError,
    BudgetNotRaisedError,
    LeftAloneError,
    OverBudgetError,
    OwnBudgetError,
    ReactivationEndedError,
    ReactivationRoleError,
    StepSettledError,
    StepUnknownError,
)
from domain.reactivation.state import State, evolve
from domain.refusals import NotFoundError

FROM_THE_CUSTOMER = (BeginReactivation, NoteAwake, NoteBusiness, NoteHoldOutBroken, EndReactivation)


def looks_at(command: Commands) -> tuple[str, ...]:
    """What the customer says is checked against what the customer has on record."""
    if isinstance(command, FROM_THE_CUSTOMER):
        return (streams.customer(customer_of(command.reactivation)),)
    return ()


def decide(command: Commands, state: State, context: Context) -> Sequence[Event]:
    """Answer a command to a reactivation."""
    match command:
        case BeginReactivation():
            return [] if state.exists else _begin(command, context)
        case NoteAwake() | NoteBusiness() | NoteHoldOutBroken() | EndReactivation():
            return _told(command, state, context)
        case CompleteStep() | SkipStep() | RaiseBudget() | RecordAnswer() | StopReactivation():
            _must_run(command.reactivation, state)
            return _act(command, state, context)
        case _:
            assert_never(command)


def _waking(command: Any, context: Context) -> tuple[Any, Waking]:
    """The customer, and what it has on record of this reactivation."""
    customer_id = customer_of(command.reactivation)
    customer = known(context.seen.get(streams.customer(customer_id)), f"customer {customer_id}", "check the id")
    waking: Waking | None = customer.recall.waking
    if waking is None or waking.id != command.reactivation:
        raise NotFoundError(f"{customer_id} has no reactivation {command.reactivation} that it tells of: check the id.")
    return customer, waking


def _begin(command: BeginReactivation, context: Context) -> Sequence[Event]:
    customer, waking = _waking(command, context)
    root: Origin = customer.root
    origin = Origin(
        customer=root.customer,
        value_class=customer.value_class,
        owner=waking.owner,
        owner_unit=customer.unit_now,
        playbook=customer.playbook,
    )
    begun = ReactivationBegun(
        occurred_at=waking.begun_at,
        origin=origin,
        reactivation=waking.id,
        number=waking.number,
        by_itself=waking.by_itself,
        begun_from=waking.begun_from,
        owner=waking.owner,
        budget=waking.budget,
        reason=waking.reason,
        horizon=waking.horizon,
    )
    return [begun, HeldOut(occurred_at=waking.begun_at, until=waking.horizon)] if waking.held_out else [begun]


def _told(
    command: NoteAwake | NoteBusiness | NoteHoldOutBroken | EndReactivation, state: State, context: Context
) -> Sequence[Event]:
    _, waking = _waking(command, context)
    at, rules = state.not_before(context.at), context.rules(state)
    match command:
        case NoteAwake():
            if waking.awake_at is None or state.back_at is not None:
                return []
            in_time = state.horizon is None or waking.awake_at <= state.horizon
            back = [CustomerCameBack(occurred_at=at, how=waking.awake_how)] if in_time and not state.horizon_passed else []
            return back if state.outcome else [*back, ended("woke", at, state, rules, waking.awake_how)]
        case NoteBusiness():
            if waking.business_at is None or state.business_at is not None or state.horizon_passed:
                return []
            return [BusinessFollowed(occurred_at=at, how=waking.business_how)]
        case NoteHoldOutBroken():
            broken = waking.broken is not None and state.left_alone
            return [waking.broken.model_copy(update={"occurred_at": at})] if broken and waking.broken else []
        case EndReactivation():
            if waking.cut_at is None or state.outcome is not None:
                return []
            return [ended(waking.cut_how or "invalid", at, state, rules)]
        case _:
            assert_never(command)


def _must_run(reactivation: str, state: State) -> None:
    if state.left_alone:
        raise LeftAloneError(
            f"The customer of {reactivation} is left alone until {state.horizon:%Y-%m-%d}, to compare with; an approver may"
            " break that (StartReactivation with `approver`)."
        )
    if not state.running:
        raise ReactivationEndedError(f"The reactivation {reactivation} has ended ({state.outcome}).")


def _act(
    command: CompleteStep | SkipStep | RaiseBudget | RecordAnswer | StopReactivation, state: State, context: Context
) -> Sequence[Event]:
    at, rules, by = state.not_before(context.at), context.rules(state), command.actor.id
    match command:
        case CompleteStep():
            _step(command, state, context)
            return _completed(command, state, context)
        case SkipStep():
            _step(command, state, context)
            return [ReactivationStepSkipped(occurred_at=at, step=command.step, reason=command.reason, by=by)]
        case RaiseBudget():
            return [_raised(command, state, context)]
        case RecordAnswer():
            return _answered(command, state, context)
        case StopReactivation():
            _in_role(command.actor, rules.reactivation.started_by if rules.reactivation else (), "stopped")
            return [ended("stopped", at, state, rules, command.reason)]
        case _:
            assert_never(command)


def _step(command: CompleteStep | SkipStep, state: State, context: Context) -> ReactivationStep:
    """The step that is spoken of, if it is still to be done and by whoever asks."""
    steps = {step.code: step for step in steps_of(state, context.rules(state))}
    step = steps.get(command.step)
    if step is None:
        raise StepUnknownError(f"There is no step {command.step!r} here; the steps are: {listed(steps) or 'none'}.")
    if state.is_settled(command.step):
        raise StepSettledError(f"The step {command.step} is done or left out already.")
    _in_role(command.actor, (step.who,), f"done or left out ({step.code})")
    return step


def _completed(command: CompleteStep, state: State, context: Context) -> Sequence[Event]:
    at, rules = state.not_before(context.at), context.rules(state)
    if command.cost is not None:
        _affordable(command.cost, state)
    done = ReactivationStepCompleted(
        occurred_at=at,
        step=command.step,
        result=command.result,
        cost=command.cost,
        reference=command.reference,
        by=command.actor.id,
    )
    after = evolve(state, done)
    spent = after.budget is not None and command.cost is not None and after.spent >= after.budget.amount
    return [done, ended("budget_spent", at, after, rules)] if spent and ends_by("budget_spent", rules) else [done]


def _affordable(cost: Money, state: State) -> None:
    if state.currency and cost.currency != state.currency:
        raise BudgetCurrencyError(f"What is spent here is counted in {state.currency}, not in {cost.currency}.")
    if state.budget is not None and state.spent + cost.amount > state.budget.amount:
        left = Money(amount=max(state.budget.amount - state.spent, state.spent * 0), currency=state.budget.currency)
        raise OverBudgetError(f"{cost} is more than what is left of the budget ({left}): have it raised first (RaiseBudget).")


def _raised(command: RaiseBudget, state: State, context: Context) -> Event:
    rules: ReactivationRules | None = context.rules(state).reactivation
    _in_role(command.actor, rules.budget_by if rules else (), "given a greater budget")
    if any(among(one, (*state.every_owner, state.owner)) for one in behind(command.actor)):
        raise OwnBudgetError("The budget of a reactivation is raised by somebody else than its owner.")
    if state.budget is None:
        raise BudgetNotRaisedError("This reactivation has no budget that limits it; there is nothing to raise.")
    if command.budget.currency != state.budget.currency:
        raise BudgetCurrencyError(f"The budget is in {state.budget.currency}, not in {command.budget.currency}.")
    if command.budget.amount <= state.budget.amount:
        raise BudgetNotRaisedError(f"{command.budget} is not more than the budget that holds ({state.budget}).")
    return BudgetRaised(
        occurred_at=state.not_before(context.at),
        before=state.budget,
        budget=command.budget,
        approver=command.actor.id,
        role=command.actor.role,
        reason=command.reason,
    )


def _answered(command: RecordAnswer, state: State, context: Context) -> Sequence[Event]:
    at, rules = state.not_before(context.at), context.rules(state)
    if command.again_on is not None:
        if command.answer != "not_now":
            raise AgainOnError("Only an answer that puts it off (`not_now`) names the day to ask again.")
        not_past(command.again_on, context.at, rules.calendar, "day to ask again")
    told = ReactivationAnswered(occurred_at=at, answer=command.answer, reference=command.reference, by=command.actor.id)
    if command.answer == "interested":
        back = [CustomerCameBack(occurred_at=at, how="answered")] if state.back_at is None and not state.horizon_passed else []
        return [told, ended("answered", at, state, rules), *back]
    if not ends_by(command.answer, rules):
        return [told]
    end = ended(command.answer, at, state, rules)
    if command.again_on is not None:
        # The customer's own day comes before our cool-down, but no other try begins while this one is measured.
        watched_until = ended("held_out", at, state, rules).try_again_on or command.again_on
        end = end.model_copy(update={"try_again_on": max(command.again_on, watched_until)})
    return [told, end]


def _in_role(actor: Actor, roles: Sequence[str], what: str) -> None:
    if roles and actor.role not in roles:
        raise ReactivationRoleError(
            f"A reactivation is {what} by {listed(dict.fromkeys(roles))}, not by {actor.role or 'somebody without a role'}."
        )
