from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from intake.incidents import Log
from intake.incidents_mapping import read_mapping
from intake.tables import ExportError
from tests.intake.incident_logs import HEADER, OPEN, PLAIN, REOPENED, VINST, VINST_HEADER, log_of, only, read, row, write_log

SPOILT = {
    "the row names no ticket": row("?", "New", "29-02-2016 09:05", 0),
    "number must be up to 64": row("INC 1", "New", "29-02-2016 09:05", 0),
    "sys_updated_at is not a moment": row("INC1", "New", "2016/31/02", 0),
    "opened_at is not a moment": row("INC1", "New", "29-02-2016 09:05", 0, opened="31-02-2016 09:05"),
    "resolved before it was opened": row("INC1", "New", "29-02-2016 09:05", 0, resolved="28-02-2016 09:00"),
    "closed before it was opened": row("INC1", "New", "29-02-2016 09:05", 0, closed="28-02-2016 09:00"),
    "the update lies before the ticket's opening": row("INC1", "New", "29-02-2016 08:05", 0),
    "its status is not known": row("INC1", "-100", "29-02-2016 09:05", 0),
    "lies in the future": row("INC1", "New", "29-02-2027 09:05".replace("29-02", "28-02"), 0),
    "lies before": row("INC1", "New", "29-02-1016 09:05".replace("29-02", "28-02"), 0, opened="?"),
    "the line cannot be read": "INC1,New,1",
}


def reasons(log: Log) -> list[tuple[int, str]]:
    return [(left.line, "; ".join(map(str, left.problems))) for left in log.not_taken]


def test_the_rows_of_a_ticket_come_in_the_order_of_their_times(tmp_path: Path) -> None:
    log = log_of(tmp_path, *reversed((*PLAIN, *OPEN)))
    ticket = next(one for one in log.tickets if one.id == "INC1")
    assert [one.sequence for one in ticket.updates] == list(range(8))
    assert [one.line for one in ticket.updates] == list(range(10, 2, -1))
    assert ticket.opened_at == datetime(2016, 2, 29, 1, tzinfo=UTC)
    assert ticket.verdict is False


@pytest.mark.parametrize("reason", SPOILT)
def test_a_row_that_cannot_be_used_is_named_with_its_line_and_the_others_are_taken(reason: str, tmp_path: Path) -> None:
    log = log_of(tmp_path, PLAIN[0], SPOILT[reason], PLAIN[1])
    [(line, said)] = reasons(log)
    assert line == 3
    assert reason in said
    assert [one.line for one in only(log).updates] == [2, 4]


def test_a_row_that_repeats_another_word_for_word_is_known_by_that_line(tmp_path: Path) -> None:
    log = log_of(tmp_path, PLAIN[0], PLAIN[1], PLAIN[0])
    assert log.repeated == {4: 2}
    assert len(only(log).updates) == 2


def test_of_rows_whose_times_contradict_their_numbers_as_few_as_can_be_are_left_out(tmp_path: Path) -> None:
    late = row("INC1", "New", "29-02-2016 10:30", 0)
    log = log_of(tmp_path, *PLAIN[:4], late, *PLAIN[4:])
    assert reasons(log) == [(6, "its time contradicts its sys_mod_count (change 0 at 2016-02-29 02:30:00+00:00)")]
    assert [one.sequence for one in only(log).updates] == list(range(8))


def spelt(text: str) -> dict[str, bytes]:
    return {
        "a byte order mark": b"\xef\xbb\xbf" + text.encode(),
        "CRLF": text.replace("\n", "\r\n").encode(),
        "semicolons": text.replace(",", ";").encode(),
        "tabs": text.replace(",", "\t").encode(),
        "UTF-16": text.encode("utf-16"),
        "blank lines": text.replace("\n", "\n\n").encode(),
        "another case and order of the header's words": text.replace("number,", "Number ,").encode(),
    }


@pytest.mark.parametrize("way", spelt(""))
def test_the_same_log_is_the_same_however_it_is_written(way: str, tmp_path: Path) -> None:
    file = write_log(tmp_path, (*PLAIN, *REOPENED))
    as_it_was = read(file)
    file.write_bytes(spelt(file.read_text(encoding="utf-8"))[way])
    again = read(file)
    assert [[one.at for one in ticket.updates] for ticket in again.tickets] == [
        [one.at for one in ticket.updates] for ticket in as_it_was.tickets
    ]
    assert again.not_taken == []


def test_a_log_that_is_not_utf_8_is_read_and_says_so(tmp_path: Path) -> None:
    file = write_log(tmp_path, ())
    file.write_bytes(file.read_bytes() + PLAIN[0].replace("Group 70", "Förde").encode("latin-1"))
    log = read(file)
    assert log.table.encoding == "windows-1252"
    assert only(log).updates[0].group == "Förde"


