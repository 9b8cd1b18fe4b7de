"""Every saved history replays: what runs now goes on where what ran then has left off, and commands the same on the way."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from activities.shapes import GENERATION
from runtime.plugin import ThroughlinePlugin
from tests.replay.careless import CarelessTicket, ForgetfulTicket
from tests.replay.fingerprint import FOLDER, WHAT_TO_DO, fingerprint, history, name, pinned, saved
from tests.replay.save import BAD
from workflows.every import WORKFLOWS

GOOD = saved()
LARGEST = 400_000
"""Bytes of a saved history: they are read by people in reviews, and stay in the repository for ever."""
TICKET = FOLDER / "generation-1/ticket-timers-fired.json"
LIFE = ("Reactivation", "Recovery", "Plan", "PlanReview", "Request", "Enablement", "PolicyChange")
SINCE = {"Escalation": 3, **dict.fromkeys(LIFE, 4)}
"""The generation in which a workflow first ran, where it is not the first one."""


def replayer(**others: type) -> Replayer:
    return Replayer(workflows=list({**WORKFLOWS, **others}.values()), plugins=[ThroughlinePlugin(sandboxed=not others)])


@pytest.mark.parametrize("path", GOOD, ids=name)
async def test_a_saved_history_replays(path: Path) -> None:
    await replayer().replay_workflow(history(path))


@pytest.mark.parametrize("path", GOOD, ids=name)
async def test_a_saved_history_is_gone_through_with_the_commands_that_are_pinned(path: Path) -> None:
    known = pinned().get(name(path), [])
    difference = "\n".join(difflib.unified_diff(known, await fingerprint(path), "pinned", "now", n=1, lineterm=""))
    assert not difference, WHAT_TO_DO.format(name=name(path), difference=difference)


def test_nothing_is_pinned_that_is_not_saved() -> None:
    assert set(pinned()) == {name(path) for path in GOOD}


async def test_a_history_of_other_code_is_told_apart() -> None:
    with pytest.raises(NondeterminismError):
        await replayer().replay_workflow(history(FOLDER / f"{BAD}.json"))


async def test_a_careless_edit_fails_the_replay_and_the_fingerprint() -> None:
    with pytest.raises(NondeterminismError):
        await replayer(Ticket=CarelessTicket).replay_workflow(history(TICKET))
    now = await fingerprint(TICKET, {"Ticket": CarelessTicket})
    assert now[0].startswith("begin + update OpenTicket: accept, upsert NeedsHuman, decide OpenTicket")
    assert now != pinned()[name(TICKET)]


async def test_an_edit_that_replay_lets_pass_fails_the_fingerprint() -> None:
    await replayer(Ticket=ForgetfulTicket).replay_workflow(history(TICKET))
    assert await fingerprint(TICKET, {"Ticket": ForgetfulTicket}) != pinned()[name(TICKET)]


@pytest.mark.parametrize("generation", range(1, GENERATION + 1))
def test_there_is_a_history_of_every_workflow_and_generation(generation: int) -> None:
    paths = [path for path in GOOD if path.parent.name == f"generation-{generation}"]
    types = {history(path).events[0].workflow_execution_started_event_attributes.workflow_type.name for path in paths}
    assert types == {workflow_type for workflow_type in WORKFLOWS if SINCE.get(workflow_type, 1) <= generation}


def test_histories_stay_small() -> None:
    assert {path.name: path.stat().st_size for path in GOOD if path.stat().st_size > LARGEST} == {}
