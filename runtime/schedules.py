"""The Schedules of the reviews of plans 规划评审: one for each cadence of the newest standard playbook, kept as it says.

Every worker that starts keeps them, and finds them kept mostly: what a Schedule was made from stands in its note. A person who
has paused one finds it paused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import timedelta

import structlog
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleDescription,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleState,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.service import RPCError, RPCStatusCode

from activities.reviewing import ReviewAsked
from domain.plan import KIND_NAMES
from domain.playbook import Playbooks
from domain.playbook.plans import Cadence, PlanRules
from workflows import names
from workflows.plan_review import PlanReviewWorkflow

PREFIX = "plan-review"
SHAPE = 1
"""Counted up when what is made of a cadence changes, so that workers of a newer build write the Schedules anew."""

logger = structlog.get_logger(__name__)


async def keep_schedules(client: Client, playbooks: Playbooks) -> None:
    """See that there is a Schedule for each cadence, and none beside them. May be called by many at once and again.

    One list and one look at each when all is kept already. A Temporal that takes no Schedules from us is no reason not to work:
    that is logged, and the plans notice that their reviews do not come."""
    try:
        rules = playbooks.latest()
        for cadence in rules.plans.reviews:
            await _keep(client, schedule_id(cadence.kind), schedule_of(cadence, rules.plans, rules.calendar.time_zone))
        await _remove_others(client, [schedule_id(cadence.kind) for cadence in rules.plans.reviews])
    except RPCError as error:
        logger.warning("the schedules of plan reviews are not kept", error=str(error), status=error.status.name)


def schedule_id(kind: str) -> str:
    """The id of the Schedule of a kind of plan: `plan-review-customer`."""
    return f"{PREFIX}-{kind}"


def schedule_of(cadence: Cadence, rules: PlanRules, zone: str) -> Schedule:
    """The Schedule of a cadence: no date is left out, and none is reviewed before the one before it is done."""
    kind = KIND_NAMES[cadence.kind]
    return Schedule(
        action=ScheduleActionStartWorkflow(
            PlanReviewWorkflow.run,
            ReviewAsked(kind=cadence.kind),
            id=f"{PREFIX}/{cadence.kind}",
            task_queue=names.TASK_QUEUE,
            static_summary=f"review of the plans 规划评审: {kind}",
            typed_search_attributes=TypedSearchAttributes([SearchAttributePair(names.PHASE, "plan")]),
        ),
        spec=ScheduleSpec(calendars=[_dates(cadence)], time_zone_name=zone),
        policy=SchedulePolicy(
            overlap=ScheduleOverlapPolicy.BUFFER_ALL, catchup_window=timedelta(days=rules.catch_up_days), pause_on_failure=False
        ),
        state=ScheduleState(note=_note(cadence, rules, zone)),
    )


def _dates(cadence: Cadence) -> ScheduleCalendarSpec:
    hour, minute = cadence.hour_and_minute
    comment, at = f"every {cadence.every}", {"hour": [ScheduleRange(hour)], "minute": [ScheduleRange(minute)]}
    if cadence.every == "week":
        weekday = cadence.weekday % 7  # Temporal's week begins with Sunday, as 0.
        return ScheduleCalendarSpec(day_of_week=[ScheduleRange(weekday)], comment=comment, **at)
    first = cadence.month if cadence.every == "quarter" else 1
    months = [ScheduleRange(first, 12, 3 if cadence.every == "quarter" else 1)]
    return ScheduleCalendarSpec(month=months, day_of_month=[ScheduleRange(cadence.day)], comment=comment, **at)


def _note(cadence: Cadence, rules: PlanRules, zone: str) -> str:
    made_of = [SHAPE, cadence.model_dump(mode="json"), rules.catch_up_days, zone]
    mark = hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:12]
    return f"Reviews of {KIND_NAMES[cadence.kind]}, every {cadence.every} at {cadence.at} {zone}; kept by the workers ({mark})"


async def _keep(client: Client, named: str, wanted: Schedule) -> None:
    handle = client.get_schedule_handle(named)
    described = await _described(client, named)
    if described is None:
        try:
            await client.create_schedule(named, wanted)
        except ScheduleAlreadyRunningError:
            described = await _described(client, named)  # Another worker was quicker.
        else:
            logger.info("a schedule of plan reviews is made", schedule=named)
            return
    if described is None or described.schedule.state.note == wanted.state.note:
        return

    def changed(now: ScheduleUpdateInput) -> ScheduleUpdate:
        kept = now.description.schedule
        kept.action, kept.spec, kept.policy, kept.state.note = wanted.action, wanted.spec, wanted.policy, wanted.state.note
        return ScheduleUpdate(schedule=kept)

    await handle.update(changed)
    logger.info("a schedule of plan reviews follows the playbook", schedule=named)


async def _described(client: Client, named: str) -> ScheduleDescription | None:
    try:
        return await client.get_schedule_handle(named).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise


async def _remove_others(client: Client, wanted: Sequence[str]) -> None:
    # Looked for by name: a list of Schedules lags behind, and one that was just made may be missing in it.
    for kind in KIND_NAMES:
        named = schedule_id(kind)
        if named in wanted or await _described(client, named) is None:
            continue
        try:
            await client.get_schedule_handle(named).delete()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
        logger.info("a schedule of plan reviews is not in the playbook any more", schedule=named)
