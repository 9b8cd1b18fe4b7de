"""How a command reaches the workflow of its stream, from wherever it comes: the one command path."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import structlog
from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.shapes import GENERATION, Accepted, CommandJson, EventRef, Foresight, Refusal, Refused, Start, Submission
from domain.catalogue import COMMANDS
from domain.clocks import JudgeClocks
from domain.messages import Command
from workflows import display, names

Foresee = Callable[[Command], Awaitable[Foresight]]
"""What would come of a command whose workflow does not run."""


PATIENCE = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between one try and the next while the server takes no update for a workflow whose task has failed several times in
a row, as it does after workers were killed with that task in hand. A worker that holds out ends it."""


BEGUN = timedelta(seconds=10)
"""How long a workflow that was begun may take to stand."""

logger = structlog.get_logger(__name__)


class CommandRefusedError(Exception):
    """The business has said no."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.detail)
        self.refusal = refusal


class Submitter:
    """Sends commands to workflows and starts those that do not run."""

    def __init__(self, client: Client, foresee: Foresee) -> None:
        self._client = client
        self._foresee = foresee

    async def submit(self, command: Command) -> tuple[EventRef, ...]:
        """The events that the command recorded, now or the first time. `command_id` must be set.

        Costs one update with one local activity (two Temporal actions), and a query for each workflow that it begins; one
        that does not run is started with it. Raises `CommandRefusedError`, and `RPCError` when Temporal cannot be reached."""
        attempt = str(uuid.uuid4())
        submission = Submission(command=command.model_dump(mode="json", exclude_none=True), attempt=attempt)
        try:
            return (await self._send(command, submission, str(command.command_id))).events
        except _RefusedAttemptError as refused:
            if refused.attempt == attempt:
                raise CommandRefusedError(refused.refusal) from None
        # Temporal answered with an earlier call's refusal. A refusal is not recorded in the stream, so it is decided anew.
        try:
            return (await self._send(command, submission, f"{command.command_id}~{attempt}")).events
        except _RefusedAttemptError as refused:
            raise CommandRefusedError(refused.refusal) from None

    async def submit_all(self, commands: Sequence[Command]) -> Accepted:
        """Commands to one stream, in this order, with one update: each costs a local activity, all together one workflow task.

        Every `command_id` must be set. What the answer does not tell of (`more`) was not looked at. Raises as `submit` does,
        for the first of them."""
        attempt = str(uuid.uuid4())
        first, *more = [command.model_dump(mode="json", exclude_none=True) for command in commands]
        submission = Submission(command=first, attempt=attempt, more=tuple(more))
        try:
            # An id of its own: an earlier call may have begun with the same command and gone on with others.
            return await self._send(commands[0], submission, f"{commands[0].command_id}~{attempt}")
        except _RefusedAttemptError as refused:
            raise CommandRefusedError(refused.refusal) from None

    async def deliver(self, written: CommandJson) -> Refusal | None:
        """Take a command from one workflow to another; answers the refusal, if there is one."""
        command = COMMANDS[str(written["command"])].model_validate(written)
        try:
            await self.submit(command)
        except CommandRefusedError as refused:
            return refused.refusal
        return None

    async def wake(self, command: JudgeClocks) -> bool:
        """Make a running workflow look at its stream and its clocks anew; False when it does not run. None is started."""
        submission = Submission(command=command.model_dump(mode="json", exclude_none=True))
        for pause in (*PATIENCE, None):
            try:
                return await self._update(command, submission, str(command.command_id)) is not None
            except RPCError as error:
                if error.status is not RPCStatusCode.FAILED_PRECONDITION or pause is None:
                    raise
                await asyncio.sleep(pause)
        return False

    async def resume(self, stream: str) -> bool:
        """Start the workflow of a stream that has events, from its stream; False when it runs already."""
        try:
            await self._client.start_workflow(
                names.workflow_type(stream),
                Start(stream=stream, generation=GENERATION),
                id=names.workflow_id(stream),
                task_queue=names.TASK_QUEUE,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                static_summary=display.summary(stream),
                static_details=f"Stream `{stream}`, started again from its events",
            )
        except WorkflowAlreadyStartedError:
            return False
        return True

    async def _send(self, command: Command, submission: Submission, update_id: str) -> Accepted:
        for pause in PATIENCE:
            try:
                return await self._send_once(command, submission, update_id)
            except RPCError as error:
                if error.status is not RPCStatusCode.FAILED_PRECONDITION:
                    raise
            await asyncio.sleep(pause)
        return await self._send_once(command, submission, update_id)

    async def _send_once(self, command: Command, submission: Submission, update_id: str) -> Accepted:
        try:
            accepted = None if command.opens else await self._update(command, submission, update_id)
            if accepted is None:
                accepted = await self._touch(command, submission, update_id)
        except WorkflowUpdateFailedError as failed:
            raise _refused(failed) from None
        for stream in accepted.begun:
            await self._begun(stream)
        return accepted

    async def _begun(self, stream: str) -> None:
        """Wait until a workflow that a command has begun stands: it answers a query when its first task is done. So whoever
        looks at the store after an answer finds what follows from it."""
        handle = self._client.get_workflow_handle(names.workflow_id(stream))
        try:
            await handle.query(names.STANDING, rpc_timeout=BEGUN)
        except (RPCError, WorkflowQueryFailedError) as error:
            # The command is recorded and its answer stands; the workflow goes on by itself.
            logger.warning("begun, but not seen to stand yet", stream=stream, error=str(error))

    async def _update(self, command: Command, submission: Submission, update_id: str) -> Accepted | None:
        """Send to the running workflow; None when it does not run."""
        handle = self._client.get_workflow_handle(names.workflow_id(command.stream))
        try:
            accepted: Accepted = await handle.execute_update(command.command, submission, id=update_id, result_type=Accepted)
            return accepted
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise
        except WorkflowUpdateFailedError as failed:
            if isinstance(failed.cause, ApplicationError) and failed.cause.type == "AcceptedUpdateCompletedWorkflow":
                return None  # It ended while the update was under way: what was not recorded is asked of a new run.
            raise

    async def _touch(self, command: Command, submission: Submission, update_id: str) -> Accepted:
        """Send, and start the workflow if it does not run; never for a command that an absent stream would refuse."""
        foreseen = await self._foresee(command)
        if foreseen.refusal is not None:
            raise _RefusedAttemptError(foreseen.refusal, submission.attempt)
        stream = command.stream
        start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            names.workflow_type(stream),
            Start(stream=stream, awaits_command=True, view=foreseen.view, generation=GENERATION),
            id=names.workflow_id(stream),
            task_queue=names.TASK_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            search_attributes=display.at_start(foreseen.view) if foreseen.view else None,
            static_summary=display.summary(stream),
            static_details=f"Stream `{stream}`",
        )
        try:
            accepted: Accepted = await self._client.execute_update_with_start_workflow(
                command.command, submission, id=update_id, start_workflow_operation=start, result_type=Accepted
            )
        except (RPCError, WorkflowUpdateRPCTimeoutOrCancelledError):
            # The client notes the failure with the start as well; unread, it would be logged with a traceback.
            with contextlib.suppress(Exception, asyncio.CancelledError):
                await start.workflow_handle()
            raise
        return accepted


class _RefusedAttemptError(Exception):
    """A refusal, and which call it answers."""

    def __init__(self, refusal: Refusal, attempt: str) -> None:
        super().__init__(refusal.detail)
        self.refusal = refusal
        self.attempt = attempt


def _refused(failed: WorkflowUpdateFailedError) -> Exception:
    cause = failed.cause
    if isinstance(cause, ApplicationError) and cause.details:
        refused = Refused.model_validate(cause.details[0])
        return _RefusedAttemptError(refused.refusal, refused.attempt)
    return failed
