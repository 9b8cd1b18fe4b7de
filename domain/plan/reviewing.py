"""Reviews of a plan 评审 and the gaps that they find 差距."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Any, assert_never

from domain.decider import Context
from domain.messages import Event, Money
from domain.origin import day_of
from domain.plan.acting import added
from domain.plan.commands import Figure, RecordReview, ReviewPlan
from domain.plan.events import Covered, GapClosed, GapFound, PlanReviewed, ReviewRecorded
from domain.plan.refusals import NotReviewedError, ReviewTooEarlyError
from domain.plan.state import State, Target
from domain.plan.terms import MEASURE_NAMES, key_of
from domain.playbook import Playbook

A_DAY = timedelta(days=1)
"""How far the date of a plan's own time zone may be behind that of the reviews."""


def decide(command: ReviewPlan | RecordReview, state: State, context: Context) -> Sequence[Event]:
    """Answer a command about a review."""
    match command:
        case ReviewPlan():
            return _review(command, state, context)
        case RecordReview():
            return [_record(command, state, context)]
        case _:
            assert_never(command)


def coverage(target: Money, actual: Money, weighted: Money) -> int | None:
    """How much of a target is there or expected, in whole percent, rounded down; None for a target of 0."""
    if not target.amount:
        return None
    percent = (actual.amount + weighted.amount) * 100 / target.amount
    return int(percent.to_integral_value(rounding=ROUND_FLOOR))


def role_of(rules: Playbook) -> str:
    """The role that answers for plans."""
    return rules.plans.owner or rules.customers.owner


def due_targets(state: State, on: Any) -> tuple[Target, ...]:
    """The targets that a review on a date looks at: those whose period has begun and was not over at the review before, and
    those with a gap."""
    last = state.last_review.review_on if state.last_review else None
    return tuple(
        one
        for one in state.targets.values()
        if one.first <= on and (last is None or one.last >= last or one.gap_since is not None)
    )


def _review(command: ReviewPlan, state: State, context: Context) -> Sequence[Event]:
    rules = context.rules(state)
    last = state.last_review
    if last is not None and command.review_on <= last.review_on:
        return []  # It was reviewed for that date, or for a later one.
    if command.review_on > day_of(context.at, rules.calendar) + A_DAY:
        raise ReviewTooEarlyError(f"The review of {command.review_on} is held on its date, not before.")
    at = state.not_before(context.at)
    figures = tuple(_covered(one, state) for one in command.figures if _key(one) in state.targets)
    held = PlanReviewed(
        occurred_at=at,
        review_on=command.review_on,
        figures=figures,
        other_currencies=command.other_currencies,
        late=state.review_late is not None,
        as_of=context.at,
    )
    events: list[Event] = [held]
    actions = 0
    for figure in figures:
        events += (found := _gap(figure, state, rules, held, actions))
        actions += len(found) > 1
    return events


def _key(figure: Figure) -> str:
    return key_of(figure.period, figure.service_line, figure.measure)


def _covered(figure: Figure, state: State) -> Covered:
    target = state.targets[_key(figure)].amount
    percent = coverage(target, figure.actual, figure.weighted)
    return Covered(**figure.model_dump(include=set(Figure.model_fields)), target=target, percent=percent)


def _gap(figure: Covered, state: State, rules: Playbook, held: PlanReviewed, actions: int) -> list[Event]:
    """What a figure means: a gap that is found, with its action unless one is open; one that is closed; or nothing new."""
    target, below = state.targets[_key(figure)], rules.plans.gap_below
    at, review_on = held.occurred_at, held.review_on
    which: dict[str, Any] = {"occurred_at": at, "period": target.period, "first": target.first, "last": target.last}
    which |= {"service_line": target.service_line, "measure": target.measure, "review_on": review_on}
    if figure.percent is None or figure.percent >= below:
        return [GapClosed(**which, percent=figure.percent)] if target.gap_since is not None else []
    amounts: dict[str, Any] = {"amount": figure.target, "actual": figure.actual, "weighted": figure.weighted}
    found = GapFound(**which, **amounts, percent=figure.percent, below=below, who=role_of(rules))
    # Once the period is over nothing that anybody does can close the gap: it is on record, and nobody is asked for an action.
    if target.last < review_on or any(one.gap == target.key for one in state.open_actions):
        return [found] if target.gap_since is None else []
    return [found, _action(figure, target, state, rules, held, actions)]


def _action(figure: Covered, target: Target, state: State, rules: Playbook, held: PlanReviewed, actions: int) -> Event:
    name = MEASURE_NAMES[target.measure]
    short = max(figure.target.amount - figure.actual.amount - figure.weighted.amount, Decimal(0))
    missing = Money(amount=short, currency=state.currency)
    about = f"{target.period} ({target.service_line}, {name})"
    covered = f"{figure.percent} % of {figure.target} covered, {missing} missing"
    what = f"Close the gap of {about}: {covered} 补足{target.period}目标差距"
    due = held.review_on + timedelta(days=rules.plans.gap_action_days)
    return added(state, held.occurred_at, what, state.owner_now, due, target.key, by_itself=True, after=actions)


def _record(command: RecordReview, state: State, context: Context) -> Event:
    held = [one.review_on for one in state.reviews]
    review_on = command.review_on or (held[-1] if held else None)
    if review_on is None or review_on not in held:
        there = f"the latest one was on {held[-1]}" if held else "there has been none yet"
        raise NotReviewedError(f"There was no review on {review_on or 'any date'}; {there}.")
    return ReviewRecorded(
        occurred_at=state.not_before(context.at),
        review_on=review_on,
        findings=command.findings,
        decisions=command.decisions,
        by=command.actor.id,
    )
