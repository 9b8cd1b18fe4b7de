"""People are told by the stream's own workflow, each once, whatever channels, workers and Temporal do."""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from pydantic import SecretStr
from temporalio.client import Client

from activities.shapes import Request
from domain.ticket import AssignTicket, CancelTicket
from runtime.announcing import remind_of_notices, send_again
from runtime.embedded import embedded_temporal
from runtime.plugin import ThroughlinePlugin
from runtime.rebuilding import drifts, rebuild
from runtime.recovery import recover
from runtime.search_attributes import kinds_of
from runtime.settings import Settings
from runtime.sockets import free_port
from tests.domain.asked import SUPPORT, classify, open_ticket, register
from tests.receiver import Receiver, receiver
from tests.workflows.company import Company, founded, now, replay_everything, sqlite, worker
from workflows import names

WEBHOOK = "THROUGHLINE_CHANNEL_WEBHOOK"


@pytest_asyncio.fixture(scope="module")
async def client(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Client]:
    """A client of a server of their own: each of these companies has a worker with channels of its own."""
    async with embedded_temporal(
        tmp_path_factory.mktemp("notices"), free_port(), None, kinds_of(names.SEARCH_ATTRIBUTES)
    ) as address:
        yield await Client.connect(address, plugins=[ThroughlinePlugin()])


def settings(**channels: str) -> Settings:
    return Settings(_env_file=None, channels={name: SecretStr(value) for name, value in channels.items()})


@asynccontextmanager
async def telling(client: Client, folder: Path, to: Receiver, *, working: bool = True) -> AsyncIterator[Company]:
    """A company whose webhook leads to a server."""
    async with founded(client, sqlite(folder), settings=settings(**{WEBHOOK: to.address}), working=working) as company:
        yield company


async def become(company: Company, stream: str, *statuses: str, over: str = "webhook") -> list[Mapping[str, Any]]:
    """The notices of a stream over a channel, once their workflow has brought all of them to one of these ends."""

    async def rows() -> list[Mapping[str, Any]]:
        return [dict(row) for row in await company.core.store.rows("outbox", {"stream": stream, "channel": over})]

    async def ended() -> bool:
        found = {row["status"] for row in await rows()}
        return bool(found) and found <= set(statuses)

    async with asyncio.timeout(60):
        await company.until(stream, ended)
    return await rows()


def ids() -> tuple[str, str]:
    one = uuid.uuid4().hex[:10]
    return f"C-{one}", f"T-{one}"


async def a_ticket(company: Company, customer: str, ticket: str) -> str:
    """A ticket of priority P1, of which the desk hears."""
    await company.tell([register(customer), classify("other_large", customer), open_ticket(ticket, customer)])
    return f"ticket-{ticket}"


async def test_a_webhook_that_fails_twice_gets_the_notice_once_and_with_the_same_key(client: Client, tmp_path: Path) -> None:
    with receiver(500, 503, 200) as server:
        async with telling(client, tmp_path, server) as company:
            stream = await a_ticket(company, *ids())
            [row] = await become(company, stream, "sent")

    assert (row["tries"], row["error"]) == (3, "")
    assert {one.headers["idempotency-key"] for one in server.received} == {row["id"]}
    assert [one.told["event"] for one in server.received] == ["TicketOpened"] * 3


async def test_a_command_is_answered_although_its_channel_does_not_answer(client: Client, tmp_path: Path) -> None:
    with receiver() as server:
        async with telling(client, tmp_path, server) as company:
            server.waits = threading.Event()
            customer, ticket = ids()
            stream = await a_ticket(company, customer, ticket)  # is answered, though nobody takes the notice yet
            await company.ask(AssignTicket(ticket=ticket, to="s2", actor=SUPPORT))
            server.waits.set()
            rows = await become(company, stream, "sent")

    assert sorted(row["event"] for row in rows) == ["TicketAssigned", "TicketOpened"]


async def test_a_dead_letter_says_why_and_is_sent_again_by_a_workflow_that_has_ended(client: Client, tmp_path: Path) -> None:
    with receiver(410) as server:
        async with telling(client, tmp_path, server) as company:
            customer, ticket = ids()
            stream = await a_ticket(company, customer, ticket)
            [dead] = await become(company, stream, "dead")
            await company.ask(CancelTicket(ticket=ticket, reason="a mistake", actor=SUPPORT))
            await company.handle(stream).result()
            server.answers = [200]

            sent, missing = await send_again(company.core.store, company.submitter, [dead["id"], "no-such"], all_dead=False)
            rows = await become(company, stream, "sent")
            await company.handle(stream).result()  # it ends again

    assert dead["error"] == "answered 410"
    assert (list(sent), list(missing)) == ([dead["id"]], ["no-such"])
    assert [row["status"] for row in rows] == ["sent"]


