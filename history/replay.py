"""A customer's history: every event of the customer and its projects, and the state that they add up to at any moment."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from domain import streams
from domain.catalogue import decider_of
from domain.customer.record_events import CustomerAbsorbed, DuplicateReleased
from domain.messages import Event
from eventstore.codec import Codec
from eventstore.port import EventStore, StoredEvent
from history.wording import EVENT_NAMES


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event beside what the store knows about it."""

    stored: StoredEvent
    event: Event
    absorbed_from: str = ""
    """The merged customer that it happened to; empty for the customer's own."""


@dataclass(frozen=True, slots=True)
class History:
    """What happened to a customer, as far as was asked."""

    customer: str
    as_of: datetime | None
    """Only what had happened by then; None for all."""
    known_at: datetime | None
    """Only what was on record here by then; None for all."""
    events: Sequence[Recorded]
    """In the order in which they happened; of one moment, in the order of the log."""
    states: Mapping[str, Any]
    """The state of each stream that had been opened, by its name."""
    absorbed: Sequence[str] = ()
    """The customers that had been merged into it by then; their events are among `events`."""


async def replay(
    store: EventStore, codec: Codec, customer: str, as_of: datetime | None = None, known_at: datetime | None = None
) -> History | None:
    """The history of a customer; None for a customer that has no event at all.

    `as_of` asks what was true in the business at a moment (`occurred_at` ≤), `known_at` what was on record here at a moment
    (`recorded_at` ≤); together they answer "what did we believe then about that day".
    A customer that was merged into it by then is told with it, whole; before that moment both are told apart. Costs one more
    query for each. Raises `StoreError` for an event that cannot be read."""
    log = await store.read_customer(customer)
    if not log:
        return None
    wanted: list[Recorded] = []
    told, to_read = {customer}, [customer]
    while to_read:
        whose = to_read.pop(0)
        theirs = [
            Recorded(stored, codec.decode(stored), absorbed_from="" if whose == customer else whose)
            for stored in (log if whose == customer else await store.read_customer(whose))
            if (as_of is None or stored.occurred_at <= as_of) and (known_at is None or stored.recorded_at <= known_at)
        ]
        wanted += theirs
        merged = _absorbed(theirs, streams.customer(whose))
        new = [other for other in dict.fromkeys(merged) if other not in told]
        told.update(new)
        to_read += new
    states = _folded(wanted)
    in_time = sorted(wanted, key=lambda one: (one.stored.occurred_at, one.stored.position))
    return History(customer, as_of, known_at, in_time, states, sorted(told - {customer}))


def _absorbed(events: Sequence[Recorded], stream: str) -> Sequence[str]:
    """The customers that count with one at the end of these events: merged into it, and not taken back."""
    found: dict[str, None] = {}
    for one in events:
        if one.stored.stream == stream and isinstance(one.event, CustomerAbsorbed):
            found[one.event.customer] = None
        elif one.stored.stream == stream and isinstance(one.event, DuplicateReleased):
            found.pop(one.event.customer, None)
    return list(found)


def _folded(wanted: Sequence[Recorded]) -> dict[str, Any]:
    """Each stream's state, folded in the order of its versions: a fact that was told late is evolved where it was told."""
    by_stream: dict[str, list[Event]] = {}
    for one in wanted:
        by_stream.setdefault(one.stored.stream, []).append(one.event)
    states = {stream: decider_of(stream).fold(events) for stream, events in by_stream.items()}
    return {stream: state for stream, state in states.items() if state.exists}


def as_json(history: History) -> dict[str, Any]:
    """The history as a JSON object: `customer`, `as_of`, `known_at`, `events` and `state`."""
    own = history.states.get(streams.customer(history.customer))
    return {
        "customer": history.customer,
        "merged_into": own.record.merged_into if own is not None else "",
        "absorbed": list(history.absorbed),
        "as_of": _moment(history.as_of),
        "known_at": _moment(history.known_at),
        "events": [event_as_json(one) for one in history.events],
        "state": _state(history),
    }


def event_as_json(one: Recorded) -> dict[str, Any]:
    """An event as a JSON object: what, when, by whom, why, under which rules, and its own data in the newest shape."""
    stored = one.stored
    return {
        "position": stored.position,
        "stream": stored.stream,
        "version": stored.version,
        "type": stored.type,
        "schema_version": one.event.schema_version,
        "name": EVENT_NAMES[stored.type].model_dump(),
        "occurred_at": _moment(stored.occurred_at),
        "recorded_at": _moment(stored.recorded_at),
        "actor": json.loads(stored.actor),
        "command_id": stored.command_id,
        "correlation_id": stored.correlation_id,
        "causation_id": stored.causation_id,
        "customer": stored.customer,
        "absorbed_from": one.absorbed_from,
        "project": stored.project,
        "playbook": stored.playbook,
        "data": one.event.model_dump(mode="json", exclude={"occurred_at"}),
    }


def state_as_json(state: Any) -> Any:
    """An aggregate's state as a JSON object, with amounts as text and times in ISO 8601."""
    state_class: Any = type(state)
    return _adapter(state_class).dump_python(state, mode="json")


@cache
def _adapter(state_class: Any) -> TypeAdapter[Any]:
    return TypeAdapter(state_class)


_BESIDE = {
    "ticket": "tickets",
    "escalation": "escalations",
    "reactivation": "reactivations",
    "recovery": "recoveries",
    "request": "requests",
}
"""Work that is no phase of a project: by its kind, what a history calls several of it."""


def _state(history: History) -> dict[str, Any]:
    """`{"customer": …, "projects": {id: {"project": …, "funnel": …, "handoffs": {kind: …}, …}}, "tickets": {id: …},
    "escalations": {id: …}, "reactivations": {id: …}, "recoveries": {id: …}, "requests": {id: …}}`,
    and `"absorbed": {id: …}` where other customers were merged into it."""
    told: dict[str, Any] = {"customer": None, "projects": {}, **{plural: {} for plural in _BESIDE.values()}}
    for stream, state in sorted(history.states.items()):
        kind, fields, root = streams.category(stream), state_as_json(state), state.root
        if kind == "customer" and root.customer != history.customer:
            told.setdefault("absorbed", {})[root.customer] = fields
        elif kind == "customer":
            told["customer"] = fields
        elif kind in _BESIDE:
            told[_BESIDE[kind]][stream.partition("-")[2]] = fields
        else:
            parts = told["projects"].setdefault(root.project, _no_parts())
            if kind == "handoff":
                parts["handoffs"][state.kind] = fields
            else:
                parts[kind] = fields
    return told


def _no_parts() -> dict[str, Any]:
    return {"project": None, "funnel": None, "handoffs": {}, "implementation": None, "support": None}


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
