"""The command handler: already recorded? read, decide, append, answer."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from activities.commands import CommandHandler
from activities.shapes import Answer, Request
from activities.telling import NoChannels, NotSentError
from domain.messages import Command, own_id
from domain.playbook import Playbook, Playbooks
from eventstore.memory import MemoryStore
from eventstore.port import Append, NewEvent, StoredEvent, WrongVersionError
from projections.rows import rows
from runtime.composition import CODEC
from tests.domain.asked import (
    MONDAY,
    PLAYBOOKS,
    RULES,
    STAGES,
    accept,
    at,
    classify,
    contact,
    evidence,
    judge,
    open_project,
    open_ticket,
    prepared,
    register,
    stage_done,
    win,
)

RECORDED_AT = datetime(2026, 3, 2, 2, 0, 1, tzinfo=UTC)
NEWER = RULES.model_copy(update={"version": "2099.1"})


class Office:
    """A handler on a store in memory, spoken to as a workflow speaks to it."""

    def __init__(self, store: MemoryStore | None = None, shelves: list[Playbooks] | None = None) -> None:
        self.store = store or MemoryStore()
        self.shelves = shelves or [PLAYBOOKS]
        self.loaded = 0
        self.handler = CommandHandler(self.store, CODEC, rows, self._load, lambda: RECORDED_AT)

    def channels(self, channels: Log) -> Log:
        """From now on people are told over these."""
        self.handler = CommandHandler(self.store, CODEC, rows, self._load, lambda: RECORDED_AT, channels)
        return channels

    async def _load(self) -> Playbooks:
        shelf = self.shelves[min(self.loaded, len(self.shelves) - 1)]
        self.loaded += 1
        return shelf

    async def ask(self, command: Command, command_id: str = "", now: datetime = MONDAY) -> Answer:
        named = command.model_copy(update={"command_id": command_id or f"{command.command}-1"})
        written = named.model_dump(mode="json", exclude_none=True)
        return await self.handler.respond(Request(stream=command.stream, now=now, command=written))

    async def open_a_deal(self) -> None:
        for command in (register(), classify(), open_project()):
            await self.ask(command)
        [opening] = [owed for owed in (await self.standing("project-P1")).standing.owed if owed.begins]
        await self.handler.respond(Request(stream=opening.stream, now=MONDAY, command=opening.command))

    async def standing(self, stream: str) -> Answer:
        return await self.handler.respond(Request(stream=stream, now=MONDAY))


@pytest.fixture
async def office() -> Office:
    made = Office()
    await made.open_a_deal()
    return made


async def test_a_command_records_its_events_its_decision_and_its_rows(office: Office) -> None:
    answer = await office.ask(stage_done("F1"), "c1")

    assert [event.type for event in answer.events] == ["EvidenceRecorded"] * 5 + ["StageAdvanced"]
    assert [event.version for event in answer.events] == [2, 3, 4, 5, 6, 7]
    [deal] = await office.store.rows("deals")
    assert (deal["stage"], deal["win_rate"]) == ("F2", 30)
    [decision, *_] = await office.store.decisions("funnel-P1")
    assert (decision.verdict, decision.command_id, decision.stream_version) == ("accepted", "c1", 1)
    assert decision.playbook == "standard@2026.4"


async def test_every_event_says_who_why_when_and_under_which_rule(office: Office) -> None:
    await office.ask(evidence("owner", occurred_at=at("2026-03-01 09:00"), correlation_id="k1", causation_id="k0"), "c1")

    stored = (await office.store.read("funnel-P1"))[-1]
    assert (stored.command_id, stored.correlation_id, stored.causation_id) == ("c1", "k1", "k0")
    assert (stored.customer, stored.project, stored.playbook) == ("C1", "P1", "standard@2026.4")
    assert json.loads(stored.actor)["id"] == "u1"
    assert (stored.occurred_at, stored.recorded_at) == (at("2026-03-01 09:00"), RECORDED_AT)


async def test_a_repeated_command_answers_what_was_recorded_the_first_time(office: Office) -> None:
    first = await office.ask(stage_done("F1"), "c1")
    await office.ask(evidence("budget"), "c2")

    again = await office.ask(stage_done("F1"), "c1", at("2026-09-01 10:00"))
    under_other_words = await office.ask(evidence("timing"), "c1")

    assert (again.events, again.repeated) == (first.events, True)
    assert under_other_words.events == first.events
    assert again.standing.version == 8
    assert len(await office.store.read("funnel-P1")) == 8


async def test_a_refusal_is_recorded_once_with_what_is_unmet_and_nothing_else_is(office: Office) -> None:
    before = await office.store.read_all()
    rows_before = await office.store.rows("standings")

    for _ in range(3):
        answer = await office.ask(evidence("gut_feeling"), "c1")

    assert answer.refusal is not None
    assert answer.refusal.type == "CriterionUnknown"
    assert [one.code for one in answer.refusal.unmet] == list(STAGES["F1"])
    assert answer.standing.version == 1
    assert await office.store.read_all() == before
    assert await office.store.rows("standings") == rows_before
    refusals = [one for one in await office.store.decisions("funnel-P1") if one.verdict != "accepted"]
    assert [one.verdict for one in refusals] == ["CriterionUnknown"]
    assert [one["code"] for one in json.loads(refusals[0].unmet)] == list(STAGES["F1"])
    assert refusals[0].playbook == "standard@2026.4"


async def test_a_refused_command_is_decided_anew_when_the_reason_is_gone(office: Office) -> None:
    nobody = await office.ask(open_project("P2", customer="C2"), "c1")
    await office.ask(register("C2"))
    somebody = await office.ask(open_project("P2", customer="C2"), "c1")

    assert nobody.refusal is not None
    assert nobody.refusal.type == "CustomerUnknown"
    assert [event.type for event in somebody.events] == ["ProjectOpened"]


async def test_a_decision_says_which_versions_of_which_streams_it_looked_at(office: Office) -> None:
    await office.ask(open_project("P2"), "c1")

    [decision] = await office.store.decisions("project-P2")
    assert json.loads(decision.looked_at) == {"customer-C1": 2}


class OtherWriter(MemoryStore):
    """Somebody else writes to the stream between the reading and the appending, once."""

    between: Append | None = None

    async def append(self, append: Append) -> Any:
        if self.between and append.stream == self.between.stream and append.command_id != self.between.command_id:
            between, self.between = self.between, None
            await super().append(between)
        return await super().append(append)


async def test_a_wrong_version_is_an_error_and_the_next_try_decides_on_what_is_there(office: Office) -> None:
    theirs = Office()
    await theirs.open_a_deal()
    await theirs.ask(contact("2026-04-01"), "theirs")
    *earlier, theirs_event = await theirs.store.read("customer-C1")
    store = OtherWriter()
    ours = Office(store)
    for command in (register(), classify()):
        await ours.ask(command)
    store.between = _as_append(theirs_event)

    with pytest.raises(WrongVersionError):
        await ours.ask(contact("2026-05-01"), "ours")
    answer = await ours.ask(contact("2026-05-01"), "ours")

    assert len(earlier) == 2
    assert [event.version for event in answer.events] == [4]
    assert [event.command_id for event in await store.read("customer-C1")][-2:] == ["theirs", "ours"]


def _as_append(event: StoredEvent) -> Append:
    return Append(
        stream=event.stream,
        expected_version=event.version - 1,
        events=[NewEvent(event.type, event.schema_version, event.data, event.occurred_at)],
        command_id=event.command_id,
        correlation_id=event.correlation_id,
        causation_id="",
        actor=event.actor,
        customer=event.customer,
        project=event.project,
        playbook=event.playbook,
        recorded_at=event.recorded_at,
    )


async def test_playbooks_are_read_again_for_work_under_a_version_that_is_not_known_yet() -> None:
    store = MemoryStore()
    with_newer = Playbooks([*PLAYBOOKS, NEWER])
    brings_it = Office(store, [with_newer])
    await brings_it.open_a_deal()
    knows_it_later = Office(store, [PLAYBOOKS, with_newer])
    await knows_it_later.ask(register("C9"))

    answer = await knows_it_later.ask(evidence("owner"), "c1")

    assert knows_it_later.loaded == 2
    assert [event.type for event in answer.events] == ["EvidenceRecorded"]
    assert (await store.read("funnel-P1"))[-1].playbook == "standard@2099.1"


async def test_a_command_that_changes_nothing_records_nothing(office: Office) -> None:
    answer = await office.ask(judge("funnel-P1"))
    assert (answer.events, answer.refusal, answer.standing.version) == ((), None, 1)
    assert len(await office.store.decisions("funnel-P1")) == 1


async def test_the_standing_says_what_to_wait_for_and_whom_to_tell(office: Office) -> None:
    deal = (await office.standing("funnel-P1")).standing
    assert deal.deadline is not None
    assert (deal.deadline.name, deal.deadline.at) == ("stage-F1-overdue-1", at("2026-03-16 18:00"))
    project = (await office.standing("project-P1")).standing
    assert [(owed.stream, owed.begins) for owed in project.owed] == [("funnel-P1", True), ("customer-C1", False)]
    nothing = (await office.standing("funnel-P9")).standing
    assert (nothing.version, nothing.view, nothing.closed) == (0, None, True)


async def test_the_standing_tells_its_times_where_the_business_is(office: Office) -> None:
    deal = (await office.standing("funnel-P1")).standing.model_dump(mode="json")
    assert deal["deadline"]["at"] == deal["view"]["due_at"] == "2026-03-16T18:00:00+08:00"


async def test_a_command_that_this_worker_cannot_read_is_refused_in_words(office: Office) -> None:
    for written in ({"command": "DreamOn", "command_id": "c1"}, {"command": "LoseDeal", "command_id": "c1", "project": "P1"}):
        answer = await office.handler.respond(Request(stream="funnel-P1", now=MONDAY, command=written))
        assert answer.refusal is not None
        assert answer.refusal.type == "InvalidCommand"


async def test_a_command_without_an_id_is_refused(office: Office) -> None:
    """A client of Temporal's own may leave it out; a second one would then pass for a repetition of the first."""
    written = evidence("budget").model_dump(mode="json", exclude_none=True)
    answer = await office.handler.respond(Request(stream="funnel-P1", now=MONDAY, command=written))
    assert answer.refusal is not None
    assert "needs a command_id" in answer.refusal.detail
    assert len(await office.store.read("funnel-P1")) == 1


