"""Reading what callers write: strict, and always in words that say what to do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.catalogue import COMMANDS, public_commands
from domain.customer import RegisterCustomer
from domain.funnel import RecordEvidence
from domain.messages import own_id
from domain.parsing import InvalidCommandError, UnknownCommandError, parse
from domain.refusals import RefusalError

ACTOR = {"kind": "person", "id": "u1", "role": "sales"}
REGISTER: dict[str, Any] = {
    "command": "RegisterCustomer",
    "customer": "C1",
    "name": "华星集团",
    "industry": "machinery",
    "revenue": {"amount": "2500000000.00", "currency": "CNY"},
    "contact": {"name": "王", "role": "CIO"},
    "owner": "u1",
    "owner_unit": "north",
    "actor": ACTOR,
}
EVIDENCE: dict[str, Any] = {
    "command": "RecordEvidence",
    "project": "P1",
    "evidence": [{"criterion": "owner", "reference": "doc"}],
    "actor": ACTOR,
}


def refused(written: object) -> InvalidCommandError:
    with pytest.raises(InvalidCommandError) as error:
        parse(written)
    return error.value


def wrong_fields(written: object) -> list[str]:
    return [one.code for one in refused(written).unmet]


def test_a_well_formed_command_is_read_in_full() -> None:
    command = parse({**EVIDENCE, "command_id": "c1", "occurred_at": "2026-03-02T09:00:00+08:00"})
    assert isinstance(command, RecordEvidence)
    assert (command.stream, command.evidence[0].criterion, command.command_id) == ("funnel-P1", "owner", "c1")
    assert command.occurred_at is not None
    assert command.occurred_at.isoformat() == "2026-03-02T09:00:00+08:00"


def test_what_is_written_and_read_is_the_same() -> None:
    command = parse(REGISTER)
    again = type(command).model_validate_json(command.model_dump_json())
    assert again == command


@pytest.mark.parametrize("written", [None, 7, "RegisterCustomer", [], [REGISTER], True])
def test_only_an_object_is_a_command(written: object) -> None:
    assert "JSON object" in refused(written).detail


@pytest.mark.parametrize("name", [None, "", 7, [], {}])
def test_a_command_has_a_name(name: object) -> None:
    with pytest.raises(UnknownCommandError, match="must name a command"):
        parse({**REGISTER, "command": name})


def test_a_slip_of_the_pen_gets_a_hint() -> None:
    with pytest.raises(UnknownCommandError, match=r"did you mean RegisterCustomer\?"):
        parse({**REGISTER, "command": "RegisterCostumer"})
    with pytest.raises(UnknownCommandError, match="lists them"):
        parse({**REGISTER, "command": "登记客户"})


@pytest.mark.parametrize("name", sorted(name for name, command in COMMANDS.items() if command.internal))
def test_what_only_workflows_ask_is_no_command_for_callers(name: str) -> None:
    with pytest.raises(UnknownCommandError):
        parse({**REGISTER, "command": name})


def test_every_wrong_field_is_named() -> None:
    written = {**REGISTER, "customer": "a b", "owner": None, "colour": "red", "revenue": {"amount": "much"}}
    del written["industry"]
    assert sorted(wrong_fields(written)) == ["colour", "customer", "industry", "owner", "revenue.amount"]
    detail = refused(written).detail
    assert "industry is missing" in detail
    assert "colour is not a field of this command" in detail


def test_a_field_too_many_is_found_however_deep_it_lies() -> None:
    written = {**EVIDENCE, "evidence": [{"criterion": "owner", "reference": "doc", "referense": "x"}]}
    assert wrong_fields(written) == ["evidence.0.referense"]
    assert wrong_fields({**EVIDENCE, "actor": {**ACTOR, "name": "王"}}) == ["actor.name"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("project", ""),
        ("project", "../P1"),
        ("project", "P" * 65),
        ("project", 7),
        ("evidence", []),
        ("evidence", [{"criterion": "owner", "reference": "doc"}] * 51),
        ("occurred_at", "2026-03-02T09:00:00"),
        ("occurred_at", "yesterday"),
        ("command_id", ""),
        ("command_id", "with space"),
        ("command_id", "中文"),
        ("command_id", "x" * 201),
        ("actor", None),
    ],
)
def test_a_value_that_cannot_be_is_named_by_its_field(field: str, value: object) -> None:
    assert wrong_fields({**EVIDENCE, field: value}) == [field]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("project", "客户一", "project: an id has 1 to 64 letters A-Z, digits, `.`, `_` and `-`"),
        ("command_id", "with space", "no spaces"),
        ("evidence", [], "evidence: it must not be empty"),
        ("evidence", [{"criterion": "owner", "reference": " "}], "evidence.0.reference: it must not be empty"),
        ("occurred_at", "2026-03-02T09:00:00", "give its time zone too, as in 2026-03-02T09:00:00+08:00"),
    ],
)
def test_what_is_wrong_with_a_value_is_told_in_words_for_people(field: str, value: object, words: str) -> None:
    assert words in refused({**EVIDENCE, field: value}).detail


@pytest.mark.parametrize("proof", ["\u200b", "\ufeff\u2060", "\u00ad"])
def test_a_text_with_nothing_to_see_is_no_proof(proof: str) -> None:
    assert wrong_fields({**EVIDENCE, "evidence": [{"criterion": "owner", "reference": proof}]}) == ["evidence.0.reference"]


@pytest.mark.parametrize("character", ["\x1b", "\x07", "\b", "\x7f", "\x9b", "\\\x1b"])
def test_a_text_that_a_terminal_would_obey_is_refused(character: str) -> None:
    assert "control character" in refused({**REGISTER, "region": f"a{character}[2J"}).detail


def test_lines_tabs_and_backslashes_are_text() -> None:
    assert parse({**REGISTER, "region": "one\n\ttwo\r\n \\x1b \\u001b \\b"}).command == "RegisterCustomer"


@pytest.mark.parametrize("moment", ["20260302", "202603020900", "20260302090000", 20260302, 1700000000, 0])
def test_a_bare_number_is_not_taken_for_seconds_since_1970(moment: object) -> None:
    assert wrong_fields({**EVIDENCE, "occurred_at": moment}) == ["occurred_at"]
    shelve = {"command": "ShelveDeal", "project": "P1", "reason": "no budget", "revisit_on": moment, "actor": ACTOR}
    assert wrong_fields(shelve) == ["revisit_on"]


@pytest.mark.parametrize("score", [True, "5", [5]])
def test_a_value_of_another_kind_is_not_guessed_at(score: object) -> None:
    satisfied = {"command": "RecordSatisfaction", "project": "P1", "occasion": "yearly", "score": score, "actor": ACTOR}
    assert wrong_fields(satisfied) == ["score"]
    opened = {"command": "OpenProject", "project": "P1", "customer": "C1", "name": "x", "owner": "u1", "owner_unit": "north"}
    assert wrong_fields({**opened, "hold_clocks": "yes", "actor": ACTOR}) == ["hold_clocks"]


def test_an_id_of_the_systems_own_is_not_for_callers() -> None:
    """Under it, what the system records by itself would pass for recorded already."""
    assert "Throughline's own" in refused({**EVIDENCE, "command_id": own_id("stage-F1-overdue-1")}).detail
    assert parse({**EVIDENCE, "command_id": "stage-F1-overdue-1"}).command_id == "stage-F1-overdue-1"


@pytest.mark.parametrize("amount", ["-1", "1.234", "NaN", "Infinity", 10**19])
def test_an_amount_is_exact_and_not_below_zero(amount: object) -> None:
    assert wrong_fields({**REGISTER, "revenue": {"amount": amount, "currency": "CNY"}}) == ["revenue.amount"]


def test_an_amount_that_sums_could_not_hold_is_a_slip() -> None:
    """Sums of hundredths times percent are whole numbers of 64 bits: one slip would break every figure."""
    parse({**REGISTER, "revenue": {"amount": 10**13, "currency": "VND"}})
    detail = refused({**REGISTER, "revenue": {"amount": 10**13 + 1, "currency": "VND"}}).detail
    assert "more than 10,000,000,000,000 is a slip" in detail


def test_a_command_that_was_taken_before_amounts_were_bounded_is_still_read() -> None:
    """A decision is made once more from the command as it is kept."""
    kept = {**REGISTER, "revenue": {"amount": "9999999999999999.99", "currency": "CNY"}}
    assert RegisterCustomer.model_validate_json(json.dumps(kept)).revenue.amount > 10**15


@pytest.mark.parametrize("day", ["0001-01-01", "1979-12-31", "2201-01-01", "9999-12-31"])
def test_a_date_lies_in_the_time_that_calendars_know(day: str) -> None:
    shelve = {"command": "ShelveDeal", "project": "P1", "reason": "no budget", "revisit_on": day, "actor": ACTOR}
    assert wrong_fields(shelve) == ["revisit_on"]
    assert wrong_fields({**EVIDENCE, "occurred_at": f"{day}T12:00:00+08:00"}) == ["occurred_at"]


def test_nobody_passes_for_the_system() -> None:
    assert "actor.kind" in refused({**EVIDENCE, "actor": {"kind": "system", "id": "throughline"}}).detail
    assert wrong_fields({**EVIDENCE, "actor": {"kind": "robot", "id": "r1"}}) == ["actor.kind"]


@pytest.mark.parametrize("extra", [{}, {"project": "P1", "ticket": "T1"}, {"of": "funnel-P1"}, {"of": "nonsense"}])
def test_a_release_names_a_project_or_a_ticket(extra: dict[str, str]) -> None:
    refused({"command": "ReleaseClocks", "actor": ACTOR, **extra})


def test_a_nul_character_is_refused_and_a_backslash_is_not() -> None:
    assert "NUL" in refused({**REGISTER, "name": "a\x00b"}).detail
    assert parse({**REGISTER, "name": "a\\u0000b"}).command == "RegisterCustomer"


def test_text_that_no_program_could_store_is_refused() -> None:
    refused({**REGISTER, "name": "\ud800"})
    assert wrong_fields({**REGISTER, "name": "x" * 2001}) == ["name"]
    assert wrong_fields({**REGISTER, "name": "   "}) == ["name"]


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = sorted({field for command in public_commands().values() for field in command.model_fields})


@given(
    name=st.sampled_from(sorted(public_commands())),
    fields=st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=8), JSON_VALUES, max_size=6),
)
def test_whatever_is_written_is_a_command_or_a_refusal_in_words(name: str, fields: dict[str, Any]) -> None:
    written = {**fields, "command": name}
    try:
        command = parse(json.loads(json.dumps(written)))
    except RefusalError as error:
        said = error.detail
    else:
        said = command.command
    assert said


@pytest.mark.parametrize("kind", ["escalation", "reactivation", "recovery"])
def test_work_whose_id_has_another_id_in_it_is_moved_however_long_that_is(kind: str) -> None:
    command = {"command": "MovePlaybook", kind: f"{'C' * 64}.1", "to": "standard", "reason": "new rules", "actor": ACTOR}
    assert parse(command).stream == f"{kind}-{'C' * 64}.1"


@pytest.mark.parametrize("text", ["\ud800", "\udc00 x", "a\ud83d b"])
def test_half_a_character_is_refused_in_words_that_tell_of_it(text: str) -> None:
    assert "half a character" in refused({**REGISTER, "name": text}).detail


def test_what_is_nested_too_deep_is_told_as_that() -> None:
    deep: object = "C1"
    for _ in range(300):
        deep = [deep]
    assert "nested too deep" in refused({**REGISTER, "customer": deep}).detail
