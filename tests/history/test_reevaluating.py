"""Every stored decision comes out the same once more, and one that somebody has changed is found."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from domain.playbook import Playbooks
from eventstore.memory import MemoryStore
from eventstore.port import Decision, StoredEvent
from history.integrity import inspect
from history.reevaluating import reevaluate
from runtime.composition import CODEC
from tests import test_sample as sample
from tests.domain.asked import PLAYBOOKS, accept, evidence, in_support, open_project, open_ticket, override, stage_done, started
from tests.history.office import Office

Change = Callable[[Decision], Decision]


class TamperedStore(MemoryStore):
    """A store whose decisions, or log, somebody has put their hands on."""

    change: Change = staticmethod(lambda decision: decision)
    change_event: Callable[[StoredEvent], StoredEvent] = staticmethod(lambda event: event)
    lost: str = ""

    async def all_decisions(self, after: tuple[str, int] = ("", 0), limit: int = 1000) -> Sequence[tuple[int, Decision]]:
        found = await super().all_decisions(after, limit)
        return [(number, self.change(one)) for number, one in found if one.command_id != self.lost]

    async def decisions(self, stream: str, limit: int = 100) -> Sequence[Decision]:
        return [one for one in await super().decisions(stream, limit) if one.command_id != self.lost]

    async def read(self, stream: str, after_version: int = 0, limit: int | None = None) -> Sequence[StoredEvent]:
        return [self.change_event(event) for event in await super().read(stream, after_version, limit)]


async def test_every_decision_of_the_sample_portfolio_comes_out_the_same_once_more() -> None:
    lived = await sample.lived(sample.SUNDAY_NIGHT)
    streams = (await inspect(lived.store, CODEC)).versions
    seen = await reevaluate(lived.store, CODEC, sample.PLAYBOOKS, streams)
    assert seen.findings == []
    assert seen.groundless == 0
    assert seen.decisions == len(await lived.store.all_decisions(limit=1_000_000)) > 300


@pytest.fixture
async def store() -> TamperedStore:
    """A deal with an override, one in support, and refusals on streams that exist and on one that does not."""
    store = TamperedStore()
    office = await Office(store).take(*in_support(), open_ticket(project="P1"), *started("P2", "C2"))
    await office.take(stage_done("F1", project="P2", command_id="done"), override("F3", project="P2", command_id="past"))
    for refused in (evidence("nonsense", project="P2"), accept(project="P9"), open_project("P3", customer="nobody")):
        await office.ask(refused.model_copy(update={"command_id": "refused"}))
    return store


async def _found(store: MemoryStore) -> list[str]:
    return [f"{one.stream}: {one.what}" for one in (await reevaluate(store, CODEC, PLAYBOOKS)).findings]


async def test_refusals_come_out_the_same_too_also_those_on_streams_that_have_not_begun(store: TamperedStore) -> None:
    verdicts = [one.verdict for _, one in await store.all_decisions() if one.command_id == "refused"]
    assert sorted(verdicts) == ["CriterionUnknown", "CustomerUnknown", "NotFound"]
    assert await _found(store) == []


def _on(command_id: str, **fields: Any) -> Change:
    return lambda one: replace(one, **fields) if one.command_id == command_id else one


def _asked(command_id: str, **fields: Any) -> Change:
    def change(one: Decision) -> Decision:
        return replace(one, asked=json.dumps(json.loads(one.asked) | fields)) if one.command_id == command_id else one

    return change


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (_on("done", verdict="CriterionUnknown"), "was CriterionUnknown, and is accepted now"),
        (_on("refused", verdict="accepted"), "was accepted, and is CriterionUnknown now"),
        (_on("refused", unmet="[]"), "says unmet []"),
        (_on("done", actor='{"kind":"person","id":"somebody","role":"","on_behalf_of":""}'), "says actor"),
        (_on("done", playbook="standard@2025.1"), "says playbook 'standard@2025.1'"),
        (_on("done", stream_version=0), "was accepted, and is NotFound now"),
        (_on("done", stream_version=999), "does not reach version 999"),
        (_on("done", proofs='["somebody-elses"]'), "says proofs"),
        (_on("done", shelf='["standard@1999.1"]'), "cannot be decided once more"),
        (_on("done", asked="{}"), "cannot be decided once more"),
        (_on("done", command="DreamOn"), "cannot be decided once more"),
        (_on("refused", looked_at='{"customer-nobody": 1}'), "does not reach version 1"),
        (_on("throughline:open-funnel-P2", looked_at="{}"), "was accepted, and is NotFound now"),
        (_asked("done", evidence=[{"criterion": "owner", "reference": "doc"}]), "and would record EvidenceRecorded now"),
        (_asked("past", to="F4"), "was not looked up"),
        (_asked("past", reason="another"), "recorded another GateOverridden"),
        (_asked("past", project="P1"), "the command is for funnel-P1"),
    ],
)
async def test_a_record_that_somebody_has_changed_is_found(store: TamperedStore, change: Change, what: str) -> None:
    store.change = change
    assert any(what in one for one in await _found(store)), await _found(store)


async def test_an_event_that_somebody_has_changed_is_found_by_its_decision(store: TamperedStore) -> None:
    def change(event: StoredEvent) -> StoredEvent:
        return replace(event, data=event.data.replace("strategic", "because")) if event.command_id == "past" else event

    store.change_event = change
    assert any("recorded another GateOverridden" in one for one in await _found(store))


async def test_events_without_a_decision_are_found(store: TamperedStore) -> None:
    store.lost = "done"
    assert await _found(store) == ["funnel-P2: the command done recorded events, but no decision on it is kept"]


async def test_a_stream_without_any_decision_is_found(store: TamperedStore) -> None:
    empty = MemoryStore()
    empty.read = store.read  # type: ignore[method-assign]
    found = (await reevaluate(empty, CODEC, PLAYBOOKS, ["ticket-T1"])).findings
    assert [one.stream for one in found] == ["ticket-T1"]


async def test_decisions_of_before_their_grounds_were_kept_are_counted_and_nothing_is_held_against_them(
    store: TamperedStore,
) -> None:
    store.change = lambda one: replace(one, asked="", moment=None, shelf="", learned="", proofs="")
    seen = await reevaluate(store, CODEC, PLAYBOOKS)
    assert (seen.decisions, seen.findings) == (0, [])
    assert seen.groundless == len(await store.all_decisions())


async def test_a_decision_of_a_program_that_did_not_look_at_lists_of_tickets_comes_out_the_same(store: TamperedStore) -> None:
    store.change = lambda one: replace(one, learned="[]") if one.command == "StartSupport" else one
    assert await _found(store) == []


async def test_new_work_is_judged_by_the_playbook_that_was_the_newest_then(store: TamperedStore) -> None:
    newest = PLAYBOOKS.latest().model_copy(update={"version": "2099.1"})
    seen = await reevaluate(store, CODEC, Playbooks([*PLAYBOOKS, newest]))
    assert seen.findings == []
