"""A customer's years on a real server: a policy change for everybody, and ten years of contacts and projects."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from temporalio.service import RPCError

from activities.rejudging import PolicyChange
from activities.shapes import Request
from domain.catalogue import decider_of
from domain.messages import Actor, ActorKind, Event
from domain.moving import PlaybookMoved
from domain.playbook import Playbook
from eventstore.port import Append, StoredEvent, StoreUnavailableError
from runtime.playbooks import keep_playbooks, kept_playbooks
from runtime.rejudging import begin
from tests.domain.asked import RULES, classify, register
from tests.workflows.company import Company, now
from tests.workflows.decade import MONTH, Decade
from tests.workflows.skipping import Skipping, skipping

MANAGER = Actor(kind=ActorKind.PERSON, id="m1", role="manager")
WOKEN = 16
"""History events that a customer has in all who is registered, classified and woken once."""
LONGEST, LARGEST = 2_000, 1_000_000
"""History events, and bytes, that a run of ten years may have."""


@pytest_asyncio.fixture(scope="module")
async def time(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Skipping]:
    """A company that can be sent into the future."""
    async with skipping(tmp_path_factory.mktemp("years")) as made:
        yield made


def shorter(version: str, months: int, of: str = "vip") -> Playbook:
    """The shipped rules with a ladder on which the customers of a class cool so many months sooner."""
    written = RULES.model_dump(mode="json", include=RULES.model_fields_set)
    for row in written["customers"]["ladder"]["steps"]:
        if of in row.get("value_classes", ()):
            row["potential"]["cooling"]["months"] -= months
            row["active"]["cooling"]["months"] -= months
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

    classes = ("vip", "other_large")
    change = PolicyChange(to="standard@2099.1", reason="sooner", actor=MANAGER, since=now(), value_classes=classes)
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


async def test_ten_years_of_a_customer_keep_its_histories_short_and_its_state_is_what_its_events_add_up_to(
    time: Skipping,
) -> None:
    company, life = time.company, Decade(time, "DECADE", now())
    begins = life.moment
    await company.tell([register("DECADE", revenue="900000000"), classify("medium_vip", "DECADE")])
    await life.opened("PD-1")
    await life.weekly(begins + 4 * MONTH)
    await life.sold("PD-1")
    await life.weekly(life.moment + 12 * MONTH)
    await life.renewed("PD-1", years=2)
    await life.weekly(life.moment + 8 * MONTH)
    await life.opened("PD-2")
    await life.weekly(life.moment + 5 * MONTH)
    await life.lost("PD-2")
    await life.weekly(life.moment + 16 * MONTH)
    await life.lapsed("PD-1")
    await life.opened("PD-3")
    await life.weekly(life.moment + 4 * MONTH)
    await life.sold("PD-3")
    await life.weekly(life.moment + 14 * MONTH)
    await life.lapsed("PD-3")
    await _new_policy(company, life.moment)
    await life.wait(life.moment + 20 * MONTH)
    silent = await company.types(life.stream)
    assert (silent.count("CustomerCooled"), silent.count("CustomerWentDormant")) == (1, 1)
    await life.weekly(life.moment + 20 * MONTH)
    await life.opened("PD-4")
    await life.weekly(life.moment + 5 * MONTH)
    await life.lost("PD-4")
    await life.weekly(begins + timedelta(days=3652))

    events = await company.events(life.stream)
    counted = Counter(event.type for event in events)
    assert counted["ContactRecorded"] == life.contacts > 400
    assert (counted["ProjectBegun"], counted["CustomerReactivated"], counted["PlaybookMoved"]) == (4, 1, 1)
    assert (events[-1].occurred_at - begins).days > 3640
    await _steps_have_their_true_times(company, events)
    await _stands_where_its_events_put_it(company, life.stream, len(events))
    runs = [run async for run in company.client.list_workflows(f"WorkflowId = 'customer/{life.customer}'")]
    for run in runs:
        described = await company.client.get_workflow_handle(run.id, run_id=run.run_id).describe()
        assert described.history_length <= LONGEST
        assert described.raw_description.workflow_execution_info.history_size_bytes <= LARGEST
    assert len(runs) > 1


async def _new_policy(company: Company, moment: datetime) -> None:
    """Customers of that class cool a month sooner from then on."""
    await keep_playbooks(company.core.store, [shorter("2099.2", months=1, of="medium_vip")])
    classes = ("medium_vip",)
    change = PolicyChange(to="standard@2099.2", reason="sooner", actor=MANAGER, since=moment, value_classes=classes)
    await (await begin(company.client, change, await kept_playbooks(company.core.store))).result()


async def _steps_have_their_true_times(company: Company, events: Sequence[Event]) -> None:
    """Each step of the ladder happened when its clock ran out, as the facts before it say."""
    decider, playbooks = decider_of("customer-"), await kept_playbooks(company.core.store)
    for number, event in enumerate(events):
        if event.type in ("CustomerCooled", "CustomerWentDormant"):
            clock = decider.next_clock(decider.fold(events[:number]), playbooks)
            assert clock is not None
            assert clock.at == event.occurred_at


async def _stands_where_its_events_put_it(company: Company, stream: str, version: int) -> None:
    standing, state = await company.standing(stream), await state_of(company, stream)
    playbooks = await kept_playbooks(company.core.store)
    view, clock = decider_of(stream).view(state, playbooks.of(state)), decider_of(stream).next_clock(state, playbooks)
    assert standing.version == version
    assert standing.view is not None
    assert standing.view.model_dump() == view.model_dump()
    assert (standing.deadline and standing.deadline.at) == (clock and clock.at)


def _dies_once(company: Company, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """The store goes away in the middle of the page, once."""
    left, append = [after], company.core.store.append

    async def failing(one: Append) -> Sequence[StoredEvent]:
        left[0] -= 1
        if left[0] == -1:
            raise StoreUnavailableError("gone for a moment")
        return await append(one)

    monkeypatch.setattr(company.core.store, "append", failing)
