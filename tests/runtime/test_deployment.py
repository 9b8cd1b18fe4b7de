"""Builds of the worker: one becomes current, the other stops, and nothing is lost or stands still."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.common import VersioningBehavior
from temporalio.worker import Worker

from domain.ticket import AcknowledgeTicket
from runtime import deployment
from runtime.composition import activities_of
from runtime.deployment import (
    UNVERSIONED,
    DeploymentError,
    Moved,
    be_current,
    campaign,
    deployment_of,
    not_current,
    promote,
    rehearse,
    versioned,
)
from runtime.embedded import embedded_temporal
from runtime.plugin import ThroughlinePlugin
from runtime.search_attributes import kinds_of
from runtime.settings import Settings
from runtime.sockets import free_port
from tests.domain.asked import (
    SUPPORT,
    classify,
    contact,
    evidence,
    on,
    open_ticket,
    register,
    shelve,
    stage_done,
    started,
    won,
)
from tests.replay.careless import CarelessTicket
from tests.workflows.company import Company, day, founded, now, replay_everything, sqlite, worker
from workflows import names, versioning
from workflows.every import WORKFLOWS

NAME = Settings().deployment


@pytest_asyncio.fixture
async def company(tmp_path: Path) -> AsyncIterator[Company]:
    """A company without a worker, on a server of its own: which build is current is a matter of the whole server."""
    async with embedded_temporal(tmp_path, free_port(), None, kinds_of(names.SEARCH_ATTRIBUTES)) as address:
        client = await Client.connect(address, plugins=[ThroughlinePlugin()])
        async with founded(client, sqlite(tmp_path), working=False) as made:
            yield made
        await replay_everything(client)


def build(company: Company, build_id: str) -> Worker:
    return worker(company, **versioned(Settings(build_id=build_id)))


async def current(company: Company, build_id: str) -> None:
    """Make a build that has just begun current."""
    await be_current(company.client, Settings(build_id=build_id))


async def build_of(company: Company, stream: str) -> str:
    """The build that ran a workflow's last task."""
    description = (await company.handle(stream).describe()).raw_description
    return description.workflow_execution_info.versioning_info.deployment_version.build_id


async def sits(company: Company, build_id: str, count: int) -> None:
    """Wait until Temporal's lists have caught up."""
    async with asyncio.timeout(20):
        while {one.build_id: one.open for one in (await deployment_of(company.client, NAME)).builds}.get(build_id) != count:
            await asyncio.sleep(0.05)


async def moved(company: Company) -> Moved:
    return await campaign(company.client, company.submitter, NAME, lambda _moved: None)


def test_a_campaign_touches_only_what_keeps_a_stream() -> None:
    assert set(deployment.BRIEF) == {"PlanReview", "PolicyChange"}
    assert all(f'WorkflowType != "{kind}"' in deployment._elsewhere(NAME, "b2") for kind in deployment.BRIEF)


def test_every_workflow_type_says_what_becomes_of_it_and_why() -> None:
    assert set(versioning.CHOICES) == set(WORKFLOWS)
    assert all(choice.why and choice.lives for choice in versioning.CHOICES.values())


def test_nothing_is_pinned_to_a_worker_that_would_have_to_be_kept() -> None:
    config = versioned(Settings(build_id="1"))["deployment_config"]
    assert config.default_versioning_behavior is VersioningBehavior.AUTO_UPGRADE
    # Said on the class, it would stop every worker without a build id: the server refuses its tasks.
    said: Any = [workflow_class.__temporal_workflow_definition for workflow_class in WORKFLOWS.values()]
    assert {definition.versioning_behavior for definition in said} == {VersioningBehavior.UNSPECIFIED}


def test_without_a_build_id_a_worker_has_no_version() -> None:
    assert versioned(Settings()) == {}


@pytest.mark.timeout(120)
async def test_work_goes_on_when_one_build_follows_another_and_the_sleepers_are_moved(company: Company) -> None:
    timed = "ticket-T1"
    async with build(company, "1"):
        await current(company, "1")
        await company.tell([*started("P1", "C1"), *started("P2", "C1b"), shelve(day(300), "P2"), classify("vip", "C1")])
        await company.tell([*started("P3", "C3"), *won("P3"), contact(day(200), "C3")])
        opened = now() - timedelta(minutes=30) + timedelta(seconds=5)
        await company.ask(on(opened, open_ticket("T1", "C1")))
        before = {stream: await company.types(stream) for stream in ("customer-C1", "funnel-P2", "project-P3")}
        assert await build_of(company, timed) == "1"
    async with build(company, "2"):
        await current(company, "2")  # build 1 has stopped by now, with timers and sleepers on it

        await company.ask(stage_done("F1", project="P1"))
        assert (await company.code("funnel-P1"), await build_of(company, "funnel-P1")) == ("F2", "2")
        await company.until_recorded(timed, "TargetBreached")
        assert await build_of(company, timed) == "2"
        assert await build_of(company, "funnel-P2") == "1", "a sleeper stays where it fell asleep"

        await sits(company, "2", 2)
        done = await moved(company)
        assert done.stayed == {}
        assert done.moved == {"Customer": 3, "Project": 3, "Funnel": 1, "Handoff": 1}
        assert {stream: await company.types(stream) for stream in before} == before, "a touch records nothing"
        for stream in before:
            assert await build_of(company, stream) == "2"

        await sits(company, "1", 0)
        assert (await moved(company)).total == 0


