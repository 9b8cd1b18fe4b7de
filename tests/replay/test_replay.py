"""Every saved history replays: what runs now goes on where what ran then has left off, and commands the same on the way."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from runtime.plugin import ThroughlinePlugin
from tests.replay.careless import CarelessTicket, ForgetfulTicket
from tests.replay.fingerprint import FOLDER, WHAT_TO_DO, fingerprint, history, pinned
from tests.replay.save import BAD
from workflows.every import WORKFLOWS

HISTORIES = sorted(FOLDER.glob("*.json"))
GOOD = [path for path in HISTORIES if path.stem != BAD]
LARGEST = 400_000
"""Bytes of a saved history: they are read by people in reviews, and stay in the repository for ever."""
TICKET = FOLDER / "ticket-timers-fired.json"


def replayer(**others: type) -> Replayer:
    return Replayer(workflows=list({**WORKFLOWS, **others}.values()), plugins=[ThroughlinePlugin(sandboxed=not others)])


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
async def test_a_saved_history_replays(path: Path) -> None:
    await replayer().replay_workflow(history(path))


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
async def test_a_saved_history_is_gone_through_with_the_commands_that_are_pinned(path: Path) -> None:
    known = pinned().get(path.stem, [])
    difference = "\n".join(difflib.unified_diff(known, await fingerprint(path), "pinned", "now", n=1, lineterm=""))
    assert not difference, WHAT_TO_DO.format(name=path.stem, difference=difference)


def test_nothing_is_pinned_that_is_not_saved() -> None:
    assert set(pinned()) == {path.stem for path in GOOD}


async def test_a_history_of_other_code_is_told_apart() -> None:
    with pytest.raises(NondeterminismError):
        await replayer().replay_workflow(history(FOLDER / f"{BAD}.json"))


async def test_a_careless_edit_fails_the_replay_and_the_fingerprint() -> None:
    with pytest.raises(NondeterminismError):
        await replayer(Ticket=CarelessTicket).replay_workflow(history(TICKET))
    now = await fingerprint(TICKET, {"Ticket": CarelessTicket})
    assert now[0].startswith("begin + update OpenTicket: accept, upsert NeedsHuman, decide OpenTicket")
    assert now != pinned()[TICKET.stem]


async def test_an_edit_that_replay_lets_pass_fails_the_fingerprint() -> None:
    await replayer(Ticket=ForgetfulTicket).replay_workflow(history(TICKET))
    assert await fingerprint(TICKET, {"Ticket": ForgetfulTicket}) != pinned()[TICKET.stem]


def test_there_is_a_history_of_every_workflow() -> None:
    types = {history(path).events[0].workflow_execution_started_event_attributes.workflow_type.name for path in GOOD}
    assert types == set(WORKFLOWS)


def test_histories_stay_small() -> None:
    assert {path.name: path.stat().st_size for path in HISTORIES if path.stat().st_size > LARGEST} == {}
