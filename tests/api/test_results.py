"""The result that every door shares: what a caller gets when nobody can answer."""

from __future__ import annotations

import asyncio

import pytest
from temporalio.service import RPCError, RPCStatusCode

from activities.shapes import EventRef
from domain.messages import Command
from eventstore.port import StoreUnavailableError
from runtime.results import NotTaken, Taken, read_json, result_of
from tests.api import asked


class Door:
    """A command path that does what it is told."""

    def __init__(self, problem: Exception | None = None, silent: bool = False) -> None:
        self.problem, self.silent, self.asked, self.left = problem, silent, 0, False

    async def submit(self, command: Command) -> tuple[EventRef, ...]:
        self.asked += 1
        try:
            if self.silent:
                await asyncio.Event().wait()
        finally:
            self.left = True
        if self.problem is not None:
            raise self.problem
        return (EventRef(type="CustomerRegistered", stream=command.stream, version=1),)


UNREACHABLE = RPCError("connection refused", RPCStatusCode.UNAVAILABLE, b"")


@pytest.mark.parametrize("door", [Door(silent=True), Door(UNREACHABLE), Door(StoreUnavailableError("gone"))])
async def test_a_command_that_nobody_answers_may_be_sent_again(door: Door) -> None:
    result = await result_of(door, {**asked.register("C1"), "command_id": "again"}, seconds=0.01)

    assert isinstance(result, NotTaken)
    assert (result.command_id, result.error.type) == ("again", "Unavailable")
    assert result.error.detail.endswith("Send the command again with the same command_id: it is recorded once.")


async def test_a_caller_who_stops_waiting_stops_and_nothing_waits_on(caplog: pytest.LogCaptureFixture) -> None:
    door = Door(silent=True)
    waiting = asyncio.create_task(result_of(door, asked.register("C1")))
    while not door.asked:
        await asyncio.sleep(0)
    waiting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.sleep(0)
    assert door.left


async def test_a_mistake_of_ours_is_not_told_as_the_callers() -> None:
    with pytest.raises(ZeroDivisionError):
        await result_of(Door(ZeroDivisionError()), asked.register("C1"))


async def test_what_is_not_a_command_never_reaches_a_workflow() -> None:
    door = Door()

    assert isinstance(await result_of(door, "{}"), NotTaken)
    assert door.asked == 0


async def test_text_bytes_and_objects_are_the_same_command() -> None:
    for written in ('{"command": 1}', b'\xef\xbb\xbf{"command": 1}', {"command": 1}):
        result = await result_of(Door(), written)
        assert isinstance(result, NotTaken)
        assert result.error.type == "UnknownCommand"


async def test_an_id_beside_the_command_is_its_id() -> None:
    result = await result_of(Door(), asked.register("C1"), "beside")

    assert isinstance(result, Taken)
    assert result.command_id == "beside"


@pytest.mark.parametrize("number", ["0.1", "1200000.50", "-3", "1e3", "12345678901.25"])
def test_numbers_that_can_be_kept_exactly_are_read(number: str) -> None:
    assert read_json(f'{{"amount": {number}}}') == {"amount": float(number)}
