"""The dossier 交接档案 for whoever takes a customer over: all that the one before knew, from events and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal

from pydantic import AwareDatetime

from domain import funnel, project, promises, streams, support
from domain.catalogue import decider_of
from domain.customer.record_events import PersonMapped, PersonUnmapped
from domain.messages import Actor, Frozen, Health, Money, Name
from domain.phases import parts_of
from domain.playbook import Playbooks
from domain.standing import Unmet
from eventstore.codec import Codec
from eventstore.port import EventStore
from history.customer_page import CustomerPage, customer_page
from history.customer_record import PersonTold, people_of
from history.replay import Recorded, replay


class MapChange(Frozen):
    """A change of the power map."""

    version: int
    occurred_at: AwareDatetime
    person: str
    name: str
    what: Literal["came", "changed", "left"]
    changes: tuple[str, ...]
    """What is different: `attitude: neutral → supporter`; for one who left, why."""
    by: str
    """Staff id of the one who recorded it."""


class DealTold(Frozen):
    """A deal that is open, as its new owner must know it."""

    project: str
    customer: str
    name: str
    stage: str
    stage_name: Name
    amount: Money | None
    owner: str
    owners_before: tuple[str, ...]
    next_step_on: date | None
    due_at: AwareDatetime | None
    waiting_for: str
    missing: tuple[Unmet, ...]
    health: Health
    reason: str


class WorkTold(Frozen):
    """A handoff, an implementation or a support that is not over."""

    stream: str
    project: str
    kind: Name
    code: str
    name: Name
    waiting_for: str
    due_at: AwareDatetime | None
    missing: tuple[Unmet, ...]
    health: Health
    reason: str
    outlook: str


class PromiseTold(Frozen):
    """A promise that binds us."""

    project: str
    promise: str
    about: str
    text: str
    made_by: str
    made_to: str
    due_on: date | None
    overdue: bool


class ServiceTold(Frozen):
    """A service contract of a project."""

    project: str
    service_code: str
    level: str
    ends_on: date | None
    notice_on: date | None
    in_service: bool


class Dossier(Frozen):
    """All that a successor must know of a customer, as of a moment."""

    page: CustomerPage
    """Who they are, class with evidence and approver, group, owners, power map, buying process, IT plan, contracts, tickets,
    reactivations, recoveries and plans, the last contacts."""
    next_contact_on: date | None
    map_changes: tuple[MapChange, ...]
    """How the power map has become what it is, the oldest first."""
    also_mapped: tuple[PersonTold, ...]
    """The people on the power maps of customers that were merged into this one."""
    deals: tuple[DealTold, ...]
    """The open ones, the next due first."""
    works: tuple[WorkTold, ...]
    """What goes on after the win, the next due first."""
    promises: tuple[PromiseTold, ...]
    """Those that bind us, the next due first; those without a date last."""
    services: tuple[ServiceTold, ...]
    """The service contracts, the first to end first."""


async def dossier(
    store: EventStore, codec: Codec, playbooks: Playbooks, customer: str, now: datetime, as_of: datetime | None = None
) -> Dossier | None:
    """The dossier of a customer as of a moment; None where nothing is on record of it by then."""
    page = await customer_page(store, codec, playbooks, customer, now, as_of)
    told = await replay(store, codec, customer, as_of)
    if page is None or told is None:
        return None
    states = told.states
    own = states[streams.customer(customer)]
    return Dossier(
        page=page,
        next_contact_on=own.next_contact_on,
        map_changes=tuple(map_changes(told.events)),
        also_mapped=tuple(one for other in told.absorbed for one in _people(states.get(streams.customer(other)))),
        deals=tuple(_by_due(_deals(states, playbooks))),
        works=tuple(_by_due(_works(states, playbooks))),
        promises=tuple(sorted(_promises(states), key=lambda one: (one.due_on is None, one.due_on or date.max, one.promise))),
        services=tuple(sorted(_services(states), key=lambda one: (one.ends_on is None, one.ends_on or date.max))),
    )


def _people(state: Any) -> Sequence[PersonTold]:
    return people_of(state) if state is not None else ()


def map_changes(events: Iterable[Recorded]) -> Iterable[MapChange]:
    """How a power map has changed, the oldest change first; those of a duplicate with them."""
    people: dict[tuple[str, str], PersonMapped] = {}
    for one in events:
        event, key = one.event, (one.stored.stream, getattr(one.event, "person", ""))
        if not isinstance(event, PersonMapped | PersonUnmapped):
            continue
        before = people.get(key)
        if isinstance(event, PersonMapped):
            people[key] = event
            what: Literal["came", "changed", "left"] = "changed" if before else "came"
            name, changes = event.name, tuple(_different(before, event)) if before else ()
        else:
            people.pop(key, None)
            what, name, changes = "left", before.name if before else "", (event.reason,)
        yield MapChange(
            version=event.version,
            occurred_at=event.occurred_at,
            person=event.person,
            name=name,
            what=what,
            changes=changes,
            by=Actor.model_validate_json(one.stored.actor).id,
        )


def map_at(events: Iterable[Recorded], stream: str, until: datetime) -> Mapping[str, PersonMapped]:
    """The power map of a customer as it was at a moment."""
    people: dict[str, PersonMapped] = {}
    for one in events:
        if one.stored.stream != stream or one.event.occurred_at > until:
            continue
        if isinstance(one.event, PersonMapped):
            people[one.event.person] = one.event
        elif isinstance(one.event, PersonUnmapped):
            people.pop(one.event.person, None)
    return people


def _different(before: PersonMapped, after: PersonMapped) -> Iterable[str]:
    for field in ("name", "title", "roles", "influence", "attitude", "reports_to"):
        was, is_ = (_written(getattr(one, field)) for one in (before, after))
        if was != is_:
            yield f"{field}: {was or '–'} → {is_ or '–'}"


def _written(value: Any) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _by_due(told: Iterable[Any]) -> Sequence[Any]:
    return sorted(told, key=lambda one: (one.due_at is None, one.due_at.timestamp() if one.due_at else 0.0, one.project))


def _deals(states: Mapping[str, Any], playbooks: Playbooks) -> Iterable[DealTold]:
    for state in states.values():
        if not isinstance(state, funnel.State) or state.outcome or state.unwound is not None:
            continue
        view = funnel.DECIDER.view(state, playbooks.of(state))
        yield DealTold(
            project=state.root.project,
            customer=state.root.customer,
            name=state.name,
            stage=view.code,
            stage_name=view.name,
            amount=state.amount,
            owner=state.owner_now,
            owners_before=tuple(one for one in state.every_owner if one != state.owner_now),
            next_step_on=state.next_step_on,
            due_at=view.due_at,
            waiting_for=view.waiting_for,
            missing=view.missing,
            health=view.health,
            reason=view.reason,
        )


def _works(states: Mapping[str, Any], playbooks: Playbooks) -> Iterable[WorkTold]:
    for stream, state in states.items():
        if streams.category(stream) not in ("handoff", "implementation", "support"):
            continue
        decider = decider_of(stream)
        view = decider.view(state, playbooks.of(state))
        if view.closed:
            continue
        yield WorkTold(
            stream=stream,
            project=state.root.project,
            kind=decider.name,
            code=view.code,
            name=view.name,
            waiting_for=view.waiting_for,
            due_at=view.due_at,
            missing=view.missing,
            health=view.health,
            reason=view.reason,
            outlook=view.outlook,
        )


def _promises(states: Mapping[str, Any]) -> Iterable[PromiseTold]:
    """Each project's promises are where they have travelled to: in the latest phase that holds any."""
    for state in states.values():
        if not isinstance(state, project.State) or state.outcome in ("lost", "cancelled") or state.cancelled is not None:
            continue
        parts = (states.get(stream) for stream in reversed(parts_of(state.root.project)))
        ledger: promises.Ledger = next((one.promises for one in parts if one is not None and one.promises), ())
        for one in promises.binding(ledger):
            yield PromiseTold(
                project=state.root.project,
                promise=one.promise,
                about=one.about,
                text=one.text,
                made_by=one.made_by,
                made_to=one.made_to,
                due_on=one.due_on,
                overdue=one.overdue,
            )


def _services(states: Mapping[str, Any]) -> Iterable[ServiceTold]:
    for state in states.values():
        if isinstance(state, support.State) and state.exists and not state.ended:
            yield ServiceTold(
                project=state.root.project,
                service_code=state.service_code,
                level=state.level,
                ends_on=state.ends_on,
                notice_on=state.notice_on,
                in_service=state.in_service,
            )
