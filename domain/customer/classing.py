"""The value class 价值分类: decided with evidence and an approver, and reviewed when the revenue crosses a boundary."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from domain.customer.commands import ClassifyCustomer
from domain.customer.events import CustomerClassified
from domain.customer.record_commands import ApproveClass, RecordRevenue, RefuseClass
from domain.customer.record_events import (
    ClassProposed,
    ClassRefused,
    ClassReviewDropped,
    ClassReviewOverdue,
    ClassReviewRaised,
    MarketChanged,
    RevenueRecorded,
)
from domain.customer.refusals import (
    ApproverNotOtherError,
    CurrencyNotCnyError,
    NoProposalError,
    WrongValueClassError,
)
from domain.customer.state import State
from domain.decider import Context
from domain.messages import Event
from domain.origin import day_of, listed, morning_of
from domain.people import among, behind
from domain.playbook import CustomerRules, Playbook
from domain.refusals import DateInPastError
from domain.standing import Clock


def classify(command: ClassifyCustomer, state: State, context: Context) -> Sequence[Event]:
    """Decide a value class at once, where an approver stands behind it; else propose it."""
    rules = context.rules(state).customers
    _must_fit(command.value_class, state, rules)
    at, asking = context.at, behind(command.actor)
    approver, role = command.approver, command.approver_role
    if rules.classified_by and approver is not None:
        _must_be_another(approver, role, (*asking, *state.every_owner), rules)
    elif rules.classified_by and (command.actor.role not in rules.classified_by or _own(state, asking)):
        return [
            ClassProposed(
                occurred_at=at,
                proposal=state.record.proposals + 1,
                value_class=command.value_class,
                evidence=command.evidence,
                proposed_by=asking,
                who=rules.classified_by[0],
            )
        ]
    elif rules.classified_by:
        approver, role = command.actor.id, command.actor.role
    decided = CustomerClassified(
        occurred_at=at,
        value_class=command.value_class,
        evidence=command.evidence,
        approver=approver or "",
        approver_role=role,
        before=state.value_class,
        market=state.market,
    )
    return [decided]


def answer(command: ApproveClass | RefuseClass, state: State, context: Context) -> Sequence[Event]:
    """Answer a proposal: by a role that may decide, and by somebody else than who proposed it."""
    rules, proposal = context.rules(state).customers, state.record.proposal
    if proposal is None or command.proposal not in (None, proposal.proposal):
        there = f"open is number {proposal.proposal}" if proposal else "none is open; propose one with ClassifyCustomer"
        raise NoProposalError(f"There is no such proposal of a value class: {there}.")
    actor = command.actor
    for one in behind(actor):
        _must_be_another(one, actor.role, (*proposal.proposed_by, *state.every_owner), rules)
    if isinstance(command, RefuseClass):
        refused = ClassRefused(
            occurred_at=context.at,
            proposal=proposal.proposal,
            value_class=proposal.value_class,
            by=actor.id,
            role=actor.role,
            reason=command.reason,
        )
        return [refused]
    _must_fit(proposal.value_class, state, rules)
    return [
        CustomerClassified(
            occurred_at=context.at,
            value_class=proposal.value_class,
            evidence=proposal.evidence,
            approver=actor.id,
            approver_role=actor.role,
            before=state.value_class,
            market=state.market,
            proposed_by=proposal.proposed_by,
            proposal=proposal.proposal,
        )
    ]


def _must_fit(value_class: str, state: State, rules: CustomerRules) -> None:
    fitting = [value.code for value in rules.value_classes if value.market == state.market]
    if value_class not in fitting:
        raise WrongValueClassError(
            f"A customer of the {state.market} market has one of these value classes: {listed(fitting)};"
            f" {value_class!r} is not among them."
        )


def _must_be_another(approver: str, role: str, askers: Iterable[str], rules: CustomerRules) -> None:
    if among(approver, askers):
        raise ApproverNotOtherError(
            "A value class is approved by somebody else than who proposes it, or owns the customer or has owned it."
        )
    if rules.classified_by and role not in rules.classified_by:
        given = f"{role!r} is none of them" if role else "give the approver's role"
        raise ApproverNotOtherError(f"A value class is decided by {' or '.join(rules.classified_by)}; {given}.")


def _own(state: State, people: Iterable[str]) -> bool:
    """Whether one of them owns the customer, or has: to hand it over gives nobody the right to decide."""
    return any(among(one, state.every_owner) for one in people)


def fits(state: State, rules: CustomerRules) -> bool:
    """Whether the class on record belongs to the market; True while there is none."""
    known = rules.value_class(state.value_class)
    return not state.value_class or (known is not None and known.market == state.market)


def revenue(command: RecordRevenue, state: State, context: Context) -> Sequence[Event]:
    """Record a year's revenue, and what follows for the market and the value class."""
    rules = context.rules(state)
    if command.amount.currency != "CNY":
        raise CurrencyNotCnyError(f"Give the revenue in CNY, not {command.amount.currency}: the markets are bounded in CNY.")
    today = day_of(context.at, rules.calendar)
    if command.year > today.year:
        raise DateInPastError(f"The year {command.year} has not begun: record a revenue when it is known.")
    latest = command.year >= max(state.record.revenues, default=command.year)
    market = rules.customers.market_of(command.amount.amount).code if latest else state.market
    recorded = RevenueRecorded(
        occurred_at=context.at,
        year=command.year,
        amount=command.amount,
        evidence=command.evidence,
        market=market,
        market_before=state.market,
    )
    return [recorded, *_review(market, state, rules, context.at)]


def once_moved(state: State, rules: Playbook, since: datetime) -> Sequence[Event]:
    """What follows from other rules: markets with other boundaries, and with them the review of the value class."""
    if state.revenue is None or state.record.merged is not None:
        return []
    market = rules.customers.market_of(state.revenue.amount).code
    if market == state.market:
        return []
    return [MarketChanged(occurred_at=since, market=market, before=state.market), *_review(market, state, rules, since)]


def _review(market: str, state: State, rules: Playbook, at: datetime) -> list[Event]:
    """The value class is decided for a market: when that changes, a person decides it again."""
    within, known = rules.customers.class_review_within, rules.customers.value_class(state.value_class)
    if market == state.market or within is None or not state.value_class:
        return []
    fitting = known is not None and known.market == market
    if fitting:
        open_one = state.record.review
        return [ClassReviewDropped(occurred_at=at, review=open_one.review, market=market)] if open_one else []
    return [
        ClassReviewRaised(
            occurred_at=at,
            review=state.record.reviews + 1,
            value_class=state.value_class,
            market=market,
            market_before=state.market,
            fits=fitting,
            who=rules.customers.owner,
            due_on=day_of(at, rules.calendar) + timedelta(days=within),
        )
    ]


def clocks(state: State, playbook: Playbook) -> Iterable[Clock]:
    """The end of the time to review the value class."""
    review = state.record.review
    if review is None or state.record.review_overdue or state.status == "invalid":
        return
    end = state.not_before(morning_of(review.due_on + timedelta(days=1), playbook.calendar))
    late = ClassReviewOverdue(occurred_at=end, review=review.review, who=review.who)
    yield Clock(f"class-review-{review.review}-overdue", end, "review of the value class 价值分类复核", late, dated=True)
