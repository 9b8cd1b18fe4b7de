"""The channels over which people hear of things: the log, webhooks, and whatever `apprise` reaches.

Where a channel leads, and the secrets for it, come from the environment alone. No address, no answer of another server and no
secret gets into an error, a log line or Temporal: an error says what happened in words of ours."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import warnings
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

import httpx
import structlog
from pydantic import SecretStr

from activities.telling import NotSentError
from domain.playbook import Playbook
from runtime.links import TemporalUi
from runtime.settings import CHANNEL

SECONDS = 10.0
"""How long one try may take, from the first byte to the last; less than a sender may have a notice in hand."""
AGAIN = (408, 425, 429)
"""Answers below 500 after which it is worth trying again."""

logger = structlog.get_logger("throughline.notices")


def variable(channel: str) -> str:
    """The variable of the environment that says where a channel leads."""
    return f"{CHANNEL}{channel.upper()}"


class EnvironmentChannels:
    """The channels of this machine."""

    def __init__(self, addresses: Mapping[str, SecretStr], ui: TemporalUi, clock: Callable[[], datetime]) -> None:
        self._addresses = addresses
        self._ui = ui
        self._clock = clock
        self._client: httpx.AsyncClient | None = None

    def closed(self, playbook: Playbook) -> Collection[str]:
        """The optional channels of a playbook that have no address here; the log needs none."""
        channels = playbook.notices.channels
        return {one.code for one in channels if one.optional and one.kind != "log" and not self._address(one.code)}

    def twice_is_once(self, kind: str) -> bool:
        """A webhook gets the notice's id as its Idempotency-Key, a log line holds it; a person in a chat sees it twice."""
        return kind != "apprise"

    def at_once(self, kind: str) -> bool:
        """The log is this program's own."""
        return kind == "log"

    async def send(self, notice: Mapping[str, Any]) -> None:
        """Send one row of the outbox; raises `NotSentError` with a sentence for operators."""
        told = message(notice, self._ui)
        if notice["kind"] == "log":
            _write(told)
            return
        address = self._address(str(notice["channel"]))
        if not address:
            raise NotSentError(f"no address: set {variable(notice['channel'])}, and send it again", for_good=True)
        try:
            async with asyncio.timeout(SECONDS):
                if notice["kind"] == "webhook":
                    await self._post(address, str(notice["channel"]), told)
                else:
                    await _through_apprise(address, told)
        except TimeoutError:
            raise NotSentError(f"did not answer within {SECONDS:.0f} s") from None

    async def close(self) -> None:
        """Let go of the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def _address(self, channel: str) -> str:
        secret = self._addresses.get(variable(channel))
        return secret.get_secret_value().strip() if secret else ""

    async def _post(self, address: str, channel: str, told: Mapping[str, Any]) -> None:
        if not address.startswith(("https://", "http://")):
            raise NotSentError(
                f"no address of the web stands in {variable(channel)}: it must begin with https://", for_good=True
            )
        if self._client is None:
            # Redirects are not followed: where notices go is decided on this machine, not by whoever answers there.
            self._client = httpx.AsyncClient(follow_redirects=False, timeout=SECONDS)
        body = json.dumps(told, ensure_ascii=False, sort_keys=True).encode()
        headers = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": str(told["id"])}
        if secret := self._address(f"{channel}_secret"):
            headers["Throughline-Signature"] = signature(secret, int(self._clock().timestamp()), body)
        try:
            async with self._client.stream("POST", address, content=body, headers=headers) as response:
                status = response.status_code  # What else they say is of no interest, and might be anything.
        except httpx.InvalidURL:
            raise NotSentError(f"what stands in {variable(channel)} is no address", for_good=True) from None
        except httpx.HTTPError as error:
            raise NotSentError(f"cannot be reached ({type(error).__name__})") from None
        if 300 <= status < 400:
            why = f"answered {status}, a redirect, which is not followed: set {variable(channel)} to where it leads"
            raise NotSentError(why, for_good=True)
        if status >= 300:
            raise NotSentError(f"answered {status}", for_good=status < 500 and status not in AGAIN)


def message(notice: Mapping[str, Any], ui: TemporalUi) -> dict[str, Any]:
    """What goes out for one row of the outbox: ids, codes, dates, staff ids, a sentence in both languages, links."""
    body = json.loads(notice["body"])
    stream, project = str(notice["stream"]), str(notice["project"])
    links = {"events": f"/v1/customers/{notice['customer']}/history"}
    if stream.startswith("ticket-"):
        links["ticket"] = f"/v1/tickets/{stream.removeprefix('ticket-')}"
    if project:
        links["project"] = f"/v1/projects/{project}"
    if ui.address:
        links["workflow"] = ui.workflow(stream)
    return {
        "id": notice["id"],
        "event": notice["event"],
        "stream": stream,
        "version": notice["version"],
        "occurred_at": notice["occurred_at"].isoformat(),
        "customer": notice["customer"],
        "project": project,
        "recipient": {"role": notice["role"], "unit": notice["unit"], "person": notice["person"]},
        "text": body["text"],
        "facts": body["facts"],
        "links": links,
    }


def signature(secret: str, at: int, body: bytes) -> str:
    """The header by which a receiver knows that a notice is ours and fresh: the moment (seconds since 1970), and the
    HMAC-SHA256 of the moment, a full stop and the body under the shared secret."""
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
    return f"t={at},v1={mac.hexdigest()}"


def _write(told: Mapping[str, Any]) -> None:
    # Nothing of a person but the staff id; the sentence holds codes, roles and dates only (domain.playbook.notices).
    kept = {name: told[name] for name in ("stream", "version", "occurred_at", "customer", "project")}
    to = told["recipient"]["person"] or f"{told['recipient']['role']}@{told['recipient']['unit']}"
    text = told["text"]
    logger.info(f"notice 通知: {text['en']} {text['zh']}", notice=told["id"], about=told["event"], to=to, **kept)


def _service(address: str) -> Any:
    """What sends to an address of apprise; None for one that it does not understand."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Its plugins warn of what they themselves rely on.
        import apprise  # Only who uses it pays for it.

        logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # It logs answers and parts of addresses.
        asset = apprise.AppriseAsset(app_id="Throughline", storage_mode=apprise.PersistentStoreMode.MEMORY)
        service = apprise.Apprise(asset=asset)
        return service if service.add(address) else None


async def _through_apprise(address: str, told: Mapping[str, Any]) -> None:
    service = await asyncio.to_thread(_service, address)  # Loading all its plugins takes a moment.
    if service is None:
        raise NotSentError("the address is not one that apprise understands", for_good=True)
    text, links = told["text"], told["links"]
    lines = [
        text["zh"],
        f"→ {told['recipient']['role']} {told['recipient']['person']}".rstrip(),
        f"{told['event']} {told['id']}",
    ]
    body = "\n".join([*lines, *(link for link in links.values() if link.startswith("http"))])
    if not await service.async_notify(title=text["en"], body=body):
        raise NotSentError("was not taken by the service, or it could not be reached")
