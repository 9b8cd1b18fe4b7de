"""A workflow that stands still: its own tasks fail, so that it takes nothing until its code is mended."""

from __future__ import annotations

from temporalio.client import WorkflowUpdateFailedError
from temporalio.service import RPCError, RPCStatusCode


def stands_still(problem: Exception) -> bool:
    """Whether a command was not taken because of its one workflow, and not because Temporal is away: to ask again would not
    help, and whoever asks many goes on with the others."""
    broken = isinstance(problem, RPCError) and problem.status is RPCStatusCode.FAILED_PRECONDITION
    return broken or isinstance(problem, WorkflowUpdateFailedError)
