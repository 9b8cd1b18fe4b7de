"""The parts of a customer's page that are read from its streams: its states over the years, its projects, what goes on around
it, and what happened last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime

from domain import customer, funnel, project, streams
from domain.catalogue import decider_of
from domain.clocks import ClocksReleased
from domain.customer import CustomerClassified, State
from domain.customer.life_events import Reason
from domain.customer.terms import COOLING
from domain.messages import Actor, Frozen, Health, Money, Name
from domain.phases import PHASES
from domain.playbook import Playbooks
from domain.standing import Deadline, View
from history.replay import Recorded
from history.wording import EVENT_NAMES, particulars

BY_THEMSELVES = ("customer", "project", "funnel", "handoff", "implementation", "support", "ticket", "escalation", "enablement")
"""What a page tells in parts of their own, or not at all; what is of another kind is told as going on around the customer."""
OUTCOME_NAMES: Mapping[str, Name] = {
    "won": Name(en="won", zh="成交"),
    "lost": Name(en="lost", zh="丢单"),
    "shelved": Name(en="no decision", zh="搁置"),
    "delivered": Name(en="delivered", zh="已交付"),
    "cancelled": Name(en="cancelled", zh="已取消"),
}

HEALTHS: tuple[Health, ...] = ("ok", "at-risk", "blocked", "overdue")


class Spell(Frozen):
    """How long a customer stood so, and why it began to."""

    status: str
    status_name: Name
    step: str
    """`cooling`, or empty."""
    step_name: Name | None
    since: AwareDatetime
    until: AwareDatetime | None
    """None for the one that lasts."""
    because: Name
    """What brought it about: the event."""
    reasons: tuple[Reason, ...]


class Decided(Frozen):
    """A value class that was decided."""

    value_class: str
    name: Name | None
    evidence: str
    occurred_at: AwareDatetime
    by: str
    """Staff id of the one who decided it, or asked for it."""
    approver: str
    """Staff id; empty where nobody else approved it."""


class ContactTold(Frozen):
    """One contact."""

    occurred_at: AwareDatetime
    channel: str
    summary: str
    by: str


class ProjectTold(Frozen):
    """One project of the customer."""

    project: str
    customer: str
    """Another id than the page's for one that came with a customer who went into this one."""
    name: str
    phase: str
    phase_name: Name
    outcome: str
    """`won` for a delivery elsewhere, `lost`, `delivered`, `cancelled`; empty while it runs."""
    outcome_name: Name | None
    stage: str
    """Of its deal; empty where it has none."""
    amount: Money | None
    product_line: str
    owner: str
    opened_at: AwareDatetime | None
    since: AwareDatetime | None
    """Since when it stands so: in its phase, or while it is sold in its stage."""
    health: Health
    needs_human: bool
    reason: str


class Around(Frozen):
    """A reactivation, a recovery, a plan, a request: something that goes on, or went on, around the customer."""

    stream: str
    kind: str
    kind_name: Name
    id: str
    code: str
    name: Name
    closed: bool
    waiting_for: str
    due_at: AwareDatetime | None
    health: Health
    reason: str
    outlook: str
    since: AwareDatetime | None
    next_clock: Deadline | None


class Happened(Frozen):
    """One event."""

    occurred_at: AwareDatetime
    stream: str
    type: str
    name: Name
    particulars: str
    actor: Actor


def spells(events: Iterable[Recorded], stream: str) -> Sequence[Spell]:
    """How the customer's state went on from one to the next, the oldest first: two of one command are one."""
    found: list[Spell] = []
    state, command = State(), ""
    for one in events:
        if one.stored.stream != stream:
            continue
        before, state = state, customer.DECIDER.apply(state, one.event)
        if not state.exists or (before.exists and _stands(before) == _stands(state)):
            continue
        at = one.stored.occurred_at
        if found:
            last = found.pop()
            if one.stored.command_id != command or last.since != at:
                found.append(last.model_copy(update={"until": max(at, last.since)}))
        found.append(_spell(state, one))
        command = one.stored.command_id
    return found


def _stands(state: State) -> tuple[str, bool]:
    return state.status, state.life.cooling


def _spell(state: State, one: Recorded) -> Spell:
    step = "cooling" if state.life.cooling else ""
    return Spell(
        status=state.status,
        status_name=customer.STATE_NAMES[state.status],
        step=step,
        step_name=COOLING if step else None,
        since=one.stored.occurred_at,
        until=None,
        because=EVENT_NAMES[one.stored.type],
        reasons=tuple(getattr(one.event, "reasons", ())),
    )


