"""What the code commands when it replays a saved history, in order, as text: the fingerprint of each path.

Replay alone passes over some changes (what an upsert holds, what an update answers after); the fingerprint does not, and a
reviewer reads in its difference what an edit has done. One line for each thing that happened to the workflow:

    update RecordEvidence: accept, decide RecordEvidence, upsert Stage DueAt, answer  (×3)

`python -m tests.replay.fingerprint` writes the file anew, `python -m tests.replay.save` does so too."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from temporalio.bridge.proto.workflow_activation import WorkflowActivation, WorkflowActivationJob
from temporalio.bridge.proto.workflow_commands import WorkflowCommand
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, WorkflowInstance, WorkflowInstanceDetails, WorkflowRunner

from runtime.plugin import DATA_CONVERTER
from workflows.every import WORKFLOWS

FOLDER = Path(__file__).parent / "histories"
FILE = Path(__file__).parent / "fingerprints.txt"

WHAT_TO_DO = """The commands of {name} are no longer those of tests/replay/fingerprints.txt (- pinned, + now):

{difference}

Workflows that are open would take another way than the one that is in their history. If that is meant, keep the old way for
them behind `workflow.patched("…")`, leave the saved histories that go the old way, save new ones beside them
(`python -m tests.replay.save`), and pin what is new (`python -m tests.replay.fingerprint`). If it is not meant, undo it."""

QUIET = ("update_random_seed", "remove_from_cache", "notify_has_patch", "query_workflow")
"""Jobs that are no news to a workflow."""


class Recorder(WorkflowRunner):
    """Runs workflows and writes down what happens to them and what they command."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._runner = UnsandboxedWorkflowRunner()

    def prepare_workflow(self, defn: Any) -> None:
        self._runner.prepare_workflow(defn)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        instance = self._runner.create_instance(det)
        inner = instance.activate

        def activate(activation: WorkflowActivation) -> WorkflowActivationCompletion:
            jobs = [job for job in activation.jobs if job.WhichOneof("variant") not in QUIET]
            completion = inner(activation)
            self._note(jobs, [_command(one) for one in completion.successful.commands])
            return completion

        instance.activate = activate  # type: ignore[method-assign, assignment]
        return instance

    def _note(self, jobs: list[WorkflowActivationJob], commands: list[str]) -> None:
        if not jobs and not commands:
            return
        # A decision's answer belongs to what was decided: it goes on in the same line.
        decided = [job.WhichOneof("variant") == "resolve_activity" and job.resolve_activity.is_local for job in jobs]
        told = ", ".join(commands) or "-"
        if self.lines and jobs and all(decided):
            self.lines[-1] += f", {told}"
        else:
            self.lines.append(f"{' + '.join(_job(job) for job in jobs)}: {told}")


def _job(job: WorkflowActivationJob) -> str:
    match job.WhichOneof("variant"):
        case "do_update":
            return f"update {job.do_update.name}"
        case "initialize_workflow":
            return "continued" if job.initialize_workflow.continued_from_execution_run_id else "begin"
        case "resolve_activity":
            return "decided" if job.resolve_activity.is_local else "delivered"
        case "resolve_child_workflow_execution_start":
            return "begun"
        case "resolve_child_workflow_execution":
            return "child ended"
        case other:
            return str(other).replace("_", " ")


def _command(command: WorkflowCommand) -> str:
    kind = str(command.WhichOneof("variant"))
    summary = _text(command.user_metadata.summary.data)
    match kind:
        case "schedule_local_activity":
            activity = command.schedule_local_activity.activity_type
            return f"{'decide' if activity == 'respond' else activity} {summary}".strip()
        case "schedule_activity":
            return f"activity {command.schedule_activity.activity_type} ({summary.partition(' →')[0]})"
        case "start_child_workflow_execution":
            return f"begin {command.start_child_workflow_execution.workflow_type}"
        case "upsert_workflow_search_attributes":
            attributes: Any = command.upsert_workflow_search_attributes.search_attributes
            named = getattr(attributes, "indexed_fields", attributes)
            return "upsert " + " ".join(sorted(named))
        case "update_response":
            return {"accepted": "accept", "completed": "answer", "rejected": "refuse"}[
                str(command.update_response.WhichOneof("response"))
            ]
        case "start_timer":
            return "timer"
        case _:
            return kind.removesuffix("_workflow_execution").replace("_", " ")


def _text(payload: bytes) -> str:
    return str(json.loads(payload)) if payload else ""


def saved() -> list[Path]:
    """Every history that must replay, of each generation of runs."""
    return sorted(FOLDER.glob("generation-*/*.json"))


def name(path: Path) -> str:
    """How a saved history is called."""
    return f"{path.parent.name}/{path.stem}"


def history(path: Path) -> WorkflowHistory:
    """A saved history."""
    saved = json.loads(path.read_text(encoding="utf-8"))
    return WorkflowHistory.from_json(saved.pop("workflow_id"), saved)


async def fingerprint(path: Path, workflows: Mapping[str, Any] = WORKFLOWS) -> list[str]:
    """What these workflows command along a saved history, up to where they leave it."""
    recorder = Recorder()
    replayer = Replayer(workflows=list(workflows.values()), workflow_runner=recorder, data_converter=DATA_CONVERTER)
    await replayer.replay_workflow(history(path), raise_on_replay_failure=False)
    return [line + (f"  (×{count})" if count > 1 else "") for line, count in _counted(recorder.lines)]


def _counted(lines: list[str]) -> Iterator[tuple[str, int]]:
    for line, group in groupby(lines):
        yield line, len(list(group))


def pinned() -> dict[str, list[str]]:
    """The fingerprints of the file, by the name of the history."""
    blocks = FILE.read_text(encoding="utf-8").strip().split("\n\n")
    return {block.splitlines()[0].strip("[]"): block.splitlines()[1:] for block in blocks}


async def write() -> None:
    """Pin what the code commands now."""
    blocks = ["\n".join([f"[{name(path)}]", *await fingerprint(path)]) for path in saved()]
    await asyncio.to_thread(FILE.write_text, "\n\n".join(blocks) + "\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(write())
