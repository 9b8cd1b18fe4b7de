"""The plan of a project, as it explains itself: each baseline, the forecast of now, and what has moved each date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from pydantic import AwareDatetime

from domain import streams
from domain.calendars import provisional
from domain.implementation import DECIDER, ForecastMoved, State, graph
from domain.implementation.changes import proposal
from domain.implementation.comparing import Comparison, compare
from domain.implementation.graph import named
from domain.implementation.plan import Change, Concern, Slip
from domain.implementation.plan_events import MoveCause
from domain.implementation.plan_standing import CAUSES, outlook
from domain.implementation.planning import expected
from domain.messages import Event, Frozen, Money, Name
from domain.playbook import Playbook, Playbooks
from domain.refusals import RefusalError
from domain.schedule import Schedule
from eventstore.codec import Codec
from eventstore.port import EventStore
from history.plan_money import ChangesInSum, PaymentTold, in_sum, payments_told
from history.wording import EVENT_NAMES

FORECAST = "forecast"
"""How the forecast is called beside the versions of the baselines."""
BASELINES = {"start": Name(en="the first plan", zh="初始计划"), "units": CAUSES["units"]}
"""What a baseline came from, where it was no change order."""
AGREED = frozenset({"units", "change", "plan"})
"""Causes that came with a new baseline: they part one baseline from another, never the forecast from the newest."""


class PlanUnknownError(Exception):
    """There is no such plan, or no such version of it; says so in one sentence."""


class CauseTold(Frozen):
    """A fact that moved a date of the plan."""

    occurred_at: AwareDatetime
    kind: str
    name: Name
    what: str
    """The milestone that it struck, or the id of the change order."""
    reference: str
    """The type of the event that is the fact; empty for the passing of time alone, which is no event."""
    reason: str
    before: AwareDatetime | None
    after: AwareDatetime | None
    working_days: int
    via: tuple[str, ...]


class MilestoneTold(Frozen):
    """A milestone of the plan."""

    milestone: str
    name: Name
    after: tuple[str, ...]
    planned: dict[int, AwareDatetime]
    """By the version of the baseline; those that have it."""
    forecast: AwareDatetime | None
    """None for one that the plan of now has no more."""
    signed_at: AwareDatetime | None
    working_days: int
    """By which it is expected, or was reached, later than the plan of now says; below zero when earlier."""
    critical: bool
    """True on the way that drives the end of the plan."""
    driver: str
    """What drives its date: `start`, `signed`, a milestone, or `not before` with who said so."""
    causes: tuple[CauseTold, ...]
    """Everything that has moved its date, the oldest first."""


class BaselineTold(Frozen):
    """A version of the plan."""

    version: int
    at: AwareDatetime
    cause: str
    """`start`, `units`, or the id of the change order."""


class Explained(Frozen):
    """Why a milestone has another date in one version of the plan than in the other."""

    milestone: str
    causes: tuple[str, ...]
    """In both languages, the oldest first: of two baselines the change orders between them, of the forecast its facts too."""


class ChangeTold(Frozen):
    """A change order. What it proposes holds when it is approved, and the customer has signed it."""

    change: str
    what: str
    reason: str
    status: str
    size_days: int
    cost: Money | None
    approver: str
    late: bool
    requested_at: AwareDatetime
    proposed: Comparison | None
    """What it would make of the plan of now, while it is open."""
    obstacle: str
    """Why it does not go together with the plan of now any more; empty while it does."""


class ConcernTold(Frozen):
    """A risk or an open issue."""

    id: str
    text: str
    owner: str
    due_on: date
    weight: str
    late: bool
    closed: str


class PlanTold(Frozen):
    """A plan that explains itself."""

    project: str
    customer: str
    at: AwareDatetime
    """The moment of the forecast."""
    time_zone: str
    plan_version: int
    baselines: tuple[BaselineTold, ...]
    milestones: tuple[MilestoneTold, ...]
    outlook: str
    provisional: str
    """Why dates may still move: holidays that are not announced yet; empty when all are certain."""
    changes: tuple[ChangeTold, ...]
    risks: tuple[ConcernTold, ...]
    issues: tuple[ConcernTold, ...]
    roles: dict[str, Name]
    """What people call the roles that are named here."""
    payments: tuple[PaymentTold, ...] = ()
    changes_in_sum: ChangesInSum | None = None
    compared: tuple[str, str] | None = None
    comparison: Comparison | None = None
    explained: tuple[Explained, ...] = ()
    """The causes of each difference that the comparison found."""
    cancelled_at: AwareDatetime | None = None
    """When the project's cancellation stopped the plan: nothing is expected of it any more."""