async def test_a_build_that_is_not_current_gets_no_work_and_says_so(company: Company) -> None:
    async with build(company, "1"), build(company, "2"):
        await current(company, "1")
        assert await not_current(company.client, Settings(build_id="1")) == ""
        told = await not_current(company.client, Settings(build_id="2"))
        assert "deployment promote 2" in told
        await company.ask(register("C1"))
        assert await build_of(company, "customer-C1") == "1"


async def test_a_build_that_no_worker_runs_is_not_made_current(company: Company) -> None:
    with pytest.raises(DeploymentError, match="start a worker with THROUGHLINE_BUILD_ID=7 first"):
        await promote(company.client, NAME, "7")
    async with build(company, "1"):
        await current(company, "1")
        with pytest.raises(DeploymentError, match="build 7 of the deployment throughline cannot be made current"):
            await promote(company.client, NAME, "7")
        assert (await deployment_of(company.client, NAME)).current == "1"


async def test_a_part_of_the_work_can_go_to_a_build_first(company: Company) -> None:
    async with build(company, "1"), build(company, "2"):
        await current(company, "1")
        await company.ask(register("C0"))
        await promote(company.client, NAME, "2", percentage=100)
        seen = await deployment_of(company.client, NAME)
        assert (seen.current, seen.ramping, seen.percentage) == ("1", "2", 100)
        await company.ask(register("C1"))
        assert await build_of(company, "customer-C1") == "2"


async def test_workers_without_a_build_can_be_followed_by_builds_and_follow_them_again(company: Company) -> None:
    async with worker(company):
        await company.tell(started("P1", "C1"))
        assert (await deployment_of(company.client, NAME)).current == UNVERSIONED
    async with build(company, "1"):
        await current(company, "1")
        await company.ask(stage_done("F1", project="P1"))
        assert await build_of(company, "funnel-P1") == "1"
        await sits(company, "1", 1)
        assert (await moved(company)).moved == {"Customer": 1, "Project": 1}
    async with worker(company):
        await be_current(company.client, Settings())
        await company.ask(stage_done("F2", project="P1"))
        assert (await company.code("funnel-P1"), await build_of(company, "funnel-P1")) == ("F3", "")
        await sits(company, "1", 2)
        assert (await moved(company)).moved == {"Customer": 1, "Project": 1}


async def test_what_a_campaign_has_moved_is_moved_back_and_forth_by_others(company: Company) -> None:
    async with build(company, "1"):
        await current(company, "1")
        await company.tell([register("C1")])
        async with build(company, "2"):
            await current(company, "2")
            for there, back in (("2", "1"), ("1", "2"), ("2", "1")):
                await promote(company.client, NAME, there)
                await sits(company, back, 1)

                done = await moved(company)

                assert (done.stayed, done.moved) == ({}, {"Customer": 1})
                assert await build_of(company, "customer-C1") == there


async def test_a_careless_build_is_told_before_it_is_current_and_by_the_campaign_and_work_goes_on_after_going_back(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deployment, "ANSWER_SECONDS", 8.0)  # for the one that never answers; the other has so long too
    careless = {**WORKFLOWS, "Ticket": CarelessTicket}
    async with build(company, "1"):
        await current(company, "1")
        await company.tell([register("C1"), open_ticket("T1", "C1")])
        assert await rehearse(company.client, lambda _id, _of: None) == {}
        monkeypatch.setattr(deployment, "WORKFLOWS", careless)
        assert list(await rehearse(company.client, lambda _id, _of: None)) == ["ticket/T1"]

        activities = activities_of(company.client, company.core)
        async with Worker(
            company.client,
            task_queue=names.TASK_QUEUE,
            workflows=list(careless.values()),
            activities=activities,
            **versioned(Settings(build_id="2")),
        ):
            await current(company, "2")
            await sits(company, "1", 2)
            done = await moved(company)
            assert done.moved == {"Customer": 1}
            assert set(done.stayed) == {"ticket/T1"}
            assert "no answer within" in done.stayed["ticket/T1"]
            await promote(company.client, NAME, "1")
            await company.ask(AcknowledgeTicket(ticket="T1", actor=SUPPORT))
            assert await build_of(company, "ticket-T1") == "1"


async def test_a_phase_begun_later_and_a_continued_run_begin_on_the_current_build(company: Company) -> None:
    async with build(company, "1"):
        await current(company, "1")
        await company.tell([*started("P1", "C1"), evidence("owner", project="P1")])
    async with build(company, "2"):
        await current(company, "2")
        await company.tell(won("P1"))
        assert await build_of(company, "handoff-P1-delivery") == "2"
