"""Pipeline and forecast as they are asked for at every door: as of a moment, and as far as it was known at one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from domain.playbook import Playbooks
from eventstore.codec import Codec
from eventstore.port import EventStore
from history.counting import ALL, By, Scope
from history.forecast import Forecast, belief, forecast_at
from history.known import known_at
from history.pipeline import Pipeline, pipeline_at, quarter
from history.rollup import local_day


class NotAPeriodError(ValueError):
    """The period ends before it begins; the message is one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresAsked:
    """What is asked; None for what is usual."""

    by: By
    scope: Scope = field(default=ALL)
    at: datetime | None = None
    """As of when; now."""
    known: datetime | None = None
    """As far as it was known then; all that is known now."""
    since: date | None = None
    """From when what is signed counts; the beginning of the quarter of `at`."""
    until: date | None = None
    """Until when; the end of that quarter."""
    limit: int = 100


async def pipeline_asked(store: EventStore, codec: Codec, playbooks: Playbooks, asked: FiguresAsked, now: datetime) -> Pipeline:
    """The pipeline."""
    at, rules = asked.at or now, playbooks.latest()
    until = asked.until or quarter(local_day(at, rules.calendar.time_zone))[1]
    kept = await _known(store, codec, playbooks, asked.known, now)
    found = await pipeline_at(kept, rules, asked.scope, at, asked.by, until, asked.limit)
    return found.model_copy(update={"known_at": asked.known})


async def forecast_asked(store: EventStore, codec: Codec, playbooks: Playbooks, asked: FiguresAsked, now: datetime) -> Forecast:
    """The forecast; of a moment that is past with the check of what was believed then, unless the period was over by then or
    it is asked what was known. Raises `NotAPeriodError`."""
    at, rules = asked.at or now, playbooks.latest()
    day = local_day(at, rules.calendar.time_zone)
    first, last = quarter(day)
    since, until = asked.since or first, asked.until or last
    if until < since:
        raise NotAPeriodError(
            f"The period ends on {until}, before it begins on {since}: name a day of both `since` and `until`."
        )
    kept = await _known(store, codec, playbooks, asked.known, now)
    found = await forecast_at(kept, rules, asked.scope, at, since, until, asked.by, asked.limit)
    checked = None
    if at < now and asked.known is None and day <= until:
        checked = await belief(store, rules, asked.scope, at, until, asked.by, now, asked.limit)
    return found.model_copy(update={"known_at": asked.known, "belief": checked})


async def _known(store: EventStore, codec: Codec, playbooks: Playbooks, known: datetime | None, now: datetime) -> EventStore:
    # What is known now is in the read models; only a past has to be made from the log.
    return store if known is None or known >= now else await known_at(store, codec, playbooks, known)
