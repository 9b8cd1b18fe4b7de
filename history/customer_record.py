"""The part of a customer's page that tells what we know of them: names, revenue, owners, power map, how they buy, contracts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from pydantic import AwareDatetime

from domain.customer import State
from domain.customer.record_terms import ATTITUDE_NAMES, IT_MODE_NAMES, MAP_ROLE_NAMES, BuyingStep, ITItem, ITMode
from domain.messages import Frozen, Money, Name
from domain.origin import day_of
from domain.playbook import Playbook

PEOPLE = 30
CONTRACTS = 30
YEARS = 10
"""How many of the last years' revenues are told."""


class OwnerTold(Frozen):
    """Who has owned the customer, from a moment on."""

    owner: str
    """Staff id."""
    owner_unit: str
    since: AwareDatetime | None
    """None for the first owner of a customer that does not say when it was registered."""
    reason: str


class RevenueTold(Frozen):
    """One year's revenue."""

    year: int
    amount: Money


class PersonTold(Frozen):
    """A person on the power map."""

    person: str
    name: str
    title: str
    roles: tuple[str, ...]
    role_names: tuple[Name, ...]
    influence: int
    """1 (little) to 5 (decisive)."""
    attitude: str
    attitude_name: Name
    reports_to: str
    depth: int
    """How far below the top of the map."""


class ContractTold(Frozen):
    """A contract of a service line."""

    contract: str
    service_line: str
    service_line_name: Name | None
    amount: Money | None
    starts_on: date
    last_day: date
    valid: bool
    reference: str
    project: str


class Known(Frozen):
    """What we know of a customer."""

    registration: str
    aliases: tuple[str, ...]
    owners: tuple[OwnerTold, ...]
    """The first one first; the last one owns it."""
    revenues: tuple[RevenueTold, ...]
    """The latest year first."""
    proposal: str
    """A value class that waits for an answer; else empty."""
    proposed_by: tuple[str, ...]
    review_due_on: date | None
    """By when the value class must be decided again."""
    map_version: int
    people: tuple[PersonTold, ...]
    """The power map: whoever reports to somebody stands below them; the most influential first."""
    buying: tuple[BuyingStep, ...]
    it_mode: ITMode | None
    it_mode_name: Name | None
    it_items: tuple[ITItem, ...]
    contracts: tuple[ContractTold, ...]
    """Those of service lines, also of duplicates: what is valid first, the longest first."""


def known(state: State, rules: Playbook, at: datetime) -> Known:
    """What is known of a customer at a moment."""
    record, today = state.record, day_of(at, rules.calendar)
    proposal, review, plan = record.proposal, record.review, record.it_plan
    years = sorted(record.revenues.items(), reverse=True)[:YEARS]
    return Known(
        registration=record.registration,
        aliases=record.aliases,
        owners=tuple(_owners(state)),
        revenues=tuple(RevenueTold(year=year, amount=one.amount) for year, one in years),
        proposal=proposal.value_class if proposal else "",
        proposed_by=proposal.proposed_by if proposal else (),
        review_due_on=review.due_on if review else None,
        map_version=record.map_version,
        people=tuple(people_of(state)[:PEOPLE]),
        buying=record.buying.steps if record.buying else (),
        it_mode=plan.mode if plan else None,
        it_mode_name=IT_MODE_NAMES[plan.mode] if plan else None,
        it_items=plan.items if plan else (),
        contracts=tuple(_contracts(state, rules, today)[:CONTRACTS]),
    )


def _owners(state: State) -> Iterable[OwnerTold]:
    root = state.root
    yield OwnerTold(owner=root.owner, owner_unit=root.owner_unit, since=None, reason="")
    for one in state.owners:
        yield OwnerTold(owner=one.owner, owner_unit=one.owner_unit, since=one.since, reason=one.reason)


def people_of(state: State) -> Sequence[PersonTold]:
    """The map from the top down; a person whose superior is not on it stands at the top."""
    people = state.record.people
    below: dict[str, list[str]] = {}
    for one in sorted(people.values(), key=lambda one: (-one.influence, one.person)):
        below.setdefault(one.reports_to if one.reports_to in people else "", []).append(one.person)
    order: list[tuple[str, int]] = []
    left = [(person, 0) for person in reversed(below.get("", []))]
    while left:
        person, depth = left.pop()
        order.append((person, depth))
        left += [(other, depth + 1) for other in reversed(below.get(person, []))]
    told = {person for person, _ in order}
    order += [(person, 0) for person in people if person not in told]  # a ring has no top
    return [_person(state, person, depth) for person, depth in order]


def _person(state: State, person: str, depth: int) -> PersonTold:
    one = state.record.people[person]
    return PersonTold(
        person=one.person,
        name=one.name,
        title=one.title,
        roles=one.roles,
        role_names=tuple(MAP_ROLE_NAMES[role] for role in one.roles),
        influence=one.influence,
        attitude=one.attitude,
        attitude_name=ATTITUDE_NAMES[one.attitude],
        reports_to=one.reports_to,
        depth=depth,
    )


def _contracts(state: State, rules: Playbook, today: date) -> Sequence[ContractTold]:
    names = {line.code: line.name for line in rules.customers.service_lines}
    told = [
        ContractTold(
            contract=one.contract,
            service_line=one.service_line,
            service_line_name=names.get(one.service_line),
            amount=one.amount,
            starts_on=one.starts_on,
            last_day=one.last_day,
            valid=one.valid_on(today),
            reference=one.reference,
            project=one.project,
        )
        for one in state.record.line_contracts()
    ]
    return sorted(told, key=lambda one: (one.valid, one.last_day, one.contract), reverse=True)
