"""What we know of a customer: identity, group, power map, buying process, IT plan, contracts of service lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from domain import streams
from domain.customer import merging
from domain.customer.events import CustomerActivated
from domain.customer.record_commands import (
    ChangeOwner,
    CorrectCustomer,
    EndContract,
    MapPerson,
    RecordBuyingProcess,
    RecordContract,
    RecordITPlan,
    SetGroupParent,
    UnmapPerson,
)
from domain.customer.record_events import (
    BuyingProcessRecorded,
    ContractRecorded,
    ContractTerminated,
    CustomerCorrected,
    Identity,
    ITPlanRecorded,
    OwnerChanged,
    ParentChanged,
    PersonMapped,
    PersonUnmapped,
)
from domain.customer.record_terms import LineContract
from domain.customer.refusals import (
    ContractKnownError,
    ContractUnknownError,
    GroupCycleError,
    MergeNotPossibleError,
    NothingCorrectedError,
    PersonUnknownError,
    ReportingCycleError,
    ServiceLineUnknownError,
)
from domain.customer.state import State
from domain.decider import Context
from domain.messages import Event
from domain.origin import day_of, known, listed
from domain.owning import SameOwnerError


def correct(command: CorrectCustomer, state: State, context: Context) -> Sequence[Event]:
    """Correct who the customer is."""
    before = Identity(
        name=state.name,
        registration=state.record.registration,
        aliases=state.record.aliases,
        industry=state.industry,
        region=state.region,
        contact=state.contact,
    )
    given = {name: value for name in Identity.model_fields if (value := getattr(command, name)) is not None}
    changed = {name: value for name, value in given.items() if value != getattr(before, name)}
    if not changed:
        raise NothingCorrectedError("The correction changes nothing: give what is to be different.")
    return [
        CustomerCorrected(
            occurred_at=context.at,
            before=before,
            after=before.model_copy(update=changed),
            reason=command.reason,
            fields=tuple(changed),
        )
    ]


def group_above(seen: Mapping[str, Any]) -> tuple[str, ...]:
    """The customers above those that were seen, in their groups."""
    above = (merging.above(one) for one in seen.values() if isinstance(one, State) and one.exists)
    return tuple(streams.customer(one) for one in above if one)


def set_parent(command: SetGroupParent, state: State, context: Context) -> Sequence[Event]:
    """Say to which customer of a group this one belongs."""
    mine, parent = state.root.customer, command.parent or ""
    if parent == state.record.parent:
        where = f"belongs to {parent}" if parent else "belongs to no other customer"
        raise NothingCorrectedError(f"The customer {mine} {where} already.")
    if parent:
        other = known(context.seen.get(streams.customer(parent)), f"customer {parent}", "register it first")
        if other.record.merged is not None:
            raise MergeNotPossibleError(f"{parent} was merged into {other.record.merged_into}: name that one.")
        if other.status == "invalid":
            raise MergeNotPossibleError(f"{parent} is invalid: a group needs a customer that is one (RequalifyCustomer).")
        _no_cycle(mine, parent, context.seen)
    return [ParentChanged(occurred_at=context.at, parent=parent, before=state.record.parent, reason=command.reason)]


def _no_cycle(mine: str, parent: str, seen: Mapping[str, Any]) -> None:
    way = merging.group(parent, seen, below=mine)
    if mine in way:
        told = listed(way[: way.index(mine)]) or mine
        raise GroupCycleError(f"{mine} would belong to itself, by way of {told}: take one of them out first.")


def change_owner(command: ChangeOwner, state: State, context: Context) -> Sequence[Event]:
    """Hand the customer over."""
    unit = command.owner_unit or state.unit_now
    if (command.owner, unit) == (state.owner_now, state.unit_now) and not command.with_deals:
        raise SameOwnerError(f"{command.owner} of {unit} owns the customer {command.customer} already: name somebody else.")
    return [
        OwnerChanged(
            occurred_at=state.not_before(context.at),
            owner=command.owner,
            owner_unit=unit,
            owner_before=state.owner_now,
            unit_before=state.unit_now,
            reason=command.reason,
            deals=tuple(state.life.running) if command.with_deals else (),
            with_deals=command.with_deals,
        )
    ]


def map_person(command: MapPerson, state: State, context: Context) -> Sequence[Event]:
    """Put a person on the power map."""
    people = state.record.people
    above, passed = command.reports_to or "", [command.person]
    if above and above not in people and above != command.person:
        raise PersonUnknownError(f"There is no person {above} on the power map: map that one first.")
    while above and above not in passed:
        passed.append(above)
        above = people[above].reports_to if above in people else ""
    if above == command.person:
        raise ReportingCycleError(f"{command.person} would report to themselves, by way of {listed(passed[1:]) or 'nobody'}.")
    return [
        PersonMapped(
            occurred_at=context.at,
            version=state.record.map_version + 1,
            person=command.person,
            name=command.name,
            title=command.title,
            roles=tuple(dict.fromkeys(command.roles)),
            influence=command.influence,
            attitude=command.attitude,
            reports_to=command.reports_to or "",
            evidence=command.evidence,
        )
    ]


def unmap_person(command: UnmapPerson, state: State, context: Context) -> Sequence[Event]:
    """Take a person off the power map."""
    if command.person not in state.record.people:
        raise PersonUnknownError(f"There is no person {command.person} on the power map.")
    version = state.record.map_version + 1
    return [PersonUnmapped(occurred_at=context.at, version=version, person=command.person, reason=command.reason)]


def buying(command: RecordBuyingProcess, state: State, context: Context) -> Sequence[Event]:
    """Record how the customer buys."""
    version = state.record.buying.version + 1 if state.record.buying else 1
    return [BuyingProcessRecorded(occurred_at=context.at, version=version, steps=command.steps, evidence=command.evidence)]


def it_plan(command: RecordITPlan, state: State, context: Context) -> Sequence[Event]:
    """Record the customer's IT plan."""
    version = state.record.it_plan.version + 1 if state.record.it_plan else 1
    return [
        ITPlanRecorded(
            occurred_at=context.at, version=version, mode=command.mode, items=command.items, evidence=command.evidence
        )
    ]


