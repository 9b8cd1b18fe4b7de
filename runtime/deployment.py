"""Builds of the worker as versions of one Temporal worker deployment: which is current, what sits on which, and the move.

Every workflow type goes on with the current build (`workflows/versioning.py`), but only with its next task: what sleeps until
next year sits on the build that it fell asleep on. The campaign wakes it while that build is still at hand."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from temporalio.api.enums.v1 import WorkerDeploymentVersionStatus
from temporalio.api.workflowservice.v1 import (
    DescribeWorkerDeploymentRequest,
    SetWorkerDeploymentCurrentVersionRequest,
    SetWorkerDeploymentRampingVersionRequest,
)
from temporalio.client import Client, WorkflowExecution, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.common import WorkerDeploymentVersion
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Replayer, WorkerDeploymentConfig

from domain.clocks import JudgeClocks
from domain.messages import SYSTEM, own_id
from runtime.plugin import ThroughlinePlugin
from runtime.problems import RuntimeProblemError
from runtime.settings import Settings
from runtime.submitting import CommandRefusedError, Submitter
from workflows import names, versioning
from workflows.every import WORKFLOWS
from workflows.stewardship import Stewardship

UNVERSIONED = "unversioned"
"""How people name the workers that have no build id."""

AT_ONCE = 20
"""How many workflows are moved or replayed at the same time."""

ANSWER_SECONDS = 20.0
"""How long a workflow may take to run its next task on the current build."""

ROUTED_AFTER = (0.5, 1.0, 2.0)
"""Seconds between one touch and the next of a workflow that still answers from another build: Temporal takes a moment until it
sends work to a build that has just been made current."""

ELSEWHERE = "it answered, but from another build"

SEEN_SECONDS = 20.0
"""How long Temporal may take to see a worker that has just begun to ask for work."""

OURS = f'ExecutionStatus = "Running" AND TaskQueue = "{names.TASK_QUEUE}"'

BRIEF = tuple(kind for kind, workflow_class in WORKFLOWS.items() if not issubclass(workflow_class, Stewardship))
"""Types that write no stream and do not sleep: nobody can touch them, and their next task goes to the current build anyway."""

logger = structlog.get_logger(__name__)


class DeploymentError(RuntimeProblemError):
    """A build cannot be made current, or nothing is known of it."""


def versioned(settings: Settings) -> dict[str, Any]:
    """What a worker of this program is built with: its version when a build id is set, nothing otherwise."""
    if not settings.build_id:
        return {}
    version = WorkerDeploymentVersion(deployment_name=settings.deployment, build_id=settings.build_id)
    behavior = versioning.for_all()
    config = WorkerDeploymentConfig(version=version, use_worker_versioning=True, default_versioning_behavior=behavior)
    return {"deployment_config": config}


@dataclass(frozen=True, slots=True)
class Build:
    """One build, and how many open workflows ran their last task on it."""

    build_id: str
    status: str
    """current, ramping, draining, drained, inactive; for workers without a build id current or inactive."""
    open: int


@dataclass(frozen=True, slots=True)
class Deployment:
    """The builds of one worker deployment."""

    name: str
    current: str
    """A build id, or `unversioned`."""
    ramping: str
    """The build that a part of the work goes to already; empty for none."""
    percentage: float
    builds: tuple[Build, ...]


async def deployment_of(client: Client, name: str) -> Deployment:
    """The builds that Temporal knows, newest first, and those without a build id.

    Costs one count for each build; counts come from Temporal's lists, which lag a moment behind. Raises `RPCError`."""
    info = await _described(client, name)
    total = (await client.count_workflows(OURS)).count
    if info is None:
        return Deployment(name, UNVERSIONED, "", 0.0, (Build(UNVERSIONED, "current", total),))
    routing = info.routing_config
    builds = []
    for summary in sorted(info.version_summaries, key=lambda one: one.create_time.ToDatetime(), reverse=True):
        build_id = summary.deployment_version.build_id
        sitting = (await client.count_workflows(f'{OURS} AND TemporalWorkerDeploymentVersion = "{name}:{build_id}"')).count
        status = WorkerDeploymentVersionStatus.Name(summary.status).removeprefix("WORKER_DEPLOYMENT_VERSION_STATUS_").lower()
        builds.append(Build(build_id, status, sitting))
    current = routing.current_deployment_version.build_id or UNVERSIONED
    rest = total - sum(build.open for build in builds)
    builds.append(Build(UNVERSIONED, "current" if current == UNVERSIONED else "inactive", max(rest, 0)))
    return Deployment(
        name, current, routing.ramping_deployment_version.build_id, routing.ramping_version_percentage, tuple(builds)
    )