@pytest.mark.parametrize(
    "claimed",
    [
        {"command_id": own_id("deal-stalled-F1-1")},
        {"actor": {"kind": "system", "id": "throughline", "role": "system"}},
        {"evidence": [{"criterion": "owner", "reference": "a\x00b"}]},
        {"evidence": [{"criterion": "owner", "reference": "a\x1b[2J"}]},
    ],
    ids=["an id of the system's", "to be the system", "a NUL", "a control character"],
)
async def test_a_client_of_temporals_own_gets_no_further_than_one_at_the_doors(office: Office, claimed: dict[str, Any]) -> None:
    written = evidence("owner").model_dump(mode="json", exclude_none=True) | {"command_id": "c1"} | claimed
    answer = await office.handler.respond(Request(stream="funnel-P1", now=MONDAY, command=written))
    assert answer.refusal is not None
    assert answer.refusal.type == "InvalidCommand"
    assert len(await office.store.read("funnel-P1")) == 1


async def test_what_was_decided_on_one_stream_is_not_written_to_another(office: Office) -> None:
    """A client of Temporal's own may send a workflow a command for another stream."""
    for written in ({"command": "LoseDeal", "project": "P2", "reason": "x"}, {"command": "ResumeTicket", "ticket": "T1"}):
        command = {**written, "command_id": "c1", "actor": {"kind": "person", "id": "u1"}}
        answer = await office.handler.respond(Request(stream="funnel-P1", now=MONDAY, command=command))
        assert answer.refusal is not None
        assert answer.refusal.type == "InvalidCommand"
    assert not [event for event in await office.store.read_all() if event.command_id == "c1"]