def empty(file: Path) -> None:
    file.write_bytes(b"")


def no_header(file: Path) -> None:
    file.write_text("a,b,c\n1,2,3\n", encoding="utf-8")


def a_workbook(file: Path) -> None:
    file.write_bytes(b"PK\x03\x04\0\0\0")


def gone(file: Path) -> None:
    file.unlink()


def open_quotes(file: Path) -> None:
    file.write_text(f'{HEADER}\n"INC1,New\n', encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (empty, "is empty"),
        (no_header, "it lacks number, sys_updated_at, incident_state or state"),
        (a_workbook, "save it as CSV"),
        (gone, "is missing"),
        (open_quotes, "is not a CSV table"),
    ],
)
def test_a_file_that_is_no_log_is_told_in_one_sentence(spoil: Callable[[Path], None], said: str, tmp_path: Path) -> None:
    file = write_log(tmp_path, PLAIN)
    spoil(file)
    with pytest.raises(ExportError, match=said) as told:
        read(file)
    assert "\n" not in str(told.value)


def test_a_header_alone_is_a_log_without_tickets(tmp_path: Path) -> None:
    assert (log_of(tmp_path).tickets, log_of(tmp_path).lines) == ([], [])


def test_a_limit_takes_whole_tickets(tmp_path: Path) -> None:
    log = read(write_log(tmp_path, (PLAIN[0], OPEN[0], *PLAIN[1:])), limit=1)
    assert len(only(log).updates) == len(PLAIN)


def test_the_log_of_a_three_line_desk_is_known_by_its_header(tmp_path: Path) -> None:
    log = log_of(tmp_path, *VINST, header=VINST_HEADER)
    assert (log.mapping.code, log.naive, log.not_taken) == ("vinst", False, [])
    long, short = log.tickets
    assert [one.status for one in long.updates] == ["active", "queued", "active", "customer", "resolved", "closed"]
    assert [one.desk for one in long.updates] == ["first", *["product"] * 5]
    assert long.opened_at == datetime(2012, 3, 31, 13, 59, 42, tzinfo=UTC)
    assert [(one.desk, one.impact, one.urgency, one.status) for one in short.updates] == [
        ("second", "high", "high", "solved_and_closed")
    ]


def test_the_same_desk_exported_from_xes_is_known_too(tmp_path: Path) -> None:
    header = "org:group,org:resource,concept:name,impact,product,lifecycle:transition,time:timestamp,case:concept:name"
    row = "N52 2nd,Anne,Accepted,Medium,PROD1,Wait - Vendor,2012-03-31 13:59:42+00:00,1-7"
    [update] = only(log_of(tmp_path, row, header=header)).updates
    assert (update.status, update.desk, update.product) == ("vendor", "second", "PROD1")


@pytest.mark.parametrize(
    ("state", "why", "status"),
    [
        ("On Hold", "Awaiting Caller", "customer"),
        ("On Hold", "Awaiting Vendor", "vendor"),
        ("On Hold", "?", "evidence"),  # the clocks stand still for the customer only, and it does not say so
        ("In Progress", "Awaiting Caller", "active"),  # what it was held for before
    ],
)
def test_the_reason_of_a_hold_says_who_is_waited_for(state: str, why: str, status: str, tmp_path: Path) -> None:
    header = "number,state,hold_reason,sys_updated_at"
    [update] = only(log_of(tmp_path, f"INC7,{state},{why},2024-03-31 13:59", header=header)).updates
    assert update.status == status


def test_a_status_and_its_sub_status_may_share_a_column(tmp_path: Path) -> None:
    [update] = only(log_of(tmp_path, "7,Accepted+Wait - User,2012-03-31 13:59", header="Case ID,Activity,timestamp")).updates
    assert update.status == "customer"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("code: x", "name"),
        ("[]", "is no mapping"),
        ("{a: [", "neither YAML nor JSON"),
        ("{code: x, name: {en: x, zh: x}, columns: {ticket: [a]}, statuses: {}}", "must name at, status"),
        (
            "{code: x, name: {en: x, zh: x}, columns: {ticket: [a], at: [b], status: [c]}, statuses: {}, line_pattern: '('}",
            "not a regular expression",
        ),
        (
            "{code: x, name: {en: x, zh: x}, columns: {ticket: [a], at: [b], status: [c]}, statuses: {New: gone}}",
            "statuses.New",
        ),
    ],
)
def test_a_mapping_that_is_none_is_told_in_one_sentence(written: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "mapping.yaml"
    file.write_text(written, encoding="utf-8")
    with pytest.raises(ExportError, match=said) as told:
        read_mapping(file)
    assert "\n" not in str(told.value)
