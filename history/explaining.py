"""Why a project stands where it stands: from its events and the decisions on its commands, without asking Temporal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime

from domain import implementation, streams, support
from domain.catalogue import decider_of
from domain.messages import Actor, Frozen, Name
from domain.phases import PHASES, phase_stream
from domain.playbook import Playbook, Playbooks
from domain.standing import Deadline, View
from eventstore.codec import Codec
from eventstore.port import EventStore
from history import circumstances
from history.circumstances import Cancelled, Moved, OverrideTold, Pending, PromiseTold, StayTold
from history.passages import Passage, passages
from history.plan import outlook_at
from history.replay import History, Recorded, replay
from history.rulings import Ruling, ruling
from history.service import ServiceTold, TicketTold, open_tickets, service
from history.wording import EVENT_NAMES, particulars

STEPS = 5
"""How many of the last events are told."""
REFUSALS = 5
"""How many of the last refusals are told."""
PASSAGES = 3
"""How many of the last gates are told."""
KEPT = 300
"""How many decisions a stream are looked through."""


class Step(Frozen):
    """One event that led here."""

    type: str
    name: Name
    particulars: str
    occurred_at: AwareDatetime
    actor: Actor
    stream: str
    version: int


class Work(Frozen):
    """One piece of the project's work, and where it stands."""

    stream: str
    kind: Name
    view: View
    who: Name | None
    """What people call the role that must act next; None when nobody has to."""
    next_clock: Deadline | None
    """What comes true by itself, and when, unless something happens before."""


class Why(Frozen):
    """Where a project stands, what brought it there, what is missing, who must act by when."""

    project: str
    customer: str
    name: str
    phase: str
    phase_name: Name
    outcome: str
    """`lost`, `won`, `delivered` or `cancelled` for a project that is closed."""
    cancelled: Cancelled | None
    """By whom and why the project was cancelled, and what was undone in each part; None for one that is not."""
    stands: Work | None
    """The work of the current phase; None in the moment before it has begun."""
    notes: dict[str, str]
    """What people wrote about what is missing, by its code: the gaps of a returned handoff, the conditions of an acceptance."""
    beside: tuple[Work, ...]
    """Other open work of the project: earlier phases with something left, also of a cancelled one to settle; tickets."""
    steps: tuple[Step, ...]
    """The last events of the current phase, the oldest first."""
    decision: Ruling | None
    """The decision that recorded the last of the steps."""
    refusals: tuple[Ruling, ...]
    """The last refused commands on any of its streams, the newest first."""
    passages: tuple[Passage, ...]
    """The last gates that it has passed, the oldest first, each with the evidence that it was passed on."""
    path: tuple[StayTold, ...]
    """Every stay in a stage, with the working time that it took."""
    overrides: tuple[OverrideTold, ...]
    """Every gate that was passed without its proofs, with what has become of it."""
    pending: tuple[Pending, ...]
    """Approvals and change orders that wait for an answer."""
    promises: tuple[PromiseTold, ...]
    """What the customer was promised, and what has become of it."""
    moved: tuple[Moved, ...]
    """The last dates of the plan that have moved, each with its cause, the newest first."""
    service: ServiceTold | None
    """Contract, renewal and what is open after go-live; None before support has begun."""
    tickets: tuple[TicketTold, ...]
    """Its open tickets, the next due first."""
    roles: dict[str, Name]
    """What people call the roles that are named here."""


async def why(store: EventStore, codec: Codec, playbooks: Playbooks, project: str, now: datetime | None = None) -> Why | None:
    """Explain a project from the store alone; None for a project that is not there. Costs some ten queries.

    With `now`, the outlook of its plan is that of this moment, as `plan` tells it; else that of the last fact."""
    opening = await store.read(streams.project(project), limit=1)
    if not opening:
        return None
    told = await replay(store, codec, opening[0].customer)
    assert told is not None
    states = {stream: state for stream, state in told.states.items() if state.root.project == project}
    return await _explained(store, playbooks, told, states, project, now)


