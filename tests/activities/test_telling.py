"""A notice is in one sender's hands at a time, is tried as often as its playbook says, and is never lost or sent in doubt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from activities.shapes import Announced, Announcement
from activities.telling import IN_HAND, UNCERTAIN, Channels, NoChannels, NotSentError, Telling, untold
from eventstore.memory import MemoryStore
from eventstore.port import NoticeChange
from tests.eventstore.samples import NOON, an_append
from tests.eventstore.test_outbox import a_notice

ALL = Announcement(notices=("funnel-P1:1:a:log", "funnel-P1:1:b:hook", "funnel-P1:1:c:chat"))
KINDS = {"log": "log", "hook": "webhook", "chat": "apprise"}


class Wires(NoChannels):
    """Channels that take notices, except those that are cut."""

    def __init__(self, *cut: str, for_good: bool = False) -> None:
        self.sent: list[str] = []
        self.cut = set(cut)
        self.for_good = for_good

    async def send(self, notice: Mapping[str, Any]) -> None:
        if notice["channel"] in self.cut:
            raise NotSentError("answered 500", for_good=self.for_good)
        self.sent.append(notice["id"])

    def twice_is_once(self, kind: str) -> bool:
        return kind != "apprise"

    def at_once(self, kind: str) -> bool:
        return False


class Office:
    """A store with three notices in it, and a sender whose clock is set by hand."""

    def __init__(self, wires: Channels) -> None:
        self.store = MemoryStore()
        self.now = NOON
        self.telling = Telling(self.store, wires, lambda: self.now)

    async def opened(self) -> Office:
        notices = [(one, one.rpartition(":")[2]) for one in ALL.notices]
        rows = [a_notice(one, channel=code, kind=KINDS[code], tries_most=3) for one, code in notices]
        await self.store.append(an_append(rows=rows))
        return self

    async def statuses(self) -> dict[str, tuple[str, int, str]]:
        rows = await self.store.rows("outbox")
        return {row["channel"]: (row["status"], row["tries"], row["error"]) for row in rows}

    async def in_hand(self, since: datetime) -> None:
        """A sender took everything in hand and died."""
        await self.store.change_notices(NoticeChange(ALL.notices, ["owed"], "sending", since, tried=True))


async def test_each_is_sent_once_and_asking_again_sends_nothing() -> None:
    wires = Wires()
    office = await Office(wires).opened()

    assert await office.telling.announce(ALL) == Announced(sent=3)
    assert await office.telling.announce(ALL) == Announced()
    assert sorted(wires.sent) == sorted(ALL.notices)


async def test_one_channel_that_fails_holds_up_no_other_and_is_tried_alone() -> None:
    wires = Wires("hook")
    office = await Office(wires).opened()

    with pytest.raises(ApplicationError, match="1 of 3 notices are not sent yet: hook: answered 500") as owed:
        await office.telling.announce(ALL)
    assert not owed.value.non_retryable
    wires.cut.clear()
    assert await office.telling.announce(ALL) == Announced(sent=1)

    assert sorted(wires.sent) == sorted(ALL.notices)


async def test_after_as_many_tries_as_the_playbook_says_it_is_a_dead_letter() -> None:
    office = await Office(Wires("hook")).opened()
    for _ in range(2):
        with pytest.raises(ApplicationError):
            await office.telling.announce(ALL)

    assert await office.telling.announce(ALL) == Announced(dead=1)
    assert (await office.statuses())["hook"] == ("dead", 3, "answered 500")


async def test_what_cannot_be_sent_is_a_dead_letter_at_once() -> None:
    office = await Office(Wires("hook", for_good=True)).opened()

    assert await office.telling.announce(ALL) == Announced(sent=2, dead=1)


async def test_what_another_sender_has_in_hand_is_left_to_it_and_asked_for_again() -> None:
    wires = Wires()
    office = await Office(wires).opened()
    await office.in_hand(since=NOON)
    office.now = NOON + IN_HAND

    with pytest.raises(ApplicationError, match="in the hands of another sender"):
        await office.telling.announce(ALL)
    assert wires.sent == []


async def test_what_died_with_its_sender_goes_out_again_where_twice_is_once_and_is_asked_about_where_not() -> None:
    wires = Wires()
    office = await Office(wires).opened()
    await office.in_hand(since=NOON)
    office.now = NOON + IN_HAND + timedelta(seconds=1)

    assert (await office.telling.announce(ALL)).sent == 2
    statuses = await office.statuses()
    assert (statuses["hook"][0], statuses["log"][0]) == ("sent", "sent")
    assert statuses["chat"] == ("dead", 2, UNCERTAIN)
    assert sorted(wires.sent) == ["funnel-P1:1:a:log", "funnel-P1:1:b:hook"]


async def test_a_stream_owes_what_is_not_sent_and_not_given_up() -> None:
    office = await Office(Wires("hook")).opened()
    assert len(await untold(office.store, "funnel-P1")) == 3
    with pytest.raises(ApplicationError):
        await office.telling.announce(ALL)

    assert await untold(office.store, "funnel-P1") == ("funnel-P1:1:b:hook",)
    assert await untold(office.store, "funnel-P2") == ()


async def test_a_program_without_channels_gives_up_and_says_so() -> None:
    office = await Office(NoChannels()).opened()

    assert await office.telling.announce(ALL) == Announced(dead=3)
    assert (await office.statuses())["log"][2] == "this program has no channel log"
