"""Each channel against the real thing: a server that takes notices, fails, stays silent, or points elsewhere."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import threading
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from activities.telling import NotSentError
from runtime import channels
from runtime.channels import EnvironmentChannels
from runtime.links import TemporalUi
from runtime.logging import set_up_logging
from runtime.problems import SettingsError
from runtime.settings import load_settings
from runtime.sockets import free_port
from tests.domain.asked import RULES
from tests.receiver import receiver

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
HOOK, SECRET, CHAT = "THROUGHLINE_CHANNEL_HOOK", "THROUGHLINE_CHANNEL_HOOK_SECRET", "THROUGHLINE_CHANNEL_CHAT"

Made = Any


def a_notice(kind: str = "webhook", channel: str = "hook", **changes: Any) -> Mapping[str, Any]:
    body = {"text": {"en": "ticket/T1 is late", "zh": "ticket/T1 已超时"}, "facts": {"target": "resolve"}}
    return {
        "id": "ticket-T1:7:s2:hook",
        "event": "TargetBreached",
        "stream": "ticket-T1",
        "version": 7,
        "customer": "C1",
        "project": "P1",
        "recipient": "s2",
        "role": "support",
        "unit": "north",
        "person": "s2",
        "channel": channel,
        "kind": kind,
        "body": json.dumps(body, ensure_ascii=False),
        "occurred_at": NOON,
    } | changes


@pytest.fixture
async def made() -> AsyncIterator[Made]:
    """Makes channels with these addresses."""
    opened: list[EnvironmentChannels] = []

    def make(**addresses: str) -> EnvironmentChannels:
        secrets = {name: SecretStr(value) for name, value in addresses.items()}
        opened.append(EnvironmentChannels(secrets, TemporalUi("http://ui.example", "default"), lambda: NOON))
        return opened[-1]

    yield make
    for one in opened:
        await one.close()


async def refused(sender: EnvironmentChannels, notice: Mapping[str, Any]) -> NotSentError:
    with pytest.raises(NotSentError) as told:
        await sender.send(notice)
    return told.value


async def test_a_webhook_gets_ids_codes_both_languages_and_links(made: Made) -> None:
    with receiver() as server:
        await made(**{HOOK: f"{server.address}/in?key=k1"}).send(a_notice())

    [one] = server.received
    assert one.path == "/in?key=k1"
    assert one.headers["idempotency-key"] == "ticket-T1:7:s2:hook"
    assert "throughline-signature" not in one.headers
    assert one.told == {
        "id": "ticket-T1:7:s2:hook",
        "event": "TargetBreached",
        "stream": "ticket-T1",
        "version": 7,
        "occurred_at": "2026-03-02T04:00:00+00:00",
        "customer": "C1",
        "project": "P1",
        "recipient": {"role": "support", "unit": "north", "person": "s2"},
        "text": {"en": "ticket/T1 is late", "zh": "ticket/T1 已超时"},
        "facts": {"target": "resolve"},
        "links": {
            "events": "/v1/customers/C1/history",
            "project": "/v1/projects/P1",
            "ticket": "/v1/tickets/T1",
            "workflow": "http://ui.example/namespaces/default/workflows/ticket%2FT1",
        },
    }


async def test_with_a_secret_the_receiver_can_tell_that_it_is_ours_and_fresh(made: Made) -> None:
    with receiver() as server:
        await made(**{HOOK: server.address, SECRET: "s3cret"}).send(a_notice())

    [one] = server.received
    at, mac = (part.partition("=")[2] for part in one.headers["throughline-signature"].split(","))
    assert int(at) == NOON.timestamp()
    assert mac == hmac.new(b"s3cret", f"{at}.".encode() + one.body, hashlib.sha256).hexdigest()


@pytest.mark.parametrize(
    ("status", "for_good"), [(500, False), (503, False), (429, False), (408, False), (400, True), (410, True)]
)
async def test_what_a_server_answers_decides_whether_it_is_tried_again(made: Made, status: int, for_good: bool) -> None:
    with receiver(status) as server:
        error = await refused(made(**{HOOK: server.address}), a_notice())

    assert (str(error), error.for_good) == (f"answered {status}", for_good)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed(made: Made, status: int) -> None:
    with receiver(status, 200) as server:
        error = await refused(made(**{HOOK: server.address}), a_notice())

    assert error.for_good
    assert HOOK in str(error)
    assert [one.path for one in server.received] == ["/"]


async def test_a_server_that_says_nothing_is_given_up_in_time(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "SECONDS", 0.2)
    with receiver() as server:
        server.waits = threading.Event()
        error = await refused(made(**{HOOK: server.address}), a_notice())

    assert "answer" in str(error) or "reached" in str(error)
    assert not error.for_good


async def test_a_server_that_is_not_there_is_tried_again_and_its_address_is_not_told(made: Made) -> None:
    error = await refused(made(**{HOOK: f"http://user:pass@127.0.0.1:{free_port()}/token"}), a_notice())

    assert str(error) == "cannot be reached (ConnectError)"
    assert not error.for_good


async def test_a_channel_without_an_address_says_which_variable_to_set(made: Made) -> None:
    error = await refused(made(), a_notice(channel="managers_chat", kind="apprise"))

    assert str(error) == "no address: set THROUGHLINE_CHANNEL_MANAGERS_CHAT, and send it again"
    assert error.for_good


@pytest.mark.parametrize("address", ["ftp://127.0.0.1/x", "file:///etc/passwd", "nonsense"])
async def test_a_webhook_goes_to_the_web_and_nowhere_else(made: Made, address: str) -> None:
    error = await refused(made(**{HOOK: address}), a_notice())

    assert error.for_good
    assert HOOK in str(error)
    assert address not in str(error)


async def test_the_log_holds_ids_and_staff_ids_and_the_sentence(made: Made) -> None:
    log = io.StringIO()
    set_up_logging("info", log)

    await made().send(a_notice("log", "log"))

    line = json.loads(log.getvalue())
    assert line["event"] == "notice 通知: ticket/T1 is late ticket/T1 已超时"
    assert (line["notice"], line["to"], line["about"]) == ("ticket-T1:7:s2:hook", "s2", "TargetBreached")


async def test_apprise_takes_a_notice_to_a_service(made: Made) -> None:
    with receiver() as server:
        await made(**{CHAT: server.address.replace("http://", "json://") + "/room"}).send(a_notice("apprise", "chat"))

    [one] = server.received
    assert one.told["title"] == "ticket/T1 is late"
    assert "ticket/T1 已超时" in one.told["message"]
    assert "ticket-T1:7:s2:hook" in one.told["message"]


async def test_a_service_of_apprise_that_fails_is_tried_again_and_its_address_is_in_no_log(made: Made) -> None:
    log = io.StringIO()
    set_up_logging("debug", log)
    with receiver(500) as server:
        address = server.address.replace("http://", "json://user:pa55@")
        error = await refused(made(**{CHAT: address}), a_notice("apprise", "chat"))

    assert not error.for_good
    assert "pa55" not in str(error) + log.getvalue()


@pytest.mark.parametrize("address", ["slack://", "nosuch://x", "just words"])
async def test_what_apprise_does_not_understand_is_given_up_at_once(made: Made, address: str) -> None:
    error = await refused(made(**{CHAT: address}), a_notice("apprise", "chat"))

    assert error.for_good
    assert address not in str(error)


def test_only_optional_channels_are_left_out_while_they_have_no_address(made: Made) -> None:
    assert made().closed(RULES) == {"webhook"}
    assert made(THROUGHLINE_CHANNEL_WEBHOOK="https://example.com").closed(RULES) == set()


def test_addresses_come_from_the_environment_and_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CHAT, "slack://token")
    settings = load_settings()

    assert settings.channels[CHAT].get_secret_value() == "slack://token"
    assert "token" not in repr(settings) + settings.model_dump_json()


def test_a_misspelt_setting_is_still_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THROUGHLINE_API_PROT", "1")
    with pytest.raises(SettingsError, match="THROUGHLINE_API_PORT"):
        load_settings()
