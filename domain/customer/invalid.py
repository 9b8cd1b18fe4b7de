"""When a customer is none any more 无效, and when it is one again. Never because a deal was lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from domain import streams
from domain.customer.ladder import contract_valid
from domain.customer.life_commands import InvalidateCustomer, RequalifyCustomer
from domain.customer.life_events import CustomerInvalidated, CustomerRequalified, Reason
from domain.customer.refusals import (
    ApproverNotOtherError,
    CustomerInvalidError,
    EvidenceTooOldError,
    LossNoReasonError,
    NotInvalidError,
    ReasonUnknownError,
    StillACustomerError,
)
from domain.customer.state import State
from domain.decider import Context
from domain.messages import Event, Name
from domain.origin import day_of, known, listed
from domain.people import among, behind
from domain.playbook.ladder import NO_REASONS, InvalidReason

RECOVER = "lose the project, not the customer 丢单不丢客户: see to its recovery and keep the contact"


def invalidate(command: InvalidateCustomer, state: State, context: Context) -> Sequence[Event]:
    """The customer is none any more, unless something says that it is."""
    if state.status == "invalid":
        raise CustomerInvalidError(f"The customer {command.customer} is invalid already.")
    reason = _reason(command, state, context)
    _approved(command, state, context)
    _not_for_a_loss(command, reason, state, context)
    _nothing_runs(command, state, context)
    today = day_of(context.at, context.rules(state).calendar)
    told = Reason(code=reason.code, since=command.evidence_on or today, text=reason.name)
    return [
        CustomerInvalidated(
            occurred_at=context.at,
            was=state.status,
            reason=reason.code,
            reasons=(told,),
            evidence=command.evidence,
            evidence_on=command.evidence_on,
            because_of=command.because_of or "",
            approver=command.approver,
            approver_role=command.approver_role,
        )
    ]


def requalify(command: RequalifyCustomer, state: State, context: Context) -> Sequence[Event]:
    """The invalid customer is one again."""
    if state.status != "invalid":
        raise NotInvalidError(f"The customer {command.customer} is {state.status}, not invalid: nothing is to be taken back.")
    _approved(command, state, context)
    today = day_of(context.at, context.rules(state).calendar)
    if state.since is not None and context.at < state.since:
        became = day_of(state.since, context.rules(state).calendar)
        raise NotInvalidError(
            f"The customer {command.customer} became invalid on {became}: give a later moment (`occurred_at`)."
        )
    told = Reason(code="requalified", since=today, text=Name(en=f"qualified again on {today}", zh=f"{today} 重新认定"))
    return [
        CustomerRequalified(
            occurred_at=context.at,
            to="active" if contract_valid(state, today) else "potential",
            reasons=(told,),
            evidence=command.evidence,
            approver=command.approver,
            approver_role=command.approver_role,
        )
    ]


def _reason(command: InvalidateCustomer, state: State, context: Context) -> InvalidReason:
    rules = context.rules(state).customers.invalid
    if command.reason.casefold() in NO_REASONS:
        raise LossNoReasonError(f"A lost deal makes no customer invalid: {RECOVER}.")
    reason = rules.reason(command.reason)
    if reason is None:
        there = listed(one.code for one in rules.reasons)
        raise ReasonUnknownError(f"There is no reason {command.reason!r} to be invalid; there are: {there}.")
    return reason


def _approved(command: InvalidateCustomer | RequalifyCustomer, state: State, context: Context) -> None:
    roles = context.rules(state).customers.invalid.approved_by
    if among(command.approver, behind(command.actor)):
        raise ApproverNotOtherError("Whether somebody is a customer is approved by another one than who asks for it.")
    if roles and command.approver_role not in roles:
        given = command.approver_role or "somebody whose role is not given"
        raise ApproverNotOtherError(f"This is approved by one of {listed(roles)} (`approver_role`), not by {given}.")


def _not_for_a_loss(command: InvalidateCustomer, reason: InvalidReason, state: State, context: Context) -> None:
    """Neither because of a lost deal, nor soon after one for what was known when it was lost."""
    if command.because_of is not None:
        deal = context.seen.get(streams.funnel(command.because_of))
        own = deal if deal is not None and deal.exists and deal.root.customer == command.customer else None
        known(own, f"deal {command.because_of} of customer {command.customer}", "name a project of its own, or none")
        if own is not None and own.outcome == "lost":
            raise LossNoReasonError(f"The deal of {command.because_of} was lost, which makes no customer invalid: {RECOVER}.")
    calendar, lost_at = context.rules(state).calendar, state.life.lost_at
    today = day_of(context.at, calendar)
    if command.evidence_on is not None and command.evidence_on > today:
        raise EvidenceTooOldError(f"The evidence is of {command.evidence_on}, which is still to come: give its true date.")
    if reason.days_after_loss is None or lost_at is None:
        return
    lost_on = day_of(lost_at, calendar)
    if today > lost_on + timedelta(days=reason.days_after_loss):
        return
    if command.evidence_on is None or command.evidence_on <= lost_on:
        raise EvidenceTooOldError(
            f"A deal was lost on {lost_on}: within {reason.days_after_loss} days the reason {reason.code} needs evidence of a"
            f" later day (`evidence_on`). {RECOVER[0].upper()}{RECOVER[1:]}."
        )


def _nothing_runs(command: InvalidateCustomer, state: State, context: Context) -> None:
    """Neither now nor on the day that it is recorded for: a past date is no way round a project that ran then."""
    calendar, life = context.rules(state).calendar, state.life
    today = day_of(context.at, calendar)
    if life.running:
        raise StillACustomerError(
            f"The customer {command.customer} has running projects: {listed(life.running)}; end or cancel them first."
        )
    valid = [one for one, ends_on in life.contracts.items() if ends_on is None or ends_on >= today]
    if valid:
        raise StillACustomerError(
            f"The customer {command.customer} has valid contracts: {listed(valid)}; end them first, or wait for their end."
        )
    if life.project_ended_at is not None and context.at < life.project_ended_at:
        ended = day_of(life.project_ended_at, calendar)
        raise StillACustomerError(f"A project of {command.customer} ran until {ended}: give a later moment (`occurred_at`).")
    if life.contract_ended_on is not None and today <= life.contract_ended_on:
        raise StillACustomerError(
            f"A contract of {command.customer} was valid up to {life.contract_ended_on}: give a later moment (`occurred_at`)."
        )
