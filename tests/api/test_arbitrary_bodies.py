"""Whatever is thrown at the door: a clear answer, never a mistake of ours, and nothing recorded but what was taken."""

from __future__ import annotations

import json
import uuid
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.catalogue import public_commands
from runtime.stack import Stack
from tests.api import asked

ANSWERS = {200, 409, 413, 415, 422}

# Fixtures live for the whole session, and what one example leaves behind is looked at by position, not by content.
thrown = settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
names = st.sampled_from([*public_commands(), "JudgeClocks", "Nothing"])
ids = st.sampled_from(["CX1", "PX1", "TX1", "", "a b", "-", "x" * 65, "客户"])
actors = st.sampled_from([asked.SALES, {"kind": "system", "id": "s"}, {"kind": "person"}, "u17", None])
moments = st.sampled_from(["2026-03-02T09:00:00+08:00", "2026-03-02", "2999-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", 5])
fields = sorted({field for command in public_commands().values() for field in command.model_fields} - {"command"})


@st.composite
def nearly_commands(draw: st.DrawFn) -> dict[str, Any]:
    """The name of a command with its fields, some of them right, most of them wrong."""
    name = draw(names)
    own = public_commands()[name].model_fields if name in public_commands() else {}
    values = {field: draw(json_values | ids) for field in own if draw(st.booleans())}
    values |= draw(st.dictionaries(st.sampled_from(fields), json_values, max_size=2))
    given_ids: dict[str, Any] = {field: draw(ids) for field in ("customer", "project", "ticket") if field in own}
    return {**values, **given_ids, "command": name, "actor": draw(actors), "occurred_at": draw(moments)}


@st.composite
def spoilt_commands(draw: st.DrawFn) -> dict[str, Any]:
    """A right command with one field left out, replaced or added."""
    command = draw(st.sampled_from([asked.register("CX1"), asked.classify("CX1"), asked.evidence("PX1", "owner")]))
    field = draw(st.sampled_from([*command, *fields]))
    if draw(st.booleans()):
        return {name: value for name, value in command.items() if name != field}
    return {**command, field: draw(json_values | ids | moments)}


async def throw(api: httpx.AsyncClient, stack: Stack, body: bytes, headers: dict[str, str]) -> None:
    before = await asked.last_position(stack)

    answer = await api.post("/v1/commands", content=body, headers=headers)

    assert answer.status_code in ANSWERS, answer.text
    result = answer.json()
    if answer.status_code == 200:
        assert json.loads(body)["command"] in public_commands()
        assert await asked.asked_for_since(stack, before) == len(result["events"])
    else:
        assert (result["ok"], set(result)) == (False, {"ok", "command_id", "error"})
        assert result["error"]["type"]
        assert result["error"]["detail"]
        assert await asked.asked_for_since(stack, before) == 0


@pytest.mark.timeout(120)
@thrown
@given(body=st.binary(max_size=300) | json_values.map(lambda value: json.dumps(value).encode()))
async def test_any_bytes_are_answered_and_none_of_them_recorded(api: httpx.AsyncClient, stack: Stack, body: bytes) -> None:
    await throw(api, stack, body, {"Content-Type": "application/json"})


@pytest.mark.timeout(120)
@thrown
@given(command=nearly_commands() | spoilt_commands())
async def test_nearly_a_command_is_no_mistake_of_ours(api: httpx.AsyncClient, stack: Stack, command: dict[str, Any]) -> None:
    headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
    command.pop("command_id", None)

    await throw(api, stack, json.dumps(command).encode(), headers)


@pytest.mark.timeout(120)
@thrown
@given(
    name=st.sampled_from(["Content-Type", "Idempotency-Key", "Content-Encoding", "Accept", "X-Odd"]),
    value=st.binary(max_size=60),
)
async def test_any_header_is_answered(api: httpx.AsyncClient, stack: Stack, name: str, value: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (name.encode(), value)]

    answer = await api.post("/v1/commands", content=b"{}", headers=headers)

    assert answer.status_code in {415, 422}