async def test_a_workflow_that_is_done_waits_for_its_notices(client: Client, tmp_path: Path) -> None:
    with receiver(500, 500, 200) as server:
        async with telling(client, tmp_path, server) as company:
            customer, ticket = ids()
            stream = await a_ticket(company, customer, ticket)
            await company.ask(CancelTicket(ticket=ticket, reason="a mistake", actor=SUPPORT))
            await company.handle(stream).result()
            rows = await company.core.store.rows("outbox", {"stream": stream, "channel": "webhook"})

    assert [row["status"] for row in rows] == ["sent"]


async def test_notices_that_nobody_has_in_hand_any_more_are_found_by_recover(client: Client, tmp_path: Path) -> None:
    with receiver() as server:
        async with telling(client, tmp_path, server, working=False) as company:
            customer, ticket = ids()
            async with worker(company):
                await company.tell([register(customer), classify("other_large", customer)])
            # Decided and recorded, but by no workflow: what Temporal has forgotten.
            opening = open_ticket(ticket, customer).model_copy(update={"command_id": "c1"})
            written = opening.model_dump(mode="json", exclude_none=True)
            request = Request(stream=opening.stream, now=now(), command=written)
            assert (await company.core.handler.respond(request)).notices
            async with worker(company):
                done = await recover(company.core.store, await company.core.playbooks(), company.submitter)
                rows = await become(company, opening.stream, "sent")
                await recover(company.core.store, await company.core.playbooks(), company.submitter)
                await remind_of_notices(company.submitter, opening.stream)

    assert done.announcing >= 1
    assert [row["tries"] for row in rows] == [1]
    assert len(server.received) == 1


async def test_the_outbox_is_no_read_model_and_making_those_anew_tells_nobody(client: Client, tmp_path: Path) -> None:
    with receiver() as server:
        async with telling(client, tmp_path, server) as company:
            stream = await a_ticket(company, *ids())
            await become(company, stream, "sent")
            playbooks = await company.core.playbooks()
            before = list(await company.core.store.rows("outbox"))

            await rebuild(company.core.store, playbooks)

            assert await drifts(company.core.store, playbooks) == []
            assert list(await company.core.store.rows("outbox")) == before

    assert len(server.received) == 1


async def test_on_a_fresh_machine_only_the_log_hears_and_nothing_fails(client: Client, tmp_path: Path) -> None:
    async with founded(client, sqlite(tmp_path), settings=settings()) as company:
        stream = await a_ticket(company, *ids())
        await become(company, stream, "sent", over="log")
        rows = await company.core.store.rows("outbox")

    assert {row["channel"] for row in rows} == {"log"}


async def test_the_history_in_temporal_holds_ids_of_notices_and_nothing_that_they_say(client: Client, tmp_path: Path) -> None:
    with receiver() as server:
        async with telling(client, tmp_path, server) as company:
            stream = await a_ticket(company, *ids())
            await become(company, stream, "sent")
            history = (await company.handle(stream).fetch_history()).to_json()

    assert "announce" in history
    assert server.address not in history


async def test_a_long_run_hands_on_the_notices_that_it_has_not_brought_to_an_end(tmp_path: Path) -> None:
    soon = ("--dynamic-config-value", "limit.historyCount.suggestContinueAsNew=30")
    server_home = embedded_temporal(tmp_path, free_port(), None, kinds_of(names.SEARCH_ATTRIBUTES), extra_args=soon)
    with receiver(500) as server:
        async with server_home as address:
            client = await Client.connect(address, plugins=[ThroughlinePlugin()])
            async with telling(client, tmp_path, server) as company:
                customer, ticket = ids()
                stream = await a_ticket(company, customer, ticket)
                first = (await company.handle(stream).describe()).run_id
                for person in ("s2", "s3", "s4", "s5", "s6"):
                    await company.ask(AssignTicket(ticket=ticket, to=person, actor=SUPPORT))
                server.answers = [200]
                rows = await become(company, stream, "sent")
                last = (await company.handle(stream).describe()).run_id
            assert await replay_everything(client)

    assert last != first
    assert len(rows) == 6
    taken = {one.headers["idempotency-key"] for one in server.received}
    assert taken == {row["id"] for row in rows}
