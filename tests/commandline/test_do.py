"""`do`: one result a line, in order, whatever the lines hold."""

from __future__ import annotations

import asyncio
import io
import json
import uuid
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from commandline.do import LONGEST_LINE, _each, read_lines
from commandline.seam import FailedError
from domain.messages import Command
from eventstore.memory import MemoryStore
from eventstore.port import StoreUnavailableError
from runtime.embedded import embedded_temporal
from runtime.search_attributes import kinds_of
from runtime.settings import Settings
from runtime.stack import Stack, connected
from tests.commandline.shell import Shell, written
from tests.domain.asked import (
    SUPPORT,
    accept,
    evidence,
    in_support,
    numbered,
    offer,
    open_project,
    open_ticket,
    register,
    signed,
    stage_done,
    started,
    won,
)
from workflows import names

ACTOR = {"kind": "person", "id": "s1", "role": "support"}


def _ticket(command: str, **fields: Any) -> dict[str, Any]:
    return {"command": command, "ticket": "life-T1", "actor": ACTOR, **fields}


@pytest.mark.timeout(120)
def test_one_life_from_the_first_lead_to_the_closed_ticket_with_wrong_commands_between(system: Shell) -> None:
    project, customer = "life-P1", "life-C1"
    right: list[Any] = [
        *in_support(project, customer),
        open_ticket("life-T1", customer, project),
        _ticket("AcknowledgeTicket"),
        _ticket("ResolveTicket", solution="已修复：重新授权"),
        _ticket("CloseTicket", confirmed_by="王"),
    ]
    wrong: dict[int, tuple[Any, str]] = {  # before the right command of that place
        0: (open_project(project, customer), "CustomerUnknown"),
        2: (evidence("owner", project=project), "NotFound"),
        3: (accept(project=project), "NotFound"),
        7: (accept(project=project), "HandoffNotOffered"),
        8: (offer(project=project), "HandoffAlreadyOffered"),
        9: (signed("M3", project), "MilestoneNotReady"),
        len(right) - 1: (_ticket("PauseTicket", waiting_for="customer", reason="?"), "TicketNotOpen"),
    }
    lines, expected = [], []
    for place, command in enumerate(right):
        if place in wrong:
            lines.append(wrong[place][0])
            expected.append(wrong[place][1])
        lines.append(command)
        expected.append("")

    results = system.do(*lines)

    assert [result["error"]["type"] if "error" in result else "" for result in results] == expected
    assert all(result["ok"] is not ("error" in result) for result in results)
    told = json.loads(system("history", customer, "--json").out)
    assert told["state"]["tickets"]["life-T1"]["status"] == "closed"
    assert told["state"]["projects"][project]["support"]["service_code"]
    assert told["events"][-1]["type"] == "TicketClosed"


def test_chinese_text_comes_back_readable(system: Shell) -> None:
    ended = system("do", "-", put_in=('{"command": "登记客户"}\n').encode())
    assert "登记客户" in ended.out
    assert ended.code == 1


def test_the_result_of_a_command_names_its_events(system: Shell) -> None:
    (result,) = system.do(register("shape-C1", command_id="reg-1"))
    stored = {"type": "CustomerRegistered", "stream": "customer-shape-C1", "version": 1}
    assert result == {"ok": True, "command_id": "reg-1", "events": [stored]}


def test_the_result_of_a_refusal_names_what_is_unmet(system: Shell) -> None:
    *_, result = system.do(*started("shape-P1", "shape-C2"), *won("shape-P1"), offer(project="shape-P1", without=("scope",)))
    assert set(result) == {"ok", "command_id", "error"}
    assert set(result["error"]) == {"type", "detail", "unmet"}
    assert result["error"]["type"] == "ChecklistIncomplete"
    assert [(one["code"], bool(one["name"]["zh"])) for one in result["error"]["unmet"]] == [("scope", True)]


def test_a_command_sent_twice_is_answered_twice_and_recorded_once(system: Shell) -> None:
    command = register("twice-C1", command_id="once")
    first, second, other = system.do(command, command, register("twice-C1", command_id="another"))
    assert first == second
    assert other["error"]["type"] == "AlreadyExists"


async def test_a_command_sent_a_hundred_times_at_once_has_one_effect_and_a_hundred_equal_answers(settings: Settings) -> None:
    async with connected(settings) as stack:
        for command in numbered(started("many-P1", "many-C1"), "many"):
            await stack.submitter.submit(command)
        asked = stage_done("F1", project="many-P1", command_id="all-at-once")
        answers = await asyncio.gather(*(stack.submitter.submit(asked) for _ in range(100)))
        assert len(set(answers)) == 1
        recorded = await stack.core.store.read("funnel-many-P1")
    assert [event.type for event in recorded].count("StageAdvanced") == 1


