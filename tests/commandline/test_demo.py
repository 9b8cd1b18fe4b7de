"""`demo` on a real stack: the portfolio goes in once, its story is told each time, and nothing is left running."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from activities.shapes import EventRef, Request
from commandline.feeding import compare, feed, late_clocks, over, through
from commandline.seam import FailedError
from domain.catalogue import COMMANDS
from domain.clocks import JudgeClocks
from domain.messages import SYSTEM
from domain.messages import Command as Asked
from domain.playbook import Playbook, Playbooks
from eventstore.memory import MemoryStore
from eventstore.port import Append, NewEvent, StoreUnavailableError
from runtime.composition import core_of
from runtime.playbooks import load_playbooks
from runtime.settings import CODE, Settings
from runtime.sockets import free_port
from sample.lives import Command
from sample.portfolio import OVER_HTTP, STORY
from tests.domain.asked import contact

STANDARD: Playbook = Playbooks(load_playbooks(CODE / "playbooks")).latest()


@dataclass
class Ran:
    code: int
    out: str
    err: str

    @property
    def summary(self) -> dict[str, Any]:
        summary: dict[str, Any] = json.loads(self.out.splitlines()[-1])
        return summary


class Machine:
    """A home folder and ports of its own."""

    def __init__(self, home: Path) -> None:
        self.ports = {name: free_port() for name in ("TEMPORAL_PORT", "TEMPORAL_UI_PORT", "API_PORT")}
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("THROUGHLINE_", "TEMPORAL_"))}
        ours = {f"THROUGHLINE_{name}": str(port) for name, port in self.ports.items()}
        self._environment = {**inherited, **ours, "THROUGHLINE_HOME": str(home), "PYTHONIOENCODING": "utf-8"}

    def demo(self, *options: str) -> Ran:
        call = [sys.executable, "starter.py", "demo", *options]
        ran = subprocess.run(call, cwd=CODE, env=self._environment, capture_output=True, encoding="utf-8", timeout=200)
        return Ran(ran.returncode, ran.stdout, ran.stderr)

    def listens(self) -> Sequence[str]:
        """The ports on which something still answers."""
        return [name for name, port in self.ports.items() if _answers(port)]


def _answers(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.timeout(420)
def test_the_demo_tells_the_portfolio_and_a_second_one_changes_nothing(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    first = machine.demo("--json")
    assert first.code == 0, first.err
    assert machine.listens() == []
    assert first.out.count("\n") == 1
    assert first.summary["customers"] == 18
    assert first.summary["projects"] == 20
    assert first.summary["events"] == sum(first.summary["by_type"].values())
    assert {"DealLost", "DealStalled", "HandoffReturned", "MilestoneOverdue", "WentLive", "TargetBreached"} <= set(
        first.summary["by_type"]
    )
    for promised in (
        STORY,
        "青禾医疗器械",
        "deal lost 丢单",
        "Pipeline",
        "needs a person",
        "workflows?query=NeedsHuman",
        f"{OVER_HTTP} over HTTP",
    ):
        assert promised in " ".join(first.err.split())  # a terminal may break the line anywhere
    second = machine.demo("--json")
    assert second.code == 0, second.err
    assert "nothing was changed" in second.err
    assert second.summary == first.summary
    assert machine.listens() == []


@pytest.mark.parametrize("taken", ["TEMPORAL_PORT", "API_PORT"])
def test_a_taken_port_is_told_in_one_sentence_and_nothing_is_left_running(taken: str, tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    with socket.create_server(("127.0.0.1", machine.ports[taken])):
        ran = machine.demo()
    assert ran.code == 1
    assert str(machine.ports[taken]) in ran.err
    assert "Traceback" not in ran.err
    assert len(ran.err.strip().splitlines()) == 1
    assert machine.listens() == []


class Door:
    """Remembers what it was sent; refuses what it is told to."""

    def __init__(self, refuses: str = "") -> None:
        self.sent: list[str] = []
        self._refuses = refuses

    async def __call__(self, said: Command) -> None:
        if said["command_id"] == self._refuses:
            raise FailedError(f"{said['command_id']} was refused")
        self.sent.append(said["command_id"])


async def test_one_project_goes_in_over_http_and_everything_else_by_the_direct_door() -> None:
    found = await compare(MemoryStore(), STANDARD)
    direct, http = Door(), Door()
    count = 0

    def counted() -> None:
        nonlocal count
        count += 1

    await feed(found.left, direct, http, counted)
    assert count == sum(len(commands) for commands in found.left)
    named = {said["command_id"] for commands in found.left for said in commands if said.get("project") == OVER_HTTP}
    assert set(http.sent) == named != set()
    assert named.isdisjoint(direct.sent)


async def test_a_refused_command_ends_the_feeding_with_that_refusal() -> None:
    found = await compare(MemoryStore(), STANDARD)
    with pytest.raises(FailedError, match=r"sample-P909-opened was refused"):
        await feed(found.left, Door(refuses="sample-P909-opened"), Door(), lambda: None)


class Silent:
    """Gives no answer so many times, then takes every command."""

    def __init__(self, times: int) -> None:
        self.asked = 0
        self._times = times

    async def submit(self, command: Asked) -> tuple[EventRef, ...]:
        self.asked += 1
        if self.asked <= self._times:
            raise StoreUnavailableError("the store does not answer")
        return ()


async def test_a_command_without_an_answer_is_asked_again_and_not_for_ever() -> None:
    found = await compare(MemoryStore(), STANDARD)
    said = found.left[0][0]
    patient = Silent(times=2)
    await through(patient)(said)
    assert patient.asked == 3
    with pytest.raises(FailedError, match=r"sample-C901-registered had no answer, 3 times"):
        await through(Silent(times=9))(said)


@pytest.mark.parametrize(("status", "message"), [(409, "was refused"), (503, "had no answer")])
async def test_what_the_api_answers_is_told(status: int, message: str) -> None:
    found = await compare(MemoryStore(), STANDARD)
    answers = httpx.MockTransport(lambda _request: httpx.Response(status, json={"ok": False}))
    async with httpx.AsyncClient(transport=answers, base_url="http://127.0.0.1") as api:
        with pytest.raises(FailedError, match=message):
            await over(api)(found.left[0][0])


async def test_when_somebody_stops_it_the_command_under_way_still_gets_its_answer() -> None:
    found = await compare(MemoryStore(), STANDARD)
    under_way, answer, answered = asyncio.Event(), asyncio.Event(), []

    async def slow(said: Command) -> None:
        under_way.set()
        await answer.wait()
        answered.append(said["command_id"])

    feeding = asyncio.create_task(feed(found.left[:1], slow, slow, lambda: None))
    await under_way.wait()
    feeding.cancel()
    answer.set()
    with pytest.raises(asyncio.CancelledError):
        await feeding
    assert answered == ["sample-C901-registered"]


async def test_an_interrupted_run_goes_on_with_what_is_left_and_with_the_days_of_its_beginning() -> None:
    store, began = MemoryStore(), datetime(2026, 3, 1, 15, 30, tzinfo=UTC)
    await store.append(_recorded("customer-C901", "sample-C901-registered", began))
    await store.append(_recorded("customer-C901", "sample-C901-classified", began, expected_version=1))
    found = await compare(store, STANDARD)
    assert found.interrupted
    # The latest command that is on record may never have been answered: it is asked again, and nothing before it.
    assert [said["command_id"] for said in found.left[0][:2]] == ["sample-C901-classified", "sample-P901-opened"]
    assert {life.moments.now for life in found.lives} == {began}


async def test_a_customer_of_somebody_else_does_not_date_the_portfolio() -> None:
    store, before = MemoryStore(), datetime.now(UTC)
    await store.append(_recorded("customer-C901", "their-own-id", datetime(2020, 1, 1, tzinfo=UTC)))
    found = await compare(store, STANDARD)
    assert found.lives[0].moments.now >= before


def _recorded(stream: str, command_id: str, at: datetime, expected_version: int = 0) -> Append:
    event = NewEvent("CustomerRegistered", 1, "{}", at)
    return Append(stream, expected_version, [event], command_id, "", "", "{}", "C901", "", "standard@2026.1", at)


async def test_the_story_waits_for_a_clock_that_has_run_out_and_names_one_that_is_not_judged() -> None:
    core = core_of(MemoryStore(), Settings())

    async def send(command: Command) -> None:
        stream, now = COMMANDS[str(command["command"])].model_validate_json(json.dumps(command)).stream, datetime.now(UTC)
        assert (await core.handler.respond(Request(stream=stream, now=now, command=command))).refusal is None

    found = await compare(core.store, STANDARD)
    for said in next(life for life in found.lives if life.customer == "C909").commands():
        if "project" not in said:
            await send(said)
    now = datetime.now(UTC)
    promised = contact(
        (now - timedelta(days=2)).date().isoformat(), "C909", command_id="missed", occurred_at=now - timedelta(days=5)
    )
    await send(promised.model_dump(mode="json", exclude_none=True))
    assert await late_clocks(found, core, seconds=0) == ["customer-C909"]
    due = (await core.handler.respond(Request(stream="customer-C909", now=datetime.now(UTC)))).standing.deadline
    assert due is not None
    judged = JudgeClocks(of="customer-C909", command_id=due.name, actor=SYSTEM).model_dump(mode="json", exclude_none=True)
    late, _ = await asyncio.gather(late_clocks(found, core), send(judged))
    assert late == []