async def plan_told(
    store: EventStore,
    codec: Codec,
    playbooks: Playbooks,
    project: str,
    now: datetime,
    compared: tuple[str, str] | None = None,
) -> PlanTold:
    """Explain the plan of a project from the store alone. Raises `PlanUnknownError`. Costs one query."""
    stored = await store.read(streams.implementation(project))
    if not stored:
        raise PlanUnknownError(
            f"There is no plan of {project!r}: it begins when delivery accepts the handoff; `why` says more."
        )
    events = [codec.decode(one) for one in stored]
    state = DECIDER.fold(events)
    return _told(project, events, state, playbooks.of(state), now, compared)


def _told(
    project: str,
    events: Sequence[Event],
    state: State,
    playbook: Playbook,
    now: datetime,
    compared: tuple[str, str] | None,
) -> PlanTold:
    stopped = state.unwound is not None
    schedule = expected(state, playbook, today=None if state.held or stopped else now)
    forecast = {code: one.at for code, one in schedule.dates.items() if not stopped or code in state.signed}
    critical = set(schedule.critical(schedule.last)) if not stopped else set[str]()
    causes = _causes(events, playbook)
    names = {one.code: named(one, playbook.implementation) for one in graph(state, playbook.implementation)}
    for baseline in state.plan.baselines.values():
        names.update({one.code: named(one, playbook.implementation) for one in baseline.milestones if one.code not in names})
    rows = tuple(_row(code, name, state, schedule, code in critical, causes, playbook) for code, name in names.items())
    comparison = _compared(compared, state, forecast, playbook) if compared else None
    return PlanTold(
        project=project,
        customer=state.root.customer,
        at=now,
        time_zone=playbook.calendar.time_zone,
        plan_version=state.plan_version,
        baselines=tuple(BaselineTold(version=one.version, at=one.at, cause=one.cause) for one in state.plan.baselines.values()),
        milestones=rows,
        outlook=outlook_at(state, playbook, now),
        provisional=provisional(playbook.calendar, *(one for code, one in forecast.items() if code not in state.signed)),
        changes=tuple(_change(one, state, playbook) for one in state.plan.changes.values()),
        risks=tuple(_concern(name, one) for name, one in state.plan.risks.items()),
        issues=tuple(_concern(name, one) for name, one in state.plan.issues.items()),
        compared=compared,
        comparison=comparison,
        explained=_explained(compared, comparison, state, causes) if compared and comparison else (),
        roles=dict(playbook.roles),
        payments=tuple(payments_told(state, playbook)),
        changes_in_sum=in_sum(tuple(state.plan.changes.values()), playbook),
        cancelled_at=state.unwound.occurred_at if state.unwound else None,
    )


def _compared(compared: tuple[str, str], state: State, forecast: Mapping[str, datetime], playbook: Playbook) -> Comparison:
    versions: dict[str, Mapping[str, datetime]] = {str(one.version): one.planned for one in state.plan.baselines.values()}
    versions[FORECAST] = forecast
    if unknown := [one for one in compared if one not in versions]:
        raise PlanUnknownError(f"There is no version {unknown[0]!r} of the plan; compare two of {', '.join(versions)}.")
    return compare(versions[compared[0]], versions[compared[1]], playbook.calendar)


def _explained(
    compared: tuple[str, str], found: Comparison, state: State, causes: Mapping[str, Sequence[CauseTold]]
) -> tuple[Explained, ...]:
    """For each difference: the new baselines between the two versions, and what has moved the forecast beside them."""
    newest = state.plan_version
    versions = sorted(newest if one == FORECAST else int(one) for one in compared)
    between = [one for one in state.plan.baselines.values() if versions[0] < one.version <= versions[1]]
    before = {one.version + 1: one.planned for one in state.plan.baselines.values()}
    dated = (*found.added, *found.removed)
    differing = [*(one.milestone for one in found.moved), *(one.milestone for one in dated)]

    def facts(code: str) -> Sequence[str]:
        if FORECAST not in compared:
            return []
        stopped = [str(EVENT_NAMES["ProjectCancelled"])] if state.unwound and code not in state.signed else []
        return [cause_told(one) for one in causes.get(code, ()) if one.kind not in AGREED] + stopped

    def agreed(code: str) -> Sequence[str]:
        """The baselines that gave the milestone another date than the one before them; not all that lie between."""
        moving = (one for one in between if one.planned.get(code) != before.get(one.version, {}).get(code))
        return [baseline_in_words(one.cause) for one in moving]

    return tuple(Explained(milestone=code, causes=(*agreed(code), *facts(code))) for code in differing)


def baseline_in_words(cause: str) -> str:
    """What a baseline came from, in both languages."""
    if cause in BASELINES:
        return str(BASELINES[cause])
    return f"{CAUSES['change']} {cause}"


