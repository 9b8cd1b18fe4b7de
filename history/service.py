"""What `why` tells of a project's support 支持: its contract and renewal, what is open after go-live, and its open tickets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pydantic import AwareDatetime

from domain import support, ticket
from domain.messages import Frozen, Name
from domain.playbook import Playbooks
from domain.support.contract import grown_now


class TicketTold(Frozen):
    """An open ticket of the project."""

    ticket: str
    title: str
    priority: str
    status: Name
    due_at: AwareDatetime | None
    """When its next target runs out, or ran out; None while its clocks stand still."""
    late: bool
    reason: str


class RecoveryTold(Frozen):
    """What somebody has to do after a low score."""

    recovery: str
    score: int
    ticket: str
    who: str
    due_at: AwareDatetime
    overdue: bool


class LeftoverTold(Frozen):
    """A leftover of the acceptance that has not come yet."""

    leftover: str
    due_on: date
    lapsed: bool


class ServiceTold(Frozen):
    """A project's support, as it stands now."""

    service_code: str
    level: str
    """The service level; empty for the usual one."""
    period: int
    starts_on: date | None
    ends_on: date | None
    notice_on: date | None
    """The last day to give notice."""
    valid: bool
    early_life: bool
    stable_from: str
    """Where the measure of stability stands, in both languages; empty where none runs."""
    windows: tuple[int, ...]
    """The renewal windows that have opened, in days before the notice date."""
    steps_done: tuple[str, ...]
    grown_into: str
    """The project that has grown out of this period."""
    leftovers: tuple[LeftoverTold, ...]
    recoveries: tuple[RecoveryTold, ...]
    """Those that are open."""
    scores: tuple[int, ...]
    """Every score of satisfaction, the oldest first."""


def service(states: Mapping[str, Any], now: datetime | None) -> ServiceTold | None:
    """The support of a project whose streams these are; None before it has begun."""
    state = next((one for one in states.values() if isinstance(one, support.State)), None)
    if state is None:
        return None
    measured = state.stability if state.early_life else None
    moment = now or state.as_of
    return ServiceTold(
        service_code=state.service_code,
        level=state.level,
        period=state.period,
        starts_on=state.starts_on,
        ends_on=state.ends_on,
        notice_on=state.notice_on,
        valid=state.in_service,
        early_life=state.early_life,
        stable_from=measured.told(moment) if measured and moment else "",
        windows=state.windows,
        steps_done=state.steps,
        grown_into=grown_now(state),
        leftovers=tuple(LeftoverTold(leftover=one.name, due_on=one.due_on, lapsed=one.lapsed) for one in state.leftovers),
        recoveries=tuple(_recoveries(state)),
        scores=state.scores,
    )


def _recoveries(state: support.State) -> Iterable[RecoveryTold]:
    for one in state.open_recoveries:
        told = {name: getattr(one, name) for name in RecoveryTold.model_fields}
        yield RecoveryTold(**told)


def open_tickets(states: Mapping[str, Any], playbooks: Playbooks) -> Sequence[TicketTold]:
    """The open tickets of a project whose streams these are, the next due first; those without a due time last."""
    found = []
    for stream, state in states.items():
        if not isinstance(state, ticket.State) or state.ended:
            continue
        view = ticket.DECIDER.view(state, playbooks.of(state))
        found.append(
            TicketTold(
                ticket=stream.partition("-")[2],
                title=state.title,
                priority=state.priority,
                status=view.name,
                due_at=view.due_at,
                late=bool(state.breached),
                reason=view.reason,
            )
        )
    return sorted(found, key=lambda one: (one.due_at is None, one.due_at, one.ticket))
