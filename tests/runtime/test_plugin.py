"""One plugin for all: models cross the wire whole, many commands may come at once, an absent server is told."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from decimal import Decimal
from uuid import uuid4

import pytest
from temporalio.api.failure.v1 import Failure
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from domain.messages import Money
from runtime.plugin import DATA_CONVERTER, connect
from runtime.problems import TemporalUnreachableError
from runtime.search_attributes import SearchAttributesError, ensure_search_attributes, kinds_of
from runtime.settings import Settings
from runtime.sockets import free_port
from tests.runtime.purse import Purse, add
from workflows.names import SEARCH_ATTRIBUTES


async def test_a_hundred_commands_at_once_queue_and_are_all_done_with_exact_amounts(client: Client) -> None:
    queue = str(uuid4())
    async with Worker(client, task_queue=queue, workflows=[Purse], activities=[add]):
        handle = await client.start_workflow(Purse.run, 10, id=f"purse/{queue}", task_queue=queue)
        cents = Money(amount=Decimal("0.10"))
        answers = await asyncio.gather(*(handle.execute_update("put", cents, result_type=Money) for _ in range(100)))
        result = await handle.result()
    assert sorted(answer.amount for answer in answers) == [Decimal(n) / 10 for n in range(1, 101)]
    assert result == Money(amount=Decimal("10.00"))


@pytest.mark.parametrize(("refused", "kept"), [(True, False), (False, True)], ids=["refusal", "fault"])
def test_a_refusal_keeps_its_sentence_and_no_trace(refused: bool, kept: bool) -> None:
    failure = Failure()
    try:
        raise ApplicationError("The ticket is closed.", type="TicketEnded", non_retryable=refused)
    except ApplicationError as error:
        DATA_CONVERTER.failure_converter.to_failure(error, DATA_CONVERTER.payload_converter, failure)
    assert failure.message == "The ticket is closed."
    assert bool(failure.stack_trace) is kept


async def test_an_absent_server_is_told_at_once_with_what_to_do() -> None:
    port = free_port()
    began = time.perf_counter()
    with pytest.raises(TemporalUnreachableError) as told:
        await connect(Settings(temporal_port=port))
    assert str(told.value) == (
        f"Temporal does not answer at 127.0.0.1:{port}: start it with `python starter.py up`, or set TEMPORAL_ADDRESS."
    )
    assert time.perf_counter() - began < 7


async def test_a_missing_namespace_is_named(temporal_address: str) -> None:
    settings = Settings(temporal={"target_host": temporal_address, "namespace": "nowhere"})
    with pytest.raises(TemporalUnreachableError, match="has no namespace nowhere: create it, or set TEMPORAL_NAMESPACE"):
        await connect(settings)


async def test_a_connected_client_has_been_answered(temporal_address: str) -> None:
    connected = await connect(Settings(temporal={"target_host": temporal_address}))
    assert connected.namespace == "default"


async def test_attributes_of_another_type_are_named(client: Client) -> None:
    with pytest.raises(SearchAttributesError, match="Stage of namespace default is Keyword and must be Bool"):
        await ensure_search_attributes(client, {"Stage": "Bool"})


async def test_attributes_that_are_there_are_not_added_again(client: Client) -> None:
    assert await ensure_search_attributes(client, {"Stage": "Keyword", "NeedsHuman": "Bool"}) == ()


async def test_a_server_without_room_for_attributes_is_told(client: Client) -> None:
    with pytest.raises(SearchAttributesError, match="ask its administrator"):
        await ensure_search_attributes(client, {f"Flag{n}": "Bool" for n in range(4)})


def test_the_registry_of_attributes_keeps_within_the_room_of_a_namespace() -> None:
    kinds = Counter(kinds_of(SEARCH_ATTRIBUTES).values())
    assert kinds["Keyword"] <= 10
    assert all(count <= 3 for kind, count in kinds.items() if kind != "Keyword")
