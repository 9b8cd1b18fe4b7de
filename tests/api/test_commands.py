"""`POST /v1/commands`: the same commands and the same answers as `do`."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from api.commands import LIMIT
from runtime.stack import Stack
from tests.api import asked

COMMANDS = "/v1/commands"


async def test_a_command_is_answered_with_its_events(api: httpx.AsyncClient) -> None:
    answer = await api.post(COMMANDS, json=asked.register("CA1"), headers={"Idempotency-Key": "first"})

    assert answer.status_code == 200
    event = {"type": "CustomerRegistered", "stream": "customer-CA1", "version": 1}
    assert answer.json() == {"ok": True, "command_id": "first", "events": [event]}


async def test_a_command_without_an_id_is_given_one(api: httpx.AsyncClient) -> None:
    answer = await api.post(COMMANDS, json=asked.register("CA2"))

    assert answer.status_code == 200
    assert answer.json()["command_id"]


async def test_a_command_sent_twice_is_recorded_once(api: httpx.AsyncClient, stack: Stack) -> None:
    command = {**asked.register("CA3"), "command_id": "once"}
    first = await api.post(COMMANDS, json=command)
    before = await asked.last_position(stack)

    again = await api.post(COMMANDS, json=command, headers={"Idempotency-Key": "once"})

    assert (again.status_code, again.json()) == (200, first.json())
    assert await asked.asked_for_since(stack, before) == 0


async def test_a_command_sent_many_times_at_once_has_one_effect_and_equal_answers(api: httpx.AsyncClient, stack: Stack) -> None:
    command = asked.register("CA4")
    headers = {"Idempotency-Key": "at-once"}

    answers = await asyncio.gather(*(api.post(COMMANDS, json=command, headers=headers) for _ in range(20)))

    assert {answer.text for answer in answers} == {answers[0].text}
    assert answers[0].status_code == 200
    assert len(await stack.core.store.read("customer-CA4")) == 1


async def test_what_the_business_refuses_names_what_to_do(api: httpx.AsyncClient) -> None:
    answer = await api.post(COMMANDS, json={**asked.evidence("no-such", "owner"), "command_id": "refused"})

    assert answer.status_code == 409
    body = answer.json()
    assert (body["ok"], body["command_id"]) == (False, "refused")
    assert body["error"]["type"] == "NotFound"
    assert "no-such" in body["error"]["detail"]


async def test_a_gate_names_what_is_missing_in_both_languages_and_who_can_bring_it(api: httpx.AsyncClient) -> None:
    await asked.a_project(api, "PA5", "CA5")
    next_month = str((datetime.now(UTC) + timedelta(days=30)).date())
    skip = {"to": "won", "reason": "urgent", "approver": "u99", "approver_role": "manager", "expires_on": next_month}
    await asked.send(api, {"command": "OverrideGate", "actor": asked.SALES, "project": "PA5", **skip})

    offer = {"command": "OfferHandoff", "actor": asked.SALES, "project": "PA5", "kind": "delivery", "items": {}}
    answer = await api.post(COMMANDS, json=offer)

    assert answer.status_code == 409
    unmet = answer.json()["error"]["unmet"]
    assert unmet
    assert all(one["name"]["en"] and one["name"]["zh"] and one["who"] for one in unmet)


async def test_a_wrong_field_is_named(api: httpx.AsyncClient) -> None:
    answer = await api.post(COMMANDS, json={**asked.register("CA6"), "owner": "not an id", "colour": "red"})

    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error["type"] == "InvalidCommand"
    assert {one["code"] for one in error["unmet"]} == {"owner", "colour"}


async def test_a_misspelt_command_is_told_what_was_probably_meant(api: httpx.AsyncClient) -> None:
    answer = await api.post(COMMANDS, json={**asked.register("CA7"), "command": "RegisterCustomr"})

    assert answer.status_code == 422
    assert answer.json()["error"]["type"] == "UnknownCommand"
    assert "RegisterCustomer" in answer.json()["error"]["detail"]


@pytest.mark.parametrize("command", ["JudgeClocks", "NoteContract", "StartSupport"])
async def test_commands_between_workflows_are_not_for_callers(api: httpx.AsyncClient, command: str) -> None:
    written = {"command": command, "actor": asked.SALES, "of": "funnel-P1", "project": "P1", "customer": "C1"}

    answer = await api.post(COMMANDS, json=written)

    assert answer.status_code == 422
    assert answer.json()["error"]["type"] == "UnknownCommand"


async def test_nobody_speaks_for_the_system(api: httpx.AsyncClient) -> None:
    written = {**asked.register("CA8"), "actor": {"kind": "system", "id": "throughline"}}

    assert (await api.post(COMMANDS, json=written)).status_code == 422


async def test_two_different_ids_for_one_command_are_refused(api: httpx.AsyncClient, stack: Stack) -> None:
    written = {**asked.register("CA9"), "command_id": "one"}

    answer = await api.post(COMMANDS, json=written, headers={"Idempotency-Key": "other"})

    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.json()["error"]["detail"]
    assert not await stack.core.store.read("customer-CA9")


@pytest.mark.parametrize("key", ["", "with space", "k" * 201, "ключ", "tab\tbed", "\x7f"])
async def test_an_odd_idempotency_key_is_refused_in_one_sentence(api: httpx.AsyncClient, key: str) -> None:
    headers = [(b"Idempotency-Key", key.encode())]

    answer = await api.post(COMMANDS, json=asked.register("CB1"), headers=headers)

    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.json()["error"]["detail"]


async def test_an_idempotency_key_given_twice_must_be_the_same(api: httpx.AsyncClient) -> None:
    headers = [("Idempotency-Key", "a"), ("Idempotency-Key", "b")]

    assert (await api.post(COMMANDS, json=asked.register("CB2"), headers=headers)).status_code == 422


WRONG_BODIES: dict[str, bytes] = {
    "nothing": b"",
    "not JSON": b"{'command': 1}",
    "not UTF-8": '{"command": "登记"}'.encode("gbk"),
    "UTF-16": '{"command": "x"}'.encode("utf-16"),
    "not an object": b"[]",
    "null": b"null",
    "nested deep": b'{"command":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "nested deep in a known command": b'{"command":"ClassifyCustomer","x":' + b"[" * 900 + b"]" * 900 + b"}",
    "a field twice": b'{"command": "RegisterCustomer", "command": "ClassifyCustomer"}',
    "NaN": b'{"command": "RegisterCustomer", "revenue": NaN}',
    "a number out of range": b'{"command": "RegisterCustomer", "revenue": 1e999}',
    "a number of many digits": b'{"command": "RegisterCustomer", "revenue": ' + b"9" * 5000 + b"}",
    "an amount that binary fractions cannot hold": b'{"command": "RegisterCustomer", "revenue": 1234567890123456.78}',
    "half a surrogate pair": b'{"command": "RegisterCustomer", "name": "\\ud800", "command_id": "\\udfff"}',
    "half a surrogate pair as the command": b'{"command": "\\ud800"}',
    "NUL": json.dumps({**asked.register("CB3"), "name": "a\0b"}).encode(),
}


@pytest.mark.parametrize("body", WRONG_BODIES.values(), ids=WRONG_BODIES.keys())
async def test_what_is_not_a_command_is_refused_and_nothing_is_recorded(
    api: httpx.AsyncClient, stack: Stack, body: bytes
) -> None:
    before = await asked.last_position(stack)

    answer = await api.post(COMMANDS, content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 422, answer.text
    assert answer.json()["ok"] is False
    assert len(answer.json()["error"]["detail"]) < 500
    assert await asked.asked_for_since(stack, before) == 0


async def test_a_text_that_only_speaks_of_nul_is_taken(api: httpx.AsyncClient) -> None:
    answer = await api.post(COMMANDS, json={**asked.register("CB4"), "name": r"path \u0000 and \\u0000"})

    assert answer.status_code == 200


async def test_a_body_that_is_too_large_is_refused_before_it_is_read_to_the_end(api: httpx.AsyncClient) -> None:
    sent = 0

    async def endless() -> Any:
        nonlocal sent
        while sent < 100 * LIMIT:
            sent += LIMIT
            yield b" " * LIMIT

    answer = await api.post(COMMANDS, content=endless(), headers={"Content-Type": "application/json"})

    assert answer.status_code == 413
    assert answer.json()["error"]["type"] == "TooLarge"
    assert sent <= 3 * LIMIT


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json; charset=gbk"},
        {"Content-Type": "nonsense"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
)
async def test_other_content_types_are_refused(api: httpx.AsyncClient, headers: dict[str, str]) -> None:
    answer = await api.post(COMMANDS, content=json.dumps(asked.register("CB5")), headers=headers)

    assert answer.status_code == 415
    assert answer.json()["error"]["type"] == "UnsupportedMediaType"


async def test_held_clocks_are_released_by_project_or_ticket_never_by_stream(api: httpx.AsyncClient) -> None:
    written = {"command": "ReleaseClocks", "actor": asked.SALES, "of": "funnel-P1"}

    assert (await api.post(COMMANDS, json=written)).status_code == 422