def contract(command: RecordContract, state: State, context: Context) -> Sequence[Event]:
    """Record a contract of a service line: the first contract of a potential customer makes it an active one."""
    lines = [line.code for line in context.rules(state).customers.service_lines]
    if command.service_line not in lines:
        raise ServiceLineUnknownError(f"There is no service line {command.service_line!r}; there are: {listed(lines)}.")
    if command.contract in state.record.contracts:
        raise ContractKnownError(f"There is a contract {command.contract} already: give the new one its own id.")
    if command.project is not None:
        own = (state.root.customer, *state.record.stands_for)
        project = context.seen.get(streams.project(command.project))
        mine = project if project is not None and project.exists and project.root.customer in own else None
        known(mine, f"project {command.project} of customer {command.customer}", "check the id, or leave it out")
    told = LineContract(
        contract=command.contract,
        service_line=command.service_line,
        amount=command.amount,
        starts_on=command.starts_on,
        ends_on=command.ends_on,
        reference=command.reference,
        project=command.project or "",
    )
    events: list[Event] = [ContractRecorded(occurred_at=context.at, contract=told)]
    if state.status == "potential" and told.last_day >= day_of(context.at, context.rules(state).calendar):
        events.append(CustomerActivated(occurred_at=context.at, project=told.project))
    return events


def end_contract(command: EndContract, state: State, context: Context) -> Sequence[Event]:
    """End a contract before its last day."""
    there = state.record.contracts.get(command.contract)
    if there is None:
        whose = [one for one, it in state.record.absorbed.items() if any(c.contract == command.contract for c in it.held.lines)]
        if whose:
            raise ContractUnknownError(f"The contract {command.contract} is recorded at {whose[0]}: end it there.")
    if there is None or there.ended_on is not None:
        raise ContractUnknownError(f"There is no contract {command.contract} that could be ended: check the id.")
    ended_on = command.ended_on or day_of(context.at, context.rules(state).calendar)
    if not there.starts_on <= ended_on <= there.ends_on:
        raise ContractUnknownError(
            f"The contract {command.contract} is valid from {there.starts_on} to {there.ends_on}: end it on a day of these."
        )
    return [
        ContractTerminated(
            occurred_at=context.at,
            contract=command.contract,
            service_line=there.service_line,
            ended_on=ended_on,
            reason=command.reason,
        )
    ]
