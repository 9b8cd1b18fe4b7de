"""What a ticket leads to beyond itself: word to support in early life, a question how satisfied the customer is, a low score
that must be recovered, a pattern that becomes an improvement case. All of it costs nothing where it does not come about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from domain.customer.commands import NotePattern
from domain.decider import Context
from domain.messages import SYSTEM, Event, own_id
from domain.satisfaction import SatisfactionAsked
from domain.standing import Tell
from domain.support.commands import NoteLowScore, NoteMissedTarget
from domain.ticket.events import LowScoreGiven, PatternNoticed, TargetsRedated, TicketClosed, TicketOpened, TicketResolved

if TYPE_CHECKING:
    from domain.ticket.state import State


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What of it has come about."""

    support: str = ""
    """How far the project's support was when the ticket was opened, or heard of it: `early_life`, `full`, empty for none."""
    since: datetime | None = None
    """When it heard of that: what it had missed before, support has counted when it began."""
    patterns: tuple[PatternNoticed, ...] = ()
    low_scores: tuple[LowScoreGiven, ...] = ()
    asked: int = 0
    """How often the customer was asked how satisfied it is."""


def after(known: Aftermath, event: Event) -> Aftermath:
    """What has come about after one more fact; the very same if nothing has."""
    match event:
        case TicketOpened() if event.support:
            return replace(known, support=event.support)
        case TargetsRedated() if event.support and not known.support:
            return replace(known, support=event.support, since=event.occurred_at)
        case PatternNoticed():
            return replace(known, patterns=(*known.patterns, event))
        case LowScoreGiven():
            return replace(known, low_scores=(*known.low_scores, event))
        case SatisfactionAsked():
            return replace(known, asked=known.asked + 1)
        case _:
            return known


def follows(events: Sequence[Event], state: State, context: Context) -> Sequence[Event]:
    """What follows from the solution and the closing of a ticket."""
    found: list[Event] = []
    for event in events:
        if isinstance(event, TicketResolved):
            found += [*_asked(event, state, context), *_pattern(event, state, context)]
        elif isinstance(event, TicketClosed) and event.satisfaction is not None:
            found += _low(event, event.satisfaction, state, context)
    return found


def _asked(event: TicketResolved, state: State, context: Context) -> list[Event]:
    """With the solution goes the question: who confirms it answers both at once. Parts of a greater ticket are not asked."""
    rules = context.rules(state).support.service.satisfaction
    if rules is None or not rules.at_closing or event.with_parent:
        return []
    survey = f"closing-{state.aftermath.asked + 1}"
    return [SatisfactionAsked(occurred_at=event.occurred_at, survey=survey, occasion="closing", who=rules.asks)]


def _low(event: TicketClosed, score: int, state: State, context: Context) -> list[Event]:
    rules = context.rules(state).support.service.satisfaction
    if rules is None or score > rules.low:
        return []
    times = len(state.aftermath.low_scores) + 1
    return [LowScoreGiven(occurred_at=event.occurred_at, score=score, times=times, who=rules.recovers)]


def _pattern(event: TicketResolved, state: State, context: Context) -> list[Event]:
    """Whether this ticket and those that are like it are a pattern. Only a ticket with a product and a category can be one."""
    rules = context.rules(state).support.service.pattern
    if rules is None or not (state.product and state.category and state.id) or event.with_parent:
        return []
    since = event.occurred_at - timedelta(days=rules.days)
    alike = context.similar_tickets(state.root.customer, state.product, state.category, since)
    tickets = (*(one.ticket for one in alike if one.ticket != state.id), state.id)
    if len(tickets) < rules.tickets:
        return []
    return [
        PatternNoticed(
            occurred_at=event.occurred_at,
            ticket=state.id,
            product=state.product,
            category=state.category,
            tickets=tickets,
            who=rules.owner,
        )
    ]


def owes(state: State) -> Iterator[Tell]:
    """Word to support and to the customer."""
    known, project = state.aftermath, state.root.project
    if known.support == "early_life":
        for target, missed_at in zip(state.breached, state.breached_at, strict=False):
            if known.since is not None and missed_at < known.since:
                continue
            note = NoteMissedTarget(
                project=project, ticket=state.id, target=target, **_by_us(state, f"missed-{state.id}-{target}", missed_at)
            )
            yield Tell(command=note, text="target missed in early life 早期支持期间超时")
    if known.support:
        for low in known.low_scores:
            named = _by_us(state, f"low-score-{state.id}-{low.times}", low.occurred_at)
            told = NoteLowScore(project=project, ticket=state.id, score=low.score, times=low.times, **named)
            yield Tell(command=told, text="low score at the closing 关闭评分过低")
    for number, pattern in enumerate(known.patterns, start=1):
        alike = NotePattern(
            customer=state.root.customer,
            product=pattern.product,
            category=pattern.category,
            tickets=pattern.tickets,
            **_by_us(state, f"pattern-{state.id}-{number}", pattern.occurred_at),
        )
        yield Tell(command=alike, text="tickets that are alike 重复问题")


def _by_us(state: State, name: str, at: Any) -> dict[str, Any]:
    root = state.root
    return {
        "command_id": own_id(name),
        "actor": SYSTEM,
        "occurred_at": at,
        "correlation_id": root.project or root.customer,
    }
