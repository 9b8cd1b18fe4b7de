"""Reviews of plans 规划评审 on a date: finds the plans of a kind that are due, and sends each its review with its figures.

Decided is in the plan's own workflow, like every command. Found and counted is through ports: no database is known here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime
from temporalio import activity

from activities.shapes import CommandJson, Refusal
from activities.standing_still import stands_still
from domain import plan, streams
from domain.messages import SYSTEM, Frozen, own_id
from domain.plan import Figure, ReviewPlan, State, Target
from domain.playbook import Playbooks
from domain.playbook.plans import PlanKind
from eventstore.codec import Codec
from eventstore.port import EventStore

PAGE = 200
"""Plans that are looked for at a time."""
AT_ONCE = 8
"""Plans that are reviewed at the same time."""
PATIENCE = 60.0
"""Seconds that one plan's workflow has for its answer; after that the others go on, and it is due again on the next date."""
NAMED = 100
"""How many of those that were left are named in the result."""

DuePlans = Callable[[PlanKind, date, datetime, str, int], Awaitable[Sequence[str]]]
"""The plans of a kind whose next review is due by a date, that were set by a moment, after one of them, at most so many."""
Figures = Callable[[State, Sequence[Target], datetime, str], Awaitable[tuple[Sequence[Figure], int]]]
"""What events say of these targets of a plan as of a moment, dates being those of a time zone; and how many deals and payments
are left out because they are in another currency."""
Deliver = Callable[[CommandJson], Awaitable[Refusal | None]]


class ReviewAsked(Frozen):
    """To the workflow: review the plans of a kind, as of the moment that it was scheduled for."""

    kind: PlanKind


class ReviewDue(Frozen):
    """To the activity: review the plans of a kind that are due at a moment."""

    kind: PlanKind
    at: AwareDatetime


class Reviewed(Frozen):
    """How far it has come."""

    reviewed: int = 0
    refused: int = 0
    """Each refusal is on record with its plan."""
    left: tuple[str, ...] = ()
    """Plans whose workflow gave no answer; they stay due."""
    left_more: int = 0
    after: str = ""
    """The last plan that was asked."""


class Reviewing:
    """The activity, with its ports."""

    def __init__(
        self,
        store: EventStore,
        codec: Codec,
        load_playbooks: Callable[[], Awaitable[Playbooks]],
        due: DuePlans,
        figures: Figures,
        deliver: Deliver,
    ) -> None:
        self._store = store
        self._codec = codec
        self._load_playbooks = load_playbooks
        self._due = due
        self._figures = figures
        self._deliver = deliver

    @activity.defn(name="review_plans")
    async def review_plans(self, due: ReviewDue) -> Reviewed:
        """Send every plan that is due its review. Goes on where a try that was cut off had come to; a plan that was reviewed
        for this date already records nothing."""
        zone = (await self._load_playbooks()).latest().calendar.time_zone
        on = due.at.astimezone(ZoneInfo(zone)).date()
        done = self._begun()
        while page := await self._due(due.kind, on, due.at, done.after, PAGE):
            for first in range(0, len(page), AT_ONCE):
                some = page[first : first + AT_ONCE]
                done = _plus(done, some, await asyncio.gather(*(self._review(one, on, due.at, zone) for one in some)))
                activity.heartbeat(done.model_dump(mode="json"))
        return done

    def _begun(self) -> Reviewed:
        told = activity.info().heartbeat_details
        return Reviewed.model_validate(told[0]) if told else Reviewed()

    async def _review(self, named: str, on: date, at: datetime, zone: str) -> bool | None:
        """True when the plan was reviewed, False when it refused, None when it gave no answer."""
        stored = await self._store.read(streams.plan(named))
        state = plan.DECIDER.fold(self._codec.decode(one) for one in stored)
        figures, others = await self._figures(state, plan.due_targets(state, on), at, zone)
        command = ReviewPlan(
            plan=named,
            review_on=on,
            figures=tuple(figures),
            other_currencies=others,
            command_id=own_id(f"review-{named}-{on}"),
            actor=SYSTEM,
            occurred_at=at,
        )
        try:
            async with asyncio.timeout(PATIENCE):
                refusal = await self._deliver(command.model_dump(mode="json", exclude_none=True))
        except Exception as problem:
            if not isinstance(problem, TimeoutError) and not stands_still(problem):
                raise  # Temporal or the store is away: the whole try is made again.
            activity.logger.warning("a plan gave no answer to its review", extra={"plan": named, "review_on": str(on)})
            return None
        return refusal is None


def _plus(done: Reviewed, page: Sequence[str], answers: Sequence[bool | None]) -> Reviewed:
    left = [*done.left, *(one for one, answer in zip(page, answers, strict=True) if answer is None)]
    return Reviewed(
        reviewed=done.reviewed + answers.count(True),
        refused=done.refused + answers.count(False),
        left=tuple(left[:NAMED]),
        left_more=done.left_more + max(len(left) - NAMED, 0),
        after=page[-1],
    )