async def _explained(
    store: EventStore, playbooks: Playbooks, told: History, states: Mapping[str, Any], project: str, now: datetime | None
) -> Why:
    root = states[streams.project(project)]
    main = phase_stream(project, root.phase)
    work = {stream: _work(stream, state, playbooks, now) for stream, state in states.items()}
    rulings = [ruling(one) for stream in _streams(project, states) for one in await store.decisions(stream, KEPT)]
    accepted = {(one.stream, one.command_id): one for one in rulings if one.accepted}
    mine = [one for one in told.events if one.stored.stream in states]
    here = main if main in states else streams.project(project)
    steps = [one for one in told.events if one.stored.stream == here][-STEPS:]
    return Why(
        project=project,
        customer=told.customer,
        name=root.name,
        phase=root.phase,
        phase_name=PHASES[root.phase],
        outcome=root.outcome,
        cancelled=circumstances.cancelled(mine),
        stands=work.get(main),
        notes=circumstances.notes(states.get(main)),
        beside=tuple(one for stream, one in work.items() if _beside(stream, main) and _open(one.view)),
        steps=tuple(_step(one) for one in steps),
        decision=_that_recorded(steps[-1], rulings) if steps else None,
        refusals=_refusals(rulings),
        passages=tuple(passages(mine, accepted, playbooks, PASSAGES)),
        path=tuple(circumstances.stays(states, playbooks)),
        overrides=tuple(circumstances.overrides(states, playbooks)),
        pending=tuple(circumstances.pending(states, playbooks)),
        promises=tuple(circumstances.promises(states, project)),
        moved=tuple(circumstances.moves(mine, states, playbooks)),
        service=service(states, now),
        tickets=tuple(open_tickets(states, playbooks)),
        roles=dict(playbooks.of(root).roles),
    )


def _streams(project: str, states: Mapping[str, Any]) -> Sequence[str]:
    """Every stream on which a command about the project may have been refused, begun or not."""
    phases = [phase_stream(project, phase) for phase in PHASES if phase != "closed"]
    return list(dict.fromkeys([streams.project(project), *phases, *states]))


def _beside(stream: str, main: str) -> bool:
    return stream != main and streams.category(stream) != "project"


def _open(view: View) -> bool:
    """True for work that goes on, and for work that a cancelling has ended with something left to settle."""
    return not view.closed or bool(view.missing)


def _work(stream: str, state: Any, playbooks: Playbooks, now: datetime | None) -> Work:
    decider = decider_of(stream)
    rules: Playbook = playbooks.of(state)
    view = decider.view(state, rules)
    if now and view.outlook and isinstance(state, implementation.State):
        view = view.model_copy(update={"outlook": outlook_at(state, rules, now)})
    if now and view.outlook and isinstance(state, support.State) and state.stability:
        view = view.model_copy(update={"outlook": state.stability.told(now)})
    clock = decider.next_clock(state, playbooks)
    return Work(
        stream=stream,
        kind=decider.name,
        view=view,
        who=rules.roles.get(view.waiting_for),
        next_clock=clock.deadline() if clock else None,
    )


def _step(one: Recorded) -> Step:
    stored = one.stored
    return Step(
        type=stored.type,
        name=EVENT_NAMES[stored.type],
        particulars=particulars(one.event),
        occurred_at=stored.occurred_at,
        actor=Actor.model_validate_json(stored.actor),
        stream=stored.stream,
        version=stored.version,
    )


def _that_recorded(last: Recorded, rulings: Sequence[Ruling]) -> Ruling | None:
    key = last.stored.stream, last.stored.command_id
    return next((one for one in rulings if one.accepted and (one.stream, one.command_id) == key), None)


def _refusals(rulings: Sequence[Ruling]) -> tuple[Ruling, ...]:
    refused = [one for one in rulings if not one.accepted]
    return tuple(sorted(refused, key=lambda one: one.decided_at, reverse=True)[:REFUSALS])