def decided(events: Iterable[Recorded], stream: str, playbooks: Playbooks) -> Sequence[Decided]:
    """Every value class that was decided, the oldest first."""
    rules = playbooks.latest().customers
    found = []
    for one in events:
        if isinstance(one.event, CustomerClassified) and one.stored.stream == stream:
            value = rules.value_class(one.event.value_class)
            found.append(
                Decided(
                    value_class=one.event.value_class,
                    name=value.name if value else None,
                    evidence=one.event.evidence,
                    occurred_at=one.stored.occurred_at,
                    by=_actor(one).id,
                    approver=getattr(one.event, "approver", ""),
                )
            )
    return found


def contacts(events: Sequence[Recorded], limit: int) -> Sequence[ContactTold]:
    """The last contacts, the newest first."""
    found = [one for one in events if isinstance(one.event, customer.ContactRecorded)]
    return [
        ContactTold(occurred_at=one.stored.occurred_at, channel=one.event.channel, summary=one.event.summary, by=_actor(one).id)
        for one in found[-limit:][::-1]
        if isinstance(one.event, customer.ContactRecorded)
    ]


def projects(states: Mapping[str, Any], playbooks: Playbooks) -> Sequence[ProjectTold]:
    """Its projects: those that run first, the newest first."""
    roots = [state for state in states.values() if isinstance(state, project.State)]
    told = [_project(state, states, playbooks) for state in roots]
    newest = sorted(told, key=lambda one: (one.opened_at is not None, one.opened_at), reverse=True)
    return sorted(newest, key=lambda one: bool(one.outcome))


def _project(state: project.State, states: Mapping[str, Any], playbooks: Playbooks) -> ProjectTold:
    id_, root = state.root.project, state.root
    deal = states.get(streams.funnel(id_))
    sale = deal if isinstance(deal, funnel.State) else None
    work = {stream: one for stream, one in states.items() if one.root.project == id_ and not isinstance(one, project.State)}
    views = [decider_of(stream).view(one, playbooks.of(one)) for stream, one in work.items()]
    worst = max((one for one in views if not one.closed), key=_urgency, default=None)
    return ProjectTold(
        project=id_,
        customer=root.customer,
        name=state.name,
        phase=state.phase,
        phase_name=PHASES[state.phase],
        outcome=state.outcome,
        outcome_name=OUTCOME_NAMES.get(state.outcome),
        stage=sale.stage if sale else "",
        amount=sale.amount if sale else state.amount,
        product_line=state.product_line,
        owner=state.owner_now,
        opened_at=sale.opened_at if sale else None,
        since=_stands_since(state, sale),
        health=worst.health if worst else "ok",
        needs_human=worst.needs_human if worst else False,
        reason=worst.reason if worst else "",
    )


def _stands_since(state: project.State, sale: funnel.State | None) -> datetime | None:
    """Since when a project stands so: in its phase, or while it is sold in its stage; whatever else was recorded since."""
    if state.phase != "funnel" or state.outcome or sale is None:
        return state.as_of
    stays = funnel.DECIDER.path(sale)
    return stays[-1].entered_at if stays else state.as_of


def _urgency(view: View) -> tuple[bool, int]:
    return view.needs_human, HEALTHS.index(view.health)


def around(states: Mapping[str, Any], playbooks: Playbooks) -> Sequence[Around]:
    """What goes on around the customer, what is open first; then what has ended, the latest first."""
    told = [
        _around(stream, state, playbooks) for stream, state in states.items() if streams.category(stream) not in BY_THEMSELVES
    ]
    latest = sorted(told, key=lambda one: (one.since is not None, one.since), reverse=True)
    return sorted(latest, key=lambda one: one.closed)


def _around(stream: str, state: Any, playbooks: Playbooks) -> Around:
    decider = decider_of(stream)
    view = decider.view(state, playbooks.of(state))
    clock = decider.next_clock(state, playbooks)
    return Around(
        stream=stream,
        kind=streams.category(stream),
        kind_name=decider.name,
        id=stream.partition("-")[2],
        code=view.code,
        name=view.name,
        closed=view.closed,
        waiting_for=view.waiting_for,
        due_at=view.due_at,
        health=view.health,
        reason=view.reason,
        outlook=view.outlook,
        since=state.as_of,
        next_clock=clock.deadline() if clock else None,
    )


def timeline(events: Sequence[Recorded], limit: int) -> Sequence[Happened]:
    """The last events of the customer and its projects, the oldest first; clocks that were let go are no news."""
    told = [one for one in events if not isinstance(one.event, ClocksReleased)]
    return [
        Happened(
            occurred_at=one.stored.occurred_at,
            stream=one.stored.stream,
            type=one.stored.type,
            name=EVENT_NAMES[one.stored.type],
            particulars=particulars(one.event),
            actor=_actor(one),
        )
        for one in told[-limit:]
    ]


def _actor(one: Recorded) -> Actor:
    return Actor.model_validate_json(one.stored.actor)
