"""What else a person must know about a project: how long it stood where, what was overridden, what waits for an answer, what
was promised, and why dates have moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import AwareDatetime

from domain import funnel, handoff, implementation, streams
from domain.catalogue import decider_of
from domain.funnel import approvals
from domain.implementation.plan_events import ChangeOverdue
from domain.implementation.plan_standing import cause_in_words, plan_clocks
from domain.messages import Actor, Frozen, Name
from domain.moving import PlaybookMoved
from domain.phases import PHASES, phase_stream
from domain.playbook import Playbooks
from domain.project import CompensationRecorded, ProjectCancelled
from domain.promises import Promise
from domain.standing import Override, Stay
from history.passages import name_in, names_of
from history.replay import Recorded
from history.wording import EVENT_NAMES

MOVES = 8
"""How many of the last moved dates are told."""


class StayTold(Stay):
    """A stay in a stage, with what people call the stage."""

    name: Name | None


class OverrideTold(Override):
    """A gate that was passed without its proofs, with what people call the gate and what was missing."""

    stream: str
    gate_name: Name | None
    missing_names: tuple[Name, ...]


class Pending(Frozen):
    """Something that waits for the answer of a role."""

    stream: str
    id: str
    what: Name
    of: str
    """The stage, the quote or the change order that it is about."""
    roles: tuple[str, ...]
    """Those that may answer by now."""
    asked_by: tuple[str, ...]
    since: AwareDatetime
    due_at: AwareDatetime | None
    late: bool


class PromiseTold(Frozen):
    """A promise to the customer, as it stands now."""

    promise: str
    about: str
    text: str
    status: str
    binding: bool
    due_on: date | None
    overdue: bool
    stream: str
    """Who holds it."""


class Compensated(Frozen):
    """A part of a cancelled project, and what was undone in it."""

    part: str
    """Its stream."""
    unwound_at: AwareDatetime | None
    """None while it has not answered."""
    what: tuple[Name, ...]
    """The events that undid something there; none where nothing had to be undone."""


class Cancelled(Frozen):
    """The project was cancelled: by whom, why, and what has become of each part that was begun."""

    occurred_at: AwareDatetime
    asked_by: str
    approver: str
    reason: str
    reference: str
    parts: tuple[Compensated, ...]
    """The latest part first."""


class Moved(Frozen):
    """A date that has moved, and why."""

    milestone: str
    """Or the name of the clock that was set anew."""
    name: Name | None
    before: AwareDatetime | None
    after: AwareDatetime | None
    cause: str
    """In both languages."""
    reference: str
    """The type of the event that is the fact."""
    reason: str
    occurred_at: AwareDatetime


def notes(state: Any) -> dict[str, str]:
    """What people wrote about what is missing, by its code; nothing where the work of the phase has no such words."""
    if not isinstance(state, handoff.State):
        return {}
    wanting = {gap.item: gap.text for gap in state.gaps} if state.status == "returned" else {}
    return wanting | {one.condition: one.text for one in state.conditions.values()}


def stays(states: Mapping[str, Any], playbooks: Playbooks) -> Sequence[StayTold]:
    """Every stay in a stage, the oldest first."""
    return [
        StayTold(**dict(stay), name=name_in(names_of(playbooks.of(state)), stay.stage))
        for stream, state in states.items()
        for stay in decider_of(stream).path(state)
    ]


def overrides(states: Mapping[str, Any], playbooks: Playbooks) -> Sequence[OverrideTold]:
    """Every override of the project, the oldest first."""
    found = []
    for stream, state in states.items():
        names = names_of(playbooks.of(state), streams.category(stream))
        for one in decider_of(stream).overrides(state):
            missing = tuple(name_in(names, code) or Name(en=code, zh=code) for code in one.missing)
            told = OverrideTold(**dict(one), stream=stream, gate_name=name_in(names, one.gate), missing_names=missing)
            found.append(told)
    return sorted(found, key=lambda one: one.given_at)


def pending(states: Mapping[str, Any], playbooks: Playbooks) -> Sequence[Pending]:
    """Approvals and change orders that wait for an answer, the oldest first."""
    found: list[Pending] = []
    for stream, state in states.items():
        if isinstance(state, funnel.State):
            found += _approvals(stream, state, playbooks)
        if isinstance(state, implementation.State):
            found += _changes(stream, state, playbooks)
    return sorted(found, key=lambda one: one.since)


def _approvals(stream: str, state: funnel.State, playbooks: Playbooks) -> Iterable[Pending]:
    names = {"gate": Name(en="approval of the gate", zh="关口审批"), "price": Name(en="approval of the price", zh="价格审批")}
    for one in approvals.open_ones(state):
        yield Pending(
            stream=stream,
            id=one.id,
            what=names[one.subject],
            of=one.quote or one.stage,
            roles=one.answerable_by,
            asked_by=one.asked_by,
            since=one.requested_at,
            due_at=approvals.due_at(one, playbooks.of(state)),
            late=one.overdue_at is not None,
        )


def _changes(stream: str, state: implementation.State, playbooks: Playbooks) -> Iterable[Pending]:
    due = {
        clock.fact.change: clock.at
        for clock in plan_clocks(state, playbooks.of(state))
        if isinstance(clock.fact, ChangeOverdue)
    }
    approval, signature = Name(en="approval of a change", zh="变更审批"), Name(en="customer's signature", zh="客户签署变更")
    for one in state.plan.changes.values():
        if one.open:
            yield Pending(
                stream=stream,
                id=one.change,
                what=signature if one.status == "approved" else approval,
                of=one.what,
                roles=("customer",) if one.status == "approved" else tuple(filter(None, (one.approver, one.escalated_to))),
                asked_by=one.asked_by,
                since=one.approved_at or one.requested_at,
                due_at=due.get(one.change),
                late=one.late,
            )


def promises(states: Mapping[str, Any], project: str) -> Sequence[PromiseTold]:
    """The promise ledger, of whoever holds it now: the last phase that has begun."""
    phases = [phase_stream(project, phase) for phase in PHASES if phase != "closed"]
    holding = [stream for stream in phases if stream in states and hasattr(states[stream], "promises")]
    if not holding:
        return []
    ledger: Sequence[Promise] = states[holding[-1]].promises
    return [_promise(one, holding[-1]) for one in ledger]


def _promise(one: Promise, stream: str) -> PromiseTold:
    told = {name: getattr(one, name) for name in PromiseTold.model_fields if name != "stream"}
    return PromiseTold(**told, stream=stream)


def cancelled(events: Iterable[Recorded]) -> Cancelled | None:
    """The cancellation of the project whose events these are; None for one that is not cancelled."""
    asked: tuple[Recorded, ProjectCancelled] | None = None
    answers: dict[str, Compensated] = {}
    for one in events:
        if isinstance(one.event, ProjectCancelled):
            asked = one, one.event
        elif isinstance(one.event, CompensationRecorded):
            what = tuple(EVENT_NAMES[name] for name in one.event.what)
            answers[one.event.part] = Compensated(part=one.event.part, unwound_at=one.event.occurred_at, what=what)
    if asked is None:
        return None
    one, event = asked
    return Cancelled(
        occurred_at=event.occurred_at,
        asked_by=Actor.model_validate_json(one.stored.actor).id,
        approver=event.approver,
        reason=event.reason,
        reference=event.reference,
        parts=tuple(answers.get(part) or Compensated(part=part, unwound_at=None, what=()) for part in event.parts),
    )


def moves(events: Iterable[Recorded], states: Mapping[str, Any], playbooks: Playbooks) -> Sequence[Moved]:
    """The last dates that have moved, each with its cause, the newest first: of the plan by one of its facts, and of any clock
    by a move to another playbook."""
    found: list[Moved] = []
    for one in events:
        if isinstance(one.event, implementation.ForecastMoved):
            found += _forecast(one, one.event, names_of(playbooks.of(states[one.stored.stream])))
        elif isinstance(one.event, PlaybookMoved):
            found += _redated(one, one.event)
    return found[::-1][:MOVES]


def _forecast(one: Recorded, event: implementation.ForecastMoved, names: Mapping[str, Name]) -> Iterable[Moved]:
    for move in event.moved:
        yield Moved(
            milestone=move.milestone,
            name=name_in(names, move.milestone),
            before=move.before,
            after=move.after,
            cause=cause_in_words(event.cause),
            reference=event.cause.reference,
            reason=event.cause.reason,
            occurred_at=one.stored.occurred_at,
        )


def _redated(one: Recorded, event: PlaybookMoved) -> Iterable[Moved]:
    for clock in event.redated:
        yield Moved(
            milestone=clock.clock,
            name=None,
            before=clock.before,
            after=clock.after,
            cause=f"playbook moved 手册迁移 {event.from_} → {event.to}",
            reference=event.type,
            reason=event.reason,
            occurred_at=one.stored.occurred_at,
        )
