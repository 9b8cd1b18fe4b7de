"""What `notices` prints of what people were told, and how dead letters are sent again."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from domain.ticket import CancelTicket
from eventstore.opening import open_store
from eventstore.port import NoticeChange
from runtime.plugin import connect
from runtime.settings import Settings
from tests.commandline.shell import Shell
from tests.domain.asked import SUPPORT, classify, numbered, open_ticket, register
from tests.eventstore.samples import NOON, an_append
from tests.eventstore.test_outbox import a_notice

BODY = '{"text": {"en": "funnel/P1 has stalled in F2", "zh": "funnel/P1 在 F2 停滞"}, "facts": {"stage": "F2"}}'


@pytest.fixture
async def shell(alone: Shell) -> Shell:
    """A shell on a store with one notice of each kind; nothing runs."""
    store = await open_store(f"sqlite:///{Path(alone.environment['THROUGHLINE_HOME']) / 'store.db'}")
    statuses = {"n1": ("sent", ""), "n2": ("dead", "answered 410"), "n3": ("suppressed", "too old"), "n4": ("owed", "")}
    rows = [a_notice(one, status=status, error=why, body=BODY) for one, (status, why) in statuses.items()]
    await store.append(an_append(rows=rows))
    await store.close()
    return alone


def test_notices_are_listed_with_why_and_counted_by_status(shell: Shell) -> None:
    told = shell("notices")

    assert told.code == 0
    for words in ("n1", "n2", "n3", "n4", "manager@north", "funnel/P1 在 F2 停滞", "answered 410", "dead letter 未送达"):
        assert words in told.out
    assert "notices send" in told.out


def test_dead_letters_are_found_by_people_and_by_programs(shell: Shell) -> None:
    assert "n1" not in shell("notices", "--dead").out
    body = json.loads(shell("notices", "--dead", "--json").out)

    assert [(one["id"], one["error"]) for one in body["notices"]] == [("n2", "answered 410")]
    assert body["notices"][0]["text"] == {"en": "funnel/P1 has stalled in F2", "zh": "funnel/P1 在 F2 停滞"}
    assert body["counts"] == {"owed": 1, "sending": 0, "sent": 1, "dead": 1, "suppressed": 1}
    assert len(json.loads(shell("notices", "--json", "--limit", "2").out)["notices"]) == 2
    assert json.loads(shell("notices", "--json", "--to", "nobody").out)["notices"] == []


def test_an_empty_outbox_says_so(alone: Shell) -> None:
    assert "Nobody is owed a notice" in alone("notices").out


def test_sending_again_needs_to_know_what(alone: Shell) -> None:
    told = alone("notices", "send")
    assert told.code == 2
    assert "--dead" in told.error


async def _ended(settings: Settings) -> None:
    """Wait for the ticket's workflow: it does not end before its notices are sent."""
    await (await connect(settings)).get_workflow_handle("ticket/NOT1").result()


async def _lost(settings: Settings, notice: str) -> None:
    await _ended(settings)
    store = await open_store(settings.store_url)
    await store.change_notices(NoticeChange([notice], ["sent"], "dead", NOON, error="lost"))
    await store.close()


def test_a_dead_letter_is_sent_again_by_the_workers_of_a_running_system(system: Shell, settings: Settings) -> None:
    cancelled = CancelTicket(ticket="NOT1", reason="a mistake", actor=SUPPORT)
    told = [register("NOC1"), classify("other_large", "NOC1"), open_ticket("NOT1", "NOC1"), cancelled]
    assert [one["ok"] for one in system.do(*numbered(told, "notices"))] == [True] * 4
    notice = "ticket-NOT1:1:support@north:log"
    asyncio.run(_lost(settings, notice))
    [dead] = json.loads(system("notices", "--dead", "--json").out)["notices"]
    assert (dead["id"], dead["error"]) == (notice, "lost")

    sent = system("notices", "send", notice, "no-such")
    asyncio.run(_ended(settings))

    assert "On their way 重发: 1." in sent.out
    assert "no-such is not sent again" in sent.out
    assert sent.code == 1
    assert notice in [one["id"] for one in json.loads(system("notices", "--status", "sent", "--json").out)["notices"]]
