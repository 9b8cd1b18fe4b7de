"""How a customer answers a command."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, assert_never

from domain import streams
from domain.customer import classing, hearing, improving, life_deciding, merging, record_deciding, waking
from domain.customer.commands import (
    ClassifyCustomer,
    Commands,
    DismissCase,
    NoteCancellation,
    NoteContract,
    NoteLapse,
    NoteLostDeal,
    NotePattern,
    NoteRenewal,
    OwnCommands,
    RecordContact,
    RegisterCustomer,
    TurnIntoLead,
)
from domain.customer.events import (
    ContractEnded,
    ContractSigned,
    CustomerActivated,
    CustomerRegistered,
    KeepContactPlanned,
    ServiceLapsed,
    ServiceRenewed,
)
from domain.customer.life_commands import LifeCommands
from domain.customer.record_commands import RecordCommands
from domain.customer.refusals import CurrencyNotCnyError, DealNotDecidedError, NotCancelledError, ServiceNotToldError
from domain.customer.state import State
from domain.customer.waking_terms import WakingCommands
from domain.decider import Context
from domain.messages import Event
from domain.origin import Origin, day_of, known
from domain.planned import CustomerPlanNoted, NoteCustomerPlan, is_news
from domain.refusals import AlreadyExistsError
from domain.requesting import NoteDelivery


def looks_at(command: Commands) -> tuple[str, ...]:
    """A note about a deal is checked against that deal, one about a project against that project."""
    if isinstance(command, LifeCommands):
        return life_deciding.looks_at(command)
    if isinstance(command, RecordCommands):
        return record_deciding.looks_at(command)
    if isinstance(command, WakingCommands):
        return waking.looks_at(command)
    if isinstance(command, NoteDelivery):
        return hearing.looks_at(command)
    if isinstance(command, NoteCustomerPlan):
        return (streams.plan(command.plan),)
    if isinstance(command, NoteLapse | NoteRenewal):
        return (streams.support(command.project),)
    if isinstance(command, TurnIntoLead):
        return (streams.project(command.project),)
    if isinstance(command, NoteCancellation):
        return (streams.project(command.project), streams.funnel(command.project))
    if isinstance(command, NoteContract):
        return (streams.funnel(command.project), streams.project(command.project))
    if isinstance(command, NotePattern):
        return tuple(streams.ticket(one) for one in command.tickets)
    return (streams.funnel(command.project), streams.project(command.project)) if isinstance(command, NoteLostDeal) else ()


def decide(command: Commands, state: State, context: Context) -> Sequence[Event]:
    """Answer a command to a customer: each part answers its own."""
    merging.refuse_merged(command, state)
    if isinstance(command, RecordCommands):
        return record_deciding.decide(command, state, context)
    if isinstance(command, LifeCommands):
        return life_deciding.decide(command, state, context)
    if isinstance(command, WakingCommands):
        return waking.decide(command, state, context)
    return _decide(command, state, context)


def _decide(command: OwnCommands, state: State, context: Context) -> Sequence[Event]:
    match command:
        case RegisterCustomer():
            return _register(command, state, context)
        case ClassifyCustomer():
            return classing.classify(command, state, context)
        case RecordContact():
            return life_deciding.contact(command, state, context)
        case NoteContract():
            return _contract(command, state, context)
        case NoteLostDeal():
            return _lost(command, state, context)
        case NoteCancellation():
            return _cancelled(command, state, context)
        case NoteLapse() | NoteRenewal():
            return _service(command, state, context)
        case NotePattern():
            return improving.note(command, state, context)
        case NoteDelivery():
            return hearing.note(command, state, context)
        case NoteCustomerPlan():
            known_here = not is_news(command, state.plans, context.seen.get(streams.plan(command.plan)))
            return [] if known_here else [CustomerPlanNoted(occurred_at=context.at, plan=command.plan)]
        case TurnIntoLead():
            return improving.turn(command, state, context)
        case DismissCase():
            return improving.dismiss(command, state, context)
        case _:
            assert_never(command)


def _register(command: RegisterCustomer, state: State, context: Context) -> Sequence[Event]:
    if state.exists:
        raise AlreadyExistsError(f"The customer {command.customer} is registered already.")
    if command.revenue.currency != "CNY":
        raise CurrencyNotCnyError(f"Give the revenue in CNY, not {command.revenue.currency}: the markets are bounded in CNY.")
    rules = context.playbooks.latest()
    origin = Origin(
        customer=command.customer,
        owner=command.owner,
        owner_unit=command.owner_unit,
        playbook=rules.ref,
        held=command.hold_clocks,
    )
    return [
        CustomerRegistered(
            occurred_at=context.at,
            origin=origin,
            name=command.name,
            industry=command.industry,
            region=command.region,
            revenue=command.revenue,
            market=rules.customers.market_of(command.revenue.amount).code,
            contact=command.contact,
        )
    ]


def _contract(command: NoteContract, state: State, context: Context) -> Sequence[Event]:
    if command.project in state.contracts:
        return []
    deal = _deal(command, context)
    if deal.outcome != "won":
        raise DealNotDecidedError(f"The deal of project {command.project} is not won.")
    return _contract_signed(command.project, state, context)


def _contract_signed(project: str, state: State, context: Context) -> list[Event]:
    seen = context.seen.get(streams.project(project))
    closed = seen is not None and seen.exists and seen.delivery == "elsewhere"
    events: list[Event] = [ContractSigned(occurred_at=context.at, project=project, closed=closed)]
    if state.status == "potential":
        events.append(CustomerActivated(occurred_at=context.at, project=project))
    return events


def _lost(command: NoteLostDeal, state: State, context: Context) -> Sequence[Event]:
    if state.lost.count(command.project) >= command.times:
        return []
    deal = _deal(command, context)
    if deal.outcome != "lost":
        raise DealNotDecidedError(f"The deal of project {command.project} is not lost.")
    project = context.seen.get(streams.project(command.project))  # None where an earlier decision, made again, has not looked.
    if project is not None and command.times > project.lost_times:
        raise DealNotDecidedError(f"The deal of {command.project} was lost {project.lost_times} times by now, not more.")
    on = deal.keep_contact_on or _usual_next_contact(state, context)
    planned = KeepContactPlanned(occurred_at=context.at, project=command.project, on=on)
    return [planned, *waking.after_a_loss(state, context, command.project, "lost")]


def _usual_next_contact(state: State, context: Context) -> date:
    rules = context.rules(state)
    return day_of(context.at, rules.calendar) + timedelta(days=rules.customers.keep_contact_after_loss)


def _cancelled(command: NoteCancellation, state: State, context: Context) -> Sequence[Event]:
    if command.project in state.cancelled:
        return []
    deal = _deal(command, context)
    project = known(context.seen.get(streams.project(command.project)), f"project {command.project}", "open it first")
    if project.cancelled is None:
        raise NotCancelledError(f"The project {command.project} is not cancelled.")
    won = deal.outcome == "won" or command.project in state.contracts
    events: list[Event] = []
    if won and command.project not in state.contracts:
        # Won and cancelled in the same moment: the word of the win had no project left to go through.
        events += _contract_signed(command.project, state, context)
    if won:
        reason = project.cancelled.reason
        events.append(ContractEnded(occurred_at=context.at, project=command.project, reason=reason))
    on = _usual_next_contact(state, context)
    events.append(KeepContactPlanned(occurred_at=context.at, project=command.project, on=on, after="cancelled"))
    return [*events, *waking.after_a_loss(state, context, command.project, "cancelled")]


def _service(command: NoteLapse | NoteRenewal, state: State, context: Context) -> Sequence[Event]:
    """Word of a service contract; older word than the one on record says nothing new."""
    period, valid = state.service.get(command.project, (0, True))
    support = context.seen.get(streams.support(command.project))
    own = support if support is not None and support.exists and support.root.customer == command.customer else None
    found = known(
        own, f"support of {command.project} for customer {command.customer}", "hand the project over to support first"
    )
    kind, on = ("lapsed", command.ended_on) if isinstance(command, NoteLapse) else ("renewed", command.ends_on)
    if not any((turn.kind, turn.period, turn.on) == (kind, command.period, on) for turn in found.turns):
        raise ServiceNotToldError(f"The support of {command.project} has on record no period {command.period} {kind} on {on}.")
    if isinstance(command, NoteLapse):
        if command.period < period or (command.period == period and not valid):
            return []
        return [
            ServiceLapsed(occurred_at=context.at, project=command.project, period=command.period, ended_on=command.ended_on)
        ]
    if command.period <= period:
        return []
    return [ServiceRenewed(occurred_at=context.at, project=command.project, period=command.period, ends_on=command.ends_on)]


def _deal(command: NoteContract | NoteLostDeal | NoteCancellation, context: Context) -> Any:
    """The deal that a note is about; raises `NotFoundError` for one that is not this customer's."""
    deal = context.seen.get(streams.funnel(command.project))
    own = deal if deal is not None and deal.exists and deal.root.customer == command.customer else None
    return known(own, f"deal {command.project} of customer {command.customer}", "open the project first")