BAD_LINES: list[tuple[bytes, str]] = [
    (b"nonsense", "is not JSON"),
    (b"5", "is a JSON object"),
    (b"[]", "is a JSON object"),
    (b"null", "is a JSON object"),
    (b'"RegisterCustomer"', "is a JSON object"),
    (b"{}", "must name a command"),
    (b'{"command": 5}', "must name a command"),
    (b'{"command": "RegisterCustomr"}', "did you mean RegisterCustomer?"),
    (b'{"command": "JudgeClocks", "of": "funnel-P1"}', "There is no command"),
    (b'{"command": "RegisterCustomer"}', "customer is missing"),
    (b'{"command": "PlanNextStep", "project": NaN}', "NaN"),
    (b'{"command": "PlanNextStep", "project": 1e999}', "1e999"),
    (b'{"command": "PlanNextStep", "command": "LoseDeal"}', "twice"),
    (b'{"command": "PlanNextStep", "x": ' + b"9" * 5000 + b"}", "too long"),
    (b"\xff\xfe{\x00}\x00", "not UTF-8"),
    (b"[" * 100_000, "nested too deep"),
    (b'{"command": "PlanNextStep", "x": ' + b"[" * 900 + b"]" * 900 + b"}", "nested too deep"),
    (b'{"command": "' + b"x" * LONGEST_LINE + b'"}', "longer than"),
    (b'{"command": "LoseDeal", "project": "\\u0000"}', "NUL character"),
    (b'{"command": "LoseDeal", "project": "\\ud800"}', "half a character"),
    (b'{"command": "LoseDeal", "project": "../etc"}', "project"),
]


def test_a_bad_line_gets_its_result_and_the_rest_go_on(system: Shell) -> None:
    good = register("bad-C1", command_id="good")
    results = system.do(*(line for line, _ in BAD_LINES), b"", b"   ", good)
    assert len(results) == len(BAD_LINES) + 1
    for (line, reason), result in zip(BAD_LINES, results, strict=False):
        assert result["ok"] is False, line[:60]
        assert reason in result["error"]["detail"], (line[:60], result)
        assert len(result["error"]["detail"]) < 1000
    assert results[-1]["ok"] is True


def test_an_id_that_is_left_out_is_made_and_told(system: Shell) -> None:
    first, second = system.do(register("made-C1"), register("made-C2"))
    assert uuid.UUID(first["command_id"]) != uuid.UUID(second["command_id"])


def test_a_file_whose_lines_all_did_well_ends_with_0(system: Shell, tmp_path: Any) -> None:
    file = tmp_path / "commands.jsonl"
    file.write_text(register("file-C1").model_dump_json(exclude_none=True), encoding="utf-8-sig")
    ended = system("do", str(file))
    assert (ended.code, ended.error) == (0, "")


def test_a_file_that_is_not_there_is_wrong_usage(alone: Shell) -> None:
    ended = alone("do", "nowhere.jsonl")
    assert ended.code == 2
    assert ended.error.startswith("nowhere.jsonl cannot be read (No such file or directory): give")


def test_without_a_server_it_says_how_to_start_one(alone: Shell) -> None:
    ended = alone("do", "-", put_in=b"{}\n")
    assert ended.code == 1
    assert ended.out == ""
    assert "start it with `python starter.py up`" in ended.error


# Without a server


@pytest.mark.timeout(60)
async def test_when_the_server_goes_standard_output_keeps_to_results_and_standard_error_to_one_line(alone: Shell) -> None:
    port = int(alone.environment["THROUGHLINE_TEMPORAL_PORT"])
    home = Path(alone.environment["THROUGHLINE_HOME"])
    async with embedded_temporal(home, port, None, kinds_of(names.SEARCH_ATTRIBUTES)):
        program = await asyncio.to_thread(alone.start, "do", "-")
        assert program.stdin is not None
        assert program.stdout is not None
        program.stdin.write("{}\n")
        program.stdin.flush()
        connected_and_answered = await asyncio.to_thread(program.stdout.readline)
    out, error = await asyncio.to_thread(program.communicate, written([register("gone-C1")]).decode())
    results = [json.loads(line)["error"]["type"] for line in [connected_and_answered, *out.splitlines()]]
    assert results == ["UnknownCommand", "Unavailable"]
    assert error.startswith("Temporal does not answer any more")
    assert error.count("\n") == 1


class _Silent:
    async def submit(self, command: Command) -> Any:
        raise TimeoutError


class _Healthy:
    async def check_health(self, **_: Any) -> bool:
        return True


class _LostStore:
    async def latest(self, limit: int) -> Any:
        raise StoreUnavailableError("PostgreSQL at db did not answer: check that it runs.")


def _stack(store: Any) -> Stack:
    parts = SimpleNamespace(
        submitter=_Silent(), client=SimpleNamespace(service_client=_Healthy()), core=SimpleNamespace(store=store)
    )
    return cast(Stack, parts)


async def test_when_the_store_does_not_answer_nobody_is_told_to_start_a_worker() -> None:
    line = open_ticket(command_id="t-1", actor=SUPPORT).model_dump_json(exclude_none=True).encode()
    with pytest.raises(FailedError, match=r"^PostgreSQL at db did not answer: .* from t-1 on again"):
        await _each(io.BytesIO(line), _stack(_LostStore()))


async def test_when_nobody_answers_it_stops_and_says_that_the_same_id_may_be_sent_again(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    stack = _stack(MemoryStore())
    line = open_ticket(command_id="t-1", actor=SUPPORT).model_dump_json(exclude_none=True).encode()
    with pytest.raises(FailedError, match=r"No worker answers: start one .* from t-1 on again: the same command_id"):
        await _each(io.BytesIO(line + b"\n" + line), stack)
    (result,) = capfdbinary.readouterr().out.splitlines()  # the second line was not tried
    assert json.loads(result)["error"]["type"] == "Unavailable"


def test_a_line_without_end_is_cut_off_while_it_is_read() -> None:
    lines = list(read_lines(io.BytesIO(b"x" * (5 * LONGEST_LINE) + b"\nshort\n\n  \nlast")))
    assert [len(line) > LONGEST_LINE for line in lines] == [True, False, False]
    assert len(lines[0]) < LONGEST_LINE + 10
    assert lines[1:] == [b"short", b"last"]