async def promote(client: Client, name: str, build_id: str, percentage: float | None = None) -> None:
    """Make a build current, or with a percentage give it that part of the work; `unversioned` is the workers without one.

    Temporal takes only a build that a worker of asks for work. Raises `DeploymentError` with a sentence, and `RPCError`."""
    wanted = "" if build_id == UNVERSIONED else build_id
    target: dict[str, Any] = {"namespace": client.namespace, "deployment_name": name, "build_id": wanted}
    service = client.workflow_service
    try:
        if percentage is None:
            await service.set_worker_deployment_current_version(SetWorkerDeploymentCurrentVersionRequest(**target))
        else:
            ramp = SetWorkerDeploymentRampingVersionRequest(**target, percentage=percentage)
            await service.set_worker_deployment_ramping_version(ramp)
    except RPCError as error:
        if error.status in (RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION, RPCStatusCode.INVALID_ARGUMENT):
            raise DeploymentError(
                f"The build {build_id} of the deployment {name} cannot be made current ({error.message}): start a worker with "
                f"THROUGHLINE_BUILD_ID={build_id} first, and look at `python starter.py deployment status`."
            ) from None
        raise


async def be_current(client: Client, settings: Settings) -> None:
    """Where one worker does everything, it is the current one, whatever its build: or all work would wait for a build that
    nobody runs any more. To be called when the worker runs; one request when nothing has changed.

    Raises `DeploymentError` when Temporal does not come to see the worker."""
    current = await _current(client, settings.deployment)
    wanted = settings.build_id or UNVERSIONED
    if current != wanted:
        await _promoted_when_seen(client, settings.deployment, wanted)


async def not_current(client: Client, settings: Settings) -> str:
    """What a worker that runs beside others should say when no work will come to it; empty when work will."""
    mine = settings.build_id or UNVERSIONED
    try:
        current = await _current(client, settings.deployment)
    except RPCError:
        return ""  # a server that does not know of builds, or does not let us look; the work comes or does not all the same
    if current == mine:
        return ""
    return (
        f"The current build of the deployment {settings.deployment} is {current}, this worker is {mine}: "
        f"no work comes here until `python starter.py deployment promote {mine}`."
    )


async def _promoted_when_seen(client: Client, name: str, build_id: str) -> None:
    give_up = time.monotonic() + SEEN_SECONDS
    while True:
        try:
            await promote(client, name, build_id)
        except DeploymentError:
            if time.monotonic() > give_up:
                raise
            await asyncio.sleep(0.1)  # Temporal learns of a build from its worker's first question
        else:
            logger.info("this build is the current one", deployment=name, build=build_id)
            return


async def _current(client: Client, name: str) -> str:
    info = await _described(client, name)
    return UNVERSIONED if info is None else info.routing_config.current_deployment_version.build_id or UNVERSIONED


async def _described(client: Client, name: str) -> Any:
    request = DescribeWorkerDeploymentRequest(namespace=client.namespace, deployment_name=name)
    try:
        return (await client.workflow_service.describe_worker_deployment(request)).worker_deployment_info
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise


# The campaign


@dataclass(slots=True)
class Moved:
    """What a campaign has come to."""

    build_id: str
    total: int = 0
    moved: Counter[str] = field(default_factory=Counter)
    """By workflow type: they have run a task on the current build."""
    stayed: dict[str, str] = field(default_factory=dict)
    """By workflow id, why."""


