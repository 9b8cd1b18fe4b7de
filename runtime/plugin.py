"""The ONE Temporal plugin: client, worker, tests and Replayer use the same converter, or replay breaks."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import timedelta

from temporalio.api.failure.v1 import Failure
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DefaultFailureConverter, PayloadConverter
from temporalio.envconfig import ClientConnectConfig
from temporalio.exceptions import ApplicationError
from temporalio.plugin import SimplePlugin
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import UnsandboxedWorkflowRunner, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from runtime.problems import TemporalUnreachableError
from runtime.settings import Settings

PASSED_THROUGH = (
    "activities",
    "domain",
    "eventstore",
    "holidays",
    "pydantic",
    "pydantic_core",
    "workflows.display",
    "workflows.names",
)
"""Modules that sandboxed workflows share with the world: the models must be the same classes on both sides."""

CONNECT_SECONDS = 5.0


class RefusalsWithoutTrace(DefaultFailureConverter):
    """A refusal is an answer, not a fault: operators read its sentence, and no history keeps where in the code it was said."""

    def to_failure(self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure) -> None:
        """Write an exception down; one that nobody will try again, without its trace."""
        super().to_failure(exception, payload_converter, failure)
        if isinstance(exception, ApplicationError) and exception.non_retryable:
            failure.stack_trace = ""


DATA_CONVERTER = dataclasses.replace(pydantic_data_converter, failure_converter_class=RefusalsWithoutTrace)


class ThroughlinePlugin(SimplePlugin):
    """The converter for pydantic models, and how workflows run.

    Workers run them without the SDK's sandbox (docs/decisions/0006): clocks, chance and I/O are kept out of them by the linter
    and the import contracts, and every saved history is replayed inside the sandbox in the tests, with `sandboxed`.

    No exception type fails a workflow by itself: refusals are `ApplicationError`s already, and anything else is a mistake of
    ours, for which the workflow waits, until a corrected worker takes it up where it was.
    """

    def __init__(self, *, sandboxed: bool = False) -> None:
        """`sandboxed` runs workflows in the SDK's sandbox, which catches what the linter did not."""
        runner = _in_the_sandbox if sandboxed else _directly
        super().__init__("throughline", data_converter=DATA_CONVERTER, workflow_runner=runner)


def _directly(_given: WorkflowRunner | None) -> WorkflowRunner:
    return UnsandboxedWorkflowRunner()


def _in_the_sandbox(_given: WorkflowRunner | None) -> WorkflowRunner:
    return SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH))


async def connect(settings: Settings) -> Client:
    """A client for the Temporal that the settings name, which has been seen to answer and to know the namespace.

    Raises `TemporalUnreachableError` with a sentence that says what to do, after at most a few seconds.
    """
    address, namespace = settings.temporal_address, settings.temporal_namespace
    limit = timedelta(seconds=CONNECT_SECONDS)
    # In embedded mode the server is plain and on this machine: a key or a certificate for another one is not shown to it.
    options = ClientConnectConfig() if settings.embedded else settings.temporal
    options = {**options, "target_host": address, "namespace": namespace}
    try:
        async with asyncio.timeout(CONNECT_SECONDS + 1):
            client = await Client.connect(**options, plugins=[ThroughlinePlugin()], connect_timeout=limit)
            await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=namespace), timeout=limit)
    except (RPCError, RuntimeError, TimeoutError, ValueError) as error:
        raise TemporalUnreachableError(_sentence(settings, error)) from None
    return client


def _sentence(settings: Settings, error: Exception) -> str:
    address = settings.temporal_address
    said = str(error)
    status = error.status if isinstance(error, RPCError) else None
    if status == RPCStatusCode.NOT_FOUND:
        return f"Temporal at {address} has no namespace {settings.temporal_namespace}: create it, or set TEMPORAL_NAMESPACE."
    if status in {RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNAUTHENTICATED} or "nauth" in said or "denied" in said:
        return f"Temporal at {address} does not let us in: check TEMPORAL_API_KEY, TEMPORAL_TLS… and TEMPORAL_NAMESPACE."
    if settings.embedded:
        return f"Temporal does not answer at {address}: start it with `python starter.py up`, or set TEMPORAL_ADDRESS."
    return f"Temporal does not answer at {address}: check TEMPORAL_ADDRESS, TEMPORAL_TLS… and that the server runs."
