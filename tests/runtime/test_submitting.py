"""The one command path: how a command reaches the workflow of its stream, from wherever it comes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

import runtime.submitting
from activities.shapes import Accepted, EventRef, Foresight, Submission
from domain.messages import Command
from runtime.embedded import embedded_temporal
from runtime.plugin import ThroughlinePlugin
from runtime.search_attributes import kinds_of
from runtime.sockets import free_port
from runtime.submitting import CommandRefusedError, Submitter
from tests.domain.asked import accept, contact, open_project, register
from tests.workflows.company import Company, day, founded, sqlite
from workflows import names


@pytest_asyncio.fixture(scope="module")
async def company(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Company]:
    """A company on a server of its own."""
    home = tmp_path_factory.mktemp("submitting")
    async with embedded_temporal(home, free_port(), None, kinds_of(names.SEARCH_ATTRIBUTES)) as address:
        client = await Client.connect(address, plugins=[ThroughlinePlugin()])
        async with founded(client, sqlite(home)) as made:
            yield made


def written(command: Command, command_id: str) -> dict[str, object]:
    return command.model_copy(update={"command_id": command_id}).model_dump(mode="json", exclude_none=True)


async def test_a_delivery_arrives_once_however_often_it_is_made(company: Company) -> None:
    for _ in range(3):
        assert await company.submitter.deliver(written(register("D1"), "r1")) is None
    assert await company.types("customer-D1") == ["CustomerRegistered"]


async def test_a_refused_delivery_brings_the_refusal_back(company: Company) -> None:
    refusal = await company.submitter.deliver(written(accept(project="D9"), "a1"))
    assert refusal is not None
    assert refusal.type == "NotFound"


async def test_a_workflow_that_runs_is_not_started_again(company: Company) -> None:
    await company.ask(register("D2"))
    assert await company.submitter.resume("customer-D2") is False


async def test_a_workflow_that_is_gone_goes_on_from_its_stream(company: Company) -> None:
    await company.ask(register("D3"))
    await company.ask(contact(day(40), "D3"))
    await company.handle("customer-D3").terminate("lost")

    assert await company.submitter.resume("customer-D3") is True

    await company.ask(contact(day(41), "D3"))
    standing = await company.standing("customer-D3")
    assert (standing.version, standing.deadline and standing.deadline.name) == (3, f"contact-{day(41)}-due-3")


async def test_a_command_to_a_workflow_that_is_gone_starts_it_from_its_stream(company: Company) -> None:
    await company.ask(register("D4"))
    await company.ask(open_project("D4", "D4"))
    await company.until_recorded("customer-D4", "ProjectBegun")
    for stream in ("project-D4", "funnel-D4", "customer-D4"):
        await company.until_begun(stream)
        await company.handle(stream).terminate("lost")

    [event] = await company.ask(contact(None, "D4"))

    assert (event.type, event.version) == ("ContactRecorded", 3)


class Moody(Submitter):
    """A way to a workflow whose task has failed so often that the server takes no update for it, for some time."""

    def __init__(self, client: Client, moods: list[RPCStatusCode]) -> None:
        async def foresee(command: Command) -> Foresight:
            raise AssertionError(command)

        super().__init__(client, foresee)
        self.moods = moods

    async def _update(self, command: Command, submission: Submission, update_id: str) -> Accepted | None:
        if self.moods:
            raise RPCError("Workflow Task in failed state", self.moods.pop(0), b"")
        return Accepted(events=(EventRef(type="ContactRecorded", stream=command.stream, version=2),))


NOT_READY, UNAVAILABLE = RPCStatusCode.FAILED_PRECONDITION, RPCStatusCode.UNAVAILABLE
CONTACT = contact(None, "D5").model_copy(update={"command_id": "c1"})


async def test_a_workflow_that_is_not_ready_is_asked_again(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime.submitting, "PATIENCE", (0.0, 0.0))
    [event] = await Moody(company.client, [NOT_READY, NOT_READY]).submit(CONTACT)
    assert event.type == "ContactRecorded"


async def test_patience_ends_and_other_troubles_are_told_at_once(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime.submitting, "PATIENCE", (0.0, 0.0))
    with pytest.raises(RPCError):
        await Moody(company.client, [NOT_READY] * 3).submit(CONTACT)
    impatient = Moody(company.client, [UNAVAILABLE])
    with pytest.raises(RPCError):
        await impatient.submit(CONTACT)
    assert impatient.moods == []


async def test_a_refusal_is_an_error_with_words_for_the_caller(company: Company) -> None:
    with pytest.raises(CommandRefusedError, match="There is no customer"):
        await company.ask(open_project("D6", "D-nobody"))
