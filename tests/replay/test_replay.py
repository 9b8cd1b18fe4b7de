"""Every saved history replays: what runs now goes on where what ran then has left off."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from runtime.plugin import ThroughlinePlugin
from tests.replay.save import BAD, FOLDER
from workflows.every import WORKFLOWS

HISTORIES = sorted(FOLDER.glob("*.json"))
GOOD = [path for path in HISTORIES if path.stem != BAD]
LARGEST = 400_000
"""Bytes of a saved history: they are read by people in reviews, and stay in the repository for ever."""


def history(path: Path) -> WorkflowHistory:
    saved = json.loads(path.read_text(encoding="utf-8"))
    return WorkflowHistory.from_json(saved.pop("workflow_id"), saved)


def replayer() -> Replayer:
    return Replayer(workflows=list(WORKFLOWS.values()), plugins=[ThroughlinePlugin(sandboxed=True)])


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
async def test_a_saved_history_replays(path: Path) -> None:
    await replayer().replay_workflow(history(path))


async def test_a_history_of_other_code_is_told_apart() -> None:
    with pytest.raises(NondeterminismError):
        await replayer().replay_workflow(history(FOLDER / f"{BAD}.json"))


def test_there_is_a_history_of_every_workflow() -> None:
    types = {history(path).events[0].workflow_execution_started_event_attributes.workflow_type.name for path in GOOD}
    assert types == set(WORKFLOWS)


def test_histories_stay_small() -> None:
    assert {path.name: path.stat().st_size for path in HISTORIES if path.stat().st_size > LARGEST} == {}
