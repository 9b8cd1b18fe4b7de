"""A customer's years on a real server: a policy change for everybody, and ten years of contacts and projects."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from temporalio.service import RPCError

from activities.rejudging import PolicyChange
from activities.shapes import Request
from domain.catalogue import decider_of
from domain.messages import Actor, ActorKind
from domain.moving import PlaybookMoved
from domain.playbook import Playbook
from eventstore.port import Append, StoredEvent, StoreUnavailableError
from runtime.playbooks import keep_playbooks, kept_playbooks
from runtime.rejudging import begin
from tests.domain.asked import RULES, classify, register
from tests.workflows.company import Company, now
from tests.workflows.skipping import Skipping, skipping

MANAGER = Actor(kind=ActorKind.PERSON, id="m1", role="manager")
WOKEN = 16
"""History events that a customer has in all who is registered, classified and woken once."""


@pytest_asyncio.fixture(scope="module")
async def time(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Skipping]:
    """A company that can be sent into the future."""
    async with skipping(tmp_path_factory.mktemp("years")) as made:
        yield made


def shorter(version: str, months: int) -> Playbook:
    """The shipped rules with a ladder on which VIPs cool so many months sooner."""
    written = RULES.model_dump(mode="json", include=RULES.model_fields_set)
    for row in written["customers"]["ladder"]["steps"]:
        if "vip" in row.get("value_classes", ()):
            row["potential"]["cooling"]["months"] -= months
    return Playbook.model_validate({**written, "version": version})


async def state_of(company: Company, stream: str) -> Any:
    """What a stream's events add up to."""
    return decider_of(stream).fold(await company.events(stream))


async def next_clock(company: Company, stream: str) -> datetime:
    """When the next clock of a customer runs out, by the rules that it lives under now."""
    clock = decider_of(stream).next_clock(await state_of(company, stream), await kept_playbooks(company.core.store))
    assert clock is not None
    return clock.at


async def armed(company: Company, stream: str) -> datetime:
    """What its workflow waits for."""
    deadline = (await company.standing(stream)).deadline
    assert deadline is not None
    return deadline.at


async def without_a_workflow(company: Company, *commands: Any) -> None:
    """Record what an import would have: no workflow hears of it."""
    for number, command in enumerate(commands):
        written = command.model_copy(update={"command_id": f"import-{number}"}).model_dump(mode="json", exclude_none=True)
        assert (await company.core.handler.respond(Request(stream=command.stream, now=now(), command=written))).refusal is None


async def test_a_policy_change_wakes_those_whose_clock_comes_sooner_and_nobody_else(
    time: Skipping, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = time.company
    early, other, cooling, imported = "VEARLY", "VOTHER", "VCOOLS", "VIMPORTED"
    ago = now() - timedelta(days=70)
    await company.tell([register(early), classify("vip", early)])
    await company.tell([register(other), classify("other_large", other)])
    await company.tell([register(cooling, occurred_at=ago), classify("vip", cooling)])
    await without_a_workflow(company, register(imported), classify("vip", imported))
    streams = [f"customer-{one}" for one in (early, other, cooling)]
    lengths = [await company.history_length(stream) for stream in streams]
    before = [await armed(company, stream) for stream in streams]
    await keep_playbooks(company.core.store, [shorter("2099.1", months=1)])
    _dies_once(company, monkeypatch, after=2)

    change = PolicyChange(to="standard@2099.1", reason="sooner", actor=MANAGER, since=now(), rate=100)
    handle = await begin(company.client, change, await kept_playbooks(company.core.store))
    counts = await handle.result()

    assert (counts.moved, counts.to_wake, counts.woken) == (4, 2, 1)  # the imported one has no workflow to wake, and gets none
    assert counts.became == {"potential → cooling": 1}
    with pytest.raises(RPCError, match="not found"):
        await company.handle(f"customer-{imported}").describe()
    for stream in (*streams, f"customer-{imported}"):
        assert [event.type for event in await company.events(stream)].count("PlaybookMoved") == 1
    grown = [await company.history_length(stream) - length for stream, length in zip(streams, lengths, strict=True)]
    assert grown[0] <= WOKEN
    assert grown[1:] == [0, 0]
    assert await armed(company, streams[0]) == await next_clock(company, streams[0]) < before[0]
    assert await armed(company, streams[2]) == before[2] < await next_clock(company, streams[2])

    # The one that was not woken finds out when its old timer fires, and waits for its new clock: nothing is recorded then.
    stands = await company.events(streams[2])
    await time.forward(streams[2], before[2] + timedelta(hours=1))
    assert await company.events(streams[2]) == stands
    assert await armed(company, streams[2]) == await next_clock(company, streams[2])
    assert isinstance(stands[-2], PlaybookMoved)


def _dies_once(company: Company, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """The store goes away in the middle of the page, once."""
    left, append = [after], company.core.store.append

    async def failing(one: Append) -> Sequence[StoredEvent]:
        left[0] -= 1
        if left[0] == -1:
            raise StoreUnavailableError("gone for a moment")
        return await append(one)

    monkeypatch.setattr(company.core.store, "append", failing)


