"""The workflow sandbox, without its detour for contexts that nobody reads."""

from __future__ import annotations

from typing import Any

from temporalio.converter import SerializationContext, StorageDriverStoreContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner


class Sandbox(SandboxedWorkflowRunner):
    """Runs workflows in the SDK's sandbox.

    For every payload that crosses its border the SDK asks inside the sandbox, three times, in which context the payload is
    converted, and each question compiles and runs code there: a tenth of the program's time. Our converter takes
    no notice of contexts and there is no external storage, so the answer is always the same and is given outside. Whoever
    adds a codec or a storage that depends on the workflow must go back to the SDK's runner."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """A sandboxed workflow."""
        return _WithoutContexts(super().create_instance(det))


class _WithoutContexts(WorkflowInstance):
    """A sandboxed workflow that answers at once."""

    def __init__(self, sandboxed: WorkflowInstance) -> None:
        self._sandboxed = sandboxed

    def activate(self, act: Any) -> Any:
        """See `WorkflowInstance.activate`."""
        return self._sandboxed.activate(act)

    def get_serialization_context(self, command_info: Any) -> SerializationContext | None:
        """None: the converter needs no context."""
        return None

    def get_external_store_context(self, command_info: Any) -> StorageDriverStoreContext:
        """No target: nothing is stored elsewhere."""
        return StorageDriverStoreContext(target=None)

    def get_info(self) -> Any:
        """See `WorkflowInstance.get_info`."""
        return self._sandboxed.get_info()

    def get_thread_id(self) -> int | None:
        """See `WorkflowInstance.get_thread_id`."""
        return self._sandboxed.get_thread_id()