async def test_what_an_absent_stream_would_refuse_is_foreseen_and_kept_on_record(office: Office) -> None:
    foreseen = await office.handler.foresee(accept(project="P9").model_copy(update={"command_id": "c1"}), MONDAY)
    assert foreseen.refusal is not None
    assert foreseen.refusal.type == "NotFound"
    assert [one.verdict for one in await office.store.decisions("handoff-P9-delivery")] == ["NotFound"]


async def test_what_would_be_taken_is_foreseen_as_it_will_show_itself(office: Office) -> None:
    foreseen = await office.handler.foresee(register("C2").model_copy(update={"command_id": "c1"}), MONDAY)
    assert foreseen.view is not None
    assert foreseen.view.code == "potential"
    assert await office.store.read("customer-C2") == []
    there = await office.handler.foresee(evidence("gut_feeling").model_copy(update={"command_id": "c1"}), MONDAY)
    assert (there.refusal, there.view and there.view.code) == (None, "F1")


async def test_whoever_asks_again_hears_of_the_same_debts_as_the_first_asker(office: Office) -> None:
    """An answer may be lost with the worker that had it: what it has caused must still be waited for."""
    for number, command in enumerate(prepared()):
        await office.ask(command, f"prepared-{number}")
    first = await office.ask(win(), "c1")
    repeated = await office.ask(win(), "c1")
    nothing_new = await office.ask(evidence("gut_feeling"), "c2")

    assert first.caused == repeated.caused == (own_id("funnel-completed-P1"),)
    assert nothing_new.caused == ()


class Log(NoChannels):
    """A channel that is told at once, or does not take anything."""

    def __init__(self, store: MemoryStore) -> None:
        self.store = store
        self.heard: list[tuple[str, str]] = []
        self.works = True

    async def send(self, notice: Mapping[str, Any]) -> None:
        [kept] = await self.store.rows("outbox", {"id": notice["id"]})
        self.heard.append((str(notice["id"]), str(kept["status"])))
        if not self.works:
            raise NotSentError("the disk is full")

    def at_once(self, kind: str) -> bool:
        return kind == "log"

    def closed(self, playbook: Playbook) -> Collection[str]:
        return ["webhook"]


async def test_whom_a_notice_reaches_at_once_hears_of_it_with_the_fact_and_nothing_is_left_to_be_sent() -> None:
    office = Office()
    log = office.channels(Log(office.store))
    for command in (register(), classify()):
        await office.ask(command)
    answer = await office.ask(open_ticket("T9"), "open")
    again = await office.ask(open_ticket("T9"), "open")

    [row] = await office.store.rows("outbox")
    assert log.heard == [(row["id"], "sending")]  # Kept before it was told, told once.
    assert (row["status"], row["tries"], answer.notices, again.notices) == ("sent", 1, (), ())


async def test_what_could_not_be_told_at_once_is_left_for_the_workflow_to_send() -> None:
    office = Office()
    office.channels(Log(office.store)).works = False
    for command in (register(), classify()):
        await office.ask(command)
    answer = await office.ask(open_ticket("T9"), "open")

    [row] = await office.store.rows("outbox")
    assert (row["status"], row["error"], answer.notices) == ("owed", "the disk is full", (row["id"],))
