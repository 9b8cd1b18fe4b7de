"""`GET /health`: can commands be taken now? For whoever watches the system; needs no key and tells nothing of the business."""

from __future__ import annotations

import asyncio
import logging
import platform
import tomllib
from collections.abc import Awaitable, Callable
from functools import cache
from http import HTTPStatus
from importlib.metadata import version
from typing import Any, Literal, TypeAlias

from fastapi import APIRouter, Response
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest, GetSystemInfoRequest
from temporalio.client import Client
from temporalio.service import RPCError

from domain.messages import Frozen
from eventstore.port import EventStore, StoreError
from projections import standing
from runtime.settings import CODE
from runtime.stack import Stack
from workflows import names

PATIENCE_SECONDS = 3.0
"""A part that takes longer counts as not answering."""

Answer: TypeAlias = Literal["ok", "unreachable", "none polling", "unknown"]

logger = logging.getLogger(__name__)


class Health(Frozen):
    """How the parts are; `ok` when commands can be taken."""

    ok: bool
    store: Answer
    temporal: Answer
    worker: Answer
    versions: dict[str, str]


def router(stack: Stack) -> APIRouter:
    """The route."""
    routes = APIRouter(tags=["operation 运行"])

    @routes.get(
        "/health",
        summary="Can commands be taken now? 运行状况",
        responses={503: {"model": Health, "description": "Not now; the part that is not `ok` says why."}},
    )
    async def health(response: Response) -> Health:
        """The store, Temporal and a worker: each is asked now, for at most a few seconds."""
        found = await health_of(stack)
        if not found.ok:
            response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        return found

    return routes


async def health_of(stack: Stack) -> Health:
    """Ask every part; never raises for a part that is away."""
    store, (temporal, server), worker = await asyncio.gather(
        _store(stack.core.store), _temporal(stack.client), _worker(stack.client)
    )
    versions = {**_versions(), **({"temporal-server": server} if server else {})}
    ok = store == temporal == worker == "ok"
    return Health(ok=ok, store=store, temporal=temporal, worker=worker, versions=versions)


async def _store(store: EventStore) -> Answer:
    return "unreachable" if await _asked(lambda: store.rows(standing.TABLE, limit=1)) is None else "ok"


async def _temporal(client: Client) -> tuple[Answer, str]:
    """Its answer, and the server's version."""
    found = await _asked(lambda: client.workflow_service.get_system_info(GetSystemInfoRequest(), retry=False))
    return ("unreachable", "") if found is None else ("ok", found.server_version)


async def _worker(client: Client) -> Answer:
    request = DescribeTaskQueueRequest(
        namespace=client.namespace,
        task_queue=TaskQueue(name=names.TASK_QUEUE),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    )
    found = await _asked(lambda: client.workflow_service.describe_task_queue(request, retry=False))
    if found is None:
        return "unknown"
    # A poller is remembered for five minutes after it was last seen; a worker that lives asks again each minute.
    return "ok" if found.pollers else "none polling"


async def _asked(ask: Callable[[], Awaitable[Any]]) -> Any:
    """The answer, or None when there is none in time."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await ask()
    except (RPCError, StoreError, TimeoutError) as problem:
        logger.warning("a part does not answer", extra={"problem": type(problem).__name__})
        return None


@cache
def _versions() -> dict[str, str]:
    project = tomllib.loads((CODE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {"throughline": project["version"], "python": platform.python_version(), "temporalio": version("temporalio")}
