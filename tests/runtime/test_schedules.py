"""Reviews of plans come on their dates: Schedules are kept as the playbook says, and an outage is caught up, date by date."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from temporalio.client import (
    Client,
    ScheduleBackfill,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

from domain.plan import PlanReviewed
from domain.playbook import Playbooks
from domain.playbook.plans import Cadence, PlanRules
from runtime.embedded import embedded_temporal
from runtime.plugin import ThroughlinePlugin
from runtime.schedules import keep_schedules, schedule_id, schedule_of
from runtime.search_attributes import kinds_of
from runtime.sockets import free_port
from tests.domain.asked import PLAYBOOKS, RULES, open_project, register
from tests.domain.planning import set_plan
from tests.workflows.company import Company, founded, now, sqlite, worker
from workflows import names
from workflows.plan_review import SCHEDULED_FOR

ZONE = ZoneInfo(RULES.calendar.time_zone)
WEEKS = 4
KINDS = ("industry", "customer", "project")


@asynccontextmanager
async def server(home: Path, port: int) -> AsyncIterator[Client]:
    async with embedded_temporal(home, port, None, kinds_of(names.SEARCH_ATTRIBUTES)) as address:
        yield await Client.connect(address, plugins=[ThroughlinePlugin()])


async def kept(client: Client) -> dict[str, str]:
    """The note of each Schedule there is; lists lag behind, so they are asked one by one."""
    found = {}
    for kind in KINDS:
        try:
            description = await client.get_schedule_handle(schedule_id(kind)).describe()
        except Exception:
            continue
        found[kind] = description.schedule.state.note or ""
    return found


def with_reviews(*reviews: Cadence) -> Playbooks:
    plans = RULES.plans.model_copy(update={"reviews": reviews})
    return Playbooks([RULES.model_copy(update={"version": "2099.1", "plans": plans})])


async def started_for(client: Client, kind: str) -> list[datetime]:
    """The moments for which reviews of a kind were started and are done, in the order in which they began."""
    ours = f'WorkflowType = "PlanReview" AND WorkflowId STARTS_WITH "plan-review/{kind}" AND ExecutionStatus = "Completed"'
    runs = [one async for one in client.list_workflows(ours)]
    runs.sort(key=lambda one: one.start_time)
    moments = [one.typed_search_attributes.get(SCHEDULED_FOR) for one in runs]
    return [one for one in moments if one is not None]


async def dates_reviewed(company: Company, plan: str) -> list[date]:
    return [one.review_on for one in await company.events(f"plan-{plan}") if isinstance(one, PlanReviewed)]


def test_a_schedule_leaves_out_no_date_and_is_in_the_playbooks_time_zone() -> None:
    for cadence in RULES.plans.reviews:
        made = schedule_of(cadence, RULES.plans, RULES.calendar.time_zone)
        assert made.policy.overlap is ScheduleOverlapPolicy.BUFFER_ALL
        assert made.policy.catchup_window == timedelta(days=RULES.plans.catch_up_days)
        assert made.spec.time_zone_name == "Asia/Shanghai"


async def test_an_outage_is_caught_up_and_each_date_is_reviewed_once_as_its_own(tmp_path: Path) -> None:
    port = free_port()
    async with server(tmp_path, port) as client, founded(client, sqlite(tmp_path), working=False) as company, worker(company):
        await _kept_as_the_playbook_says(client)
        await _each_missed_date_for_itself(company)
        await _every_second(client)
        before = await until_started(client, "industry", 1)
    await asyncio.sleep(1.0)
    async with server(tmp_path, port) as client, founded(client, sqlite(tmp_path)):
        since = now()
        missed = await until_started(client, "industry", len(before) + 4)
        expected = [missed[0] + timedelta(seconds=n) for n in range(len(missed))]
        assert missed == expected, "a moment was left out, or came twice"
        assert any(before[-1] < one < since - timedelta(seconds=1) for one in missed), "nothing was missed"


async def until_started(client: Client, kind: str, count: int) -> list[datetime]:
    async with asyncio.timeout(20):
        while len(found := await started_for(client, kind)) < count:
            await asyncio.sleep(0.1)
    return found


async def _kept_as_the_playbook_says(client: Client) -> None:
    """By two workers at once, again and again; a cadence that changes is followed, one that goes is removed."""
    await asyncio.gather(*(keep_schedules(client, PLAYBOOKS) for _ in range(3)))
    first = await kept(client)
    assert set(first) == set(KINDS)
    await client.get_schedule_handle(schedule_id("project")).pause()
    daily = [Cadence(kind="project", every="week", weekday=3), *RULES.plans.reviews[1:2]]
    await asyncio.gather(*(keep_schedules(client, with_reviews(*daily)) for _ in range(2)))
    then = await kept(client)
    assert set(then) == {"project", "customer"}
    assert (then["customer"] == first["customer"], then["project"] == first["project"]) == (True, False)
    described = await client.get_schedule_handle(schedule_id("project")).describe()
    assert described.schedule.state.paused, "a person has paused it"
    await client.get_schedule_handle(schedule_id("project")).unpause()
    await keep_schedules(client, PLAYBOOKS)
    assert (await kept(client)).keys() == set(KINDS)


async def _each_missed_date_for_itself(company: Company) -> None:
    """As the server does it after an outage of weeks: all missed moments, one after the other."""
    today = now().astimezone(ZONE).date()
    last = today - timedelta(days=(today.isoweekday() - 1) or 7)
    mondays = [last - timedelta(weeks=n) for n in reversed(range(WEEKS))]
    long_ago = datetime.combine(mondays[0] - timedelta(days=2), datetime.min.time(), ZONE)
    starts, ends = (str(today + timedelta(days=n)) for n in (-90, 90))
    past: dict[str, Any] = {"occurred_at": long_ago}
    await company.tell([register(**past), open_project(**past)])
    for plan in ("J1", "J2"):
        await company.ask(set_plan(plan, "project", project="P1", starts=starts, ends=ends, **past))
    whole = ScheduleBackfill(
        start_at=long_ago.astimezone(UTC),
        end_at=datetime.combine(last + timedelta(days=1), datetime.min.time(), ZONE).astimezone(UTC),
        overlap=ScheduleOverlapPolicy.BUFFER_ALL,
    )
    handle = company.client.get_schedule_handle(schedule_id("project"))
    await handle.backfill(whole)
    await until_started(company.client, "project", WEEKS)
    await handle.backfill(whole)  # The same moments once more change nothing.
    await until_started(company.client, "project", 2 * WEEKS)
    assert [await dates_reviewed(company, plan) for plan in ("J1", "J2")] == [mondays, mondays]
    reviewed = [one for one in await company.events("plan-J1") if isinstance(one, PlanReviewed)]
    at_seven = [datetime.combine(day, datetime.min.time(), ZONE) + timedelta(hours=7) for day in mondays]
    assert [one.as_of for one in reviewed] == at_seven


async def _every_second(client: Client) -> None:
    def faster(asked: ScheduleUpdateInput) -> ScheduleUpdate:
        schedule = asked.description.schedule
        schedule.spec = ScheduleSpec(intervals=[ScheduleIntervalSpec(every=timedelta(seconds=1))])
        return ScheduleUpdate(schedule=schedule)

    await client.get_schedule_handle(schedule_id("industry")).update(faster)


def test_a_playbook_without_reviews_has_no_schedule_to_keep() -> None:
    assert PlanRules().reviews == ()
