"""One ticket's 工单 whole story: every event with how much of its targets was used up by then, each wait, each holder, and
what is missing now, from whom, by when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime

from domain import streams, ticket
from domain.catalogue import decider_of
from domain.messages import Actor, Event, Frozen, Name
from domain.playbook import Playbook, Playbooks
from domain.standing import Deadline, View
from domain.ticket import ClockPaused, State, TargetName, TicketAcknowledged, TicketResolved
from domain.ticket.events import RedatedTarget, TargetsRedated
from eventstore.codec import Codec
from eventstore.port import EventStore, StoredEvent
from history.desk import TABLE, TicketListed, listed, percents
from history.rulings import Ruling, ruling
from history.wording import EVENT_NAMES, particulars

CLOCK_STATES: Mapping[str, Name] = {
    "running": Name(en="running", zh="计时中"),
    "still": Name(en="stands still", zh="停表"),
    "met": Name(en="met", zh="达标"),
    "missed": Name(en="missed, still open", zh="已超时，未完成"),
    "met_late": Name(en="missed, done since", zh="超时后完成"),
    "dropped": Name(en="ended unmet", zh="未完成即终止"),
}
"""How the clock of a target stands."""
REFUSALS = 5
"""How many of the last refusals are told."""
KEPT = 300
"""How many decisions are looked through."""


class TargetTold(Frozen):
    """The clock of one target."""

    target: TargetName
    name: Name
    state: Literal["running", "still", "met", "missed", "met_late", "dropped"]
    target_seconds: int
    """Working seconds of the target as a whole."""
    spent_seconds: int
    """Working seconds used up by now, or until it was met."""
    remaining_seconds: int
    """Below zero for a target that is missed, by how much."""
    percent: int
    due_at: AwareDatetime | None
    """When it runs out, or ran out; None while the clock stands still, and once it is met."""
    met_at: AwareDatetime | None
    breached_at: AwareDatetime | None
    """The true moment at which it was missed."""


class WaitTold(Frozen):
    """One wait."""

    waiting_for: str
    reason: str
    begun_at: AwareDatetime
    ended_at: AwareDatetime | None
    """None while it lasts."""
    still: bool
    """True where the clocks stood still; a wait for anybody but the customer counts."""
    working_minutes: int
    """Of the service calendar, until it ended, or until now."""


class HolderTold(Frozen):
    """Who had it."""

    line: str
    line_name: Name
    group: str
    to: str
    """Staff id; empty while nobody had it."""
    begun_at: AwareDatetime
    ended_at: AwareDatetime | None


class ClimbTold(Frozen):
    """One functional escalation."""

    id: str
    step: str
    step_name: Name
    since: AwareDatetime
    """Since when it stands at that step."""
    begun_at: AwareDatetime
    reason: str
    outcome: str
    """`solved`, `patch`, `workaround`, `planned` or `not_a_defect`; else empty."""
    told: str
    """The solution or the answer, in words; or why it ended."""
    open: bool


class LinkTold(Frozen):
    """What another ticket is to this one."""

    other: str
    relation: str


class Told(Frozen):
    """One event of the ticket."""

    version: int
    type: str
    name: Name
    particulars: str
    occurred_at: AwareDatetime
    recorded_at: AwareDatetime
    actor: Actor
    respond_percent: int | None
    """Of the response target, used up by then; None once it is met."""
    resolve_percent: int | None
    redated: tuple[RedatedTarget, ...] = ()
    """Where the targets were counted anew: each before and after."""


class TicketStory(Frozen):
    """One ticket from its opening to now."""

    ticket: TicketListed
    view: View
    """Where it stands, what is missing, who must act."""
    targets: tuple[TargetTold, ...]
    waits: tuple[WaitTold, ...]
    holders: tuple[HolderTold, ...]
    climbs: tuple[ClimbTold, ...]
    """Every time that it went up the ladder."""
    children: tuple[str, ...]
    """The tickets that are parts of this one."""
    links: tuple[LinkTold, ...]
    mark: Name | None
    """Why it was not in service when it was opened; None for one that was."""
    settled: str
    """How that was settled: `covered`, `goodwill` or `billed`; empty while it is not, or needs not be."""
    timeline: tuple[Told, ...]
    """Every event by its true moment, the oldest first; of one moment, in the order of the stream."""
    next_clock: Deadline | None
    """What comes true by itself, and when, unless something happens before."""
    refusals: tuple[Ruling, ...]
    """The last refused commands, the newest first."""
    playbook: str
    calendar: str
    """The name of the service calendar."""
    roles: dict[str, Name]
    as_of: AwareDatetime


@dataclass(frozen=True, slots=True)
class Moment:
    """The state before and after one event."""

    stored: StoredEvent
    event: Event
    before: State
    after: State


async def ticket_story(
    store: EventStore, codec: Codec, playbooks: Playbooks, ticket_id: str, now: datetime
) -> TicketStory | None:
    """Tell a ticket from the store alone; None for a ticket that is not there. Costs three queries."""
    stream = streams.ticket(ticket_id)
    lived = _lived(await store.read(stream), codec)
    rows = await store.rows(TABLE, {"ticket": ticket_id})
    if not lived or not rows:
        return None
    state = lived[-1].after
    rules = playbooks.of(state)
    clock = decider_of(stream).next_clock(state, playbooks)
    refused = [one for kept in await store.decisions(stream, KEPT) if not (one := ruling(kept)).accepted]
    return TicketStory(
        ticket=listed(rows[0], state, rules, (), now),
        view=ticket.DECIDER.view(state, rules),
        targets=tuple(_targets(lived, rules, now)),
        waits=tuple(_waits(lived, rules, now)),
        holders=tuple(_holders(lived)),
        climbs=tuple(_climbs(state, rules)),
        children=state.children,
        links=tuple(LinkTold(other=one.other, relation=one.relation) for one in state.links),
        mark=ticket.MARK_NAMES[state.mark] if state.mark else None,
        settled=state.settled or "",
        timeline=tuple(sorted((_told(one, playbooks) for one in lived), key=lambda one: (one.occurred_at, one.version))),
        next_clock=clock.deadline() if clock else None,
        refusals=tuple(refused[:REFUSALS]),
        playbook=str(state.playbook),
        calendar=state.calendar,
        roles=dict(rules.roles),
        as_of=now,
    )


def _lived(stored: Iterable[StoredEvent], codec: Codec) -> Sequence[Moment]:
    lived, state = [], ticket.DECIDER.initial()
    for one in stored:
        event = codec.decode(one)
        after = ticket.DECIDER.apply(state, event)
        lived.append(Moment(one, event, state, after))
        state = after
    return lived


def _told(one: Moment, playbooks: Playbooks) -> Told:
    stood = one.before.exists and not one.before.ended and one.before.resolved_at is None
    state = one.before if stood else one.after
    used = percents(state, playbooks.of(state), one.stored.occurred_at)
    return Told(
        version=one.stored.version,
        type=one.stored.type,
        name=EVENT_NAMES[one.stored.type],
        particulars=particulars(one.event),
        occurred_at=one.stored.occurred_at,
        recorded_at=one.stored.recorded_at,
        actor=Actor.model_validate_json(one.stored.actor),
        respond_percent=used.get("respond"),
        resolve_percent=used.get("resolve"),
        redated=one.event.targets if isinstance(one.event, TargetsRedated) else (),
    )


def _targets(lived: Sequence[Moment], rules: Playbook, now: datetime) -> Iterable[TargetTold]:
    state = lived[-1].after
    met = {"respond": _last(lived, TicketAcknowledged), "resolve": _last(lived, TicketResolved) if state.resolved_at else None}
    missed = {str(one.event.target): one.stored.occurred_at for one in lived if one.event.type == "TargetBreached"}  # type: ignore[attr-defined]
    budgets: Mapping[TargetName, int] = {"respond": state.respond_seconds, "resolve": state.resolve_seconds}
    for target, budget in budgets.items():
        ended = met[target]
        at = ended.stored.occurred_at if ended else state.closed_at or now
        spent = int(_spent(ended.before if ended else state, target, at, rules))
        running = ended is None and not state.ended and state.running_since is not None
        yield TargetTold(
            target=target,
            name=ticket.TARGET_NAMES[target],
            state=_clock_state(done=ended is not None, late=target in missed, running=running, over=state.ended),
            target_seconds=budget,
            spent_seconds=spent,
            remaining_seconds=budget - spent,
            percent=spent * 100 // budget if budget else 0,
            due_at=ticket.due_at(state, rules, target),
            met_at=at if ended else None,
            breached_at=missed.get(target),
        )


def _last(lived: Sequence[Moment], kind: type[Event]) -> Moment | None:
    return next((one for one in reversed(lived) if isinstance(one.event, kind)), None)


def _spent(state: State, target: TargetName, at: datetime, rules: Playbook) -> float:
    since = state.running_since
    spent = ticket.spent_at(state, max(at, since) if since else at, ticket.service_calendar(state, rules))
    return float(getattr(spent, target))


def _clock_state(
    *, done: bool, late: bool, running: bool, over: bool
) -> Literal["running", "still", "met", "missed", "met_late", "dropped"]:
    if done:
        return "met_late" if late else "met"
    if late:
        return "missed"
    if over:
        return "dropped"
    return "running" if running else "still"


def _climbs(state: State, rules: Playbook) -> Iterable[ClimbTold]:
    names = {step.code: step.name for step in rules.escalation.steps}
    for one in state.escalations:
        yield ClimbTold(
            id=one.id,
            step=one.step,
            step_name=names.get(one.step, Name(en=one.step, zh=one.step)),
            since=one.since,
            begun_at=one.begun_at,
            reason=one.reason,
            outcome=one.outcome.how if one.outcome else "",
            told=one.outcome.text if one.outcome else one.why_ended,
            open=one.open,
        )


def _waits(lived: Sequence[Moment], rules: Playbook, now: datetime) -> Iterable[WaitTold]:
    for index, one in enumerate(lived):
        if not isinstance(one.event, ClockPaused):
            continue
        over = (later.stored.occurred_at for later in lived[index + 1 :] if later.after.waiting_for is None)
        ended = next(over, None)
        calendar = ticket.service_calendar(one.after, rules)
        passed = calendar.working_time_between(one.event.occurred_at, max(ended or now, one.event.occurred_at))
        yield WaitTold(
            waiting_for=one.event.waiting_for,
            reason=one.event.reason,
            begun_at=one.event.occurred_at,
            ended_at=ended,
            still=one.after.running_since is None,
            working_minutes=int(passed.total_seconds() // 60),
        )


def _holders(lived: Sequence[Moment]) -> Iterable[HolderTold]:
    changes = [
        one
        for one in lived
        if (one.before.line, one.before.group, one.before.assigned_to)
        != (one.after.line, one.after.group, one.after.assigned_to)
        or not one.before.exists
    ]
    ends = [one.stored.occurred_at for one in changes[1:]] + [lived[-1].after.closed_at]
    for one, ended in zip(changes, ends, strict=True):
        line = one.after.line
        yield HolderTold(
            line=line,
            line_name=ticket.LINE_NAMES.get(line, Name(en=line or "–", zh=line or "–")),  # type: ignore[call-overload]
            group=one.after.group,
            to=one.after.assigned_to,
            begun_at=one.stored.occurred_at,
            ended_at=ended,
        )
