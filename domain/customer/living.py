"""How the facts of a customer's life add up."""

from __future__ import annotations

from dataclasses import replace

from domain.clocks import ClocksReleased
from domain.customer.events import (
    ContactRecorded,
    ContractEnded,
    ContractSigned,
    CustomerRegistered,
    KeepContactPlanned,
    ServiceLapsed,
    ServiceRenewed,
)
from domain.customer.life import Life, later
from domain.customer.life_events import (
    CustomerCooled,
    CustomerInvalidated,
    CustomerReactivated,
    CustomerRequalified,
    CustomerWarmed,
    CustomerWentDormant,
    LadderBegan,
    LadderEvents,
    ProjectBegun,
    ServiceBegun,
    UseRecorded,
)
from domain.customer.recording import signs
from domain.customer.terms import CustomerState
from domain.messages import Event
from domain.reactivating import ReactivationReported


def evolve(life: Life, event: Event) -> Life:
    """The life after one more fact of the customer, of whatever part."""
    if isinstance(event, LadderEvents):
        return _step(life, event)
    if isinstance(event, ClocksReleased):
        return replace(life, judged_from=None)
    seen = _signs(life, event)
    latest = later(seen.as_of, event.occurred_at)
    return replace(seen, as_of=latest, judged_from=latest)


def status_after(status: CustomerState, event: Event) -> CustomerState:
    """The state of a customer after a step of the state machine; the same after anything else."""
    match event:
        case CustomerWentDormant():
            return "dormant"
        case CustomerReactivated() | CustomerRequalified():
            return event.to
        case CustomerInvalidated():
            return "invalid"
        case _:
            return status


def _step(life: Life, event: LadderEvents) -> Life:
    at = event.occurred_at
    match event:
        case CustomerCooled():
            return replace(life, cooling=True, cooled_at=at, asleep_since=event.since, coolings=event.times)
        case CustomerWarmed():
            return replace(life, cooling=False, cooled_at=None, asleep_since=None)
        case CustomerWentDormant():
            slept = replace(life, dormant=True, slept_from=event.was, dormancies=event.times)
            return replace(slept, cooling=False, cooled_at=at, asleep_since=event.since)
        case CustomerReactivated():
            return life.awake_from(at, "reactivated")
        case CustomerRequalified():
            return life.awake_from(at, "requalified")
        case CustomerInvalidated():
            return replace(life, cooling=False, dormant=False, cooled_at=None, asleep_since=None, as_of=later(life.as_of, at))
        case LadderBegan():
            return replace(life, began_at=at, start="ladder_began")


def _signs(life: Life, event: Event) -> Life:
    at = event.occurred_at
    match event:
        case CustomerRegistered():
            return replace(life, began_at=at)
        case ContactRecorded():
            return _contact(life, event)
        case ReactivationReported() if event.outcome == "answered":
            return replace(life, contact_at=later(life.contact_at, at), answered_at=later(life.answered_at, at))
        case UseRecorded():
            return replace(life, used_at=later(life.used_at, at))
        case KeepContactPlanned():
            if event.after == "lost":
                life = replace(life, lost_at=later(life.lost_at, at))
            return life.finished(event.project, at)
        case ProjectBegun() | ContractSigned() | ContractEnded() | ServiceBegun() | ServiceRenewed() | ServiceLapsed():
            return _work(life, event)
        case _:
            return signs(life, event)


def _contact(life: Life, event: ContactRecorded) -> Life:
    at = event.occurred_at
    if event.answered:
        life = replace(life, answered_at=later(life.answered_at, at))
    unheard = life.dormant and not event.answered and life.cooled_at is not None and at >= life.cooled_at
    return replace(life, contact_at=later(life.contact_at, at)) if event.effective and not unheard else life


def _work(
    life: Life, event: ProjectBegun | ContractSigned | ContractEnded | ServiceBegun | ServiceRenewed | ServiceLapsed
) -> Life:
    """Projects and contracts. A customer from before projects told it when they were opened knows of a project by its signed
    contract: it runs until there is word of its support, or of its end."""
    project, at = event.project, event.occurred_at
    match event:
        case ProjectBegun():
            return life.begun(project, at)
        case ContractSigned():
            return life.finished(project, at) if event.closed else life.begun(project, at)
        case ContractEnded():
            return life.without(project)
        case ServiceBegun() | ServiceRenewed():
            life = life.finished(project, at) if project in life.running else life
            return life.signed(project, event.ends_on)
        case ServiceLapsed():
            life = life.finished(project, at) if project in life.running else life
            return life.without(project, event.ended_on)