async def campaign(client: Client, submitter: Submitter, name: str, advance: Callable[[Moved], None]) -> Moved:
    """Let every open workflow that sits on another build run its next task on the current one.

    Each gets `JudgeClocks`, as from its own timer: it records what has come due, which is mostly nothing. Costs an update, a
    local activity and two looks for each, eight history events. May be broken off and repeated: who has moved is not
    asked again. Raises `RPCError`."""
    current = await _current(client, name)
    done = Moved(current)
    sleepers = [one async for one in client.list_workflows(_elsewhere(name, current))]
    done.total = len(sleepers)

    async def move(one: WorkflowExecution) -> None:
        for pause in (*ROUTED_AFTER, None):
            trouble = await _touched(client, submitter, one, current)
            if trouble is None and await _sits_on(client, one.id) != ("" if current == UNVERSIONED else current):
                trouble = ELSEWHERE
            if trouble != ELSEWHERE or pause is None:
                break
            await asyncio.sleep(pause)
        if trouble is None:
            done.moved[one.workflow_type] += 1
        else:
            done.stayed[one.id] = trouble
        advance(done)

    await _all(sleepers, move)
    return done


def _elsewhere(name: str, current: str) -> str:
    sleepers = " AND ".join((OURS, *(f'WorkflowType != "{kind}"' for kind in BRIEF)))
    if current == UNVERSIONED:
        return f"{sleepers} AND TemporalWorkerDeploymentVersion IS NOT NULL"
    version = f'"{name}:{current}"'
    return f"{sleepers} AND (TemporalWorkerDeploymentVersion != {version} OR TemporalWorkerDeploymentVersion IS NULL)"


async def _touched(client: Client, submitter: Submitter, one: WorkflowExecution, build_id: str) -> str | None:
    """None when the workflow has answered; why not otherwise."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            # The same touch is answered without a task: its id must differ when the workflow has come back meanwhile, and be
            # the same for one that has not answered yet. Lists tell no length of a history that still grows.
            length = (await client.get_workflow_handle(one.id).describe()).history_length
            named = own_id(f"moved-to-{build_id}-{length}")
            judge = JudgeClocks(of=names.stream(one.id), command_id=named, actor=SYSTEM)
            await submitter.submit(judge)
    except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError):
        return f"no answer within {ANSWER_SECONDS:.0f} seconds: see its history for a failed workflow task"
    except CommandRefusedError as refused:
        return refused.refusal.detail
    except RPCError as error:
        return f"{error.status.name.lower()}: {error.message}"
    return None


async def _sits_on(client: Client, workflow_id: str) -> str:
    described = await client.get_workflow_handle(workflow_id).describe()
    info = described.raw_description.workflow_execution_info.versioning_info
    return str(info.deployment_version.build_id)


# The rehearsal


async def rehearse(client: Client, advance: Callable[[str, int], None]) -> Mapping[str, str]:
    """Replay the history of every open workflow with this program's code, before it becomes current; changes nothing.

    Answers those that do not replay, by workflow id, each with the reason. Costs one read of each history."""
    replayer = Replayer(workflows=list(WORKFLOWS.values()), plugins=[ThroughlinePlugin()])
    failed: dict[str, str] = {}

    async def replay(one: WorkflowExecution) -> None:
        handle = client.get_workflow_handle(one.id, run_id=one.run_id)
        result = await replayer.replay_workflow(await handle.fetch_history(), raise_on_replay_failure=False)
        if result.replay_failure is not None:
            failed[one.id] = str(result.replay_failure)
        advance(one.id, len(todo))

    todo = [one async for one in client.list_workflows(OURS)]
    await _all(todo, replay)
    return failed


async def _all(todo: list[WorkflowExecution], work: Callable[[WorkflowExecution], Any]) -> None:
    waiting = iter(todo)

    async def one_after_the_other() -> None:
        for one in waiting:
            await work(one)

    async with asyncio.TaskGroup() as group:
        for _ in range(min(AT_ONCE, len(todo))):
            group.create_task(one_after_the_other())