def cause_told(one: CauseTold) -> str:
    """A cause in both languages, with the words of people: `delay 延误 M3 +10: the server is late`."""
    days = f" {one.working_days:+d}" if one.working_days else ""
    return f"{one.name} {one.what if one.what != one.kind else ''}".strip() + days + (f": {one.reason}" if one.reason else "")


def _row(
    code: str,
    name: Name,
    state: State,
    schedule: Schedule,
    critical: bool,
    causes: Mapping[str, Sequence[CauseTold]],
    playbook: Playbook,
) -> MilestoneTold:
    date = schedule.dates.get(code)
    planned = state.planned.get(code)
    at = date.at if date and (state.unwound is None or code in state.signed) else None
    known = list(causes.get(code, ()))
    if at and (late := _by_today(code, state, schedule, playbook)):
        known.append(late)
    return MilestoneTold(
        milestone=code,
        name=name,
        after=schedule.network.tasks[code].after if date else (),
        planned={one.version: one.planned[code] for one in state.plan.baselines.values() if code in one.planned},
        forecast=at,
        signed_at=state.signed.get(code),
        working_days=playbook.calendar.working_days_between(planned, at) if at and planned else 0,
        critical=critical,
        driver=" ".join((date.because.kind.replace("_", " "), date.because.what)).strip() if date else "",
        causes=tuple(known),
    )


def _by_today(code: str, state: State, schedule: Schedule, playbook: Playbook) -> CauseTold | None:
    """That time has passed since the last fact: the only thing that moves a date without being one."""
    recorded, date = state.plan.forecast.get(code), schedule.dates[code]
    if recorded is None or date.at <= recorded or playbook.calendar.working_days_between(recorded, date.at) == 0:
        return None
    via = schedule.critical(code)
    return CauseTold(
        occurred_at=schedule.dates[via[0]].at,
        kind="today",
        name=CAUSES["today"],
        what=via[0],
        reference="",
        reason="",
        before=recorded,
        after=date.at,
        working_days=playbook.calendar.working_days_between(recorded, date.at),
        via=via,
    )


def outlook_at(state: State, playbook: Playbook, now: datetime) -> str:
    """Where a plan is heading as seen at a moment: what should have been signed by then is expected then, or later.

    Empty when nothing is expected of it any more."""
    if state.unwound is not None:
        return ""
    schedule = expected(state, playbook, today=None if state.held else now)
    late = (_by_today(code, state, schedule, playbook) for code in schedule.dates)
    return outlook(state, playbook, {code: one.at for code, one in schedule.dates.items()}, _slips(late))


def _slips(causes: Iterable[CauseTold | None]) -> Iterator[Slip]:
    for cause in causes:
        if cause and cause.before and cause.after:
            yield Slip(before=cause.before, after=cause.after, cause=MoveCause(kind=cause.kind, what=cause.what))


def _causes(events: Sequence[Event], playbook: Playbook) -> dict[str, list[CauseTold]]:
    found: dict[str, list[CauseTold]] = {}
    for event in events:
        if not isinstance(event, ForecastMoved):
            continue
        for move in event.moved:
            days = playbook.calendar.working_days_between(move.before, move.after) if move.before and move.after else 0
            cause = _cause(event.cause, event.occurred_at, move.before, move.after, days, move.via)
            found.setdefault(move.milestone, []).append(cause)
    return found


def _cause(
    cause: MoveCause, at: datetime, before: datetime | None, after: datetime | None, days: int, via: tuple[str, ...]
) -> CauseTold:
    return CauseTold(
        occurred_at=at,
        kind=cause.kind,
        name=CAUSES.get(cause.kind) or Name(en=cause.kind, zh=cause.kind),
        what=cause.what,
        reference=cause.reference,
        reason=cause.reason,
        before=before,
        after=after,
        working_days=days,
        via=via,
    )


def _change(one: Change, state: State, playbook: Playbook) -> ChangeTold:
    proposed, obstacle = None, ""
    if one.open:
        try:
            proposed = compare(state.planned, proposal(one.impact, state, playbook).planned, playbook.calendar)
        except RefusalError as refused:
            obstacle = refused.detail
    return ChangeTold(
        change=one.change,
        what=one.what,
        reason=one.reason,
        status=one.status,
        size_days=one.size_days,
        cost=one.impact.cost,
        approver=one.approver,
        late=one.late,
        requested_at=one.requested_at,
        proposed=proposed,
        obstacle=obstacle,
    )


def _concern(name: str, one: Concern) -> ConcernTold:
    return ConcernTold(
        id=name, text=one.text, owner=one.owner, due_on=one.due_on, weight=one.weight, late=one.late, closed=one.closed
    )
